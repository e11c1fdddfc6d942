//! The petition's form, as citizens submit it and officials enter it on a citizen's behalf. What it says of persons goes
//! to the vault and nowhere else.

use donthu_domain::{
    Against, AgencyId, AreaId, CaseId, Contact, FieldId, Group, Kind, Language, Matter, Petition, Position,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::input::{e164, is_mobile, not_blank, petition_text, valid_id_number, valid_phone};

/// Who submits. Fields of form 01 (Decree 155/2026) and of Art. 23 of the Law on Denunciations.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Petitioner {
    /// Full name.
    #[validate(custom(function = not_blank), length(max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Number of the identity card, personal identification or passport.
    #[validate(custom(function = valid_id_number))]
    #[schema(pattern = r"^([0-9]{9}|[0-9]{12}|[A-Z][0-9]{7,8})$")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_number: Option<String>,
    /// Address. The Law on Complaints (Art. 8) wants it although form 01 has no line for it.
    #[validate(custom(function = not_blank), length(max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// Against what the petition is directed.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgainstForm {
    /// The agency concerned.
    #[validate(length(max = 60))]
    #[schema(max_length = 60)]
    pub agency: Option<String>,
    /// Position of the person concerned; `unknown` where left out.
    pub position: Option<Position>,
    /// Name of the person concerned. Kept in the vault.
    #[validate(custom(function = not_blank), length(max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub person: Option<String>,
    /// Number and date of the decision complained about, in the citizen's words. Kept in the vault.
    #[validate(custom(function = not_blank), length(max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub decision: Option<String>,
}

/// Several people on one matter.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupForm {
    /// How many, those who represent the others among them.
    #[validate(range(min = 2, max = 10_000))]
    #[schema(minimum = 2, maximum = 10_000)]
    pub people: u16,
    /// How many represent the others.
    pub representatives: u8,
}

/// A petition.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PetitionForm {
    /// Its kind.
    pub kind: Kind,
    /// What a complaint is directed against: `administrative` where left out, `disciplinary` or `dismissal`.
    #[serde(default)]
    pub matter: Matter,
    /// That several people submit together.
    #[validate(nested)]
    pub group: Option<GroupForm>,
    /// What happened: at most 50,000 characters and 200 KB.
    #[validate(custom(function = petition_text), length(max = 50_000))]
    #[schema(min_length = 1, max_length = 50_000)]
    pub text: String,
    /// What is asked for.
    #[validate(custom(function = not_blank), length(max = 10_000))]
    #[schema(min_length = 1, max_length = 10_000)]
    pub request: Option<String>,
    /// Against what.
    #[validate(nested)]
    pub against: Option<AgainstForm>,
    /// Code of the commune, ward or special zone.
    #[validate(length(max = 10))]
    #[schema(max_length = 10)]
    pub area: Option<String>,
    /// Subject field.
    #[validate(length(max = 60))]
    #[schema(max_length = 60)]
    pub field: Option<String>,
    /// Language of the answers.
    #[serde(default)]
    pub language: Language,
    /// Who submits; left out by those who stay anonymous.
    #[validate(nested)]
    pub petitioner: Option<Petitioner>,
    /// A phone number, of a mobile for short messages; may be left by the anonymous too.
    #[validate(custom(function = valid_phone))]
    #[schema(pattern = r"^(\+84|0)([35789][0-9]{8}|2[0-9]{9})$")]
    pub phone: Option<String>,
}

// The texts are persons' own: a form never prints itself.
impl std::fmt::Debug for PetitionForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PetitionForm").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What goes into the vault under class TEXT.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = PetitionText)]
pub struct StoredText {
    /// What happened.
    pub text: String,
    /// What is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Name of the person concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against_person: Option<String>,
    /// The decision complained about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against_decision: Option<String>,
}

/// A part of a mixed petition, or the whole under its right kind. Who petitions is known with the whole.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartForm {
    /// Its kind.
    pub kind: Kind,
    /// What a complaint is directed against.
    #[serde(default)]
    pub matter: Matter,
    /// The extract of the petition that concerns it.
    #[validate(custom(function = petition_text), length(max = 50_000))]
    #[schema(min_length = 1, max_length = 50_000)]
    pub text: String,
    /// What is asked for.
    #[validate(custom(function = not_blank), length(max = 10_000))]
    #[schema(min_length = 1, max_length = 10_000)]
    pub request: Option<String>,
    /// Against what.
    #[validate(nested)]
    pub against: Option<AgainstForm>,
    /// Code of the commune, ward or special zone.
    #[validate(length(max = 10))]
    #[schema(max_length = 10)]
    pub area: Option<String>,
    /// Subject field.
    #[validate(length(max = 60))]
    #[schema(max_length = 60)]
    pub field: Option<String>,
}

impl std::fmt::Debug for PartForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PartForm").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl From<PartForm> for PetitionForm {
    fn from(part: PartForm) -> Self {
        PetitionForm {
            kind: part.kind,
            matter: part.matter,
            group: None,
            text: part.text,
            request: part.request,
            against: part.against,
            area: part.area,
            field: part.field,
            language: Language::default(),
            petitioner: None,
            phone: None,
        }
    }
}

/// What a citizen writes who takes a case further: the rest is known from the case before.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FurtherForm {
    /// What is wrong with the decision, or with its absence.
    #[validate(custom(function = petition_text), length(max = 50_000))]
    #[schema(min_length = 1, max_length = 50_000)]
    pub text: String,
    /// What is asked for.
    #[validate(custom(function = not_blank), length(max = 10_000))]
    #[schema(min_length = 1, max_length = 10_000)]
    pub request: Option<String>,
}

impl FurtherForm {
    /// The part for class TEXT.
    pub fn stored_text(&self) -> StoredText {
        StoredText {
            text: self.text.clone(),
            request: self.request.clone(),
            against_person: None,
            against_decision: None,
        }
    }
}

/// What goes into the vault under class CONTACT.
#[derive(Serialize, Deserialize)]
pub struct StoredContact {
    /// The phone number as SNS wants it.
    pub phone: String,
}

impl PetitionForm {
    /// What the law decides on, without a person.
    pub fn petition(&self, id: CaseId, number: String) -> Petition {
        let against = match &self.against {
            None => Against::nobody(),
            Some(form) => Against {
                agency: form.agency.as_deref().map(AgencyId::new),
                position: form.position.unwrap_or(Position::Unknown),
            },
        };
        Petition {
            id,
            number,
            kind: self.kind,
            matter: self.matter,
            area: self.area.as_deref().map(AreaId::new),
            field: self.field.as_deref().map(FieldId::new),
            against,
            contact: Contact {
                sms: self.phone.as_deref().is_some_and(is_mobile),
                language: self.language,
                anonymous: self.petitioner.is_none(),
            },
            group: self.group.map(|group| Group { people: group.people, representatives: group.representatives }),
        }
    }

    /// The part for class TEXT.
    pub fn stored_text(&self) -> StoredText {
        StoredText {
            text: self.text.clone(),
            request: self.request.clone(),
            against_person: self.against.as_ref().and_then(|against| against.person.clone()),
            against_decision: self.against.as_ref().and_then(|against| against.decision.clone()),
        }
    }

    /// The part for class CONTACT.
    pub fn stored_contact(&self) -> Option<StoredContact> {
        self.phone.as_deref().and_then(e164).map(|phone| StoredContact { phone })
    }
}
