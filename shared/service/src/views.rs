//! Cases as they go over the wire: counterparts of the domain's types, so that those may change without the API.

use donthu_domain::explain::{count_of, explain};
use donthu_domain::rules::Rule;
use donthu_domain::{
    Actor, AgencyId, Case, Channel, Confidence, Context, Dialogue, Directory, Document, Group, Instance, Issued, Kind,
    Language, Matter, Obligation, OverdueReport, Stage, Verdict, time,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::Law;
use crate::{messages, possible};

/// A case as its citizen sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CitizenCase {
    /// The case's number.
    pub case_number: String,
    /// Its kind.
    pub kind: Kind,
    /// Which time the matter is being resolved.
    pub instance: Instance,
    /// Where it stands, as a stable code.
    #[schema(value_type = String)]
    pub stage: &'static str,
    /// Where it stands, in words.
    #[schema(value_type = String)]
    pub stage_text: &'static str,
    /// When it came in, with Vietnam's offset.
    #[schema(format = DateTime)]
    pub submitted_at: String,
    /// The legal receipt date.
    pub received_on: Option<Date>,
    /// The responsible agency's id.
    pub agency: Option<String>,
    /// The responsible agency's name.
    pub agency_name: Option<String>,
    /// What is owed to the citizen, and until when.
    pub deadlines: Vec<Deadline>,
    /// Until when the citizen may complain a second time, where that is possible now and a time for it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_to_appeal: Option<Deadline>,
    /// That a withdrawal was asked for.
    pub withdrawal_requested_on: Option<Date>,
    /// The dialogues that were called, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dialogues: Vec<Dialogue>,
    /// The result, once there is one.
    pub resolution: Option<ResolutionView>,
    /// How many messages there are.
    pub messages: u32,
    /// What the citizen may do now, each by the end of its route: `withdrawal`, `appeal`, `continued-denunciation`,
    /// `overdue-report`, `messages`.
    #[schema(value_type = Vec<String>)]
    pub possible: Vec<&'static str>,
    /// That the petitioner's identity was opened, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disclosures: Vec<DisclosureView>,
    /// The cases that came out of this one: its parts, a second complaint, a continued denunciation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub further: Vec<CitizenCase>,
}

/// That an identity was opened, as its owner sees it: no official is named.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DisclosureView {
    /// When.
    pub on: Date,
    /// The agency whose custodian did it.
    pub agency: String,
    /// Why.
    pub reason: donthu_domain::DisclosureReason,
    /// Why, in words.
    #[schema(value_type = String)]
    pub reason_text: &'static str,
}

/// A recorded resolution.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ResolutionView {
    /// What was decided.
    pub result: donthu_domain::ResultCode,
    /// When.
    pub on: Date,
    /// Whether the limit was kept.
    pub on_time: bool,
    /// The decision, conclusion or letter.
    pub document: Option<Document>,
    /// The day on which it was sent.
    pub sent_on: Option<Date>,
    /// The first day on which a decision on a complaint is in effect.
    pub effective_on: Option<Date>,
}

/// A statutory obligation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Deadline {
    /// The rule's id.
    pub rule: String,
    /// What is owed.
    pub duty: donthu_domain::Duty,
    /// The day from which it is counted; the day itself is not.
    pub started_on: Date,
    /// Its length.
    pub days: u16,
    /// In what it is counted.
    pub unit: donthu_domain::rules::Unit,
    /// The last day before roll-over.
    pub raw_end: Date,
    /// The last day in time.
    pub due_on: Date,
    /// Whether the count rests on days off that aren't proclaimed yet.
    pub provisional: bool,
    /// Whether its clock stands still: the due day will move by as long.
    pub suspended: bool,
    /// How often it was prolonged.
    pub extensions: usize,
    /// The day on which it ended.
    pub closed_on: Option<Date>,
    /// How it ended.
    pub verdict: Option<Verdict>,
    /// The article.
    pub article: Option<String>,
    /// How sure we are of it.
    pub confidence: Option<Confidence>,
    /// Whether that rule was not read in the law.
    pub unverified: bool,
    /// How the due day came about, a sentence a step.
    pub explanation: Vec<String>,
}

/// The citizen's own time for a second complaint.
pub fn time_to_appeal(case: &Case, law: &Law, today: Date, language: Language) -> Option<Deadline> {
    let time = donthu_domain::time_to_appeal(case, &law.rules, &law.calendar, today)?;
    Some(deadline(&time, law, language))
}

/// The obligations of a case with their articles.
pub fn deadlines(case: &Case, law: &Law, language: Language) -> Vec<Deadline> {
    case.obligations.iter().map(|obligation| deadline(obligation, law, language)).collect()
}

fn explanation(obligation: &Obligation, rule: &Rule, law: &Law, language: Language) -> Vec<String> {
    let explained = explain(rule, &count_of(obligation, rule), &law.calendar);
    let mut lines = messages::explain::lines(&explained, law.rules.counting(), language);
    lines.extend(messages::explain::caution(rule.confidence, language).map(ToOwned::to_owned));
    // What was decided under an earlier calendar stays as it is and must not look as if it followed from this one.
    if explained.due_on != obligation.due_on {
        lines.push(messages::explain::differs(obligation.due_on, language));
    }
    lines
}

fn deadline(obligation: &Obligation, law: &Law, language: Language) -> Deadline {
    let rule = law.rules.in_force(&obligation.rule, obligation.started_on);
    Deadline {
        rule: obligation.rule.to_string(),
        duty: obligation.duty,
        started_on: obligation.started_on,
        days: obligation.days,
        unit: obligation.unit,
        raw_end: obligation.raw_end,
        due_on: obligation.due_on,
        provisional: obligation.provisional,
        suspended: obligation.is_open() && obligation.is_suspended(),
        extensions: obligation.extensions.len(),
        closed_on: obligation.closed.map(|closure| closure.on),
        verdict: obligation.closed.map(|closure| closure.verdict),
        article: rule.map(|rule| messages::explain::article(rule, language).to_owned()),
        confidence: rule.map(|rule| rule.confidence),
        unverified: rule.is_some_and(|rule| rule.confidence.is_unverified()),
        explanation: rule.map(|rule| explanation(obligation, rule, law, language)).unwrap_or_default(),
    }
}

fn resolution(case: &Case) -> Option<ResolutionView> {
    match &case.stage {
        Stage::Resolved { resolution, .. } => Some(ResolutionView {
            result: resolution.result,
            on: resolution.on,
            on_time: resolution.on_time,
            document: resolution.document.clone(),
            sent_on: resolution.sent_on,
            effective_on: resolution.effective_on,
        }),
        _ => None,
    }
}

fn disclosed(disclosure: &donthu_domain::Disclosure, language: Language) -> DisclosureView {
    DisclosureView {
        on: disclosure.on,
        agency: disclosure.agency.to_string(),
        reason: disclosure.reason,
        reason_text: messages::choices::disclosure(disclosure.reason, language),
    }
}

fn name_of(agency: &AgencyId, directory: &Directory, today: Date, language: Language) -> Option<String> {
    directory.agency(agency, today).map(|agency| match language {
        Language::Vi => agency.name_vi.clone(),
        Language::En => agency.name_en.clone(),
    })
}

/// A case for its citizen.
pub fn citizen_case(case: &Case, law: &Law, directory: &Directory, now: Timestamp, language: Language) -> CitizenCase {
    let today = time::local_date(now);
    let context = Context { now, actor: &Actor::Citizen, rules: &law.rules, calendar: &law.calendar, directory };
    let agency = case.agency.as_ref().filter(|agency| !agency.is_external());
    CitizenCase {
        case_number: case.number.clone(),
        kind: case.kind,
        instance: case.instance,
        stage: case.stage.code(),
        stage_text: messages::stages::to_citizen(&case.stage, case.kind, language),
        submitted_at: time::rfc3339(case.submitted_at),
        received_on: case.received_on,
        agency: agency.map(ToString::to_string),
        agency_name: agency.and_then(|id| name_of(id, directory, today, language)),
        deadlines: deadlines(case, law, language).into_iter().filter(|d| d.closed_on.is_none()).collect(),
        time_to_appeal: time_to_appeal(case, law, today, language),
        withdrawal_requested_on: case.withdrawal_requested_on,
        dialogues: case.dialogues.clone(),
        resolution: resolution(case),
        messages: case.messages.count,
        possible: possible::nouns(case, &context),
        disclosures: case.disclosures.iter().map(|disclosure| disclosed(disclosure, language)).collect(),
        further: Vec::new(),
    }
}

/// A case as an official sees it. No identity is ever part of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OfficialCase {
    /// The case's id.
    pub case_id: String,
    /// The case's number.
    pub case_number: String,
    /// Its kind.
    pub kind: Kind,
    /// Its instance.
    pub instance: Instance,
    /// What a complaint is directed against.
    pub matter: Matter,
    /// How it came in.
    pub channel: Channel,
    /// The step to send in `If-Match`.
    pub step: u64,
    /// Where it stands, with what belongs to that stage.
    #[serde(flatten)]
    pub stage: Stage,
    /// Where it stands, in words.
    #[schema(value_type = String)]
    pub stage_text: Option<&'static str>,
    /// When it came in, with Vietnam's offset.
    #[schema(format = DateTime)]
    pub submitted_at: String,
    /// The legal receipt date.
    pub received_on: Option<Date>,
    /// Code of the area.
    pub area: Option<String>,
    /// Whether that was a remote area when the case came in.
    pub remote: bool,
    /// Subject field.
    pub field: Option<String>,
    /// Against which agency.
    pub against_agency: Option<String>,
    /// Against what position.
    pub against_position: donthu_domain::Position,
    /// Whether no identity was left.
    pub anonymous: bool,
    /// The responsible agency.
    pub agency: Option<String>,
    /// Its name.
    pub agency_name: Option<String>,
    /// Subject of the handler's token.
    pub handler: Option<String>,
    /// Subjects of the officials whom a denunciation is found to be about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub denounced: Vec<String>,
    /// How often it was transferred.
    pub transfers: u32,
    /// Whether it was determined complex.
    pub complex: bool,
    /// That a withdrawal was asked for.
    pub withdrawal_requested_on: Option<Date>,
    /// That several people petition together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
    /// The days on which a part was withdrawn.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub partial_withdrawals: Vec<Date>,
    /// The dialogues, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dialogues: Vec<Dialogue>,
    /// That the superior was told of an overdue conclusion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue_report: Option<OverdueReport>,
    /// The documents on file, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Issued>,
    /// The messages between citizen and agency.
    #[serde(skip_serializing_if = "donthu_domain::Messages::is_empty")]
    pub messages: donthu_domain::Messages,
    /// That the petitioner's identity was opened, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disclosures: Vec<donthu_domain::Disclosure>,
    /// The earliest day on which something is due.
    pub due_on: Option<Date>,
}

/// A case for officials.
pub fn official_case(case: &Case, directory: &Directory, today: Date, language: Language) -> OfficialCase {
    OfficialCase {
        case_id: case.id.to_string(),
        case_number: case.number.clone(),
        kind: case.kind,
        instance: case.instance,
        matter: case.matter,
        channel: case.channel,
        step: case.step,
        stage: case.stage.clone(),
        stage_text: messages::stages::to_official(case.stage.code(), case.kind, language),
        submitted_at: time::rfc3339(case.submitted_at),
        received_on: case.received_on,
        area: case.area.as_ref().map(ToString::to_string),
        remote: case.remote,
        field: case.field.as_ref().map(ToString::to_string),
        against_agency: case.against.agency.as_ref().map(ToString::to_string),
        against_position: case.against.position,
        anonymous: case.contact.anonymous,
        agency: case.agency.as_ref().map(ToString::to_string),
        agency_name: case.agency.as_ref().and_then(|id| name_of(id, directory, today, language)),
        handler: case.handler.as_ref().map(ToString::to_string),
        denounced: case.denounced.iter().map(ToString::to_string).collect(),
        transfers: case.transfers,
        complex: case.complexity.is_some(),
        withdrawal_requested_on: case.withdrawal_requested_on,
        group: case.group,
        partial_withdrawals: case.partial_withdrawals.clone(),
        dialogues: case.dialogues.clone(),
        overdue_report: case.overdue_report.clone(),
        documents: case.documents.clone(),
        messages: case.messages,
        disclosures: case.disclosures.clone(),
        due_on: case.due_on(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use donthu_domain::Duty;
    use donthu_domain::rules::Unit;
    use jiff::civil::date;

    fn owed(rule: &str, unit: Unit, days: u16, due_on: Date) -> Obligation {
        Obligation {
            rule: rule.into(),
            duty: Duty::Accept,
            started_on: date(2026, 11, 23),
            days,
            unit,
            suspensions: Vec::new(),
            extensions: Vec::new(),
            raw_end: due_on,
            due_on,
            provisional: false,
            plan: Vec::new(),
            raised: Vec::new(),
            closed: None,
        }
    }

    #[test]
    fn a_deadline_explains_itself_and_says_where_the_present_calendar_would_differ() {
        let law = Law::shipped().unwrap();
        let kept = deadline(&owed("C-ACC", Unit::WorkingDays, 7, date(2026, 12, 3)), &law, Language::Vi);
        assert_eq!(kept.explanation.len(), 6);
        assert!(kept.explanation[0].starts_with("Ngày 23/11/2026 là ngày bắt đầu, không tính vào thời hạn"));
        assert!(!kept.unverified);
        let older = deadline(&owed("C-ACC", Unit::WorkingDays, 7, date(2026, 12, 2)), &law, Language::En);
        assert_eq!(
            older.explanation.last().unwrap(),
            "The due date on record is 2 December 2026; the steps above follow the calendar as it is now."
        );
        let memory = deadline(&owed("C-SND1", Unit::WorkingDays, 3, date(2026, 11, 27)), &law, Language::Vi);
        assert!(memory.unverified);
        assert_eq!(memory.explanation.last().unwrap(), "Quy định này chưa được đối chiếu với văn bản gốc.");
        let gone = deadline(&owed("X-1", Unit::WorkingDays, 3, date(2026, 11, 27)), &law, Language::Vi);
        assert!(gone.explanation.is_empty() && gone.article.is_none() && !gone.unverified);
    }
}
