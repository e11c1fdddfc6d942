//! What each step's form asks for, as a table: the field's name is the API's own path, so that what it says is wrong is shown beside it.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::names::{self, Names};
use crate::posted::Posted;
use crate::words::Words;

/// How something is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A day.
    Date,
    /// A whole number.
    Number,
    /// A line.
    Line,
    /// A longer text.
    Text,
    /// A box to tick.
    Tick,
    /// One of the agencies of today.
    Agency,
    /// One out of a short list.
    One,
    /// Some out of a short list.
    Some,
    /// Several, each on a line of its own.
    Lines,
}

/// In which cases a field is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    /// Several people petition together.
    Group,
    Denunciation,
    /// Where the law offers several and there is a kind of case to choose.
    Parts,
}

/// A field of a step's form.
#[derive(Debug)]
struct Field {
    name: &'static str,
    input: Input,
    label: (&'static str, &'static str),
    hint: (&'static str, &'static str),
    /// Whether it can't be left out.
    must: bool,
    when: When,
}

const fn field(name: &'static str, input: Input, label: (&'static str, &'static str)) -> Field {
    Field { name, input, label, hint: ("", ""), must: true, when: When::Always }
}

impl Field {
    const fn hint(mut self, vi: &'static str, en: &'static str) -> Self {
        self.hint = (vi, en);
        self
    }

    const fn optional(mut self) -> Self {
        self.must = false;
        self
    }

    const fn when(mut self, when: When) -> Self {
        self.when = when;
        self
    }
}

/// A choice that the API offers.
#[derive(Debug, Deserialize)]
pub struct Choice {
    code: Value,
    text: String,
}

/// A step that may be taken now, as the API offers it.
#[derive(Debug, Deserialize)]
pub struct Possible {
    /// The end of its route.
    pub step: String,
    /// The article.
    pub article: Option<String>,
    document: Need,
    choices: std::collections::BTreeMap<String, Vec<Choice>>,
    least_criteria: Option<usize>,
    most_days: Option<u16>,
}

/// Whether a document belongs to a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Need {
    Required,
    Optional,
    None,
}

/// A field as a page shows it.
#[derive(Debug)]
pub struct Shown {
    /// The API's path.
    pub name: String,
    /// How it is entered.
    pub input: Input,
    /// Its label.
    pub label: String,
    /// What helps.
    pub hint: String,
    /// What there is to choose.
    pub choices: Vec<(String, String)>,
}

/// Fields that belong together.
#[derive(Debug)]
pub struct Section {
    /// The path of the whole; empty for what stands by itself.
    pub name: &'static str,
    /// Its heading; empty where it needs none.
    pub title: String,
    /// The fields.
    pub fields: Vec<Shown>,
}

/// What of a case decides on fields.
pub struct About {
    /// Several people petition together.
    pub group: bool,
    /// It is a denunciation.
    pub denunciation: bool,
}

const GROUND: Field = field("ground", Input::One, ("Căn cứ", "Ground"));
const CRITERIA: Field = field("criteria", Input::Some, ("Tiêu chí được đáp ứng", "Criteria that are met"));
const RECEIVED: Field = field("received_on", Input::Date, ("Ngày nhận đơn", "Day of receipt"));

static FORMALISATION: [Field; 1] =
    [RECEIVED.hint("Ngày người nộp đơn ký hoặc điểm chỉ vào đơn.", "The day on which the petitioner signed.")];
static ASSIGNMENT: [Field; 3] = [
    field("agency", Input::Agency, ("Cơ quan", "Agency"))
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
    ("Hồ sơ có đủ chữ ký của những người khiếu nại và văn bản cử người đại diện", "All signatures and the appointment of the representatives are on file"),
)
.optional()
.when(When::Group)];
static GROUND_ALONE: [Field; 1] = [GROUND];
static GUIDANCE: [Field; 2] = [
    field("to", Input::One, ("Cơ quan có thẩm quyền", "Competent body")),
    field("to.agency", Input::Agency, ("Cơ quan trong tỉnh", "Agency of the province"))
        .optional()
        .hint("Chọn khi người nộp đơn cần đến một cơ quan của tỉnh.", "Where it is one of the province's own agencies."),
];
static TRANSFER: [Field; 1] = [field("agency", Input::Agency, ("Cơ quan nhận", "Receiving agency"))];
static COMPLEXITY: [Field; 1] = [CRITERIA];
static EXTENSION: [Field; 2] = [field("days", Input::Number, ("Số ngày gia hạn", "Days")), CRITERIA];
static DUPLICATE: [Field; 1] = [field("case", Input::Line, ("Vụ việc đã có", "The other case"))
    .hint("Số vụ việc, hoặc mã 32 ký tự trong địa chỉ của vụ việc.", "Its number, or the 32 characters in its address.")];
static DIALOGUE: [Field; 1] = [field("on", Input::Date, ("Ngày đối thoại", "Day of the dialogue"))];
static DIALOGUE_RECORD: [Field; 1] = [field("outcome", Input::One, ("Kết quả đối thoại", "How it went"))];
static CONTINUATION: [Field; 1] = [field("grounds", Input::Some, ("Căn cứ", "Grounds"))];
static TERMINATION: [Field; 4] = [
    GROUND,
    field(
        "no_ground_to_continue",
        Input::Tick,
        ("Không thuộc trường hợp phải tiếp tục giải quyết tố cáo đã rút", "None of the grounds to go on with a withdrawn denunciation applies"),
    )
    .optional()
    .when(When::Denunciation),
    field("withdrawal.number", Input::Line, ("Số đơn hoặc biên bản rút", "Number of the request or minutes of withdrawal"))
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
    field("parts[0].against.agency", Input::Agency, PART_AGENCY).optional().when(When::Parts),
    field("parts[1].kind", Input::One, PART_KIND).optional().when(When::Parts),
    field("parts[1].text", Input::Text, PART_TEXT).optional().when(When::Parts),
    field("parts[1].against.agency", Input::Agency, PART_AGENCY).optional().when(When::Parts),
    field("parts[2].kind", Input::One, PART_KIND).optional().when(When::Parts),
    field("parts[2].text", Input::Text, PART_TEXT).optional().when(When::Parts),
    field("parts[2].against.agency", Input::Agency, PART_AGENCY).optional().when(When::Parts),
];
const FURTHER_TEXT: Field = field("petition.text", Input::Text, ("Nội dung đơn", "What the petition says"));
const FURTHER_REQUEST: Field = field("petition.request", Input::Text, ("Yêu cầu", "What is asked for")).optional();
static APPEAL: [Field; 4] = [
    FURTHER_TEXT,
    FURTHER_REQUEST,
    RECEIVED.optional().hint("Để trống nếu là hôm nay.", "Leave empty for today."),
    field("good_reason", Input::Tick, ("Quá thời hiệu vì lý do chính đáng", "The time was missed for a good reason")).optional(),
];
static CONTINUED: [Field; 3] = [
    FURTHER_TEXT,
    FURTHER_REQUEST,
    RECEIVED.optional().hint("Để trống nếu là hôm nay.", "Leave empty for today."),
];

fn table(step: &str) -> &'static [Field] {
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

/// Whether a step's form names agencies.
pub fn names_agencies(step: &str) -> bool {
    table(step).iter().any(|field| field.input == Input::Agency)
}

/// The form of a step in a case, as it is offered.
pub fn sections(possible: &Possible, about: &About, names: &Names, w: Words) -> Vec<Section> {
    let wanted = |field: &&Field| match field.when {
        When::Always | When::Parts => true,
        When::Group => about.group,
        When::Denunciation => about.denunciation,
    };
    let all: Vec<&Field> = table(&possible.step).iter().filter(wanted).collect();
    let mut sections = Vec::new();
    if possible.step == "division" {
        for (index, part) in all.chunks(3).enumerate() {
            let number = index + 1;
            let title = match index {
                0 => w.t("Phần 1 (hoặc toàn bộ đơn, nếu chỉ phân loại lại)", "Part 1 (or the whole, if it is only reclassified)").to_owned(),
                _ => format!("{} {number} {}", w.t("Phần", "Part"), w.t("(nếu có)", "(if any)")),
            };
            let fields = part.iter().map(|field| shown(field, possible, names, w)).collect();
            sections.push(Section { name: ["parts", "parts[1]", "parts[2]"][index.min(2)], title, fields });
        }
    } else if !all.is_empty() {
        let fields = all.into_iter().map(|field| shown(field, possible, names, w)).collect();
        sections.push(Section { name: "", title: String::new(), fields });
    }
    if possible.document != Need::None {
        sections.push(document(possible.document == Need::Required, w));
    }
    sections
}

fn shown(field: &Field, possible: &Possible, names: &Names, w: Words) -> Shown {
    let mut hint = w.t(field.hint.0, field.hint.1).to_owned();
    let least = possible.least_criteria.filter(|_| field.name == "criteria");
    if let Some(least) = least {
        hint = format!("{} {least} {}.", w.t("Chọn ít nhất", "Choose at least"), w.t("tiêu chí", "of them"));
    }
    if let Some(most) = possible.most_days.filter(|_| field.name == "days") {
        hint = format!("{} {most}.", w.t("Số ngày, không quá", "Calendar days, at most"));
    }
    let choices = match field.input {
        Input::Agency => names.choices(),
        Input::One | Input::Some if field.when == When::Parts => {
            [donthu_domain::Kind::Complaint, donthu_domain::Kind::Denunciation, donthu_domain::Kind::Feedback]
                .into_iter()
                .zip(["complaint", "denunciation", "feedback"])
                .map(|(kind, code)| (code.to_owned(), w.kind(kind).to_owned()))
                .collect()
        }
        Input::One | Input::Some => {
            let offered = possible.choices.get(field.name).map(Vec::as_slice).unwrap_or_default();
            let offered = offered.iter().filter_map(|choice| Some((choice.code.as_str()?.to_owned(), choice.text.clone())));
            let own = (field.name == "to").then(|| ("agency".to_owned(), w.t("Một cơ quan của tỉnh", "One of the province's agencies").to_owned()));
            own.into_iter().chain(offered).collect()
        }
        _ => Vec::new(),
    };
    let mut label = w.t(field.label.0, field.label.1).to_owned();
    if !field.must && field.input != Input::Tick {
        label.push_str(w.t(" (nếu có)", " (if any)"));
    }
    Shown { name: field.name.to_owned(), input: field.input, label, hint, choices }
}

/// The document by which a step is taken.
fn document(required: bool, w: Words) -> Section {
    let one = |name: &str, input, label: &str, hint: &str, choices| Shown {
        name: format!("document.{name}"),
        input,
        label: label.to_owned(),
        hint: hint.to_owned(),
        choices,
    };
    let signers = vec![
        ("head".to_owned(), w.t("Người đứng đầu", "The head").to_owned()),
        ("deputy".to_owned(), w.t("Cấp phó ký thay", "A deputy, for the head").to_owned()),
    ];
    let title = match required {
        true => w.t("Văn bản", "Document"),
        false => w.t("Văn bản (nếu đã ban hành)", "Document (if issued)"),
    };
    Section {
        name: "document",
        title: title.to_owned(),
        fields: vec![
            one("number", Input::Line, w.t("Số, ký hiệu", "Number and symbol"), w.t("Ví dụ: 15/QĐ-UBND", "For example: 15/QĐ-UBND"), Vec::new()),
            one("date", Input::Date, w.t("Ngày ban hành", "Date"), "", Vec::new()),
            one("signer", Input::One, w.t("Người ký", "Signed by"), "", signers),
            one("recipients", Input::Some, w.t("Nơi nhận", "Recipients"), "", names::recipients(w)),
        ],
    }
}

/// The fields that can't be left out and are empty, with their labels.
pub fn missing(step: &str, posted: &Posted, w: Words) -> Vec<(&'static str, String)> {
    let empty = table(step).iter().filter(|field| field.must && posted.given(field.name).is_none());
    empty.map(|field| (field.name, format!("{}: {}", w.t(field.label.0, field.label.1), w.t("xin điền hoặc chọn.", "please fill in or choose.")))).collect()
}

/// What was typed, as the API takes it.
pub fn body(step: &str, posted: &Posted, area: Option<&str>, subject: Option<&str>) -> Value {
    let mut body = Map::new();
    for field in table(step) {
        if let Some(value) = value(field.input, field.name, posted) {
            put(&mut body, field.name, value);
        }
    }
    if step == "guidance" {
        // Two inputs, one value: a sort of body, or an agency by its id.
        body.remove("to");
        match posted.get("to") {
            "" => {}
            "agency" => put(&mut body, "to.agency", posted.get("to.agency").into()),
            other => put(&mut body, "to", other.into()),
        }
    }
    if let Some(Value::Array(parts)) = body.get_mut("parts") {
        for part in parts.iter_mut().filter_map(Value::as_object_mut) {
            for (name, of_whole) in [("area", area), ("field", subject)] {
                if let Some(of_whole) = of_whole {
                    part.insert(name.to_owned(), of_whole.into());
                }
            }
        }
    }
    if posted.given("document.number").is_some() || posted.given("document.date").is_some() {
        for (name, input) in [("number", Input::Line), ("date", Input::Date), ("signer", Input::One), ("recipients", Input::Some)] {
            let name = format!("document.{name}");
            if let Some(value) = value(input, &name, posted) {
                put(&mut body, &name, value);
            }
        }
    }
    Value::Object(body)
}

fn value(input: Input, name: &str, posted: &Posted) -> Option<Value> {
    match input {
        Input::Tick => posted.has(name, "true").then_some(Value::Bool(true)),
        Input::Some => {
            let chosen: Vec<Value> = posted.all(name).filter(|value| !value.is_empty()).map(Value::from).collect();
            (!chosen.is_empty()).then_some(Value::Array(chosen))
        }
        Input::Lines => {
            let lines = posted.get(name).lines().map(str::trim).filter(|line| !line.is_empty());
            let lines: Vec<Value> = lines.map(Value::from).collect();
            (!lines.is_empty()).then_some(Value::Array(lines))
        }
        Input::Number => {
            // What is no number goes as it is, so that the API says what is wrong with it.
            posted.given(name).map(|text| text.parse::<u64>().map_or_else(|_| Value::from(text), Value::from))
        }
        Input::Text => posted.given(name).map(|_| Value::from(posted.get(name))),
        Input::Date | Input::Line | Input::Agency | Input::One => posted.given(name).map(Value::from),
    }
}

/// Puts a value at a path such as `document.number` or `parts[1].text`.
fn put(into: &mut Map<String, Value>, path: &str, value: Value) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let (name, index) = match first.split_once('[') {
        Some((name, index)) => (name, index.trim_end_matches(']').parse::<usize>().ok()),
        None => (first, None),
    };
    let place = into.entry(name).or_insert(Value::Null);
    let place = match index {
        None => place,
        Some(index) => {
            if !place.is_array() {
                *place = Value::Array(Vec::new());
            }
            let Value::Array(items) = place else { return };
            if items.len() <= index {
                items.resize_with(index + 1, || Value::Object(Map::new()));
            }
            &mut items[index]
        }
    };
    match rest {
        None => *place = value,
        Some(rest) => {
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            if let Value::Object(inner) = place {
                put(inner, rest, value);
            }
        }
    }
}

/// What was typed, for a page that shows it where there is no form for it any more.
pub fn typed(step: &str, posted: &Posted, w: Words) -> Vec<(String, String)> {
    let label = |name: &str| {
        let known = table(step).iter().find(|field| field.name == name);
        known.map(|field| w.t(field.label.0, field.label.1).to_owned()).or_else(|| {
            let shown = document(false, w).fields.into_iter().find(|field| field.name == name);
            shown.map(|field| field.label)
        })
    };
    let fields = posted.fields().filter(|(_, value)| !value.is_empty());
    fields.filter_map(|(name, value)| Some((label(name)?, value.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use donthu_domain::Language;
    use serde_json::json;

    use super::*;

    fn sent(step: &str, form: &str) -> Value {
        body(step, &Posted::parse(form.as_bytes()), Some("21040"), None)
    }

    #[test]
    fn a_form_becomes_what_the_api_takes() {
        assert_eq!(sent("acceptance", "document.number=&document.date=&document.signer=head"), json!({}));
        assert_eq!(
            sent("acceptance", "group_papers=true&document.number=15%2FTB&document.date=2026-10-05&document.signer=deputy&document.recipients=petitioner&document.recipients=superior"),
            json!({ "group_papers": true, "document": { "number": "15/TB", "date": "2026-10-05", "signer": "deputy",
                    "recipients": ["petitioner", "superior"] } })
        );
        assert_eq!(sent("extension", "days=30&criteria=a&criteria=b"), json!({ "days": 30, "criteria": ["a", "b"] }));
        assert_eq!(sent("extension", "days=viele"), json!({ "days": "viele" }), "the API says what is wrong with it");
        assert_eq!(sent("guidance", "to=court&to.agency="), json!({ "to": "court" }));
        assert_eq!(sent("guidance", "to=agency&to.agency=c21040"), json!({ "to": { "agency": "c21040" } }));
        assert_eq!(sent("guidance", "to=&to.agency=c21040"), json!({}));
        assert_eq!(sent("assignment", "denounced=a%0D%0A%0D%0Ab+"), json!({ "denounced": ["a", "b"] }));
        assert_eq!(
            sent("termination", "ground=withdrawal&withdrawal.number=1&withdrawal.date=2026-10-05"),
            json!({ "ground": "withdrawal", "withdrawal": { "number": "1", "date": "2026-10-05" } })
        );
    }

    #[test]
    fn a_division_has_as_many_parts_as_are_filled_in() {
        assert_eq!(
            sent("division", "parts[0].kind=complaint&parts[0].text=a&parts[1].kind=feedback&parts[1].text=b&parts[2].kind=&parts[2].text="),
            json!({ "parts": [{ "kind": "complaint", "text": "a", "area": "21040" }, { "kind": "feedback", "text": "b", "area": "21040" }] })
        );
    }

    #[test]
    fn what_is_left_out_is_named_at_once() {
        let w = Words(Language::Vi);
        let empty = missing("extension", &Posted::parse(b"days=+&criteria="), w);
        assert_eq!(empty.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["days", "criteria"]);
        assert!(missing("assignment", &Posted::default(), w).is_empty(), "the API says that nothing is asked for");
        assert!(missing("verification", &Posted::default(), w).is_empty());
    }
}
