//! A petition on its way: all that was typed so far. It travels in the form itself and is kept nowhere else.

use donthu_domain::{Kind, Language};
use serde::Serialize;
use uuid::Uuid;

use crate::form::Form;
use crate::posted::Posted;
use crate::submit::steps::{Step, belongs, fields};

/// What was typed so far.
pub struct Draft {
    /// The fields, and what is wrong with them.
    pub form: Form,
    /// One key, one case: however often the form is sent.
    pub key: Uuid,
    /// Whether a step was opened out of the review, to which it then leads back.
    pub mending: bool,
}

#[derive(Serialize)]
struct Group {
    people: Option<u64>,
    representatives: Option<u64>,
}

#[derive(Serialize)]
struct Against<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    agency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a str>,
}

#[derive(Serialize)]
struct Petitioner<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
}

/// A petition as the API takes it ([`donthu_service::petition::PetitionForm`]). The same draft always gives the same bytes.
#[derive(Serialize)]
pub struct Petition<'a> {
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    matter: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<Group>,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<Against<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    area: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    language: Language,
    #[serde(skip_serializing_if = "Option::is_none")]
    petitioner: Option<Petitioner<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
}

impl Draft {
    /// What a form sent. `fresh` gives the key where it has none yet.
    pub fn of(posted: Posted, fresh: impl FnOnce() -> Uuid) -> Self {
        let key = Uuid::try_parse(posted.get("key")).unwrap_or_else(|_| fresh());
        let mending = posted.has("mending", "yes");
        Self { form: Form::of(posted), key, mending }
    }

    /// The kind, once it is chosen.
    pub fn kind(&self) -> Option<Kind> {
        Kind::from_code(self.form.value("kind"))
    }

    /// What stands in a field that a petition of this kind has, without spaces at its ends.
    pub fn given(&self, field: &str) -> Option<&str> {
        let belongs = self.kind().is_some_and(|kind| belongs(field, kind));
        self.form.posted().given(field).filter(|_| belongs)
    }

    /// Whether no name is to be given.
    pub fn is_anonymous(&self) -> bool {
        self.form.has("who", "anonymous")
    }

    /// Whether several people submit together.
    pub fn is_of_several(&self) -> bool {
        !self.is_anonymous() && self.form.has("together", "yes")
    }

    /// The phone number without what people write between its digits.
    pub fn phone(&self) -> Option<String> {
        self.given("phone").map(|phone| phone.chars().filter(|c| !" .-()\u{a0}".contains(*c)).collect())
    }

    /// The number of the identity card or passport, likewise.
    pub fn id_number(&self) -> Option<String> {
        let number = self.given("petitioner.id_number")?;
        Some(number.chars().filter(|c| !" .-\u{a0}".contains(*c)).collect::<String>().to_uppercase())
    }

    /// The number that stands in a field.
    pub fn number(&self, field: &str) -> Option<u64> {
        self.given(field).and_then(|text| text.parse().ok())
    }

    /// What a step does not ask for and its form has to carry.
    pub fn carried(&self, at: Step) -> Vec<(&'static str, &str)> {
        let kind = self.kind();
        let asked = |name: &str, step: Step| step == at && kind.is_none_or(|kind| belongs(name, kind));
        fields()
            .filter(|(name, step)| !asked(name, *step))
            .map(|(name, _)| (name, self.form.value(name)))
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }

    /// The petition as it is sent; `None` before a kind is chosen.
    pub fn petition(&self, language: Language) -> Option<Petition<'_>> {
        let kind = self.kind()?;
        let against = Against {
            agency: self.given("against.agency"),
            position: self.given("against.position"),
            person: self.given("against.person"),
            decision: self.given("against.decision"),
        };
        let names_something =
            [against.agency, against.position, against.person, against.decision].iter().any(Option::is_some);
        Some(Petition {
            kind: kind.code(),
            matter: self.given("matter"),
            group: self.is_of_several().then(|| Group {
                people: self.number("group.people"),
                representatives: self.number("group.representatives"),
            }),
            text: self.given("text").unwrap_or_default(),
            request: self.given("request"),
            against: names_something.then_some(against),
            area: self.given("area"),
            field: self.given("field"),
            language,
            petitioner: (!self.is_anonymous()).then(|| Petitioner {
                name: self.given("petitioner.name").unwrap_or_default(),
                id_number: self.id_number(),
                address: self.given("petitioner.address"),
            }),
            phone: self.phone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use donthu_service::input::parse;
    use donthu_service::petition::PetitionForm;

    use super::*;

    const KEY: &str = "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a11";

    fn draft(fields: &[(&str, &str)]) -> Draft {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Draft::of(Posted::parse(body.as_bytes()), || Uuid::from_u128(7))
    }

    fn sent(draft: &Draft) -> serde_json::Value {
        let bytes = serde_json::to_vec(&draft.petition(Language::Vi).unwrap()).unwrap();
        assert!(parse::<PetitionForm>(&bytes).is_ok(), "the API takes {}", String::from_utf8_lossy(&bytes));
        serde_json::from_slice(&bytes).unwrap()
    }

    #[test]
    fn a_draft_becomes_what_the_api_takes() {
        let whole = draft(&[
            ("key", KEY),
            ("kind", "complaint"),
            ("matter", "disciplinary"),
            ("against.agency", "so-noi-vu"),
            ("against.position", "head"),
            ("against.person", " Ông A "),
            ("against.decision", "Quyết định 15/QĐ ngày 1/10/2026"),
            ("area", "21025"),
            ("field", "policy-regime"),
            ("text", "Dòng 1\r\nDòng 2"),
            ("request", "Hủy quyết định"),
            ("who", "named"),
            ("petitioner.name", "Nguyễn Văn B"),
            ("petitioner.id_number", "c 1234567"),
            ("petitioner.address", "Thôn 1"),
            ("phone", "0912 345.678"),
            ("together", "yes"),
            ("group.people", "12"),
            ("group.representatives", "3"),
        ]);
        assert_eq!(whole.key.to_string(), KEY);
        let sent = sent(&whole);
        for (at, value) in [
            ("/kind", "complaint"),
            ("/matter", "disciplinary"),
            ("/against/position", "head"),
            ("/against/person", "Ông A"),
            ("/text", "Dòng 1\nDòng 2"),
            ("/petitioner/id_number", "C1234567"),
            ("/phone", "0912345678"),
            ("/language", "vi"),
        ] {
            assert_eq!(sent.pointer(at).unwrap(), value, "{at}");
        }
        assert_eq!(sent["group"], serde_json::json!({ "people": 12, "representatives": 3 }));
    }

    #[test]
    fn what_another_kind_asks_for_is_carried_and_not_sent() {
        let changed = draft(&[
            ("kind", "feedback"),
            ("matter", "dismissal"),
            ("against.person", "Ông A"),
            ("text", "Đường hỏng"),
            ("who", "anonymous"),
            ("petitioner.name", "Nguyễn Văn B"),
            ("together", "yes"),
        ]);
        assert_eq!(sent(&changed), serde_json::json!({ "kind": "feedback", "text": "Đường hỏng", "language": "vi" }));
        let carried = changed.carried(Step::Against);
        assert!(carried.contains(&("against.person", "Ông A")) && carried.contains(&("matter", "dismissal")));
        assert!(!changed.carried(Step::Story).iter().any(|(name, _)| *name == "text"));
    }

    #[test]
    fn a_form_without_a_key_is_given_one_and_keeps_it() {
        assert_eq!(draft(&[]).key, Uuid::from_u128(7));
        assert_eq!(draft(&[("key", "nonsense")]).key, Uuid::from_u128(7));
        assert_eq!(draft(&[("key", KEY)]).key.to_string(), KEY);
        assert!(draft(&[("kind", "nonsense")]).petition(Language::Vi).is_none());
    }
}
