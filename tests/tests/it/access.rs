//! Every operation of the API's description × every role × every relation of the caller's agency to what is asked for. The
//! expected status stands in the tables; an operation without a row fails, and so does a role that the description names
//! wrongly.

use std::collections::{BTreeMap, BTreeSet};

use donthu_domain::Role;
use donthu_local::template::{TEMPLATE, Template};
use donthu_service::openapi::{OFFICIALS as TOKEN, ROLES};
use donthu_tests::Province;
use donthu_tests::contract::operations;
use serde_json::{Value, json};

use crate::raw;

/// Statuses by role: reception, handler, head, inspector, identity custodian, statistician, admin.
type ByRole = [u16; 7];

const NOBODY: ByRole = [404; 7];
const FORBIDDEN: ByRole = [403; 7];

/// What somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// A complaint that the commune c21040 handles.
    Complaint,
    /// A complaint that it did not accept, with the notice on file.
    Refused,
    /// A complaint that the provincial chair handles.
    Provincial,
    /// An unsigned denunciation of the head of c21040, which the chair handles.
    Denunciation,
    /// The same, registered.
    Registered,
    /// The same, with the chair's handler named.
    Named,
    /// A registered denunciation of a member of c21040's staff, which the head of c21040 handles.
    OfStaff,
    /// The same, unsigned.
    OfStaffUnsigned,
    /// An unsigned denunciation that names no agency; the reception board has it.
    Unnamed,
}

use Subject::{Complaint, Denunciation, Named, OfStaff, OfStaffUnsigned, Provincial, Refused, Registered, Unnamed};

/// Who asks (by agency) for what, and what each role is answered.
struct Row {
    subject: Subject,
    agency: &'static str,
    /// `GET` of the case and of its deadlines.
    read: ByRole,
    /// `GET` of its journal.
    journal: ByRole,
    /// Steps of reception and head. 412 means allowed: the request rests on a step that is long gone.
    intake: ByRole,
    /// Steps of handler and head.
    handling: ByRole,
    /// Steps of the head alone.
    heading: ByRole,
}

/// A row whose whole agency sees nothing.
const fn blind(subject: Subject, agency: &'static str) -> Row {
    Row { subject, agency, read: NOBODY, journal: NOBODY, intake: NOBODY, handling: NOBODY, heading: NOBODY }
}

/// A row of an agency that handles an ordinary case.
const fn own(subject: Subject, agency: &'static str) -> Row {
    Row {
        subject,
        agency,
        read: [200, 200, 200, 200, 404, 404, 404],
        journal: [200, 200, 200, 403, 404, 404, 404],
        intake: [412, 403, 412, 403, 404, 404, 404],
        handling: [403, 412, 412, 403, 404, 404, 404],
        heading: [403, 403, 412, 403, 404, 404, 404],
    }
}

const CASES: [Row; 29] = [
    own(Complaint, "c21040"),
    own(Refused, "c21040"),
    blind(Refused, "c21025"),
    // The superior: head and inspector see where it stands, and take no step in the agency's stead.
    Row {
        subject: Complaint,
        agency: "chair",
        read: [404, 404, 200, 200, 404, 404, 404],
        journal: [404, 404, 403, 403, 404, 404, 404],
        intake: [404, 404, 403, 403, 404, 404, 404],
        handling: [404, 404, 403, 403, 404, 404, 404],
        heading: [404, 404, 403, 403, 404, 404, 404],
    },
    blind(Complaint, "c21025"),
    blind(Complaint, "so-xay-dung"),
    blind(Complaint, "reception-board"),
    watched(Complaint, "inspectorate"),
    watched(Provincial, "inspectorate"),
    own(Provincial, "chair"),
    // Subordinates.
    blind(Provincial, "c21040"),
    blind(Provincial, "reception-board"),
    // A denunciation: its managing head, and reception until it is registered.
    receiving(Denunciation, "chair"),
    // The denounced, a sibling, the inspectorate.
    blind(Denunciation, "c21040"),
    blind(Denunciation, "c21025"),
    blind(Denunciation, "inspectorate"),
    only_head(Registered, "chair"),
    blind(Registered, "c21040"),
    blind(Registered, "reception-board"),
    // The named handler handles.
    Row {
        subject: Named,
        agency: "chair",
        read: [404, 200, 200, 404, 404, 404, 404],
        journal: [404, 200, 200, 404, 404, 404, 404],
        intake: [404, 403, 412, 404, 404, 404, 404],
        handling: [404, 412, 412, 404, 404, 404, 404],
        heading: [404, 403, 412, 404, 404, 404, 404],
    },
    blind(Named, "c21040"),
    only_head(OfStaff, "c21040"),
    // Not even the superior.
    blind(OfStaff, "chair"),
    blind(OfStaff, "inspectorate"),
    // Who sits at the counter may be the denounced: the head takes it in.
    only_head(OfStaffUnsigned, "c21040"),
    blind(OfStaffUnsigned, "chair"),
    blind(OfStaffUnsigned, "reception-board"),
    receiving(Unnamed, "reception-board"),
    blind(Unnamed, "c21040"),
];

/// A row of an agency whose head alone handles a denunciation.
const fn only_head(subject: Subject, agency: &'static str) -> Row {
    let read = [404, 404, 200, 404, 404, 404, 404];
    let step = [404, 404, 412, 404, 404, 404, 404];
    Row { subject, agency, read, journal: read, intake: step, handling: step, heading: step }
}

/// A row of an agency whose reception and head take in a denunciation.
const fn receiving(subject: Subject, agency: &'static str) -> Row {
    let read = [200, 404, 200, 404, 404, 404, 404];
    let handling = [403, 404, 412, 404, 404, 404, 404];
    let intake = [412, 404, 412, 404, 404, 404, 404];
    Row { subject, agency, read, journal: read, intake, handling, heading: handling }
}

/// A row of the inspectorate, whose inspectors see where every ordinary case stands: the last escalation is told to them.
const fn watched(subject: Subject, agency: &'static str) -> Row {
    let no_step = [404, 404, 404, 403, 404, 404, 404];
    let read = [404, 404, 404, 200, 404, 404, 404];
    Row { subject, agency, read, journal: no_step, intake: no_step, handling: no_step, heading: no_step }
}

/// A column of a row.
type Column = fn(&Row) -> ByRole;

/// Which column of a row a route on one case follows.
const CASE_ROUTES: [(&str, Column); 35] = [
    ("GET /v1/cases/{id}", |row| row.read),
    ("GET /v1/cases/{id}/deadlines", |row| row.read),
    ("GET /v1/cases/{id}/journal", |row| row.journal),
    ("GET /v1/cases/{id}/documents/{form}", printed),
    ("POST /v1/cases/{id}/formalisation", |row| row.intake),
    ("POST /v1/cases/{id}/assignment", |row| row.intake),
    ("POST /v1/cases/{id}/acceptance", |row| row.handling),
    ("POST /v1/cases/{id}/refusal", |row| row.handling),
    ("POST /v1/cases/{id}/guidance", |row| row.handling),
    ("POST /v1/cases/{id}/transfer", |row| row.handling),
    ("POST /v1/cases/{id}/complexity", |row| row.handling),
    ("POST /v1/cases/{id}/extension", |row| row.handling),
    ("POST /v1/cases/{id}/suspension", |row| row.handling),
    ("POST /v1/cases/{id}/resumption", |row| row.handling),
    ("POST /v1/cases/{id}/termination", |row| row.handling),
    ("POST /v1/cases/{id}/resolution", |row| row.handling),
    ("POST /v1/cases/{id}/correction", |row| row.heading),
    ("POST /v1/cases/{id}/filing", |row| row.intake),
    ("POST /v1/cases/{id}/division", |row| row.intake),
    // The other case that it names is asked for first: here it is the same one, and whoever does not see it named a wrong one.
    ("POST /v1/cases/{id}/duplicate", |row| row.intake.map(|status| if status == 404 { WRONG_CASE } else { status })),
    ("POST /v1/cases/{id}/inspection", |row| row.handling),
    ("POST /v1/cases/{id}/referral", |row| row.handling),
    ("POST /v1/cases/{id}/verification", |row| row.handling),
    ("POST /v1/cases/{id}/dialogue", |row| row.handling),
    ("POST /v1/cases/{id}/dialogue-record", |row| row.handling),
    ("POST /v1/cases/{id}/partial-withdrawal", |row| row.handling),
    ("POST /v1/cases/{id}/continuation", |row| row.handling),
    ("POST /v1/cases/{id}/dispatch", |row| row.handling),
    ("POST /v1/cases/{id}/publication", |row| row.handling),
    ("POST /v1/cases/{id}/enforcement", |row| row.handling),
    ("POST /v1/cases/{id}/report", |row| row.handling),
    ("POST /v1/cases/{id}/report-demand", demand),
    ("POST /v1/cases/{id}/appeal", further),
    ("POST /v1/cases/{id}/continued-denunciation", further),
    ("POST /v1/cases/{id}/overdue-report", further),
];

/// The routes on one case that need no step, and so write: messages, and the opening of an identity.
const WRITING_ROUTES: [(&str, Column); 3] = [
    ("GET /v1/cases/{id}/messages", |row| row.journal),
    ("POST /v1/cases/{id}/messages", |row| row.journal.map(|status| if status == 200 { 201 } else { status })),
    ("POST /v1/cases/{id}/identity-disclosure", opened),
];

/// The other case of a duplicate is none that the official may see.
const WRONG_CASE: u16 = 422;

/// For whom reads the journal. One of these cases has a document on file.
fn printed(row: &Row) -> ByRole {
    let there = matches!(row.subject, Refused);
    row.journal.map(|status| if status == 200 && !there { 404 } else { status })
}

/// The responsible agency's custodian opens an identity where there is one, and the superior's where a colleague is denounced,
/// seeing nothing of the case otherwise; whoever reads the text, or only the standing, does not.
fn opened(row: &Row) -> ByRole {
    let mut statuses = demand(row);
    let anonymous = matches!(row.subject, Denunciation | OfStaffUnsigned | Unnamed);
    let keeps = match row.subject {
        OfStaff | OfStaffUnsigned => row.agency == "chair",
        _ => row.handling[2] == 412,
    };
    if keeps {
        statuses[4] = if anonymous { 409 } else { 200 };
    }
    statuses
}

/// Nobody has told a superior that one of these is overdue: whoever sees the case learns that it is not theirs to ask.
fn demand(row: &Row) -> ByRole {
    row.read.map(|read| if read == 200 { 403 } else { 404 })
}

/// A paper may be handed in at the agency that decides and at the one above it; none of these is decided yet. Of a denunciation
/// the one above learns nothing from that.
fn further(row: &Row) -> ByRole {
    let mut statuses = demand(row);
    let own = row.handling[2] == 412;
    let above = row.agency == "chair" && matches!(row.subject, Complaint);
    for role in [0, 2] {
        if above || (own && row.read[role] == 200) {
            statuses[role] = 409;
        }
    }
    statuses
}

const QUEUE: ByRole = [200, 200, 200, 200, 403, 403, 403];
const FIGURES: ByRole = [403, 403, 200, 200, 403, 200, 403];
const REGISTERS: ByRole = [201, 403, 201, 403, 403, 403, 403];
const PERIOD: &str = "from=2026-10-01&to=2026-10-05";

/// The other routes of officials: route, the caller's agency, query, statuses.
const OFFICIALS: [(&str, &str, &str, ByRole); 34] = [
    ("POST /v1/cases", "c21040", "", REGISTERS),
    ("POST /v1/cases", "chair", "", REGISTERS),
    ("POST /v1/cases", "reception-board", "", REGISTERS),
    ("GET /v1/cases", "c21040", "", QUEUE),
    ("GET /v1/cases", "c21040", "agency=c21040", QUEUE),
    ("GET /v1/cases", "chair", "agency=c21040", [403, 403, 200, 200, 403, 403, 403]),
    ("GET /v1/cases", "c21025", "agency=c21040", FORBIDDEN),
    ("GET /v1/cases", "c21040", "agency=chair", FORBIDDEN),
    ("GET /v1/cases", "c21040", "agency=external", FORBIDDEN),
    ("GET /v1/cases", "chair", "agency=external", FORBIDDEN),
    ("GET /v1/cases", "chair", "compartment=denunciations", [403, 403, 200, 403, 403, 403, 403]),
    ("GET /v1/cases", "c21040", "compartment=denunciations", [403, 403, 200, 403, 403, 403, 403]),
    ("GET /v1/cases", "chair", "compartment=denunciations&agency=c21040", FORBIDDEN),
    ("GET /v1/cases", "c21040", "compartment=denunciations&agency=chair", FORBIDDEN),
    ("PUT /v1/reference/areas/{id}", "chair", "", [403, 403, 403, 403, 403, 403, 200]),
    ("GET /v1/statistics/resolution-rate", "c21040", "", FIGURES),
    ("GET /v1/statistics/resolution-rate", "chair", "agency=c21040", FIGURES),
    ("GET /v1/statistics/resolution-rate", "c21025", "agency=c21040", FORBIDDEN),
    ("GET /v1/statistics/resolution-rate", "c21040", "agency=chair", FORBIDDEN),
    ("GET /v1/statistics/resolution-rate", "inspectorate", "agency=c21040", [403, 403, 403, 200, 403, 403, 403]),
    ("GET /v1/statistics/agencies", "c21040", "", FIGURES),
    ("GET /v1/statistics/agencies", "chair", "agency=c21040", FIGURES),
    ("GET /v1/statistics/agencies", "c21025", "agency=c21040", FORBIDDEN),
    ("GET /v1/statistics/agencies", "inspectorate", "agency=c21040", [403, 403, 403, 200, 403, 403, 403]),
    ("GET /v1/statistics/months", "c21040", "", FIGURES),
    ("GET /v1/statistics/months", "chair", "agency=c21040", FIGURES),
    ("GET /v1/statistics/months", "c21025", "agency=c21040", FORBIDDEN),
    ("GET /v1/statistics/months", "c21040", "agency=chair", FORBIDDEN),
    ("GET /v1/statistics/months", "inspectorate", "agency=c21040", [403, 403, 403, 200, 403, 403, 403]),
    ("GET /v1/statistics/open-ages", "c21040", "", FIGURES),
    ("GET /v1/statistics/open-ages", "chair", "agency=c21040", FIGURES),
    ("GET /v1/statistics/open-ages", "c21025", "agency=c21040", FORBIDDEN),
    ("GET /v1/statistics/open-ages", "c21040", "agency=chair", FORBIDDEN),
    ("GET /v1/statistics/open-ages", "inspectorate", "agency=c21040", [403, 403, 403, 200, 403, 403, 403]),
];

/// The public routes: route, query, and the status for everybody, with whatever token or none.
const PUBLIC: [(&str, &str, u16); 21] = [
    // A challenge is for one idempotency key, and here is none.
    ("GET /v1/petitions/challenge", "", 400),
    // The empty petition is read, and lacks its fields.
    ("POST /v1/petitions", "", 422),
    // A receipt code opens it, and no official's token.
    ("GET /v1/petition", "", 401),
    ("GET /v1/petition/history", "", 401),
    ("GET /v1/petition/messages", "", 401),
    ("POST /v1/petition/messages", "", 401),
    ("GET /v1/petition/proof", "", 401),
    ("GET /v1/petition/receipt", "", 401),
    ("POST /v1/petition/withdrawal", "", 401),
    ("POST /v1/petition/appeal", "", 401),
    ("POST /v1/petition/continued-denunciation", "", 401),
    ("POST /v1/petition/overdue-report", "", 401),
    ("GET /v1/public/statistics", "from=2026-01&to=2026-09", 200),
    ("GET /v1/public/months", "from=2026-01&to=2026-09", 200),
    ("GET /v1/public/journal-roots", "from=2026-09-01&to=2026-09-30", 200),
    ("GET /v1/public/receipt-keys", "", 200),
    // The empty question lacks its receipt.
    ("POST /v1/public/receipt-verification", "", 422),
    ("GET /v1/reference/agencies", "", 200),
    ("GET /v1/reference/areas", "", 200),
    ("GET /v1/reference/fields", "", 200),
    ("GET /v1/openapi.json", "", 200),
];

/// A body that a route's form accepts.
fn body(route: &str) -> Value {
    let document = json!({ "number": "15/QĐ-UBND", "date": "2026-10-05" });
    match route.rsplit('/').next().unwrap() {
        "formalisation" => json!({ "received_on": "2026-10-05" }),
        "assignment" => json!({ "handler": "handler@chair" }),
        "refusal" => json!({ "ground": "no_capacity" }),
        "transfer" => json!({ "agency": "c21028" }),
        "complexity" => json!({ "criteria": ["many_people"], "document": document }),
        "extension" => json!({ "criteria": ["many_people"], "days": 30, "document": document }),
        "guidance" => json!({ "to": "court" }),
        "filing" => json!({ "ground": "illegible" }),
        "division" => json!({ "parts": [] }),
        "overdue-report" => json!({}),
        "messages" => json!({ "text": "x" }),
        "identity-disclosure" => json!({ "to": "handler@chair", "reason": "invitation" }),
        "referral" | "partial-withdrawal" | "enforcement" => json!({ "document": document }),
        "dialogue" => json!({ "on": "2026-10-20" }),
        "dialogue-record" => json!({ "outcome": "held" }),
        "continuation" => json!({ "grounds": ["coerced"] }),
        "dispatch" => json!({ "what": "decision" }),
        "appeal" | "continued-denunciation" => json!({ "petition": { "text": "x" } }),
        "suspension" => json!({ "ground": "awaits_other_body" }),
        "termination" => json!({ "ground": "withdrawal" }),
        "resolution" => json!({ "result": "founded" }),
        "cases" => {
            let petition = json!({ "kind": "feedback", "text": "x", "area": "21040" });
            json!({ "petition": petition, "channel": "post", "received_on": "2026-10-05" })
        }
        "{id}" => json!({ "remote": true, "valid_from": "2026-10-05" }),
        _ => json!({}),
    }
}

async fn ask(province: &Province, route: &str, path: &str, bearer: Option<&str>) -> u16 {
    let (method, _) = route.split_once(' ').unwrap();
    let mut headers = vec![("content-type", "application/json"), ("if-match", "\"999\"")];
    headers.extend(bearer.map(|bearer| ("authorization", bearer)));
    let body = match route.rsplit('/').next() {
        _ if method == "GET" => String::new(),
        Some("duplicate") => json!({ "case": path.split('/').nth(3) }).to_string(),
        _ => body(route).to_string(),
    };
    raw::send(province, method, path, &headers, body).await.status.as_u16()
}

/// Registers a petition; gives its case.
async fn registered(province: &Province, kind: &str, agency: &str, position: &str) -> String {
    let clerk = province.bearer("reception", "reception-board").await;
    let petition = json!({ "kind": kind, "text": "x", "petitioner": { "name": "Nguyễn Thị Kín" }, "against": { "agency": agency, "position": position } });
    let paper = json!({ "petition": petition, "channel": "post", "received_on": "2026-10-05" });
    let answer = province.send("POST", "/v1/cases", &[("authorization", &clerk)], Some(paper)).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    answer.text("/case_id")
}

async fn made(province: &Province, subject: Subject) -> String {
    match subject {
        Complaint => registered(province, "complaint", "c21040", "agency").await,
        Refused => {
            let id = registered(province, "complaint", "c21040", "agency").await;
            let head = province.bearer("head", "c21040").await;
            let notice =
                json!({ "ground": "no_capacity", "document": { "number": "15/TB-UBND", "date": "2026-10-05" } });
            let refused = province.step(&head, &id, 1, "refusal", notice).await;
            assert_eq!(refused.status.as_u16(), 200, "{}", refused.body);
            id
        }
        Provincial => registered(province, "complaint", "chair", "agency").await,
        Registered => registered(province, "denunciation", "c21040", "head").await,
        OfStaff => registered(province, "denunciation", "c21040", "staff").await,
        Named => {
            let id = registered(province, "denunciation", "c21040", "head").await;
            let head = province.bearer("head", "chair").await;
            let named = province.step(&head, &id, 1, "assignment", json!({ "handler": "handler@chair" })).await;
            assert_eq!(named.status.as_u16(), 200, "{}", named.body);
            id
        }
        Denunciation => submitted(province, json!({ "agency": "c21040", "position": "head" })).await,
        OfStaffUnsigned => submitted(province, json!({ "agency": "c21040", "position": "staff" })).await,
        Unnamed => submitted(province, json!({})).await,
    }
}

/// A denunciation over HTTPS; gives its case.
async fn submitted(province: &Province, against: Value) -> String {
    let petition = json!({ "kind": "denunciation", "text": "x", "against": against });
    let answer = province.send("POST", "/v1/petitions", &[], Some(petition)).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    province.drain().await;
    province.case_of(&answer.text("/receipt")).to_string()
}

#[tokio::test]
async fn a_case_opens_to_those_whom_the_law_names_and_to_nobody_else() {
    let province = Province::open().await;
    let mut cases: Vec<(Subject, String)> = Vec::new();
    let subjects = [Denunciation, Complaint, Refused, Provincial, Registered, Named, OfStaff, OfStaffUnsigned, Unnamed];
    for subject in subjects {
        cases.push((subject, made(&province, subject).await));
    }
    let before = raw::contents(&province).await;
    assert_eq!(wrong_answers(&province, &cases, &CASE_ROUTES).await, Vec::<String>::new());
    assert_eq!(raw::differences(&before, &raw::contents(&province).await), Vec::<String>::new());
    assert_eq!(wrong_answers(&province, &cases, &WRITING_ROUTES).await, Vec::<String>::new());
    province.recount_tomorrow().await;
}

/// Asks each row's agency in each role, on each route, and gives the answers that are not the row's.
async fn wrong_answers(
    province: &Province,
    cases: &[(Subject, String)],
    routes: &[(&'static str, Column)],
) -> Vec<String> {
    let mut wrong = Vec::new();
    for row in &CASES {
        let (_, id) = cases.iter().find(|(subject, _)| *subject == row.subject).unwrap();
        for (position, role) in Role::ALL.into_iter().enumerate() {
            let bearer = province.bearer(role.code(), row.agency).await;
            for (route, column) in routes {
                let path = route.split_once(' ').unwrap().1.replace("{id}", id).replace("{form}", "04");
                let (expected, status) = (column(row)[position], ask(province, route, &path, Some(&bearer)).await);
                if status != expected {
                    let (subject, agency, role) = (row.subject, row.agency, role.code());
                    wrong.push(format!("{route} of {subject:?} by {role} of {agency}: {status}, not {expected}"));
                }
            }
        }
    }
    wrong
}

#[tokio::test]
async fn lists_figures_and_reference_data_open_by_role_and_agency() {
    let province = Province::open().await;
    let mut wrong = Vec::new();
    for (route, agency, query, expected) in &OFFICIALS {
        let mut path = route.split_once(' ').unwrap().1.replace("{id}", "21040");
        let by_day = route.ends_with("/resolution-rate") || route.ends_with("/agencies");
        let period = if by_day { PERIOD } else { "" };
        path.push_str(&format!("?{query}&{period}").replace("?&", "?"));
        let path = path.trim_end_matches(['&', '?']).to_owned();
        for (position, role) in Role::ALL.into_iter().enumerate() {
            let bearer = province.bearer(role.code(), agency).await;
            let status = ask(&province, route, &path, Some(&bearer)).await;
            if status != expected[position] {
                let expected = expected[position];
                wrong.push(format!("{route} {query} by {} of {agency}: {status}, not {expected}", role.code()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[tokio::test]
async fn a_public_route_answers_everybody_alike_and_any_other_nobody_without_a_token() {
    let province = Province::open().await;
    let mut bearers = vec![None];
    for role in Role::ALL {
        bearers.push(Some(province.bearer(role.code(), "c21040").await));
    }
    for (route, query, expected) in &PUBLIC {
        let path = format!("{}?{query}", route.split_once(' ').unwrap().1);
        for bearer in &bearers {
            let status = ask(&province, route, path.trim_end_matches('?'), bearer.as_deref()).await;
            assert_eq!(status, *expected, "{route}");
        }
    }
    let id = made(&province, Complaint).await;
    let before = raw::contents(&province).await;
    for route in Template::parse(TEMPLATE).unwrap().routes.iter().filter(|route| !route.public) {
        let path = route.path.replace("{id}", &id).replace("{form}", "03");
        let key = format!("{} {}", route.method, route.path);
        for bearer in [None, Some("Bearer x.y.z"), Some("Receipt 1AAAA")] {
            assert_eq!(ask(&province, &key, &path, bearer).await, 401, "{key}");
        }
    }
    assert_eq!(raw::differences(&before, &raw::contents(&province).await), Vec::<String>::new());
}

/// Asking for a report on a denunciation of c21040's staff that is overdue, and of which the chair was told: by agency.
const DEMANDS: [(&str, ByRole); 4] = [
    ("chair", [404, 404, 412, 404, 404, 404, 404]),
    ("c21040", [404, 404, 403, 404, 404, 404, 404]),
    ("c21025", NOBODY),
    ("inspectorate", NOBODY),
];
const DEMAND: &str = "POST /v1/cases/{id}/report-demand";

#[tokio::test]
async fn the_superior_who_was_told_of_an_overdue_denunciation_may_ask_for_a_report() {
    let province = Province::open().await;
    let (id, receipt) = denunciation_of_staff(&province).await;
    let head = province.bearer("head", "c21040").await;
    let accepted = province.step(&head, &id, 1, "acceptance", json!({})).await;
    assert_eq!(accepted.status.as_u16(), 200, "{}", accepted.body);
    province.advance("P40D").await;
    let receipt = format!("Receipt {receipt}");
    let told = province.send("POST", "/v1/petition/overdue-report", &[("authorization", &receipt)], None).await;
    assert_eq!(told.status.as_u16(), 200, "{}", told.body);
    let mut wrong = Vec::new();
    for (agency, expected) in &DEMANDS {
        for (position, role) in Role::ALL.into_iter().enumerate() {
            let bearer = province.bearer(role.code(), agency).await;
            let path = format!("/v1/cases/{id}/report-demand");
            let (status, expected) = (ask(&province, DEMAND, &path, Some(&bearer)).await, expected[position]);
            if status != expected {
                wrong.push(format!("{} of {agency}: {status}, not {expected}", role.code()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

async fn denunciation_of_staff(province: &Province) -> (String, String) {
    let head = province.bearer("head", "c21040").await;
    let petition = json!({ "kind": "denunciation", "text": "x", "petitioner": { "name": "Nguyễn Thị Kín" },
                           "against": { "agency": "c21040", "position": "staff" } });
    let paper = json!({ "petition": petition, "channel": "post", "received_on": "2026-10-05" });
    let answer = province.send("POST", "/v1/cases", &[("authorization", &head)], Some(paper)).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    (answer.text("/case_id"), answer.text("/receipt"))
}

/// Every row for officials, with what each role is answered.
fn rows() -> Vec<(&'static str, ByRole)> {
    let mut rows: Vec<_> = OFFICIALS.iter().map(|(route, _, _, statuses)| (*route, *statuses)).collect();
    for (route, column) in CASE_ROUTES.iter().chain(&WRITING_ROUTES) {
        rows.extend(CASES.iter().map(|row| (*route, column(row))));
    }
    rows.extend(DEMANDS.iter().map(|(_, statuses)| (DEMAND, *statuses)));
    rows
}

#[test]
fn every_operation_of_the_description_has_its_rows() {
    let described = |public: bool| -> BTreeSet<String> {
        let callers = |operation: &Value| operation["security"].as_array().unwrap().clone();
        let of_kind = operations()
            .filter(|(_, operation)| callers(operation).iter().all(|caller| caller.get(TOKEN).is_none()) == public);
        of_kind.map(|(name, _)| name).collect()
    };
    assert_eq!(rows().iter().map(|(route, _)| (*route).to_owned()).collect::<BTreeSet<_>>(), described(false));
    assert_eq!(PUBLIC.iter().map(|(route, ..)| (*route).to_owned()).collect::<BTreeSet<_>>(), described(true));
}

#[test]
fn the_description_names_exactly_the_roles_that_succeed_somewhere() {
    let mut shown: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (route, statuses) in rows() {
        let granted = shown.entry(route.to_owned()).or_default();
        for (role, status) in Role::ALL.into_iter().zip(statuses) {
            let refused = matches!(status, 401 | 403 | 404) || (status == WRONG_CASE && route.ends_with("/duplicate"));
            if !refused {
                granted.insert(role.code());
            }
        }
    }
    for (name, operation) in operations() {
        let Some(roles) = operation.get(ROLES) else { continue };
        let roles: BTreeSet<&str> = roles.as_array().unwrap().iter().map(|role| role.as_str().unwrap()).collect();
        assert_eq!(roles, shown[&name], "{name}");
    }
}
