//! The operations that are measured: what each needs beforehand, and one run of it.

use std::time::{Duration, Instant};

use altcha::{Challenge, Payload, SolveChallengeOptions, solve_challenge};
use axum::Router;
use axum::http::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use donthu_audit::AuditTask;
use donthu_deadlines::LONGEST_RUN;
use donthu_local::seed::Reference;
use donthu_service::clock::{IdSource, RandomIds};
use lambda_http::Body;
use serde_json::{Value, json};

use super::Row;
use super::floor::{Floor, Shape};
use super::pairs::Pairs;
use super::recorder::Recorder;
use crate::Failure;
use crate::site::{Keys, LOGGED, Site, call};

/// What is measured, in the table's order.
pub const OPERATIONS: [Operation; 8] = [
    Operation::Submit,
    Operation::SubmitIdentified,
    Operation::SubmitProven,
    Operation::Follow,
    Operation::Accept,
    Operation::Sweep,
    Operation::RateOfCommune,
    Operation::RateOfProvince,
];

/// An operation of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// A citizen submits feedback without a name.
    Submit,
    /// A citizen submits feedback with name, number and phone.
    SubmitIdentified,
    /// As [`Operation::Submit`], with a proof of work; that it is computed is the citizen's time and not in it.
    SubmitProven,
    /// A citizen looks at where the case stands.
    Follow,
    /// An official accepts a case.
    Accept,
    /// A sweep over cases that are due.
    Sweep,
    /// The head of a commune reads its resolution rate.
    RateOfCommune,
    /// The chair's office reads the province's.
    RateOfProvince,
}

/// Cases that are due in a sweep.
const DUE: usize = 16;
/// Runs that warm up and are not counted, where there are as many samples.
const WARM_UP: usize = 5;
/// Submissions in an hour of the clock, well below what the province allows without a proof of work.
const EACH_HOUR: usize = 20;

const COMMUNE: &str = "c21040";
const NOW: &str = "2026-10-05T02:00:00Z";
/// The first reminder of feedback received on 28 September 2026.
const REMINDER: &str = "2026-10-08T01:00:00Z";

impl Operation {
    /// Its name in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Operation::Submit => "submit, anonymous",
            Operation::SubmitIdentified => "submit, with identity and phone",
            Operation::SubmitProven => "submit with a proof of work, anonymous",
            Operation::Follow => "follow",
            Operation::Accept => "step: acceptance",
            Operation::Sweep => "sweep, 16 cases due",
            Operation::RateOfCommune => "rate of a commune, two sealed months and the running one",
            Operation::RateOfProvince => "rate of the province, two sealed months and the running one",
        }
    }

    fn shape(self) -> Shape {
        match self {
            Operation::Follow | Operation::RateOfCommune | Operation::RateOfProvince => Shape::Reads,
            Operation::Sweep => Shape::Sweep,
            _ => Shape::Writes,
        }
    }

    /// How often it is run in one sample: a read is too short to be timed alone.
    fn at_a_time(self) -> usize {
        if self == Operation::Follow { 5 } else { 1 }
    }
}

/// Measures an operation beside its floor, in a province of its own. The first run is recorded, some warm up.
///
/// # Errors
/// Where a run fails, or the floor does not cost what the operation costs.
pub async fn measure(operation: Operation, samples: usize) -> Result<Row, Failure> {
    LOGGED.start();
    let recorder = Recorder::default();
    let at = NOW.parse()?;
    let site = Site::open(Keys::InProcess, at, std::sync::Arc::new(recorder.clone())).await?;
    let mut subject = Subject::new(operation, site).await?;

    let work = subject.prepare().await?;
    // Read once a minute in each process: no part of an operation.
    subject.site.app.directory().await?;
    let meter = subject.site.app.store.meter().clone();
    let before = meter.snapshot();
    recorder.start();
    subject.run(work).await?;
    let recording = recorder.stop();
    let usage = meter.snapshot().since(&before);
    let floor = Floor::new(&subject.site, operation.shape(), recording).await?;
    let cost = floor.usage().await?;
    if cost != usage {
        return Err(format!("its floor costs {cost:?}, it costs {usage:?}").into());
    }

    let mut pairs = Pairs::default();
    let times = operation.at_a_time();
    let warm_up = WARM_UP.min(samples);
    for sample in 0..warm_up + samples {
        let (mut works, mut floors) = (Vec::new(), Vec::new());
        for _ in 0..times {
            works.push(subject.prepare().await?);
            floors.push(floor.prepare().await?);
        }
        subject.site.app.directory().await?;
        let (mut ours, mut bare) = (Duration::ZERO, Duration::ZERO);
        // Who comes first finds the machine as the other one left it, so they take turns.
        for ours_now in [sample % 2 == 0, sample % 2 != 0] {
            if ours_now {
                for work in works.drain(..) {
                    ours += subject.run(work).await?;
                }
            } else {
                for floor in floors.drain(..) {
                    bare += floor.run().await?;
                }
            }
        }
        if sample >= warm_up {
            let each = u32::try_from(times)?;
            pairs.add(ours / each, bare / each);
        }
    }
    let (ours, floor, ratio) = pairs.quartiles().ok_or("there are no samples")?;
    Ok(Row { name: operation.name(), usage, ours, floor, ratio, samples })
}

/// One run, ready to be timed.
enum Work {
    Request(Box<Request<Body>>),
    Sweep,
}

struct Subject {
    operation: Operation,
    site: Site,
    function: Router,
    receipt: String,
    submitted: usize,
}

impl Subject {
    async fn new(operation: Operation, site: Site) -> Result<Self, Failure> {
        let app = site.app.clone();
        let function = match operation {
            Operation::Submit | Operation::SubmitIdentified | Operation::SubmitProven => donthu_intake::router(app),
            Operation::Follow => donthu_follow::router(app),
            Operation::Accept | Operation::Sweep => donthu_casework::router(app),
            Operation::RateOfCommune | Operation::RateOfProvince => donthu_statistics::router(app),
        };
        let mut subject = Self { operation, site, function, receipt: String::new(), submitted: 0 };
        subject.site.hold(NOW)?;
        match operation {
            Operation::Follow => {
                let intake = donthu_intake::router(subject.site.app.clone());
                let request = subject.submission(&identified(), &[])?;
                let answer = call(&intake, request).await?.succeeded("submission")?;
                subject.receipt = format!("Receipt {}", answer.text("/receipt")?);
                subject.site.machine.world().drain().await?;
            }
            Operation::RateOfCommune | Operation::RateOfProvince => subject.answer_everywhere().await?,
            _ => {}
        }
        Ok(subject)
    }

    fn submission(&self, body: &Value, more: &[(&str, &str)]) -> Result<Request<Body>, Failure> {
        let key = RandomIds.uuid().to_string();
        let headers: Vec<(&str, &str)> =
            [("idempotency-key", key.as_str())].into_iter().chain(more.iter().copied()).collect();
        self.site.request("POST", "/v1/petitions", &headers, None, Some(body))
    }

    async fn registered(&self, casework: &Router, agency: &str, petition: &Value, on: &str) -> Result<String, Failure> {
        let body = json!({ "petition": petition, "channel": "post", "received_on": on });
        let request = self.site.request("POST", "/v1/cases", &[], Some(("head", agency)), Some(&body))?;
        call(casework, request).await?.succeeded("registration")?.text("/case_id")
    }

    fn step(&self, agency: &str, case: &str, step: u64, name: &str, body: &Value) -> Result<Request<Body>, Failure> {
        let seen = format!("\"{step}\"");
        let path = format!("/v1/cases/{case}/{name}");
        self.site.request("POST", &path, &[("if-match", &seen)], Some(("head", agency)), Some(body))
    }

    /// In each commune a piece of feedback is answered in October and November 2026, and another one is open in December.
    async fn answer_everywhere(&self) -> Result<(), Failure> {
        let casework = donthu_casework::router(self.site.app.clone());
        let agencies = Reference::shipped()?.agencies;
        let communes: Vec<String> =
            agencies.iter().map(|agency| agency.id.to_string()).filter(|id| is_commune(id)).collect();
        for (now, on, answers) in [
            ("2026-10-06T02:00:00Z", "2026-10-06", true),
            ("2026-11-05T02:00:00Z", "2026-11-05", true),
            ("2026-12-03T02:00:00Z", "2026-12-03", false),
        ] {
            self.site.hold(now)?;
            for commune in &communes {
                let petition =
                    json!({ "kind": "feedback", "text": "Nội dung.", "area": commune.trim_start_matches('c') });
                let case = self.registered(&casework, commune, &petition, on).await?;
                if answers {
                    for (step, name, body) in
                        [(1, "acceptance", json!({})), (2, "resolution", json!({ "result": "answered" }))]
                    {
                        call(&casework, self.step(commune, &case, step, name, &body)?).await?.succeeded(name)?;
                    }
                }
            }
        }
        self.site.hold("2026-12-05T02:00:00Z")?;
        donthu_audit::handle(&self.site.app, AuditTask::Seal).await?;
        Ok(())
    }

    async fn prepare(&mut self) -> Result<Work, Failure> {
        let site = &self.site;
        Ok(match self.operation {
            Operation::Submit | Operation::SubmitIdentified | Operation::SubmitProven => {
                let hours = i64::try_from(self.submitted / EACH_HOUR)?;
                site.machine
                    .world()
                    .clock()
                    .hold(NOW.parse::<jiff::Timestamp>()? + jiff::SignedDuration::from_hours(hours));
                self.submitted += 1;
                Work::Request(Box::new(match self.operation {
                    Operation::SubmitIdentified => self.submission(&identified(), &[])?,
                    Operation::SubmitProven => self.proven().await?,
                    _ => self.submission(&feedback(), &[])?,
                }))
            }
            Operation::Follow => {
                let headers = [("authorization", self.receipt.as_str())];
                Work::Request(Box::new(site.request("GET", "/v1/petition", &headers, None, None)?))
            }
            Operation::Accept => {
                let case = self.registered(&self.function, COMMUNE, &feedback(), "2026-10-05").await?;
                let body = json!({ "document": { "number": "15/TB-UBND", "date": "2026-10-05" } });
                Work::Request(Box::new(self.step(COMMUNE, &case, 1, "acceptance", &body)?))
            }
            Operation::Sweep => {
                site.hold(NOW)?;
                for _ in 0..DUE {
                    self.registered(&self.function, COMMUNE, &feedback(), "2026-09-28").await?;
                }
                // What the registrations have to tell is told, so that the sweep finds nothing lost.
                site.machine.world().drain().await?;
                site.hold(REMINDER)?;
                Work::Sweep
            }
            Operation::RateOfCommune => self.rate(COMMUNE)?,
            Operation::RateOfProvince => self.rate("chair")?,
        })
    }

    fn rate(&self, agency: &str) -> Result<Work, Failure> {
        let path = "/v1/statistics/resolution-rate?from=2026-10-01&to=2026-12-05";
        Ok(Work::Request(Box::new(self.site.request("GET", path, &[], Some(("head", agency)), None)?)))
    }

    async fn proven(&self) -> Result<Request<Body>, Failure> {
        let key = RandomIds.uuid().to_string();
        let headers = [("idempotency-key", key.as_str())];
        let asked = self.site.request("GET", "/v1/petitions/challenge", &headers, None, None)?;
        let challenge: Challenge =
            serde_json::from_slice(&call(&self.function, asked).await?.succeeded("challenge")?.bytes)?;
        let solution = solve_challenge(SolveChallengeOptions::new(&challenge)).map_err(|error| format!("{error:?}"))?;
        let payload = Payload { challenge, solution: solution.ok_or("a challenge without a solution")? };
        let proof = STANDARD.encode(serde_json::to_vec(&payload)?);
        let headers = [("idempotency-key", key.as_str()), ("altcha", proof.as_str())];
        self.site.request("POST", "/v1/petitions", &headers, None, Some(&feedback()))
    }

    async fn run(&self, work: Work) -> Result<Duration, Failure> {
        let begun = Instant::now();
        match work {
            Work::Request(request) => {
                let answer = call(&self.function, *request).await?;
                let took = begun.elapsed();
                answer.succeeded(self.operation.name())?;
                Ok(took)
            }
            Work::Sweep => {
                let swept = donthu_deadlines::handle(&self.site.app, LONGEST_RUN).await?;
                let took = begun.elapsed();
                let due = u32::try_from(DUE)?;
                if (swept.ticked, swept.failed, swept.notices_woken) != (due, 0, 0) {
                    return Err(format!("a sweep over {due} cases did {swept:?}").into());
                }
                Ok(took)
            }
        }
    }
}

fn is_commune(agency: &str) -> bool {
    agency
        .strip_prefix('c')
        .is_some_and(|number| number.len() == 5 && number.bytes().all(|digit| digit.is_ascii_digit()))
}

fn feedback() -> Value {
    json!({ "kind": "feedback", "text": "Đường liên thôn bị sạt lở từ tháng trước.", "area": "21040" })
}

fn identified() -> Value {
    let petitioner = json!({ "name": "Nguyễn Thị Mẫu", "id_number": "000000000000", "address": "Thôn 1" });
    json!({ "kind": "feedback", "text": "Nội dung.", "request": "Xem xét.", "area": "21040", "phone": "0900000000",
            "petitioner": petitioner, "against": { "agency": COMMUNE, "position": "staff", "person": "Ông B" } })
}
