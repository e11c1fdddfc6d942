//! Who must be told of a transition. A notice names the case and what to do, never what the case is about.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::case::{Case, Side};
use crate::competence::excluded_from;
use crate::event::Event;
use crate::ids::AgencyId;
use crate::milestone::Milestone;
use crate::reference::Directory;

/// Whom a notice is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Audience {
    /// An agency.
    Agency {
        /// Its id.
        agency: AgencyId,
    },
    /// The citizen, by the phone number in the vault.
    Citizen,
}

/// What a notice says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeMilestone {
    /// A case is now the agency's.
    Assigned,
    /// A deadline comes near.
    Approaching,
    /// A deadline was missed.
    Missed,
    /// A subordinate missed a deadline, and nothing has happened since.
    Escalated,
    /// Something changed on the citizen's case.
    Changed,
}

impl NoticeMilestone {
    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            NoticeMilestone::Assigned => "assigned",
            NoticeMilestone::Approaching => "approaching",
            NoticeMilestone::Missed => "missed",
            NoticeMilestone::Escalated => "escalated",
            NoticeMilestone::Changed => "changed",
        }
    }
}

/// A notice to be sent: decided once with its transition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Notice {
    /// What it says.
    pub milestone: NoticeMilestone,
    /// Whom it is for.
    pub audience: Audience,
}

/// The notices that follow from what happened. Nothing is sent to the sealed external queue, where nobody lawful reads, nor to
/// an agency that the case must never reach, as its own is between a reorganisation and the tick that takes the case away.
pub(crate) fn notices(after: &Case, events: &[Event], actor: &Actor, directory: &Directory, on: Date) -> Vec<Notice> {
    let mut notices = Vec::new();
    for event in events {
        match event {
            // What an agency has taken upon itself at its own counter it need not be told.
            Event::Assigned { to, .. } if actor.agency() == Some(to) => {}
            Event::Assigned { to, .. } | Event::Transferred { to, .. } => {
                notices.push(agency_notice(NoticeMilestone::Assigned, to));
            }
            Event::OverdueReported { superior, .. } => {
                notices.push(agency_notice(NoticeMilestone::Escalated, superior))
            }
            Event::ReportDemanded { .. } => {
                notices.extend(after.agency.as_ref().map(|agency| agency_notice(NoticeMilestone::Missed, agency)));
            }
            Event::MessageSent { by: Side::Citizen, .. } | Event::CalendarProclaimed { .. } => {
                notices.extend(after.agency.as_ref().map(|agency| agency_notice(NoticeMilestone::Changed, agency)));
            }
            Event::MilestonesReached { told, .. } => {
                for announcement in told {
                    let milestone = match announcement.milestone {
                        Milestone::Approaching(_) => NoticeMilestone::Approaching,
                        Milestone::Missed => NoticeMilestone::Missed,
                        Milestone::Escalated(_) => NoticeMilestone::Escalated,
                    };
                    notices.push(agency_notice(milestone, &announcement.agency));
                }
            }
            _ => {}
        }
        if after.contact.sms && concerns_citizen(event, actor) {
            notices.push(Notice { milestone: NoticeMilestone::Changed, audience: Audience::Citizen });
        }
    }
    let excluded = excluded_from(after, directory, on);
    notices.retain(|notice| match &notice.audience {
        Audience::Agency { agency } => !agency.is_external() && !excluded.contains(agency),
        Audience::Citizen => true,
    });
    notices.sort();
    notices.dedup();
    notices
}

fn agency_notice(milestone: NoticeMilestone, agency: &AgencyId) -> Notice {
    Notice { milestone, audience: Audience::Agency { agency: agency.clone() } }
}

fn concerns_citizen(event: &Event, actor: &Actor) -> bool {
    matches!(
        event,
        // Whoever withdraws by the receipt code knows it.
        Event::Withdrawn { .. } if *actor != Actor::Citizen
    ) || matches!(
        event,
        Event::Filed { .. }
            | Event::UsedForInspection { .. }
            | Event::Referred { .. }
            | Event::LinkedAsDuplicate { .. }
            | Event::Divided { .. }
            | Event::DialogueCalled { .. }
            | Event::PartlyWithdrawn { .. }
            | Event::WithdrawalOverruled { .. }
            | Event::ReportDemanded { .. }
            | Event::Enforced { .. }
            | Event::MessageSent { by: Side::Agency, .. }
            | Event::IdentityDisclosed { .. }
            | Event::CalendarProclaimed { .. }
            | Event::FormalisationAwaited
            | Event::Registered { .. }
            | Event::Transferred { .. }
            | Event::Accepted { .. }
            | Event::Refused { .. }
            | Event::Guided { .. }
            | Event::FoundComplex { .. }
            | Event::Extended { .. }
            | Event::Suspended { .. }
            | Event::Resumed { .. }
            | Event::Terminated { .. }
            | Event::Resolved { .. }
            | Event::Corrected { .. }
    )
}
