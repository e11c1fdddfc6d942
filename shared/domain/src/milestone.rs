//! When to warn about a deadline, and whom.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;
use crate::rules::{Direction, Rule};
use crate::time;

/// A point in an obligation's life at which somebody must be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// So many working days are left (*sắp đến hạn*).
    Approaching(u8),
    /// The due day has ended (*quá hạn*).
    Missed,
    /// Still missed: told to the superior (level 1), then to the inspectorate (level 2).
    Escalated(u8),
}

/// A milestone and its instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Planned {
    /// The milestone.
    pub milestone: Milestone,
    /// When it is due.
    pub at: Timestamp,
}

/// The milestones of an obligation that started on a day and is due on another, earliest first. A reminder that would
/// fall on the start day or before it is left out; what is due before its event has no such day.
pub(crate) fn plan(rule: &Rule, started_on: Date, due_on: Date, calendar: &Calendar) -> Vec<Planned> {
    let mut plan: Vec<Planned> = rule
        .approaching
        .iter()
        .map(|&left| (left, calendar.before_working_days(due_on, u16::from(left))))
        .filter(|&(_, day)| rule.direction == Direction::Before || day > started_on)
        .map(|(left, day)| Planned {
            milestone: Milestone::Approaching(left),
            at: time::at_hour(day, time::REMINDER_HOUR),
        })
        .collect();
    plan.push(Planned { milestone: Milestone::Missed, at: time::end_of(due_on) });
    for (level, &after) in (1u8..).zip(&rule.escalate) {
        plan.push(Planned {
            milestone: Milestone::Escalated(level),
            at: time::at_hour(calendar.after_working_days(due_on, u16::from(after)), time::REMINDER_HOUR),
        });
    }
    plan.sort_by_key(|planned| planned.at);
    plan
}

/// Of the milestones whose time has come, those that are worth telling: the last reminder alone, and none of them once the
/// deadline is missed, for a late sweep must not flood the clerk.
pub(crate) fn worth_telling(due: &[Milestone]) -> Vec<Milestone> {
    let missed = due.contains(&Milestone::Missed);
    let last_reminder = due.iter().filter(|m| matches!(m, Milestone::Approaching(_))).min().copied();
    due.iter()
        .copied()
        .filter(|milestone| match milestone {
            Milestone::Approaching(_) => !missed && Some(*milestone) == last_reminder,
            Milestone::Missed | Milestone::Escalated(_) => true,
        })
        .collect()
}
