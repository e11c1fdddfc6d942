//! Which steps somebody may take in a case now, and what the law leaves to choose in each. [`decide`] itself is asked, with a
//! form filled in lawfully for every choice, so that nothing here says a second time what may be done.

use super::{Context, decide};
use crate::case::{
    Case, CompetentBody, ComplexityCriterion, ContinuationGround, DialogueOutcome, DisclosureReason, FilingGround,
    Kind, RefusalGround, ResultCode, SuspensionGround, TerminationGround,
};
use crate::command::{Command, Opening, Petition, Sending};
use crate::document::Document;
use crate::ids::CaseId;
use crate::refusal::Refusal;

/// A step that somebody may take in a case now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PossibleStep {
    /// The command's code, as [`Command::code`] says it.
    pub command: &'static str,
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
    let free = probe
        .free()
        .into_iter()
        .filter(|(command, _)| probe.accepts(command))
        .map(|(command, paper)| PossibleStep { command: command.code(), paper, choices: Choices::Free });
    let mut steps: Vec<PossibleStep> = free.collect();
    steps.extend(probe.chosen());
    steps
}

struct Probe<'a> {
    case: &'a Case,
    context: &'a Context<'a>,
}

impl Probe<'_> {
    fn accepts(&self, command: &Command) -> bool {
        decide(Some(self.case), command, self.context).is_ok()
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
    fn free(&self) -> Vec<(Command, Paper)> {
        use Paper::{None as NoPaper, Optional, Required};
        let today = self.context.today();
        let document = || self.document();
        let mut steps = vec![
            (Command::Formalise { received_on: today }, NoPaper),
            (Command::Accept { group_papers: true, document: None }, Optional),
            (Command::Guide { to: CompetentBody::Court, document: None }, Optional),
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
        steps
    }

    /// To the first agency that may have it.
    fn transfer(&self) -> Option<Command> {
        let to = |agency| Command::Transfer { to: agency, document: None };
        // Without the right to it no agency need be tried.
        let own = self.case.agency.clone()?;
        match decide(Some(self.case), &to(own), self.context) {
            Err(
                Refusal::ImpossibleStep { .. }
                | Refusal::RoleNotAllowed { .. }
                | Refusal::NotYourCase
                | Refusal::OutsideCalendar(_),
            ) => return None,
            Ok(_) | Err(_) => {}
        }
        self.context.directory.agency_ids().map(|id| to(id.clone())).find(|command| self.accepts(command))
    }

    /// On the first day that the notice allows.
    fn dialogue(&self) -> Option<Command> {
        let on = |on| Command::CallDialogue { on, document: None };
        let today = on(self.context.today());
        match decide(Some(self.case), &today, self.context) {
            Ok(_) => Some(today),
            Err(Refusal::DialogueTooSoon { earliest }) => Some(on(earliest)),
            Err(_) => None,
        }
    }

    /// Steps with a choice, with those choices that would be accepted.
    fn chosen(&self) -> Vec<PossibleStep> {
        use Paper::{None as NoPaper, Optional, Required};
        let document = || self.document();
        let mut steps = Vec::new();
        let mut add = |command: Option<&'static str>, paper, choices| {
            steps.extend(command.map(|command| PossibleStep { command, paper, choices }));
        };
        let (step, grounds) = self.which(&RefusalGround::ALL, |ground| Command::Refuse { ground, document: None });
        add(step, Optional, Choices::Refusal(grounds));
        let (step, grounds) = self.which(&FilingGround::ALL, |ground| Command::File { ground, document: None });
        add(step, Optional, Choices::Filing(grounds));
        let (step, grounds) = self.which(&SuspensionGround::ALL, |ground| Command::Suspend { ground, document: None });
        add(step, Optional, Choices::Suspension(grounds));
        let (step, grounds) = self.which(&TerminationGround::ALL, |ground| Command::Terminate {
            ground,
            no_ground_to_continue: true,
            withdrawal: Some(document()),
            document: None,
        });
        add(step, Optional, Choices::Termination(grounds));
        let (step, grounds) = self.which(&ContinuationGround::ALL, |ground| Command::ContinueWithdrawn {
            grounds: vec![ground],
            document: None,
        });
        add(step, Optional, Choices::Continuation(grounds));
        let (step, criteria) = self.which(&ComplexityCriterion::ALL, |criterion| Command::FindComplex {
            criteria: vec![criterion],
            document: document(),
        });
        add(step, Required, Choices::Complexity(criteria));
        let (step, outcomes) =
            self.which(&DialogueOutcome::ALL, |outcome| Command::RecordDialogue { outcome, document: None });
        add(step, Optional, Choices::Dialogue(outcomes));
        let (step, results) = self.which(&ResultCode::ALL, |result| Command::Resolve { result, document: None });
        add(step, Optional, Choices::Resolution(results));
        let (step, sent) = self.which(&Sending::ALL, |what| Command::Dispatch { what, document: None });
        add(step, Optional, Choices::Dispatch(sent));
        if let Some(to) = self.context.actor.subject() {
            let (step, reasons) =
                self.which(&DisclosureReason::ALL, |reason| Command::DiscloseIdentity { to: to.clone(), reason });
            add(step, NoPaper, Choices::Disclosure(reasons));
        }
        steps.extend(self.extension());
        steps
    }

    /// The values with which the step would be accepted, and its code where there is one.
    fn which<T: Copy>(&self, all: &[T], step: impl Fn(T) -> Command) -> (Option<&'static str>, Vec<T>) {
        let mut code = None;
        let mut accepted = Vec::new();
        for value in all {
            let command = step(*value);
            if self.accepts(&command) {
                code = Some(command.code());
                accepted.push(*value);
            }
        }
        (code, accepted)
    }

    /// With as few criteria as do, and the most days, which the refusal of none at all tells.
    fn extension(&self) -> Option<PossibleStep> {
        let all = ComplexityCriterion::ALL;
        (1..=all.len()).find_map(|least| {
            let criteria = all[..least].to_vec();
            let command = Command::Extend { days: 0, criteria, document: self.document() };
            match decide(Some(self.case), &command, self.context) {
                Err(Refusal::ExtensionLength { max: most_days }) if most_days > 0 => Some(PossibleStep {
                    command: command.code(),
                    paper: Paper::Required,
                    choices: Choices::Extension { criteria: all.to_vec(), least, most_days },
                }),
                _ => None,
            }
        })
    }
}
