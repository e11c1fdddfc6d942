//! Which steps somebody may take in a case now, and what the law leaves to choose in each. [`decide`] itself is asked, with a
//! form filled in lawfully for every choice, so that nothing here says a second time what may be done.

use super::{Context, decide};
use crate::case::{
    Case, CompetentBody, ComplexityCriterion, ContinuationGround, DialogueOutcome, DisclosureReason, FilingGround,
    Kind, RefusalGround, ResultCode, SuspensionGround, TerminationGround,
};
use crate::command::{Command, Opening, Petition, Sending};
use crate::document::Document;
use crate::event::Event;
use crate::ids::CaseId;
use crate::refusal::Refusal;

/// A step that somebody may take in a case now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PossibleStep {
    /// The command's code, as [`Command::code`] says it.
    pub command: &'static str,
    /// The article that the step rests on, as [`Event::basis`] says it.
    pub article: Option<&'static str>,
    /// Whether the form has a place for a document.
    pub paper: Paper,
    /// What there is to choose.
    pub choices: Choices,
}

/// Whether a document belongs to a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// Without it the step can't be given.
    Required,
    /// It may be named.
    Optional,
    /// The step has none.
    None,
}

/// What the law leaves to choose in a step in this case; a list is never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choices {
    /// Nothing out of a closed list.
    Free,
    /// Where the complainant is told to turn, if not to one of the province's agencies.
    Guidance(Vec<CompetentBody>),
    /// The ground not to accept.
    Refusal(Vec<RefusalGround>),
    /// The ground to file.
    Filing(Vec<FilingGround>),
    /// The ground to stop the clock.
    Suspension(Vec<SuspensionGround>),
    /// The ground to terminate.
    Termination(Vec<TerminationGround>),
    /// The grounds to go on; one or more.
    Continuation(Vec<ContinuationGround>),
    /// The criteria of complexity; one or more.
    Complexity(Vec<ComplexityCriterion>),
    /// A denunciation's prolongation.
    Extension {
        /// The criteria.
        criteria: Vec<ComplexityCriterion>,
        /// How many of them must be met at least.
        least: usize,
        /// Most calendar days.
        most_days: u16,
    },
    /// How the dialogue went.
    Dialogue(Vec<DialogueOutcome>),
    /// The result.
    Resolution(Vec<ResultCode>),
    /// What is sent.
    Dispatch(Vec<Sending>),
    /// Why the identity is opened.
    Disclosure(Vec<DisclosureReason>),
}

/// The steps that the actor may take in a case now. Of the machinery's own steps there are none here, and none of those that begin
/// a case.
///
/// Whether a second case is the same matter, which only that case can tell, is not asked.
pub fn possible_steps(case: &Case, context: &Context<'_>) -> Vec<PossibleStep> {
    let probe = Probe { case, context };
    let mut steps = probe.free();
    steps.extend(probe.chosen());
    steps
}

struct Probe<'a> {
    case: &'a Case,
    context: &'a Context<'a>,
}

impl Probe<'_> {
    fn tried(&self, command: &Command) -> Result<Vec<Event>, Refusal> {
        decide(Some(self.case), command, self.context)
    }

    /// The step of a command, where it would be accepted.
    fn step(&self, command: &Command, paper: Paper, choices: Choices) -> Option<PossibleStep> {
        let events = self.tried(command).ok()?;
        // What a step rests on comes last: a move that a reorganisation has made due, or a withdrawal on paper, goes before it.
        let article = events.iter().rev().find_map(|event| event.basis(self.case.into()));
        Some(PossibleStep { command: command.code(), article, paper, choices })
    }

    /// The step with those values with which it would be accepted, where there are any.
    fn which<T: Clone>(
        &self,
        all: &[T],
        command: impl Fn(T) -> Command,
        paper: Paper,
        choices: impl FnOnce(Vec<T>) -> Choices,
    ) -> Option<PossibleStep> {
        let accepted: Vec<T> =
            all.iter().filter(|value| self.tried(&command((*value).clone())).is_ok()).cloned().collect();
        let first = command(accepted.first()?.clone());
        self.step(&first, paper, choices(accepted))
    }

    /// Lawful today wherever what it follows is on record.
    fn document(&self) -> Document {
        Document::new("", self.context.today())
    }

    fn another_id(&self) -> CaseId {
        CaseId::new(format!("{}-", self.case.id.as_str()))
    }

    fn opening(&self) -> Opening {
        Opening { id: self.another_id(), number: String::new() }
    }

    /// The whole under another kind: the smallest division.
    fn part(&self) -> Petition {
        let case = self.case;
        let kind = if case.kind == Kind::Feedback { Kind::Complaint } else { Kind::Feedback };
        Petition {
            id: self.another_id(),
            number: String::new(),
            kind,
            matter: Default::default(),
            area: case.area.clone(),
            field: case.field.clone(),
            against: case.against.clone(),
            contact: case.contact,
            group: case.group,
        }
    }

    /// Steps without a choice out of a closed list.
    fn free(&self) -> Vec<PossibleStep> {
        use Paper::{None as NoPaper, Optional, Required};
        let today = self.context.today();
        let document = || self.document();
        let mut steps = vec![
            (Command::Formalise { received_on: today }, NoPaper),
            (Command::Accept { group_papers: true, document: None }, Optional),
            (Command::UseForInspection { document: None }, Optional),
            (Command::Refer { document: document() }, Required),
            (Command::LinkDuplicate { of: self.another_id(), document: None }, Optional),
            (Command::Divide { parts: vec![self.part()], document: None }, Optional),
            (Command::Verify { document: None }, Optional),
            (Command::Resume { document: None }, Optional),
            (Command::Withdraw, NoPaper),
            (Command::WithdrawPart { document: document() }, Required),
            (Command::Correct { document: None }, Optional),
            (Command::Publish { document: None }, Optional),
            (Command::Enforce { document: document() }, Required),
            // Whether the reason is good is for the official to find; a citizen's own word is not heeded.
            (Command::Appeal { opening: self.opening(), good_reason: true, received_on: None }, NoPaper),
            (Command::Continue { opening: self.opening(), received_on: None }, NoPaper),
            (Command::ReportOverdue, NoPaper),
            (Command::DemandReport { document: None }, Optional),
            (Command::AnswerDemand { document: None }, Optional),
            (Command::SendMessage, NoPaper),
        ];
        // Whoever acts is not among the denounced, so they can always be named.
        let handler = self.context.actor.subject().cloned();
        steps.push((Command::Assign { agency: None, handler, denounced: None }, NoPaper));
        steps.extend(self.transfer().map(|command| (command, Optional)));
        steps.extend(self.dialogue().map(|command| (command, Optional)));
        steps.into_iter().filter_map(|(command, paper)| self.step(&command, paper, Choices::Free)).collect()
    }

    /// To the first agency that may have it.
    fn transfer(&self) -> Option<Command> {
        let to = |agency| Command::Transfer { to: agency, document: None };
        // Without the right to it no agency need be tried.
        let own = self.case.agency.clone()?;
        match self.tried(&to(own)) {
            Err(
                Refusal::ImpossibleStep { .. }
                | Refusal::RoleNotAllowed { .. }
                | Refusal::NotYourCase
                | Refusal::OutsideCalendar(_),
            ) => return None,
            Ok(_) | Err(_) => {}
        }
        self.context.directory.agency_ids().map(|id| to(id.clone())).find(|command| self.tried(command).is_ok())
    }

    /// On the first day that the notice allows.
    fn dialogue(&self) -> Option<Command> {
        let on = |on| Command::CallDialogue { on, document: None };
        let today = on(self.context.today());
        match self.tried(&today) {
            Ok(_) => Some(today),
            Err(Refusal::DialogueTooSoon { earliest }) => Some(on(earliest)),
            Err(_) => None,
        }
    }

    /// Steps with a choice, with those choices that would be accepted.
    fn chosen(&self) -> Vec<PossibleStep> {
        use Paper::{None as NoPaper, Optional, Required};
        let dated = || self.document();
        let steps = [
            self.which(
                &CompetentBody::OUTSIDE,
                |to| Command::Guide { to, document: None },
                Optional,
                Choices::Guidance,
            ),
            self.which(
                &RefusalGround::ALL,
                |ground| Command::Refuse { ground, document: None },
                Optional,
                Choices::Refusal,
            ),
            self.which(
                &FilingGround::ALL,
                |ground| Command::File { ground, document: None },
                Optional,
                Choices::Filing,
            ),
            self.which(
                &SuspensionGround::ALL,
                |ground| Command::Suspend { ground, document: None },
                Optional,
                Choices::Suspension,
            ),
            self.which(
                &TerminationGround::ALL,
                |ground| Command::Terminate {
                    ground,
                    no_ground_to_continue: true,
                    withdrawal: Some(dated()),
                    document: None,
                },
                Optional,
                Choices::Termination,
            ),
            self.which(
                &ContinuationGround::ALL,
                |ground| Command::ContinueWithdrawn { grounds: vec![ground], document: None },
                Optional,
                Choices::Continuation,
            ),
            self.which(
                &ComplexityCriterion::ALL,
                |criterion| Command::FindComplex { criteria: vec![criterion], document: dated() },
                Required,
                Choices::Complexity,
            ),
            self.extension(),
            self.which(
                &DialogueOutcome::ALL,
                |outcome| Command::RecordDialogue { outcome, document: None },
                Optional,
                Choices::Dialogue,
            ),
            self.which(
                &ResultCode::ALL,
                |result| Command::Resolve { result, document: None },
                Optional,
                Choices::Resolution,
            ),
            self.which(&Sending::ALL, |what| Command::Dispatch { what, document: None }, Optional, Choices::Dispatch),
            self.context.actor.subject().and_then(|to| {
                self.which(
                    &DisclosureReason::ALL,
                    |reason| Command::DiscloseIdentity { to: to.clone(), reason },
                    NoPaper,
                    Choices::Disclosure,
                )
            }),
        ];
        steps.into_iter().flatten().collect()
    }

    /// With as few criteria as do, and the most days, which the refusal of none at all tells.
    fn extension(&self) -> Option<PossibleStep> {
        let all = ComplexityCriterion::ALL;
        (1..=all.len()).find_map(|least| {
            let extend = |days| Command::Extend { days, criteria: all[..least].to_vec(), document: self.document() };
            match self.tried(&extend(0)) {
                Err(Refusal::ExtensionLength { max: most_days }) => {
                    let choices = Choices::Extension { criteria: all.to_vec(), least, most_days };
                    self.step(&extend(most_days), Paper::Required, choices)
                }
                _ => None,
            }
        })
    }
}
