//! Replays the plan day by day through the HTTP API, with the streams and schedules running in between.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::net::Ipv4Addr;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, header};
use donthu_domain::{Kind, Outcome, time};
use futures::{StreamExt, TryStreamExt, stream};
use http_body_util::BodyExt;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::plan::{Due, Plan, Planned};
use crate::gateway::SentFrom;
use crate::handlers::BoxError;
use crate::machine::Machine;

/// Cases of one day that are worked on at a time: enough that the engine never waits for work.
const AT_ONCE: usize = 32;

/// The hour of the day, local time, at which the sample's people work.
const OFFICE_HOUR: i8 = 9;

/// The step of a case that an official has registered.
const REGISTERED: u64 = 1;

/// The step of a feedback that came over HTTPS and was routed.
const ROUTED: u64 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Receive,
    Accept,
    End,
    Besides(Due),
}

/// What is known of a case that has come in.
#[derive(Debug, Clone, Default)]
struct Known {
    id: String,
    number: String,
    receipt: String,
    step: u64,
}

pub(super) async fn replay(machine: &Machine, plan: &Plan, until: Timestamp) -> Result<(), BoxError> {
    let mut days: BTreeMap<Date, BTreeMap<usize, Vec<Step>>> = BTreeMap::new();
    for case in &plan.cases {
        let mut on = |day: Date, step| days.entry(day).or_default().entry(case.index).or_default().push(step);
        on(case.received_on, Step::Receive);
        on(case.accepted_on, Step::Accept);
        if let Some((_, day)) = case.end {
            on(day, Step::End);
        }
        for (day, due) in &case.duties {
            on(*day, Step::Besides(*due));
        }
    }
    days.retain(|day, _| time::at_hour(*day, OFFICE_HOUR) <= until);
    let Some(first) = days.keys().next().copied() else { return Ok(()) };
    let world = machine.world();
    let api = machine.router();
    world.begin_replay(time::start_of(first)).await?;
    let bar = ProgressBar::new(u64::try_from(plan.cases.len()).unwrap_or(u64::MAX))
        .with_style(ProgressStyle::with_template("Filling the sample year {bar:40} {pos}/{len} cases {elapsed}")?);
    let mut known: Vec<Known> = vec![Known::default(); plan.cases.len()];
    for (day, cases) in days {
        let moved = world.replay_to(time::at_hour(day, OFFICE_HOUR)).await?;
        no_failure(&moved.failed)?;
        let handlers: BTreeSet<&str> =
            cases.keys().filter_map(|index| plan.cases.get(*index)).map(|case| case.handler.as_str()).collect();
        let tokens: BTreeMap<String, String> = all(handlers.into_iter().map(|handler| {
            let (api, handler) = (api.clone(), handler.to_owned());
            async move { token(&api, &handler).await.map(|token| (handler, token)) }
        }))
        .await?
        .into_iter()
        .collect();
        let token = |case: &Planned| tokens.get(&case.handler).cloned().unwrap_or_default();

        // Petitions that come over HTTPS first, so that the stream has routed them before they are accepted.
        let online: Vec<&Planned> = cases
            .iter()
            .filter(|(_, steps)| steps.contains(&Step::Receive))
            .filter_map(|(index, _)| plan.cases.get(*index))
            .filter(|case| case.online)
            .collect();
        let submitted = all(online.iter().map(|case| {
            let (api, case) = (api.clone(), Planned::clone(case));
            async move { submit(&api, &case).await }
        }))
        .await?;
        if !online.is_empty() {
            world.drain().await?;
        }
        let found = all(online.iter().zip(submitted).map(|(case, known)| {
            let (api, token) = (api.clone(), token(case));
            async move { find(&api, &token, known).await }
        }))
        .await?;
        for (case, found) in online.iter().zip(found) {
            if let Some(known) = known.get_mut(case.index) {
                *known = found;
                bar.inc(1);
            }
        }
        let done = all(cases.into_iter().filter_map(|(index, steps)| {
            let (case, mut known) = (plan.cases.get(index)?.clone(), known.get(index)?.clone());
            let (api, token) = (api.clone(), token(&case));
            Some(async move {
                for step in steps {
                    take(&api, &case, step, &token, &mut known).await?;
                }
                Ok((index, known))
            })
        }))
        .await?;
        for (index, now_known) in done {
            if let Some(known) = known.get_mut(index) {
                if known.id.is_empty() {
                    bar.inc(1);
                }
                *known = now_known;
            }
        }
    }
    let moved = world.replay_to(until).await?;
    no_failure(&moved.failed)?;
    world.end_replay().await?;
    bar.finish_and_clear();
    Ok(())
}

fn no_failure(failed: &[crate::machine::FailedRun]) -> Result<(), BoxError> {
    match failed.first() {
        Some(run) => Err(format!("the schedule {} failed at {}", run.rule, run.at).into()),
        None => Ok(()),
    }
}

/// Runs what belongs to one moment on all of the machine's cores, some of it at a time; the results are in order.
async fn all<T, F>(work: impl Iterator<Item = F>) -> Result<Vec<T>, BoxError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, BoxError>> + Send + 'static,
{
    stream::iter(work).map(|one| async move { tokio::spawn(one).await? }).buffered(AT_ONCE).try_collect().await
}

/// An official's token: it expires by the virtual clock, so each day has its own.
async fn token(api: &Router, agency: &str) -> Result<String, BoxError> {
    let body = json!({ "role": "head", "agency": agency });
    text(&send(api, "POST", "/dev/token", &[], Some(&body)).await?, "token")
}

fn petition(case: &Planned) -> Value {
    let mut petition = json!({
        "kind": case.kind,
        "text": format!("Nội dung mẫu số {} (dữ liệu tổng hợp, không phải đơn thật).", case.index + 1),
        "area": case.area,
        "field": case.field,
    });
    if let (Some((agency, position)), Some(object)) = (&case.against, petition.as_object_mut()) {
        object.insert("against".to_owned(), json!({ "agency": agency, "position": position }));
        // Without a name a complaint or denunciation would wait for one (Law on Complaints Art. 8; on Denunciations Art. 23).
        object.insert("petitioner".to_owned(), json!({ "name": format!("Công dân mẫu số {}", case.index + 1) }));
    }
    petition
}

async fn submit(api: &Router, case: &Planned) -> Result<Known, BoxError> {
    // Each from an address of their own, of a network that leads nowhere: they are no flood.
    let address = Ipv4Addr::from(0x0a00_0001u32.wrapping_add(u32::try_from(case.index).unwrap_or(0)));
    let answer = send_from(api, address, "POST", "/v1/petitions", &[], Some(&petition(case))).await?;
    let (number, receipt) = (text(&answer, "case_number")?, text(&answer, "receipt")?);
    Ok(Known { id: String::new(), number, receipt, step: ROUTED })
}

/// Completes what is known of a petition by its row in the list of its agency.
async fn find(api: &Router, token: &str, known: Known) -> Result<Known, BoxError> {
    let mut cursor: Option<String> = None;
    loop {
        let path = match &cursor {
            Some(cursor) => format!("/v1/cases?limit=200&cursor={cursor}"),
            None => "/v1/cases?limit=200".to_owned(),
        };
        let page = send(api, "GET", &path, &[("authorization", &format!("Bearer {token}"))], None).await?;
        let rows = page.get("cases").and_then(Value::as_array).cloned().unwrap_or_default();
        let is_it = |row: &&Value| row.get("case_number").and_then(Value::as_str) == Some(known.number.as_str());
        if let Some(row) = rows.iter().find(is_it) {
            return Ok(Known { id: text(row, "case_id")?, ..known });
        }
        cursor = page.get("next").and_then(Value::as_str).map(ToOwned::to_owned);
        if cursor.is_none() {
            return Err(format!("the case {} did not reach its agency", known.number).into());
        }
    }
}

async fn take(api: &Router, case: &Planned, step: Step, token: &str, known: &mut Known) -> Result<(), BoxError> {
    match step {
        Step::Receive if case.online => Ok(()),
        Step::Receive => {
            let channel = match case.index % 3 {
                0 => "counter",
                1 => "post",
                _ => "oral",
            };
            let body = json!({ "petition": petition(case), "channel": channel, "received_on": case.received_on });
            let bearer = format!("Bearer {token}");
            let answer = send(api, "POST", "/v1/cases", &[("authorization", &bearer)], Some(&body)).await?;
            *known = Known {
                id: text(&answer, "case_id")?,
                number: text(&answer, "case_number")?,
                receipt: text(&answer, "receipt")?,
                step: REGISTERED,
            };
            Ok(())
        }
        Step::Accept => {
            official(api, token, known, "acceptance", json!({})).await?;
            if let Some(on) = case.dialogue_on() {
                official(api, token, known, "dialogue", json!({ "on": on })).await?;
            }
            if case.prolonged {
                let document = json!({ "number": format!("{}/QĐ-MẪU", case.index + 1), "date": case.accepted_on });
                let criteria = json!(["several_places"]);
                match case.kind {
                    Kind::Complaint => {
                        let body = json!({ "criteria": criteria, "document": document });
                        official(api, token, known, "complexity", body).await?;
                    }
                    Kind::Denunciation => {
                        let body = json!({ "days": 30, "criteria": criteria, "document": document });
                        official(api, token, known, "extension", body).await?;
                    }
                    Kind::Feedback => {}
                }
            }
            Ok(())
        }
        Step::End => match case.end.map(|(outcome, _)| outcome) {
            Some(Outcome::Withdrawn) => {
                let receipt = format!("Receipt {}", known.receipt);
                let headers = [("authorization", receipt.as_str())];
                send(api, "POST", "/v1/petition/withdrawal", &headers, Some(&json!({}))).await?;
                known.step += 1;
                official(api, token, known, "termination", json!({ "ground": "withdrawal" })).await
            }
            Some(Outcome::Terminated) => {
                official(api, token, known, "termination", json!({ "ground": "already_settled" })).await
            }
            Some(outcome) => {
                if case.dialogue_on().is_some() {
                    official(api, token, known, "dialogue-record", json!({ "outcome": "held" })).await?;
                }
                official(api, token, known, "resolution", json!({ "result": outcome.code() })).await
            }
            None => Ok(()),
        },
        Step::Besides(due) => besides(api, case, due, token, known).await,
    }
}

async fn besides(api: &Router, case: &Planned, due: Due, token: &str, known: &mut Known) -> Result<(), BoxError> {
    let date = case.end.map_or(case.accepted_on, |(_, day)| day);
    let document = || json!({ "document": { "number": format!("{}/QĐ-MẪU", case.index + 1), "date": date } });
    match due {
        Due::SendAcceptance => official(api, token, known, "dispatch", json!({ "what": "acceptance" })).await,
        Due::SendTermination => official(api, token, known, "dispatch", json!({ "what": "suspension" })).await,
        Due::SendDecision => official(api, token, known, "dispatch", json!({ "what": "decision" })).await,
        Due::ActAndPublish => {
            official(api, token, known, "enforcement", document()).await?;
            official(api, token, known, "publication", json!({})).await
        }
        Due::Enforce => {
            // The sweep has recorded meanwhile that the decision took effect.
            known.step += 1;
            official(api, token, known, "enforcement", document()).await
        }
    }
}

/// An official's step on the case as it was last seen.
async fn official(api: &Router, token: &str, known: &mut Known, step: &str, body: Value) -> Result<(), BoxError> {
    let bearer = format!("Bearer {token}");
    let seen = format!("\"{}\"", known.step);
    let headers = [("authorization", bearer.as_str()), ("if-match", seen.as_str())];
    let path = format!("/v1/cases/{}/{step}", known.id);
    let answer = send(api, "POST", &path, &headers, Some(&body)).await?;
    known.step = answer.get("step").and_then(Value::as_u64).ok_or("a case without a step")?;
    Ok(())
}

pub(super) async fn get(machine: &Machine, path: &str) -> Result<Value, BoxError> {
    send(&machine.router(), "GET", path, &[], None).await
}

async fn send(
    api: &Router,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Result<Value, BoxError> {
    send_from(api, Ipv4Addr::LOCALHOST, method, path, headers, body).await
}

async fn send_from(
    api: &Router,
    address: Ipv4Addr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Result<Value, BoxError> {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1");
    request = request.extension(SentFrom(address.into()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = match body {
        Some(body) => {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(serde_json::to_vec(body)?)
        }
        None => Body::empty(),
    };
    let response: Response<Body> = api.clone().oneshot(request.body(body)?).await?;
    let status = response.status();
    let bytes = response.into_body().collect().await?.to_bytes();
    if !status.is_success() {
        return Err(format!("{method} {path} answered {status}: {}", String::from_utf8_lossy(&bytes)).into());
    }
    Ok(serde_json::from_slice(&bytes)?)
}

fn text(value: &Value, name: &str) -> Result<String, BoxError> {
    value
        .get(name)
        .and_then(Value::as_str)
        .map(ToOwned::to_owned)
        .ok_or_else(|| format!("no {name} in the answer").into())
}
