//! What the API's description says of this function's routes.

use donthu_domain::{Area, AreaId, CaseId, Form, Role};
use donthu_service::correspondence::{MessageForm, Messages, Written};
use donthu_service::documents::Reader;
use donthu_service::openapi::{Api, Described, get, post, put};
use donthu_service::views::OfficialCase;
use utoipa::ToSchema;

use crate::cases::{self, Listed, Standing, Wing};
use crate::forms::*;
use crate::opening::{AppealForm, DivisionForm, FollowUpForm, Opened, OverdueReportForm};
use crate::proceedings::*;
use crate::reading::{CaseWithText, Deadlines, Journal};
use crate::registration::Registered;
use crate::{StepForm, documents};

/// Those who see where a case stands.
const SEE: [Role; 4] = [Role::Reception, Role::Handler, Role::Head, Role::Inspector];
/// Those who read all of it.
const READ: [Role; 3] = [Role::Reception, Role::Handler, Role::Head];
/// Those who take petitions in and give them out.
const TAKE_IN: [Role; 2] = [Role::Reception, Role::Head];
/// Those who handle.
const HANDLE: [Role; 2] = [Role::Handler, Role::Head];
const HEAD: [Role; 1] = [Role::Head];
const ADMIN: [Role; 1] = [Role::Admin];

const TAG: &str = "ETag";
const STEP: &str = "The case's step, to be sent in `If-Match`.";

/// The routes of this function, described.
#[must_use]
pub fn api() -> Api {
    let api = steps().into_iter().fold(Api::default(), Api::route);
    further(reading(api)).route(
        put("/v1/reference/areas/{id}", "setArea")
            .says(
                "reference",
                "Set whether an area is a remote one",
                "From a day on (*vùng sâu, vùng xa, đi lại khó khăn*): limits are longer there. Cases that came in before keep what \
                 held then.",
            )
            .officials(&ADMIN)
            .within::<AreaId>("id", "Code of the area.")
            .body::<AreaForm>()
            .answers::<Area>(200, "The area from that day on."),
    )
}

fn reading(api: Api) -> Api {
    api.route(
        get("/v1/cases", "listCases")
            .says(
                "cases",
                "An agency's cases",
                "The earliest due day first. Denunciations are listed to the head of the agency alone; a head or an inspector above \
                 it may list an agency's other cases. With `number` the one case of that number, where it is in a list that the official \
                 may read.",
            )
            .officials(&SEE)
            .query::<cases::Wanted>()
            .knows::<Standing>()
            .knows::<Wing>()
            .answers::<Listed>(200, "A page of cases."),
    )
    .route(
        on_case(get("/v1/cases/{id}", "readCase"), &SEE)
            .says(
                "cases",
                "Read a case",
                "With the steps that the official may take now, and the petition's text for those who handle it. No identity is \
                 ever part of it.",
            )
            .from_vault()
            .header(TAG, STEP)
            .answers::<CaseWithText>(200, "The case."),
    )
    .route(
        on_case(get("/v1/cases/{id}/journal", "readJournal"), &READ)
            .says("cases", "Read a case's journal", "Everything that happened, with the articles that it rests on.")
            .answers::<Journal>(200, "The entries, oldest first."),
    )
    .route(
        on_case(get("/v1/cases/{id}/deadlines", "readDeadlines"), &SEE)
            .says("cases", "Read a case's limits (*thời hạn*)", "Each with its article, how sure we are of it, and how its due day came about.")
            .answers::<Deadlines>(200, "Every obligation."),
    )
    .route(
        on_case(get("/v1/cases/{id}/messages", "readMessages"), &READ)
            .says("cases", "Read the messages", "What citizen and agency wrote to each other.")
            .from_vault()
            .answers::<Messages>(200, "The messages, oldest first."),
    )
    .route(
        on_case(post("/v1/cases/{id}/messages", "writeMessage"), &READ)
            .says("cases", "Write to the citizen", "In the agency's name. A message moves no limit and rests on no step.")
            .writes()
            .body::<MessageForm>()
            .answers::<Written>(201, "The message was written."),
    )
    .route(
        on_case(get("/v1/cases/{id}/documents/{form}", "readDocument"), &READ)
            .says("cases", "Print a document", "As it stood when it was put on file. Persons are dotted lines.")
            .within::<Form>("form", "The document's form.")
            .query::<documents::Wanted>()
            .knows::<Reader>()
            .answers_text(200, "text/html", "A page to print."),
    )
}

/// What opens a case, or is handed in about one that its clerk may not see.
fn further(api: Api) -> Api {
    let opened = "A case was opened. Nothing is told of the one before.";
    api.route(
        post("/v1/cases", "registerCase")
            .says(
                "cases",
                "Enter a paper or oral petition",
                "On a citizen's behalf (*vào sổ*). Nothing but the receipt is told.",
            )
            .officials(&TAKE_IN)
            .writes()
            .body::<RegistrationForm>()
            .header(TAG, STEP)
            .header("Idempotency-Replayed", "`true` where the petition had been entered before; absent otherwise.")
            .answers::<Registered>(201, "The petition was entered."),
    )
    .route(
        on_case(post("/v1/cases/{id}/division", "divideCase"), &TAKE_IN)
            .says(
                "steps",
                "Divide or reclassify (*tách đơn, phân loại lại*)",
                "A petition of mixed content becomes a case for each matter, each with its own extract of the text.",
            )
            .writes()
            .on_step()
            .body::<DivisionForm>()
            .header(TAG, STEP)
            .answers::<OfficialCase>(200, "The case that was divided."),
    )
    .route(
        on_case(post("/v1/cases/{id}/appeal", "enterAppeal"), &TAKE_IN)
            .says("cases", "Enter a second complaint (*khiếu nại lần hai*)", "At the agency that decided or above it.")
            .writes()
            .body::<AppealForm>()
            .answers::<Opened>(201, opened),
    )
    .route(
        on_case(post("/v1/cases/{id}/continued-denunciation", "enterContinuedDenunciation"), &TAKE_IN)
            .says(
                "cases",
                "Enter a continued denunciation (*tố cáo tiếp*)",
                "At the agency that concluded or above it.",
            )
            .writes()
            .body::<FollowUpForm>()
            .answers::<Opened>(201, opened),
    )
    .route(
        on_case(post("/v1/cases/{id}/overdue-report", "enterOverdueReport"), &TAKE_IN)
            .says(
                "cases",
                "Enter a letter about an overdue conclusion",
                "Law on Denunciations Art. 38. Nothing is told of the case.",
            )
            .writes()
            .body::<OverdueReportForm>()
            .answers_nothing(204, "The letter was entered."),
    )
}

fn on_case(described: Described, roles: &[Role]) -> Described {
    described.officials(roles).within::<CaseId>("id", "Id of the case.")
}

fn step<F: StepForm + ToSchema>(
    path: &'static str,
    id: &'static str,
    roles: &[Role],
    summary: &'static str,
    description: &'static str,
) -> Described {
    on_case(post(path, id), roles)
        .says("steps", summary, description)
        .writes()
        .on_step()
        .body::<F>()
        .header(TAG, STEP)
        .answers::<OfficialCase>(200, "The case after the step.")
}

fn steps() -> Vec<Described> {
    vec![
        step::<FormalisationForm>(
            "/v1/cases/{id}/formalisation",
            "formalise",
            &TAKE_IN,
            "Confirm identity and signature",
            "What the law wants of a complaint or denunciation that came in over HTTPS.",
        ),
        step::<AssignmentForm>(
            "/v1/cases/{id}/assignment",
            "assign",
            &TAKE_IN,
            "Give the case to an agency or name its handler (*phân công*)",
            "",
        ),
        step::<AcceptanceForm>("/v1/cases/{id}/acceptance", "accept", &HANDLE, "Accept for resolution (*thụ lý*)", ""),
        step::<RefusalForm>(
            "/v1/cases/{id}/refusal",
            "refuse",
            &HANDLE,
            "Not accept (*không thụ lý*)",
            "On a ground that the law knows for the kind of case.",
        ),
        step::<GuidanceForm>(
            "/v1/cases/{id}/guidance",
            "guide",
            &HANDLE,
            "Tell a complainant where to turn (*hướng dẫn*)",
            "",
        ),
        step::<TransferForm>(
            "/v1/cases/{id}/transfer",
            "transfer",
            &HANDLE,
            "Pass to another agency (*chuyển đơn*)",
            "",
        ),
        step::<FilingForm>("/v1/cases/{id}/filing", "file", &TAKE_IN, "File without handling (*lưu đơn*)", ""),
        step::<InspectionForm>(
            "/v1/cases/{id}/inspection",
            "useForInspection",
            &HANDLE,
            "Use for an inspection (*thanh tra*)",
            "A denunciation that is none in form but tells who did what, with evidence.",
        ),
        step::<ReferralForm>(
            "/v1/cases/{id}/referral",
            "refer",
            &HANDLE,
            "Pass to the investigation agency (*chuyển cơ quan điều tra*)",
            "Where there are signs of a crime.",
        ),
        step::<DuplicateForm>(
            "/v1/cases/{id}/duplicate",
            "linkDuplicate",
            &TAKE_IN,
            "Link to the case that it is already (*đơn trùng*)",
            "The other case must be one that the official may see.",
        ),
        step::<VerificationForm>(
            "/v1/cases/{id}/verification",
            "verify",
            &HANDLE,
            "Begin verification (*xác minh*)",
            "",
        ),
        step::<DialogueForm>(
            "/v1/cases/{id}/dialogue",
            "callDialogue",
            &HANDLE,
            "Give notice of a dialogue (*đối thoại*)",
            "",
        ),
        step::<DialogueRecordForm>(
            "/v1/cases/{id}/dialogue-record",
            "recordDialogue",
            &HANDLE,
            "Record how a dialogue went",
            "",
        ),
        step::<ComplexityForm>(
            "/v1/cases/{id}/complexity",
            "findComplex",
            &HANDLE,
            "Determine that a complaint is complex (*vụ việc phức tạp*)",
            "",
        ),
        step::<ExtensionForm>(
            "/v1/cases/{id}/extension",
            "extend",
            &HANDLE,
            "Prolong a denunciation's limit (*gia hạn*)",
            "",
        ),
        step::<SuspensionForm>("/v1/cases/{id}/suspension", "suspend", &HANDLE, "Stop the clock (*tạm đình chỉ*)", ""),
        step::<ResumptionForm>("/v1/cases/{id}/resumption", "resume", &HANDLE, "Let the clock run on", ""),
        step::<TerminationForm>(
            "/v1/cases/{id}/termination",
            "terminate",
            &HANDLE,
            "End without a decision (*đình chỉ*)",
            "",
        ),
        step::<PartialWithdrawalForm>(
            "/v1/cases/{id}/partial-withdrawal",
            "withdrawPart",
            &HANDLE,
            "Record that a part was withdrawn (*rút một phần*)",
            "",
        ),
        step::<ContinuationForm>(
            "/v1/cases/{id}/continuation",
            "continueWithdrawn",
            &HANDLE,
            "Go on with a withdrawn denunciation",
            "On a ground of the Law on Denunciations Art. 33.3.",
        ),
        step::<ResolutionForm>(
            "/v1/cases/{id}/resolution",
            "resolve",
            &HANDLE,
            "Decide, conclude or answer (*giải quyết*)",
            "",
        ),
        step::<CorrectionForm>(
            "/v1/cases/{id}/correction",
            "correct",
            &HEAD,
            "Annul a resolution that was recorded wrongly",
            "The case is open again and its limit stands as it was.",
        ),
        step::<DispatchForm>("/v1/cases/{id}/dispatch", "dispatch", &HANDLE, "Record that something was sent", ""),
        step::<PublicationForm>(
            "/v1/cases/{id}/publication",
            "publish",
            &HANDLE,
            "Record the publication (*công khai*)",
            "",
        ),
        step::<EnforcementForm>(
            "/v1/cases/{id}/enforcement",
            "enforce",
            &HANDLE,
            "Record what enforces or acts upon the outcome (*thi hành*)",
            "",
        ),
        step::<ReportDemandForm>(
            "/v1/cases/{id}/report-demand",
            "demandReport",
            &HEAD,
            "Ask for a report on an overdue denunciation",
            "By the head of the superior that was told (Law on Denunciations Art. 38).",
        ),
        step::<ReportForm>("/v1/cases/{id}/report", "report", &HANDLE, "Report to the superior", ""),
    ]
}
