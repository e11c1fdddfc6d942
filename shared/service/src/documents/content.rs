//! What each form says of the case: facts only; the sentences stand in the templates.

use donthu_domain::deadline::due;
use donthu_domain::rules::{Rule, Scope, Start, Unit};
use donthu_domain::{Case, Dialogue, DialogueOutcome, Document, Duty, Event, Instance, Kind, Obligation, Stage};
use donthu_domain::{ResultCode, TerminationGround, superior_of, time};
use jiff::civil::Date;

use super::steps::{self, Step};
use super::{Reader, Sources, citation, letterhead, wording};

/// What a document tells beyond its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Accepted.
    Acceptance {
        /// Until when it must be resolved.
        limit: Option<Limit>,
    },
    /// Not accepted.
    Refusal {
        /// Why, in the law's words.
        reason: &'static str,
    },
    /// Suspended, or ended without a decision.
    Stop {
        /// Suspended.
        suspended: bool,
        /// Why, in the law's words.
        reason: &'static str,
    },
    /// The clock runs on.
    Resumption {
        /// The day of the suspension.
        suspended_on: Option<String>,
        /// Until when it must be resolved now.
        limit: Option<Limit>,
    },
    /// Found complex.
    Complexity {
        /// The cases of the decree that it falls under.
        criteria: Vec<&'static str>,
        /// Until when it must be resolved now.
        limit: Option<Limit>,
    },
    /// A denunciation's limit is prolonged.
    Extension {
        /// By how many days.
        days: u16,
        /// Which time it is.
        time: usize,
        /// Complex or specially complex.
        degree: &'static str,
        /// Why; empty for the denounced, to whom a reason may tell who denounced.
        criteria: Vec<&'static str>,
        /// Until when it must be concluded now.
        limit: Option<Limit>,
    },
    /// Passed on.
    Transfer {
        /// To whom.
        to: String,
    },
    /// A step beside the main way.
    Step(Step),
    /// Told where to turn.
    Guidance {
        /// To whom.
        to: String,
    },
    /// A complaint is decided.
    Decision {
        /// The result.
        result: &'static str,
        /// What is ordered.
        ruling: Ruling,
        /// How the dialogues went.
        dialogues: Vec<String>,
        /// What can follow.
        further: Further,
        /// The day from which it is in effect where nothing follows.
        effective_on: Option<String>,
    },
    /// A denunciation is concluded.
    Conclusion {
        /// The result.
        result: &'static str,
        /// The decision by which it was accepted.
        acceptance: Option<String>,
    },
    /// Feedback is answered.
    Answer,
    /// A dialogue is called.
    DialogueNotice {
        /// Its day.
        on: String,
    },
    /// A dialogue is minuted.
    DialogueMinutes {
        /// Its day.
        on: String,
        /// Whether the complainant came.
        held: bool,
    },
    /// A decision is enforced or a conclusion acted upon.
    Enforcement {
        /// The decision or conclusion.
        of: Option<String>,
        /// The day from which the decision is in effect.
        effective_on: Option<String>,
    },
    /// Passed to the investigation agency.
    Referral,
    /// Withdrawn.
    Withdrawal {
        /// Whether in full.
        whole: bool,
    },
}

/// A limit in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Its length, e.g. `30 ngày`.
    pub length: String,
    /// The last day.
    pub until: String,
    /// The article.
    pub article: String,
}

/// What a decision on a complaint orders (Law on Complaints Art. 31, 40).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// The act is amended, annulled or stopped.
    Granted,
    /// The act stands.
    Dismissed,
    /// The first decision stands.
    Upheld,
    /// The first decision is amended or annulled.
    Overturned,
}

/// What a complainant can do after a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Further {
    /// Complain a second time, or go to court.
    Second {
        /// To whom.
        to: String,
        /// The time for it, where the rules give one.
        limit: Option<Limit>,
        /// The article, where they don't.
        article: &'static str,
    },
    /// Go to court.
    Court,
}

/// The content of the document that an event put on file; none where it put none.
pub fn content(
    event: &Event,
    case: &Case,
    reader: Reader,
    sources: Sources<'_>,
    doubts: &mut Vec<String>,
) -> Option<Content> {
    Some(match event {
        Event::Accepted { .. } => Content::Acceptance { limit: to_resolve(case, sources, doubts) },
        Event::Refused { ground, .. } => Content::Refusal { reason: wording::refusal(*ground, case.kind) },
        Event::Suspended { ground, .. } => {
            Content::Stop { suspended: true, reason: wording::suspension(*ground, case.kind) }
        }
        Event::Terminated { ground, .. } => {
            Content::Stop { suspended: false, reason: wording::termination(*ground, case.kind) }
        }
        Event::Resumed { on, .. } => {
            Content::Resumption { suspended_on: suspended_on(case, *on), limit: to_resolve(case, sources, doubts) }
        }
        Event::FoundComplex { complexity } => Content::Complexity {
            criteria: complexity.criteria.iter().map(|criterion| wording::criterion(*criterion, case.kind)).collect(),
            limit: to_resolve(case, sources, doubts),
        },
        Event::Extended { extension, criteria, .. } => Content::Extension {
            days: extension.days,
            time: extensions(case),
            // Only what is specially complex may be prolonged twice.
            degree: if extensions(case) > 1 { "đặc biệt phức tạp" } else { "phức tạp" },
            criteria: match reader {
                Reader::Petitioner => criteria.iter().map(|one| wording::criterion(*one, case.kind)).collect(),
                Reader::Denounced => Vec::new(),
            },
            limit: to_resolve(case, sources, doubts),
        },
        Event::Transferred { to, on, .. } => Content::Transfer {
            to: sources.directory.agency(to, *on).map_or_else(|| wording::GAP.to_owned(), |row| row.name_vi.clone()),
        },
        Event::Guided { to, on, .. } => Content::Guidance { to: steps::competent(to, sources, *on) },
        Event::Resolved { result, on, .. } => resolved(*result, *on, case, reader, sources, doubts),
        Event::DialogueCalled { on, .. } => Content::DialogueNotice { on: wording::day(*on) },
        Event::DialogueRecorded { outcome, on, .. } => Content::DialogueMinutes {
            on: wording::day(case.dialogues.last().map_or(*on, |dialogue| dialogue.on)),
            held: *outcome == DialogueOutcome::Held,
        },
        Event::Enforced { .. } => {
            let resolution = match &case.stage {
                Stage::Resolved { resolution, .. } => Some(resolution),
                _ => None,
            };
            Content::Enforcement {
                of: resolution.and_then(|resolution| resolution.document.as_ref()).map(named),
                effective_on: resolution.and_then(|resolution| resolution.effective_on).map(wording::day),
            }
        }
        Event::Referred { .. } => Content::Referral,
        Event::PartlyWithdrawn { .. } => Content::Withdrawal { whole: false },
        Event::WithdrawalRequested { .. } => Content::Withdrawal { whole: true },
        Event::Withdrawn { .. } => {
            Content::Stop { suspended: false, reason: wording::termination(TerminationGround::Withdrawal, case.kind) }
        }
        _ => return steps::step(event, case, sources).map(Content::Step),
    })
}

/// A document by number and day.
fn named(document: &Document) -> String {
    format!("số {} {}", document.number, wording::day(document.date))
}

fn resolve(case: &Case) -> Option<&Obligation> {
    case.obligations.iter().rev().find(|obligation| obligation.duty == Duty::Resolve)
}

fn extensions(case: &Case) -> usize {
    resolve(case).map_or(1, |obligation| obligation.extensions.len())
}

fn to_resolve(case: &Case, sources: Sources<'_>, doubts: &mut Vec<String>) -> Option<Limit> {
    let obligation = resolve(case).filter(|obligation| obligation.is_open())?;
    let rule = sources.rules.in_force(&obligation.rule, obligation.started_on)?;
    doubt(rule, obligation.provisional, obligation.due_on, doubts);
    Some(limit(obligation.days, rule, obligation.due_on))
}

fn limit(days: u16, rule: &Rule, until: Date) -> Limit {
    let unit = match rule.unit {
        Unit::CalendarDays => "ngày",
        Unit::WorkingDays => "ngày làm việc",
        Unit::Months => "tháng",
        Unit::Hours => "giờ",
        Unit::WorkingHours => "giờ làm việc",
    };
    Limit {
        length: format!("{days:02} {unit}"),
        until: wording::day(until),
        article: citation::in_words(&rule.citation_vi),
    }
}

fn doubt(rule: &Rule, provisional: bool, until: Date, doubts: &mut Vec<String>) {
    if rule.confidence.is_unverified() {
        doubts.push(citation::doubt(&citation::in_words(&rule.citation_vi)));
    }
    if provisional {
        doubts.push(format!(
            "Thời hạn đến hết {} được tính theo lịch nghỉ chưa được công bố chính thức.",
            wording::day(until)
        ));
    }
}

fn suspended_on(case: &Case, resumed_on: Date) -> Option<String> {
    let last = resolve(case)?.suspensions.iter().rev().find(|suspension| suspension.to == Some(resumed_on))?;
    Some(wording::day(last.from))
}

fn resolved(
    result: ResultCode,
    on: Date,
    case: &Case,
    reader: Reader,
    sources: Sources<'_>,
    doubts: &mut Vec<String>,
) -> Content {
    match case.kind {
        Kind::Feedback => Content::Answer,
        Kind::Denunciation => {
            if reader == Reader::Petitioner {
                doubts.push(citation::doubt("Điều 37 Luật Tố cáo 2018"));
            }
            Content::Conclusion {
                result: wording::result(result, case.kind),
                acceptance: case.stage.acceptance().and_then(|acceptance| acceptance.document.as_ref()).map(named),
            }
        }
        Kind::Complaint => Content::Decision {
            result: wording::result(result, case.kind),
            ruling: match result {
                ResultCode::Founded | ResultCode::PartlyFounded | ResultCode::Answered => Ruling::Granted,
                ResultCode::Unfounded => Ruling::Dismissed,
                ResultCode::Upheld => Ruling::Upheld,
                ResultCode::Overturned => Ruling::Overturned,
            },
            dialogues: case.dialogues.iter().filter_map(dialogue).collect(),
            further: further(on, case, sources, doubts),
            effective_on: effect(case, sources, doubts),
        },
    }
}

fn dialogue(dialogue: &Dialogue) -> Option<String> {
    let day = wording::day(dialogue.on);
    dialogue.outcome.map(|outcome| match outcome {
        DialogueOutcome::Held => format!("{day}: đã tổ chức đối thoại, có biên bản kèm theo."),
        DialogueOutcome::NoShow => {
            format!("{day}: người khiếu nại đã được mời nhưng không tham gia đối thoại mà không có lý do chính đáng.")
        }
    })
}

/// The time for a second complaint is counted from the receipt of the decision, which cannot come before its day: the last day
/// that is printed is the one of who gets it at once.
fn further(on: Date, case: &Case, sources: Sources<'_>, doubts: &mut Vec<String>) -> Further {
    if case.instance != Instance::First {
        return Further::Court;
    }
    let scope = |instance| Scope { instance, ..case.into() };
    let rule = [Instance::First, Instance::Second]
        .into_iter()
        .find_map(|instance| sources.rules.started_by(scope(instance), Start::FirstLimitOrDecision, on).next());
    let limit = rule.map(|rule| {
        let days = rule.length(case.remote, false);
        let due = due(&rule.count(on, days), sources.calendar);
        doubt(rule, due.provisional, due.on, doubts);
        limit(days, rule, due.on)
    });
    let superior = case.agency.as_ref().and_then(|id| superior_of(id, sources.directory, on));
    let superior = superior.and_then(|id| sources.directory.agency(&id, on));
    Further::Second {
        to: superior.map_or_else(|| "người có thẩm quyền giải quyết khiếu nại lần hai".to_owned(), letterhead::holder),
        limit,
        article: match case.matter {
            donthu_domain::Matter::Administrative => "Điều 33 Luật Khiếu nại",
            donthu_domain::Matter::Disciplinary | donthu_domain::Matter::Dismissal => "Điều 48 Luật Khiếu nại",
        },
    }
}

fn effect(case: &Case, sources: Sources<'_>, doubts: &mut Vec<String>) -> Option<String> {
    let obligation = case.obligations.iter().rev().find(|o| o.duty == Duty::TakeEffect && o.is_open())?;
    let rule = sources.rules.in_force(&obligation.rule, obligation.started_on)?;
    doubt(rule, obligation.provisional, obligation.due_on, doubts);
    Some(wording::day(time::next_day(obligation.due_on)))
}
