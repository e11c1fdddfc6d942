//! Statutory documents as pages fit to print. What stands in one follows from the journal: a document says what held on the
//! day on which it was put on file, however often it is printed afterwards.
//!
//! Names and addresses are in the vault, which is not read for this: where a person stands, a dotted line is left to be filled
//! in by hand. Layout: Decree 30/2020, appendix I. Forms 03, 04, 14, 14a and 14b: Decree 155/2026, appendix.

mod citation;
mod content;
mod letterhead;
mod steps;
pub(crate) mod wording;

use askama::Template;
use donthu_domain::{Calendar, Case, Directory, Event, EvolveError, Form, Issued, Kind, RuleBook, evolve};
use serde::Deserialize;
use utoipa::ToSchema;

use self::content::{Content, Further, Ruling};
use self::letterhead::Letterhead;
use self::steps::Step;

/// For whom a document is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// The complainant's, denouncer's or petitioner's, and everybody's else.
    #[default]
    Petitioner,
    /// The denounced person's: nothing in it leads to the denouncer (Law on Denunciations Art. 56; Decree 31/2019 Art. 6).
    Denounced,
}

impl Reader {
    /// Whether there is such a copy. Only what goes to the denounced has one for them: what is about the denouncer's petition
    /// as such (its refusal, its transfer, its withdrawal) is none of their business.
    pub fn gets(self, kind: Kind, form: Form) -> bool {
        match self {
            Reader::Petitioner => true,
            Reader::Denounced => kind == Kind::Denunciation && goes_to_the_denounced(form),
        }
    }
}

fn goes_to_the_denounced(form: Form) -> bool {
    match form {
        Form::DenunciationAcceptance
        | Form::DenunciationSuspension
        | Form::DenunciationResumption
        | Form::Extension
        | Form::Decision
        | Form::Enforcement
        | Form::Publication => true,
        Form::Acceptance
        | Form::Refusal
        | Form::DialogueMinutes
        | Form::SuspensionOrTermination
        | Form::Resumption
        | Form::Complexity
        | Form::Transfer
        | Form::Guidance
        | Form::DenunciationRefusal
        | Form::DialogueNotice
        | Form::Referral
        | Form::Withdrawal
        | Form::Filing
        | Form::Inspection
        | Form::Duplicate
        | Form::Division
        | Form::Verification
        | Form::Continuation
        | Form::Annulment
        | Form::CoveringLetter
        | Form::ReportDemand
        | Form::Report => false,
    }
}

/// A document on file, with what it rests on.
#[derive(Debug, Clone)]
pub struct OnFile {
    /// The document.
    pub issued: Issued,
    /// The event that put it on file.
    pub event: Event,
    /// The case as it stood then.
    pub case: Case,
    /// Whether the resolution that it tells of was annulled afterwards.
    pub annulled: bool,
}

/// The newest document of a form in a journal, oldest entry first; with a number, the newest of that number.
///
/// # Errors
/// [`EvolveError`] where an event can't follow: only a damaged journal brings that about.
pub fn on_file<'a>(
    journal: impl IntoIterator<Item = &'a [Event]>,
    form: Form,
    number: Option<&str>,
) -> Result<Option<OnFile>, EvolveError> {
    let mut case: Option<Case> = None;
    let mut found: Option<OnFile> = None;
    for events in journal {
        let mut put = None;
        for event in events {
            let next = evolve(case.take(), event)?;
            let issued = event
                .issued(next.kind)
                .filter(|issued| issued.form == form && number.is_none_or(|number| issued.document.number == number));
            if let Some(issued) = issued {
                put = Some((issued, event));
            }
            if let (Event::Corrected { .. }, Form::Decision, Some(found)) = (event, form, &mut found) {
                found.annulled = true;
            }
            case = Some(next);
        }
        // As it stood when the whole step was taken: what the step made due belongs to it.
        if let (Some((issued, event)), Some(case)) = (put, &case) {
            found = Some(OnFile { issued, event: event.clone(), case: case.clone(), annulled: false });
        }
    }
    Ok(found)
}

/// What a document's dates and names follow from.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The rules with their articles.
    pub rules: &'a RuleBook,
    /// The working days.
    pub calendar: &'a Calendar,
    /// The agencies' names.
    pub directory: &'a Directory,
}

/// Why a document can't be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The event puts no document on file.
    #[error("the event puts no document on file")]
    NoDocument,
    /// The template failed.
    #[error("a document's template failed")]
    Template(#[from] askama::Error),
}

#[derive(Template)]
#[template(path = "documents/page.html")]
struct Page<'a> {
    form_number: Option<&'static str>,
    form_source: &'static str,
    head: Letterhead,
    number: &'a str,
    place_and_date: String,
    title: &'static str,
    subject: String,
    bases: Vec<String>,
    kind: &'static str,
    petition: &'static str,
    who: &'static str,
    complaint: bool,
    denunciation: bool,
    second: bool,
    denounced_copy: bool,
    case_number: &'a str,
    received_on: Option<String>,
    accepted_on: Option<String>,
    group: Option<donthu_domain::Group>,
    content: Content,
    recipients: Vec<String>,
    signer: Vec<&'static str>,
    banner: Vec<String>,
}

/// A document as HTML of one file: no scripts, nothing from elsewhere.
///
/// # Errors
/// [`RenderError`]: both are faults of ours.
pub fn render(on_file: &OnFile, reader: Reader, sources: Sources<'_>) -> Result<String, RenderError> {
    let OnFile { issued, event, case, annulled } = on_file;
    let (document, on) = (&issued.document, issued.recorded_on);
    let mut doubts = Vec::new();
    let content = content::content(event, case, reader, sources, &mut doubts).ok_or(RenderError::NoDocument)?;
    let head = letterhead::letterhead(letterhead::issuer(event, case), sources.directory, on);
    let heading = wording::heading(issued.form, event, case);
    let words = wording::kind(case.kind);
    let page = Page {
        form_number: heading.number,
        form_source: heading.source,
        number: &document.number,
        place_and_date: format!("{}, {}", head.place, wording::day(document.date)),
        title: heading.title,
        subject: heading.subject,
        bases: wording::bases(event, case, document.date, &mut doubts),
        kind: words.kind,
        petition: words.petition,
        who: words.who,
        complaint: case.kind == Kind::Complaint,
        denunciation: case.kind == Kind::Denunciation,
        second: case.instance == donthu_domain::Instance::Second,
        denounced_copy: reader == Reader::Denounced,
        case_number: &case.number,
        received_on: case.received_on.map(wording::day),
        accepted_on: case.stage.acceptance().map(|acceptance| wording::day(acceptance.on)),
        group: case.group,
        recipients: letterhead::recipients(issued, event, case, reader, sources.directory),
        signer: head.signer(document.signer),
        banner: banner(case.kind, reader, *annulled, doubts),
        head,
        content,
    };
    Ok(page.render()?)
}

/// What only the official reads, on the screen.
fn banner(kind: Kind, reader: Reader, annulled: bool, doubts: Vec<String>) -> Vec<String> {
    let mut banner = vec!["Điền các dòng để trống, ký và đóng dấu trước khi gửi.".to_owned()];
    if annulled {
        banner.push("Kết quả giải quyết ghi trong văn bản này đã bị hủy.".to_owned());
    }
    match (kind, reader) {
        (Kind::Denunciation, Reader::Petitioner) => banner.push(
            "Bản này có thể có thông tin về người tố cáo: không gửi cho người bị tố cáo (Điều 56 Luật Tố cáo)."
                .to_owned(),
        ),
        (_, Reader::Denounced) => banner.push("Bản gửi người bị tố cáo.".to_owned()),
        _ => {}
    }
    for doubt in doubts {
        if !banner.contains(&doubt) {
            banner.push(doubt);
        }
    }
    banner
}

#[cfg(test)]
mod tests;
