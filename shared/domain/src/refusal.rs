//! Why a step is refused. A closed list with stable codes; nothing changes on a refusal.

use jiff::civil::Date;

use crate::case::{Instance, Kind, Matter};
use crate::ids::{AgencyId, AreaId, FieldId, RuleId};
use crate::rules::Scope;

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The case's stage does not allow the step.
    #[error("{command} is impossible in stage {stage}")]
    ImpossibleStep {
        /// Stage's code.
        stage: &'static str,
        /// Command's code.
        command: &'static str,
        /// Codes of the commands that the stage allows.
        possible: Vec<&'static str>,
    },
    /// The actor can't take the step in any case.
    #[error("the actor's role does not allow {command}")]
    RoleNotAllowed {
        /// Command's code.
        command: &'static str,
    },
    /// Another agency is responsible.
    #[error("another agency is responsible")]
    NotYourCase,
    /// The law does not know the step for this kind.
    #[error("{command} does not exist for a {}", kind.code())]
    NotForThisKind {
        /// Command's code.
        command: &'static str,
        /// The case's kind.
        kind: Kind,
    },
    /// The agency isn't known, or did not exist on the day.
    #[error("unknown agency {0}")]
    UnknownAgency(AgencyId),
    /// The area isn't known.
    #[error("unknown area {0}")]
    UnknownArea(AreaId),
    /// The field isn't known.
    #[error("unknown field {0}")]
    UnknownField(FieldId),
    /// The agency is denounced in this case, or stands below the denounced.
    #[error("a denunciation never reaches the denounced")]
    ConflictOfInterest,
    /// The case is already with that agency.
    #[error("the case is already with {0}")]
    SameAgency(AgencyId),
    /// The step names neither an agency nor a handler.
    #[error("nothing to assign")]
    NothingToAssign,
    /// A date lies after today.
    #[error("{field} {date} lies in the future")]
    DateInFuture {
        /// Which date.
        field: &'static str,
        /// The date.
        date: Date,
    },
    /// A date lies before the one that it must follow.
    #[error("{field} {date} lies before {earliest}")]
    DateTooEarly {
        /// Which date.
        field: &'static str,
        /// The date.
        date: Date,
        /// The first possible day.
        earliest: Date,
    },
    /// The calendar does not reach so far.
    #[error("{0} is outside the calendar")]
    OutsideCalendar(Date),
    /// A paper petition can't have come in online.
    #[error("an online petition is not registered by an official")]
    OnlineNotRegistered,
    /// The ground is none that the law knows for this kind.
    #[error("the ground is not one of those that the law lists for this kind")]
    GroundNotForThisKind,
    /// The result is none that this kind can have.
    #[error("the result does not fit the kind")]
    ResultNotForThisKind,
    /// Complexity without a criterion.
    #[error("at least one criterion is needed")]
    CriteriaMissing,
    /// A withdrawn denunciation goes on without a ground.
    #[error("at least one ground to continue is needed")]
    ContinuationGroundMissing,
    /// A denunciation is concluded while its withdrawal waits for a decision.
    #[error("the withdrawal must be decided on first")]
    WithdrawalUndecided,
    /// Before acceptance a case ends with a withdrawal only.
    #[error("only what was accepted can be terminated on this ground")]
    NotAccepted,
    /// The complaint is complex already.
    #[error("already determined complex")]
    AlreadyComplex,
    /// A prolongation beyond the rule.
    #[error("at most {allowed} extension(s) are possible with these criteria")]
    TooManyExtensions {
        /// How many the criteria allow.
        allowed: u8,
    },
    /// A prolongation too short or too long.
    #[error("an extension lasts 1 to {max} days")]
    ExtensionLength {
        /// Most days.
        max: u16,
    },
    /// The limit has passed already.
    #[error("the limit ended on {due_on}")]
    LimitPassed {
        /// Its due day.
        due_on: Date,
    },
    /// The citizen has not asked to withdraw.
    #[error("no withdrawal was requested")]
    NoWithdrawalRequested,
    /// The withdrawal was asked for already.
    #[error("the withdrawal was requested already")]
    WithdrawalAlreadyRequested,
    /// A withdrawn denunciation ends only where none of the grounds to continue applies.
    #[error("a withdrawn denunciation continues unless none of the grounds of Art. 33.3 applies")]
    GroundsToContinue,
    /// Several people without one who represents them.
    #[error("a group needs a representative")]
    RepresentativesMissing,
    /// More representatives than such a group may have.
    #[error("at most {most} representatives are possible")]
    TooManyRepresentatives {
        /// How many may be.
        most: u8,
    },
    /// A group's complaint is accepted only with all signatures and the appointment of its representatives.
    #[error("the group's signatures and the appointment of its representatives are missing")]
    GroupPapersMissing,
    /// A division into nothing.
    #[error("nothing to divide into")]
    NothingToDivide,
    /// A petition is reclassified to the kind that it has.
    #[error("the part is of the same kind")]
    SameKind,
    /// A case can't be its own duplicate.
    #[error("a case is not its own duplicate")]
    OwnDuplicate,
    /// The other case is of another kind, or ended without anybody having looked at the matter.
    #[error("the matter is not handled in the other case")]
    NotADuplicate,
    /// The dialogue is too soon after its notice.
    #[error("the dialogue can be on {earliest} at the earliest")]
    DialogueTooSoon {
        /// The first possible day.
        earliest: Date,
    },
    /// No dialogue was called whose outcome could be recorded.
    #[error("no dialogue was called")]
    NoDialogue,
    /// The dialogue's day has not come.
    #[error("the dialogue is on {on}")]
    DialogueNotYet {
        /// Its day.
        on: Date,
    },
    /// The law wants a dialogue before the decision.
    #[error("a dialogue must come before the decision")]
    DialogueMissing,
    /// The time for a second complaint has passed.
    #[error("the time to complain a second time ended on {until}")]
    SecondComplaintTooLate {
        /// Its last day.
        until: Date,
    },
    /// A second complaint or continued denunciation exists already.
    #[error("it was taken further already")]
    AlreadyFollowed,
    /// There is no third instance.
    #[error("there is no further instance for a {}", kind.code())]
    NoFurtherInstance {
        /// The case's kind.
        kind: Kind,
    },
    /// A second complaint or continued denunciation goes back to who decided first, or to somebody not above them.
    #[error("only an agency above the one that decided first may handle it")]
    NotAboveTheFirst,
    /// Neither decided nor overdue, so it can't be taken further.
    #[error("it is neither decided nor overdue")]
    NotDecidedNorOverdue,
    /// The limit has not passed.
    #[error("the limit ends on {due_on}")]
    NotOverdue {
        /// Its due day.
        due_on: Date,
    },
    /// Nobody lawful in the province stands above.
    #[error("no superior in the province may handle it")]
    NoLawfulSuperior,
    /// Nothing of the sort is owed.
    #[error("nothing of the sort is owed")]
    NothingOwed,
    /// The decision is not in effect.
    #[error("the decision is not in effect")]
    NotInEffect,
    /// More of something than the system records.
    #[error("too many {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
    },
    /// The petitioner left no name.
    #[error("no identity is kept")]
    NoIdentity,
    /// A case has gone to and fro as often as the system records.
    #[error("transferred too often")]
    TooManyTransfers,
    /// A rule that the step needs is not in the data for the day.
    #[error("no rule {rule} is in force on {on}")]
    NoRuleInForce {
        /// The rule.
        rule: RuleId,
        /// The day.
        on: Date,
    },
}

impl Refusal {
    /// Every stable name.
    pub const CODES: &'static [&'static str] = &[
        "impossible_step",
        "role_not_allowed",
        "not_your_case",
        "not_for_this_kind",
        "unknown_agency",
        "unknown_area",
        "unknown_field",
        "conflict_of_interest",
        "same_agency",
        "nothing_to_assign",
        "date_in_future",
        "date_too_early",
        "outside_calendar",
        "online_not_registered",
        "ground_not_for_this_kind",
        "result_not_for_this_kind",
        "criteria_missing",
        "continuation_ground_missing",
        "withdrawal_undecided",
        "not_accepted",
        "already_complex",
        "too_many_extensions",
        "extension_length",
        "limit_passed",
        "no_withdrawal_requested",
        "withdrawal_already_requested",
        "grounds_to_continue",
        "representatives_missing",
        "too_many_representatives",
        "group_papers_missing",
        "nothing_to_divide",
        "same_kind",
        "own_duplicate",
        "not_a_duplicate",
        "dialogue_too_soon",
        "no_dialogue",
        "dialogue_not_yet",
        "dialogue_missing",
        "second_complaint_too_late",
        "already_followed",
        "no_further_instance",
        "not_above_the_first",
        "not_decided_nor_overdue",
        "not_overdue",
        "no_lawful_superior",
        "nothing_owed",
        "not_in_effect",
        "too_many",
        "no_identity",
        "too_many_transfers",
        "no_rule_in_force",
    ];

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::ImpossibleStep { .. } => "impossible_step",
            Refusal::RoleNotAllowed { .. } => "role_not_allowed",
            Refusal::NotYourCase => "not_your_case",
            Refusal::NotForThisKind { .. } => "not_for_this_kind",
            Refusal::UnknownAgency(_) => "unknown_agency",
            Refusal::UnknownArea(_) => "unknown_area",
            Refusal::UnknownField(_) => "unknown_field",
            Refusal::ConflictOfInterest => "conflict_of_interest",
            Refusal::SameAgency(_) => "same_agency",
            Refusal::NothingToAssign => "nothing_to_assign",
            Refusal::DateInFuture { .. } => "date_in_future",
            Refusal::DateTooEarly { .. } => "date_too_early",
            Refusal::OutsideCalendar(_) => "outside_calendar",
            Refusal::OnlineNotRegistered => "online_not_registered",
            Refusal::GroundNotForThisKind => "ground_not_for_this_kind",
            Refusal::ResultNotForThisKind => "result_not_for_this_kind",
            Refusal::CriteriaMissing => "criteria_missing",
            Refusal::ContinuationGroundMissing => "continuation_ground_missing",
            Refusal::WithdrawalUndecided => "withdrawal_undecided",
            Refusal::NotAccepted => "not_accepted",
            Refusal::AlreadyComplex => "already_complex",
            Refusal::TooManyExtensions { .. } => "too_many_extensions",
            Refusal::ExtensionLength { .. } => "extension_length",
            Refusal::LimitPassed { .. } => "limit_passed",
            Refusal::NoWithdrawalRequested => "no_withdrawal_requested",
            Refusal::WithdrawalAlreadyRequested => "withdrawal_already_requested",
            Refusal::GroundsToContinue => "grounds_to_continue",
            Refusal::RepresentativesMissing => "representatives_missing",
            Refusal::TooManyRepresentatives { .. } => "too_many_representatives",
            Refusal::GroupPapersMissing => "group_papers_missing",
            Refusal::NothingToDivide => "nothing_to_divide",
            Refusal::SameKind => "same_kind",
            Refusal::OwnDuplicate => "own_duplicate",
            Refusal::NotADuplicate => "not_a_duplicate",
            Refusal::DialogueTooSoon { .. } => "dialogue_too_soon",
            Refusal::NoDialogue => "no_dialogue",
            Refusal::DialogueNotYet { .. } => "dialogue_not_yet",
            Refusal::DialogueMissing => "dialogue_missing",
            Refusal::SecondComplaintTooLate { .. } => "second_complaint_too_late",
            Refusal::AlreadyFollowed => "already_followed",
            Refusal::NoFurtherInstance { .. } => "no_further_instance",
            Refusal::NotAboveTheFirst => "not_above_the_first",
            Refusal::NotDecidedNorOverdue => "not_decided_nor_overdue",
            Refusal::NotOverdue { .. } => "not_overdue",
            Refusal::NoLawfulSuperior => "no_lawful_superior",
            Refusal::NothingOwed => "nothing_owed",
            Refusal::NotInEffect => "not_in_effect",
            Refusal::TooMany { .. } => "too_many",
            Refusal::NoIdentity => "no_identity",
            Refusal::TooManyTransfers => "too_many_transfers",
            Refusal::NoRuleInForce { .. } => "no_rule_in_force",
        }
    }

    /// The article behind the refusal, where it is the law that refuses.
    pub fn article(&self, scope: Scope) -> Option<&'static str> {
        let complaint = scope.kind == Kind::Complaint;
        let disciplinary = scope.matter != Matter::Administrative;
        match self {
            Refusal::GroundNotForThisKind => Some(match scope.kind {
                Kind::Complaint => "Luật Khiếu nại 2011, Điều 11, 11a; Thông tư 05/2021/TT-TTCP, Điều 6",
                Kind::Denunciation => "Luật Tố cáo 2018, Điều 25, 29, 34; Thông tư 05/2021/TT-TTCP, Điều 6",
                Kind::Feedback => "Thông tư 05/2021/TT-TTCP, Điều 6",
            }),
            Refusal::CriteriaMissing | Refusal::AlreadyComplex if complaint => {
                Some("Nghị định 124/2020/NĐ-CP, Điều 3a (Nghị định 155/2026/NĐ-CP)")
            }
            Refusal::CriteriaMissing | Refusal::TooManyExtensions { .. } | Refusal::ExtensionLength { .. } => {
                Some("Luật Tố cáo 2018, Điều 30")
            }
            Refusal::LimitPassed { .. } => Some(match (scope.kind, scope.instance) {
                (Kind::Complaint, _) if disciplinary => "Luật Khiếu nại 2011, Điều 50, 55",
                (Kind::Complaint, Instance::Second) => "Luật Khiếu nại 2011, Điều 37",
                (Kind::Complaint, _) => "Luật Khiếu nại 2011, Điều 28",
                _ => "Luật Tố cáo 2018, Điều 30",
            }),
            Refusal::NoWithdrawalRequested if complaint => {
                Some("Luật Khiếu nại 2011, Điều 10 (Luật 136/2025/QH15); Nghị định 124/2020/NĐ-CP, Điều 7a")
            }
            Refusal::GroundsToContinue
            | Refusal::ContinuationGroundMissing
            | Refusal::WithdrawalUndecided
            | Refusal::NoWithdrawalRequested => {
                Some("Luật Tố cáo 2018, Điều 33; Nghị định 31/2019/NĐ-CP, Điều 4 (Nghị định 156/2026/NĐ-CP)")
            }
            Refusal::NotAccepted if complaint => Some("Luật Khiếu nại 2011, Điều 11a (Luật 136/2025/QH15)"),
            Refusal::NotAccepted => Some("Luật Tố cáo 2018, Điều 34"),
            Refusal::RepresentativesMissing | Refusal::TooManyRepresentatives { .. } => {
                Some("Luật Tiếp công dân 2013, Điều 29 (Nghị định 155/2026/NĐ-CP, Điều 4)")
            }
            Refusal::GroupPapersMissing => {
                Some("Nghị định 124/2020/NĐ-CP, Điều 16.1 (Nghị định 155/2026/NĐ-CP, Điều 10)")
            }
            Refusal::DialogueTooSoon { .. } | Refusal::DialogueMissing => Some(
                "Luật Khiếu nại 2011, Điều 30; Nghị định 124/2020/NĐ-CP, Điều 28 (Nghị định 155/2026/NĐ-CP, Điều 11)",
            ),
            Refusal::SecondComplaintTooLate { .. } | Refusal::NotDecidedNorOverdue if complaint => {
                Some(if disciplinary {
                    "Luật Khiếu nại 2011, Điều 48"
                } else {
                    "Luật Khiếu nại 2011, Điều 33"
                })
            }
            Refusal::NotDecidedNorOverdue => Some("Luật Tố cáo 2018, Điều 37, 38"),
            Refusal::NoFurtherInstance { .. } if complaint => Some("Luật Khiếu nại 2011, Điều 11"),
            Refusal::NotAboveTheFirst if complaint => Some("Luật Khiếu nại 2011, Điều 18–23, 33"),
            Refusal::NotAboveTheFirst => Some("Luật Tố cáo 2018, Điều 37"),
            Refusal::NotOverdue { .. } => Some("Luật Tố cáo 2018, Điều 38"),
            Refusal::NotInEffect => Some("Luật Khiếu nại 2011, Điều 44; Nghị định 124/2020/NĐ-CP, Điều 31"),
            Refusal::ConflictOfInterest => Some("Luật Tố cáo 2018, Điều 12–20"),
            _ => None,
        }
    }
}
