//! What each step's form asks for, as a table: the field's name is the API's own path, so that what it says is wrong is shown beside it.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::names::{self, Names};
use super::steps::table;
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
    /// One out of a long list; in steps of the agencies of today.
    Pick,
    /// One out of a short list.
    One,
    /// Some out of a short list.
    Some,
    /// Several, each on a line of its own.
    Lines,
}

/// In which cases a field is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In all.
    Always,
    /// Where several people petition together.
    Group,
    /// In denunciations.
    Denunciation,
    /// For a part of a division, which is of a kind of its own.
    Parts,
}

/// A field of a step's form.
#[derive(Debug)]
pub struct Field {
    name: &'static str,
    input: Input,
    label: (&'static str, &'static str),
    hint: (&'static str, &'static str),
    /// Whether it can't be left out.
    must: bool,
    when: When,
}

/// A field that must be filled in, in all cases.
pub const fn field(name: &'static str, input: Input, label: (&'static str, &'static str)) -> Field {
    Field { name, input, label, hint: ("", ""), must: true, when: When::Always }
}

impl Field {
    /// With what helps to fill it in.
    pub const fn hint(mut self, vi: &'static str, en: &'static str) -> Self {
        self.hint = (vi, en);
        self
    }

    /// It may be left out.
    pub const fn optional(mut self) -> Self {
        self.must = false;
        self
    }

    /// Only in some cases.
    pub const fn when(mut self, when: When) -> Self {
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

/// Whether a step's form names agencies.
pub fn names_agencies(step: &str) -> bool {
    table(step).iter().any(|field| field.input == Input::Pick)
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
        for ((index, part), name) in all.chunks(3).enumerate().zip(["parts", "parts[1]", "parts[2]"]) {
            let number = index + 1;
            let title = match index {
                0 => w
                    .t(
                        "Phần 1 (hoặc toàn bộ đơn, nếu chỉ phân loại lại)",
                        "Part 1 (or the whole, if it is only reclassified)",
                    )
                    .to_owned(),
                _ => format!("{} {number} {}", w.t("Phần", "Part"), w.t("(nếu có)", "(if any)")),
            };
            let fields = part.iter().map(|field| shown(field, possible, names, w)).collect();
            sections.push(Section { name, title, fields });
        }
    } else if !all.is_empty() {
        let fields = all.into_iter().map(|field| shown(field, possible, names, w)).collect();
        sections.push(Section { name: "", title: String::new(), fields });
    }
    if possible.document != Need::None {
        sections.push(document(possible.document == Need::Required, about.denunciation, w));
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
        Input::Pick => names.choices(),
        Input::One | Input::Some if field.when == When::Parts => {
            [donthu_domain::Kind::Complaint, donthu_domain::Kind::Denunciation, donthu_domain::Kind::Feedback]
                .into_iter()
                .zip(["complaint", "denunciation", "feedback"])
                .map(|(kind, code)| (code.to_owned(), w.kind(kind).to_owned()))
                .collect()
        }
        Input::One | Input::Some => {
            let offered = possible.choices.get(field.name).map(Vec::as_slice).unwrap_or_default();
            let offered =
                offered.iter().filter_map(|choice| Some((choice.code.as_str()?.to_owned(), choice.text.clone())));
            let own = (field.name == "to").then(|| {
                ("agency".to_owned(), w.t("Một cơ quan của tỉnh", "One of the province's agencies").to_owned())
            });
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
fn document(required: bool, denunciation: bool, w: Words) -> Section {
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
            one(
                "number",
                Input::Line,
                w.t("Số, ký hiệu", "Number and symbol"),
                w.t("Ví dụ: 15/QĐ-UBND", "For example: 15/QĐ-UBND"),
                Vec::new(),
            ),
            one("date", Input::Date, w.t("Ngày ban hành", "Date"), "", Vec::new()),
            one("signer", Input::One, w.t("Người ký", "Signed by"), "", signers),
            one("recipients", Input::Some, w.t("Nơi nhận", "Recipients"), "", names::recipients(denunciation, w)),
        ],
    }
}

/// The fields that can't be left out and are empty, with their labels.
pub fn missing(step: &str, posted: &Posted, w: Words) -> Vec<(&'static str, String)> {
    let empty = table(step).iter().filter(|field| field.must && posted.given(field.name).is_none());
    empty
        .map(|field| {
            (
                field.name,
                format!(
                    "{}: {}",
                    w.t(field.label.0, field.label.1),
                    w.t("xin điền hoặc chọn.", "please fill in or choose.")
                ),
            )
        })
        .collect()
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
        for (name, input) in
            [("number", Input::Line), ("date", Input::Date), ("signer", Input::One), ("recipients", Input::Some)]
        {
            let name = format!("document.{name}");
            if let Some(value) = value(input, &name, posted) {
                put(&mut body, &name, value);
            }
        }
    }
    Value::Object(body)
}

/// What was typed into a field, as the API takes it; none where nothing was.
pub fn value(input: Input, name: &str, posted: &Posted) -> Option<Value> {
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
        Input::Date | Input::Line | Input::Pick | Input::One => posted.given(name).map(Value::from),
    }
}

/// Puts a value at a path such as `document.number` or `parts[1].text`.
pub fn put(into: &mut Map<String, Value>, path: &str, value: Value) {
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
            match items.get_mut(index) {
                Some(item) => item,
                None => return,
            }
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
            let shown = document(false, false, w).fields.into_iter().find(|field| field.name == name);
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
            sent(
                "acceptance",
                "group_papers=true&document.number=15%2FTB&document.date=2026-10-05&document.signer=deputy&document.recipients=petitioner&document.recipients=superior"
            ),
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
            sent(
                "division",
                "parts[0].kind=complaint&parts[0].text=a&parts[1].kind=feedback&parts[1].text=b&parts[2].kind=&parts[2].text="
            ),
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
