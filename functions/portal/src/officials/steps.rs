//! What each step's form asks for. A field's name is the API's own path.

use super::fields::{Field, Input, When, field};

const GROUND: Field = field("ground", Input::One, ("Căn cứ", "Ground"));
const CRITERIA: Field = field("criteria", Input::Some, ("Tiêu chí được đáp ứng", "Criteria that are met"));
const RECEIVED: Field = field("received_on", Input::Date, ("Ngày nhận đơn", "Day of receipt"));

static FORMALISATION: [Field; 1] =
    [RECEIVED.hint("Ngày người nộp đơn ký hoặc điểm chỉ vào đơn.", "The day on which the petitioner signed.")];
static ASSIGNMENT: [Field; 3] = [
    field("agency", Input::Pick, ("Cơ quan", "Agency"))
        .optional()
        .hint("Chỉ chọn khi vụ việc chưa thuộc cơ quan nào.", "Only where no agency has the case yet."),
    field("handler", Input::Line, ("Người thụ lý", "Handler"))
        .optional()
        .hint("Mã tài khoản của cán bộ.", "The subject of the official's account."),
    field("denounced", Input::Lines, ("Cán bộ bị tố cáo", "Denounced officials"))
        .optional()
        .when(When::Denunciation)
        .hint(
            "Mỗi dòng một mã tài khoản. Danh sách này thay cho danh sách trước; những người này không xem được vụ việc.",
            "One account subject a line. It takes the place of the list before; they see nothing of the case.",
        ),
];
static ACCEPTANCE: [Field; 1] = [field(
    "group_papers",
    Input::Tick,
    (
        "Hồ sơ có đủ chữ ký của những người khiếu nại và văn bản cử người đại diện",
        "All signatures and the appointment of the representatives are on file",
    ),
)
.optional()
.when(When::Group)];
static GROUND_ALONE: [Field; 1] = [GROUND];
static GUIDANCE: [Field; 2] = [
    field("to", Input::One, ("Cơ quan có thẩm quyền", "Competent body")),
    field("to.agency", Input::Pick, ("Cơ quan trong tỉnh", "Agency of the province")).optional().hint(
        "Chọn khi người nộp đơn cần đến một cơ quan của tỉnh.",
        "Where it is one of the province's own agencies.",
    ),
];
static TRANSFER: [Field; 1] = [field("agency", Input::Pick, ("Cơ quan nhận", "Receiving agency"))];
static COMPLEXITY: [Field; 1] = [CRITERIA];
static EXTENSION: [Field; 2] = [field("days", Input::Number, ("Số ngày gia hạn", "Days")), CRITERIA];
static DUPLICATE: [Field; 1] = [field("case", Input::Line, ("Vụ việc đã có", "The other case")).hint(
    "Số vụ việc, hoặc mã 32 ký tự trong địa chỉ của vụ việc.",
    "Its number, or the 32 characters in its address.",
)];
static DIALOGUE: [Field; 1] = [field("on", Input::Date, ("Ngày đối thoại", "Day of the dialogue"))];
static DIALOGUE_RECORD: [Field; 1] = [field("outcome", Input::One, ("Kết quả đối thoại", "How it went"))];
static CONTINUATION: [Field; 1] = [field("grounds", Input::Some, ("Căn cứ", "Grounds"))];
static TERMINATION: [Field; 4] = [
    GROUND,
    field(
        "no_ground_to_continue",
        Input::Tick,
        (
            "Không thuộc trường hợp phải tiếp tục giải quyết tố cáo đã rút",
            "None of the grounds to go on with a withdrawn denunciation applies",
        ),
    )
    .optional()
    .when(When::Denunciation),
    field(
        "withdrawal.number",
        Input::Line,
        ("Số đơn hoặc biên bản rút", "Number of the request or minutes of withdrawal"),
    )
    .optional()
    .hint("Khi rút đơn bằng văn bản.", "Where it was withdrawn on paper."),
    field("withdrawal.date", Input::Date, ("Ngày của đơn hoặc biên bản rút", "Its date")).optional(),
];
static RESOLUTION: [Field; 1] = [field("result", Input::One, ("Kết quả", "Result"))];
static DISPATCH: [Field; 1] = [field("what", Input::One, ("Văn bản được gửi", "What is sent"))];
const PART_KIND: (&str, &str) = ("Loại đơn", "Kind");
const PART_TEXT: (&str, &str) = ("Trích nội dung của phần này", "Extract of the text that concerns it");
const PART_AGENCY: (&str, &str) = ("Cơ quan bị khiếu nại, tố cáo", "Against which agency");
static DIVISION: [Field; 9] = [
    field("parts[0].kind", Input::One, PART_KIND).when(When::Parts),
    field("parts[0].text", Input::Text, PART_TEXT).when(When::Parts).hint(
        "Người giải quyết phần này chỉ đọc được phần trích. Địa bàn và lĩnh vực lấy theo đơn gốc.",
        "Whoever handles this part reads the extract alone. Area and subject field are those of the whole.",
    ),
    field("parts[0].against.agency", Input::Pick, PART_AGENCY).optional().when(When::Parts),
    field("parts[1].kind", Input::One, PART_KIND).optional().when(When::Parts),
    field("parts[1].text", Input::Text, PART_TEXT).optional().when(When::Parts),
    field("parts[1].against.agency", Input::Pick, PART_AGENCY).optional().when(When::Parts),
    field("parts[2].kind", Input::One, PART_KIND).optional().when(When::Parts),
    field("parts[2].text", Input::Text, PART_TEXT).optional().when(When::Parts),
    field("parts[2].against.agency", Input::Pick, PART_AGENCY).optional().when(When::Parts),
];
const FURTHER_TEXT: Field = field("petition.text", Input::Text, ("Nội dung đơn", "What the petition says"));
const FURTHER_REQUEST: Field = field("petition.request", Input::Text, ("Yêu cầu", "What is asked for")).optional();
static APPEAL: [Field; 4] = [
    FURTHER_TEXT,
    FURTHER_REQUEST,
    RECEIVED.optional().hint("Để trống nếu là hôm nay.", "Leave empty for today."),
    field("good_reason", Input::Tick, ("Quá thời hiệu vì lý do chính đáng", "The time was missed for a good reason"))
        .optional(),
];
static CONTINUED: [Field; 3] =
    [FURTHER_TEXT, FURTHER_REQUEST, RECEIVED.optional().hint("Để trống nếu là hôm nay.", "Leave empty for today.")];

/// The fields of a step besides its document.
pub fn table(step: &str) -> &'static [Field] {
    match step {
        "formalisation" => &FORMALISATION,
        "assignment" => &ASSIGNMENT,
        "acceptance" => &ACCEPTANCE,
        "refusal" | "filing" | "suspension" => &GROUND_ALONE,
        "guidance" => &GUIDANCE,
        "transfer" => &TRANSFER,
        "complexity" => &COMPLEXITY,
        "extension" => &EXTENSION,
        "duplicate" => &DUPLICATE,
        "dialogue" => &DIALOGUE,
        "dialogue-record" => &DIALOGUE_RECORD,
        "continuation" => &CONTINUATION,
        "termination" => &TERMINATION,
        "resolution" => &RESOLUTION,
        "dispatch" => &DISPATCH,
        "division" => &DIVISION,
        "appeal" => &APPEAL,
        "continued-denunciation" => &CONTINUED,
        _ => &[],
    }
}
