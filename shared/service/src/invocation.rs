//! What is told of one invocation of a function: one line that sums it up, under its ids, whatever came in.
//!
//! The ids stand in the span `invocation` that every line of ours bears, so that all of them are found by one of them. A line holds
//! codes, counts and ids and nothing that anybody sent: the route's template and not the path, a problem's code and not its field, an
//! official's agency and never their subject.
//!
//! A citizen's request names no case: whoever reads the logs learns from them neither who follows a case nor when it came in.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use donthu_domain::{Actor, AgencyId, Case, CaseId};
use donthu_store::Meter;
use donthu_store::trace::{self, TraceHeader};
use lambda_http::Context;
use lambda_http::request::RequestContext;
use tracing::Instrument;

use crate::problem;

/// An invocation, as Lambda names it.
#[derive(Debug, Clone)]
pub struct Invocation {
    function: &'static str,
    request_id: String,
    trace: Option<TraceHeader>,
}

/// What an invocation used until now.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spent {
    /// Milliseconds since it began.
    pub ms: u64,
    /// Requests to DynamoDB, each attempt counted.
    pub requests: u64,
    /// Read capacity units.
    pub read_units: f64,
    /// Write capacity units.
    pub write_units: f64,
}

/// What became known of a request while it was worked on.
#[derive(Debug, Default)]
struct Noted {
    agency: Option<AgencyId>,
    command: Option<&'static str>,
    case: Option<CaseId>,
    stage: Option<&'static str>,
    repeated: Option<bool>,
}

struct Running {
    begun: Instant,
    meter: Meter,
    noted: Mutex<Noted>,
}

impl Running {
    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

tokio::task_local! {
    static RUNNING: Arc<Running>;
}

impl Invocation {
    /// The invocation of a function that a context is about. The trace is the one that Lambda gives, never a header that a client
    /// sent; what is no trace's header is left out.
    pub fn new(function: &'static str, context: &Context) -> Self {
        let trace = context.xray_trace_id.as_deref().and_then(TraceHeader::parse);
        Self { function, request_id: context.request_id.clone(), trace }
    }

    /// Does its work: under its ids, its trace and a meter of its own.
    pub async fn run<F: Future>(self, work: F) -> F::Output {
        // At ERROR, so that no level leaves it out.
        let span = tracing::error_span!(
            "invocation",
            function = self.function,
            request_id = self.request_id,
            trace_id = self.trace.as_ref().map(|trace| trace.root().as_str()),
        );
        let running = Running { begun: Instant::now(), meter: Meter::new(), noted: Mutex::default() };
        let meter = running.meter.clone();
        let work = trace::within(self.trace, meter.metered(work));
        RUNNING.scope(Arc::new(running), work).instrument(span).await
    }
}

/// What the invocation under way used until now; nothing outside of one.
pub fn spent() -> Spent {
    let spent = RUNNING.try_with(|running| {
        let used = running.meter.snapshot();
        Spent {
            ms: u64::try_from(running.begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            requests: used.total_requests(),
            read_units: used.read_units,
            write_units: used.write_units,
        }
    });
    spent.unwrap_or_default()
}

fn note(noted: impl FnOnce(&mut Noted)) {
    // Outside of an invocation nobody tells it.
    RUNNING.try_with(|running| noted(&mut running.noted())).ok();
}

/// An official of this agency asks.
pub fn note_official(agency: &AgencyId) {
    note(|noted| noted.agency = Some(agency.clone()));
}

/// This command is given.
pub fn note_command(command: &'static str) {
    note(|noted| noted.command = Some(command));
}

/// The request is about this case, as it stands now. A citizen's names none.
pub fn note_case(actor: &Actor, case: &Case) {
    note(|noted| {
        noted.stage = Some(case.stage.code());
        if *actor != Actor::Citizen {
            noted.case = Some(case.id.clone());
        }
    });
}

/// Whether the petition had come in before.
pub fn note_repeated(repeated: bool) {
    note(|noted| noted.repeated = Some(repeated));
}

/// Middleware of every HTTP function, outside of all others: runs each request as an invocation and sums it up.
pub async fn requests(State(function): State<&'static str>, request: Request, next: Next) -> Response {
    let context = request.extensions().get::<Context>().cloned().unwrap_or_default();
    let method = known(request.method());
    let path = request.extensions().get::<MatchedPath>().cloned();
    let gateway_id = match request.extensions().get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
        _ => None,
    };
    let answered = async move {
        let response = next.run(request).await;
        tell(method, path.as_ref().map_or("none", MatchedPath::as_str), gateway_id.as_deref(), &response);
        response
    };
    Invocation::new(function, &context).run(answered).await
}

/// A method is a word of the client's own choice.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        _ => "other",
    }
}

fn tell(method: &'static str, path: &str, gateway_id: Option<&str>, response: &Response) {
    let spent = spent();
    let told = RUNNING.try_with(|running| {
        let noted = running.noted();
        tracing::info!(
            route = format!("{method} {path}"),
            status = response.status().as_u16(),
            problem = problem::told(response),
            command = noted.command,
            agency = noted.agency.as_ref().map(AgencyId::as_str),
            case_id = noted.case.as_ref().map(CaseId::as_str),
            stage = noted.stage,
            repeated = noted.repeated,
            // The gateway tells its id to the caller, and so to all that lies between the two.
            gateway_id = gateway_id.filter(|_| noted.agency.is_some()),
            ms = spent.ms,
            requests = spent.requests,
            read_units = spent.read_units,
            write_units = spent.write_units,
            "a request was answered"
        );
    });
    // It is called within an invocation alone.
    told.ok();
}
