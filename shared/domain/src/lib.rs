//! The law of complaints (*khiếu nại*), denunciations (*tố cáo*) and feedback (*kiến nghị, phản ánh*) as pure code and data.
//!
//! Nothing here knows AWS, async, a clock or chance: the instant, the actor, the rules, the calendar and the reference
//! data come in as a [`Context`], ids come in with the [`Command`]. What may happen is [`decide`]d, what has happened is
//! folded by [`evolve`], and [`transition`] puts both together with the notices and counter changes that follow.

mod actor;
mod basis;
pub mod calendar;
mod case;
mod command;
mod competence;
pub mod deadline;
mod decide;
mod document;
mod event;
mod evolve;
pub mod explain;
mod ids;
mod milestone;
mod notice;
mod obligation;
mod receipt;
mod reference;
mod refusal;
pub mod rules;
pub mod tally;
mod telling;
pub mod time;
mod transition;
pub mod visibility;

pub use actor::{Actor, Role};
pub use calendar::Calendar;
pub use case::{
    Acceptance, Against, Case, Channel, Child, CompetentBody, Complexity, ComplexityCriterion, Contact,
    ContinuationGround, Dialogue, DialogueOutcome, Disclosure, DisclosureReason, FilingGround, Group, Instance, Kind,
    Language, Matter, Messages, Origin, Outcome, OverdueReport, Position, RefusalGround, Relation, Resolution,
    ResultCode, Side, Stage, SuspensionGround, TerminationGround,
};
pub use command::{Command, Opening, Petition, Sending};
pub use competence::{Route, excluded_agencies, excluded_from, propose, rehomed, superior_of};
pub use decide::{Choices, Context, Paper, PossibleStep, decide, possible_steps, time_to_appeal};
pub use document::{Document, Form, Issued, Recipient, Signer};
pub use event::{Announcement, Event};
pub use evolve::{EvolveError, evolve};
pub use ids::{AgencyId, AreaId, CaseId, CommandId, FieldId, RuleId, SubjectId};
pub use milestone::{Milestone, Planned};
pub use notice::{Audience, Notice, NoticeMilestone};
pub use obligation::{Closure, Duty, Extension, Obligation, Suspension, Verdict};
pub use receipt::first_deadline;
pub use reference::{
    Agency, AgencyType, Area, CompetenceRule, Confidence, Directory, DirectoryError, Field, Policy, Resolver,
};
pub use refusal::Refusal;
pub use rules::RuleBook;
pub use tally::{Cohort, Measure, TallyDelta};
pub use transition::{Transition, TransitionError, applied, changes_step, transition};
