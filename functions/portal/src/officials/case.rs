//! One case: where it stands, what is due and why, what the petition says, the dialogue, the documents, the journal, and the steps
//! that whoever is signed in may take now.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use donthu_domain::{
    Channel, DialogueOutcome, Document, Duty, Form as DocumentForm, Group, Instance, Kind, Position, Side, Verdict,
    time,
};
use donthu_service::documents::Reader;
use donthu_service::messages::{choices, explain};
use jiff::civil::Date;
use serde::Deserialize;

use super::fields::Possible;
use super::happened::{Happening, Journal};
use super::names::{self, Names};
use super::path_of;
use super::queue::{Left, left};
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::{Frame, html};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::visitor::Visitor;
use crate::words::Words;

/// A case as the API tells it to officials.
#[derive(Deserialize)]
pub struct Case {
    /// Its id.
    pub case_id: String,
    /// Its number.
    pub case_number: String,
    /// Its kind.
    pub kind: Kind,
    /// Its version, as forms name it.
    pub step: u64,
    /// The steps that may be taken now.
    pub possible: Vec<Possible>,
    /// Several people who petition together.
    pub group: Option<Group>,
    instance: Instance,
    channel: Channel,
    stage: String,
    stage_text: Option<String>,
    submitted_at: String,
    received_on: Option<Date>,
    area: Option<String>,
    remote: bool,
    field: Option<String>,
    against_agency: Option<String>,
    against_position: Position,
    anonymous: bool,
    agency: Option<String>,
    agency_name: Option<String>,
    handler: Option<String>,
    transfers: u32,
    complex: bool,
    withdrawal_requested_on: Option<Date>,
    #[serde(default)]
    dialogues: Vec<Dialogue>,
    #[serde(default)]
    documents: Vec<Issued>,
    #[serde(default)]
    disclosures: Vec<Disclosed>,
    petition: Option<Text>,
}

impl Case {
    /// Whether it is a denunciation.
    pub fn is_denunciation(&self) -> bool {
        self.kind == Kind::Denunciation
    }

    /// Area and subject field, by the API's names.
    pub fn place(&self) -> Vec<(&'static str, String)> {
        let both = [("area", &self.area), ("field", &self.field)];
        both.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
    }

    /// Where it stands, in words.
    pub fn stage_text(&self) -> String {
        self.stage_text.clone().unwrap_or_else(|| self.stage.clone())
    }
}

#[derive(Deserialize)]
struct Dialogue {
    on: Date,
    outcome: Option<DialogueOutcome>,
}

#[derive(Deserialize)]
struct Issued {
    form: DocumentForm,
    #[serde(flatten)]
    document: Document,
}

#[derive(Deserialize)]
struct Disclosed {
    on: Date,
    reason: donthu_domain::DisclosureReason,
}

/// What a petition says.
#[derive(Deserialize)]
struct Text {
    text: String,
    request: Option<String>,
    against_person: Option<String>,
    against_decision: Option<String>,
}

#[derive(Deserialize)]
struct Deadlines {
    deadlines: Vec<Deadline>,
}

#[derive(Deserialize)]
struct Deadline {
    duty: Duty,
    due_on: Date,
    provisional: bool,
    suspended: bool,
    closed_on: Option<Date>,
    verdict: Option<Verdict>,
    article: Option<String>,
    explanation: Vec<String>,
}

#[derive(Deserialize)]
struct Messages {
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    by: Side,
    at: String,
    text: String,
}

struct ShownDeadline {
    duty: &'static str,
    due: String,
    left: Left,
    article: Option<String>,
    provisional: bool,
    explanation: Vec<String>,
}

struct ShownMessage {
    who: &'static str,
    agency: bool,
    at: String,
    when: String,
    text: String,
}

struct ShownDocument {
    name: &'static str,
    number: String,
    date: String,
    href: String,
    /// The copy that does not lead to the denouncer, where there is one.
    copy: Option<String>,
}

struct Offered {
    step: String,
    name: &'static str,
    article: Option<String>,
}

#[derive(Template)]
#[template(path = "officials/case.html")]
struct Page {
    frame: Frame,
    id: String,
    kind: String,
    stage: String,
    done: Option<String>,
    facts: Vec<(&'static str, String)>,
    open: Vec<ShownDeadline>,
    closed: Vec<ShownDeadline>,
    petition: Option<Text>,
    /// `None` for those who see only where the case stands.
    messages: Option<Vec<ShownMessage>>,
    writes: bool,
    discloses: bool,
    key: String,
    form: Form,
    steps: Vec<Offered>,
    documents: Vec<ShownDocument>,
    journal: Option<Vec<Happening>>,
}

/// `GET /can-bo/vu-viec/{id}`; after a step with its name in `xong`.
pub async fn page(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let form = Form::of(Posted::parse(format!("key={}", portal.ids.uuid()).as_bytes()));
    shown(&visitor, &id, form, &query).await
}

/// What was just done. Only names that we know, and a number of the shape of ours: an address says nothing of its own on our pages.
fn done(query: &Posted, kind: Kind, w: Words) -> Option<String> {
    let step = query.given("xong")?;
    if step == "messages" {
        return Some(w.t("Đã gửi tin nhắn.", "The message was sent.").to_owned());
    }
    let mut text = format!("{} {}.", w.t("Đã ghi nhận:", "Recorded:"), names::step_in(step, kind, w)?);
    let is_number =
        |text: &&str| text.len() < 30 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if let Some(number) = query.given("so").filter(is_number) {
        text.push_str(&format!(" {} {number}.", w.t("Vụ việc mới có số", "The new case has the number")));
    }
    Some(text)
}

/// The page, with what was typed into its form for messages; the query names what was just done.
pub async fn shown(visitor: &Visitor, id: &str, form: Form, query: &Posted) -> Result<Response, Failure> {
    let (signed, w) = (visitor.official()?, visitor.words());
    let read = |below: &str| Ok::<_, Failure>(visitor.api.get(path_of(id, below)?).token(&signed.token));
    let (case, deadlines, names) = futures::try_join!(
        read("")?.answer::<Case>(),
        read("/deadlines")?.answer::<Deadlines>(),
        Names::read(&visitor.api, w),
    )?;
    // Whoever is not shown the text is refused the rest as well.
    let (messages, journal) = match case.petition {
        Some(_) => {
            let both =
                futures::try_join!(read("/messages")?.answer::<Messages>(), read("/journal")?.answer::<Journal>());
            both.map(|(messages, journal)| (Some(messages), Some(journal)))?
        }
        None => (None, None),
    };
    let today = time::local_date(visitor.now);
    let (open, closed): (Vec<_>, Vec<_>) =
        deadlines.deadlines.iter().partition(|deadline| deadline.closed_on.is_none());
    let mut open: Vec<&Deadline> = open;
    open.sort_by_key(|deadline| deadline.due_on);
    let kind = format!("{} {}", w.kind(case.kind), names::instance(case.instance, w));
    let frame = visitor.frame(&format!("{} {}", w.t("Vụ việc", "Case"), case.case_number));
    let page = Page {
        frame: if form.is_right() { frame } else { frame.holding_text() },
        id: case.case_id.clone(),
        kind: kind.trim().to_owned(),
        stage: case.stage_text(),
        done: done(query, case.kind, w),
        facts: facts(&case, &names, w),
        open: open.into_iter().map(|deadline| deadline.shown(today, w)).collect(),
        closed: closed.into_iter().map(|deadline| deadline.shown(today, w)).collect(),
        messages: messages.map(|all| all.messages.into_iter().map(|message| message.shown(w)).collect()),
        writes: case.offers("messages"),
        discloses: case.offers("identity-disclosure"),
        key: form.value("key").to_owned(),
        form,
        steps: offered(&case, w),
        documents: documents(&case, w)?,
        journal: journal.map(|journal| journal.told(case.kind, &names, w)),
        petition: case.petition,
    };
    Ok(html(&page))
}

impl Case {
    fn offers(&self, step: &str) -> bool {
        self.possible.iter().any(|possible| possible.step == step)
    }
}

fn offered(case: &Case, w: Words) -> Vec<Offered> {
    let named = case.possible.iter().filter_map(|possible| {
        let name = names::step_in(&possible.step, case.kind, w)?;
        Some(Offered { step: possible.step.clone(), name, article: possible.article.clone() })
    });
    named.collect()
}

fn facts(case: &Case, names: &Names, w: Words) -> Vec<(&'static str, String)> {
    let none = || w.t("chưa có", "none yet").to_owned();
    let day = |day: Option<Date>| day.map(|day| w.date(day));
    let agency = case.agency_name.clone().or_else(|| case.agency.as_deref().map(|id| names.of(id)));
    let mut facts = vec![
        (w.t("Cơ quan", "Agency"), agency.unwrap_or_else(none)),
        (w.t("Người thụ lý", "Handler"), case.handler.clone().unwrap_or_else(none)),
        (w.t("Nộp lúc", "Submitted"), w.moment(&case.submitted_at)),
        (w.t("Ngày nhận", "Received on"), day(case.received_on).unwrap_or_else(none)),
        (w.t("Cách nộp", "How it came in"), names::channel(case.channel, w).to_owned()),
    ];
    if case.anonymous {
        facts.push((w.t("Người nộp đơn", "Petitioner"), w.t("Không nêu danh tính", "Left no identity").to_owned()));
    }
    let against = case.against_agency.as_deref().map(|id| names.of(id));
    let position = names::position(case.against_position, w);
    if against.is_some() || case.against_position != Position::Unknown {
        let against = against.map_or_else(|| position.to_owned(), |agency| format!("{agency} ({position})"));
        facts.push((w.t("Đối tượng", "Against"), against));
    }
    if let Some(area) = &case.area {
        let remote = if case.remote { w.t(" (vùng sâu, vùng xa)", " (remote)") } else { "" };
        facts.push((w.t("Mã địa bàn", "Code of the area"), format!("{area}{remote}")));
    }
    if let Some(field) = &case.field {
        facts.push((w.t("Lĩnh vực", "Subject field"), field.clone()));
    }
    if let Some(group) = &case.group {
        let text = match w.0 {
            donthu_domain::Language::Vi => format!("{} người, {} người đại diện", group.people, group.representatives),
            donthu_domain::Language::En => {
                format!("{} people, {} representatives", group.people, group.representatives)
            }
        };
        facts.push((w.t("Đơn nhiều người", "Group"), text));
    }
    if case.complex {
        facts.push((w.t("Tính chất", "Nature"), w.t("Phức tạp", "Complex").to_owned()));
    }
    if case.transfers > 0 {
        facts.push((w.t("Số lần chuyển", "Transfers"), case.transfers.to_string()));
    }
    if let Some(on) = day(case.withdrawal_requested_on) {
        facts.push((w.t("Đề nghị rút đơn ngày", "Withdrawal asked for on"), on));
    }
    for dialogue in &case.dialogues {
        let outcome = dialogue.outcome.map(|outcome| choices::dialogue(outcome, w.0));
        let outcome = outcome.unwrap_or_else(|| w.t("chưa ghi kết quả", "not recorded yet").to_owned());
        facts.push((w.t("Đối thoại", "Dialogue"), format!("{}: {outcome}", w.date(dialogue.on))));
    }
    for disclosed in &case.disclosures {
        let reason = choices::disclosure(disclosed.reason, w.0);
        facts.push((w.t("Đã mở danh tính", "Identity opened"), format!("{}: {reason}", w.date(disclosed.on))));
    }
    facts
}

fn documents(case: &Case, w: Words) -> Result<Vec<ShownDocument>, Failure> {
    let shown = case.documents.iter().map(|issued| {
        let code = serde_json::to_value(issued.form).map_err(Failure::internal)?;
        let code = code.as_str().unwrap_or_default();
        let address = |copy: &[(&str, &str)]| {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair("so", &issued.document.number)
                .extend_pairs(copy)
                .finish();
            format!("/can-bo/vu-viec/{}/van-ban/{code}?{query}", case.case_id)
        };
        Ok(ShownDocument {
            name: names::form(issued.form, w),
            number: issued.document.number.clone(),
            date: w.date(issued.document.date),
            href: address(&[]),
            copy: Reader::Denounced.gets(case.kind, issued.form).then(|| address(&[("ban", "bi-to-cao")])),
        })
    });
    shown.collect()
}

impl Deadline {
    fn shown(&self, today: Date, w: Words) -> ShownDeadline {
        let words = |class, vi: &str, en: &str| Left { class, text: w.t(vi, en).to_owned() };
        let left = match self.verdict {
            Some(Verdict::OnTime) => words("good", "đúng hạn", "in time"),
            Some(Verdict::Late) => words("bad", "quá hạn", "late"),
            Some(Verdict::Lifted) => words("", "không còn phải làm", "fell away"),
            None if self.suspended => words("", "tạm dừng tính thời hạn", "the clock stands still"),
            None => left(self.due_on, today, w),
        };
        ShownDeadline {
            duty: explain::duty(self.duty, w.0),
            due: w.date(self.due_on),
            left,
            article: self.article.clone(),
            provisional: self.provisional,
            explanation: self.explanation.clone(),
        }
    }
}

impl Message {
    fn shown(self, w: Words) -> ShownMessage {
        let agency = self.by == Side::Agency;
        let who = if agency { w.t("Cơ quan", "The agency") } else { w.t("Người nộp đơn", "The petitioner") };
        ShownMessage { who, agency, when: w.moment(&self.at), at: self.at, text: self.text }
    }
}

#[cfg(test)]
mod tests {
    use donthu_domain::Language;

    use super::*;

    #[test]
    fn an_address_puts_no_words_of_its_own_on_the_page() {
        let w = Words(Language::Vi);
        let told = |query: &str| done(&Posted::parse(query.as_bytes()), Kind::Complaint, w);
        assert_eq!(told("xong=acceptance").as_deref(), Some("Đã ghi nhận: Thụ lý."));
        assert_eq!(
            told("xong=appeal&so=QN-1234-5678").as_deref(),
            Some("Đã ghi nhận: Nhận đơn khiếu nại lần hai. Vụ việc mới có số QN-1234-5678.")
        );
        assert_eq!(told("xong=appeal&so=Hãy+gọi+số").as_deref(), Some("Đã ghi nhận: Nhận đơn khiếu nại lần hai."));
        assert_eq!((told("xong=Hãy+gọi"), told("")), (None, None));
    }
}
