//! What is owed on a case, until when and how it ended; what a sweep finds to say, to recount and to write down.

use std::collections::{BTreeMap, BTreeSet};

use donthu_domain::time::local_date;
use donthu_domain::{Kind, Milestone, Sending, Verdict};
use jiff::Timestamp;
use jiff::civil::Date;

use super::limits::{ARTICLES, Article, By, Clock, From, TRANSFER};
use super::wall::Wall;
use super::{Did, History, Limit, Moved, Saying};
use crate::common::{CHAIR, INSPECTORATE, ISLAND};

impl History {
    /// When the clock was stopped and when it ran on.
    fn suspensions(&self) -> Vec<(Date, Option<Date>)> {
        let stopped = self.days_of(|did| *did == Did::Suspended);
        let resumed = self.days_of(|did| *did == Did::Resumed);
        stopped.iter().enumerate().map(|(index, day)| (*day, resumed.get(index).copied())).collect()
    }

    /// Whether verification had begun when the clock was last stopped.
    pub(super) fn was_verifying(&self) -> bool {
        let since_correction = self.happened.iter().rev().take_while(|(_, did)| *did != Did::Corrected);
        since_correction.into_iter().any(|(_, did)| *did == Did::Verified)
    }

    /// Where a limit began, and how often: at which happenings, and on which days.
    pub(super) fn starts(&self, article: &Article) -> Vec<(usize, Date)> {
        let first = |day: Option<Date>, index: Option<usize>| index.zip(day).into_iter().collect();
        let each = |which: fn(&Did) -> bool| {
            let happened = self.happened.iter().enumerate().filter(|(_, (_, did))| which(did));
            happened.map(|(index, (at, _))| (index, local_date(*at))).collect()
        };
        match (article.from, &self.happened[0].1) {
            (From::Submission, Did::Entered { received_on }) => vec![(0, *received_on)],
            (From::Submission, _) => vec![(0, self.submitted_on())],
            (From::Receipt, _) => first(self.received_on(), self.received_at()),
            (From::Acceptance, _) => {
                first(self.accepted_on(), self.happened.iter().position(|(_, did)| *did == Did::Accepted))
            }
            (From::SuspensionOrEnd, _) => each(|did| matches!(did, Did::Suspended | Did::Resumed | Did::Ended(_))),
            (From::Decision, _) => {
                // What was taken to the superior before it was decided takes no effect.
                let by_time = article.by == By::Time;
                let decided: Vec<(usize, Date)> = each(|did| matches!(did, Did::Resolved(_)));
                let followed = |index| self.happened[..index].iter().any(|(_, did)| *did == Did::Followed);
                decided.into_iter().filter(|(index, _)| !by_time || !followed(*index)).collect()
            }
            (From::Effect, _) => {
                let took = self.happened.iter().enumerate().filter_map(|(index, (_, did))| match did {
                    Did::TookEffect(day) => Some((index, *day)),
                    _ => None,
                });
                took.collect()
            }
            (From::OverdueReport, _) => each(|did| *did == Did::ReportedOverdue),
            (From::Demand, _) => each(|did| *did == Did::Demanded),
        }
    }

    fn clock(&self, article: &Article, start: Date) -> Option<Clock> {
        if start < article.in_force {
            return None;
        }
        let mut clock = Clock { start, days: article.days, unit: article.unit, stops: Vec::new() };
        let remote = self.petition.area.as_ref().is_some_and(|area| format!("c{area}") == ISLAND);
        if article.by == By::Time && remote {
            clock.days += 15;
        }
        if article.by == By::Resolving {
            let complex = self.happened.iter().any(|(_, did)| *did == Did::FoundComplex);
            if self.kind() == Kind::Complaint {
                clock.days = 30 + 15 * u16::from(remote) + 15 * u16::from(complex);
            }
            for (_, did) in &self.happened {
                if let Did::Extended(days) = did {
                    clock.days += days;
                }
            }
            clock.stops = self.suspensions().into_iter().filter_map(|(from, to)| Some((from, to?))).collect();
        }
        Some(clock)
    }

    /// The wall calendar under which a limit was counted last: the one that hung there when it began, when something moved
    /// it, or when a sweep found that it rested on days off which were not proclaimed.
    fn counted_under(&self, article: &Article, (begun, start): (usize, Date)) -> &'static Wall {
        let mut wall = self.walls.at(self.happened[begun].0);
        for (index, (at, did)) in self.happened.iter().enumerate().skip(begun + 1) {
            let anew = match did {
                Did::FoundComplex | Did::Extended(_) | Did::Resumed => article.by == By::Resolving,
                Did::Recounted => self.before(index).rests_on_what_may_move(article, (begun, start), wall),
                _ => false,
            };
            if anew {
                wall = self.walls.at(*at);
            }
        }
        wall
    }

    fn rests_on_what_may_move(&self, article: &Article, from: (usize, Date), wall: &Wall) -> bool {
        let runs =
            self.closed(article, from).is_none() && !(article.by == By::Resolving && self.stage() == "suspended");
        runs && wall.may_move(from.1, self.clock(article, from.1).unwrap().end(wall).1)
    }

    /// Whether a limit was kept by what was done on a day: the due day that stood then decides. While the clock stands still it is neither kept nor missed,
    /// unless it had been missed before.
    pub(super) fn verdict(&self, article: &Article, from: (usize, Date), day: Date) -> Verdict {
        let due = self.clock(article, from.1).unwrap().end(self.counted_under(article, from)).1;
        match self.suspensions().last() {
            Some((stopped, None)) if article.by == By::Resolving && *stopped <= due => Verdict::Lifted,
            Some((_, None)) if article.by == By::Resolving => Verdict::Late,
            _ if day <= due => Verdict::OnTime,
            _ => Verdict::Late,
        }
    }

    /// At which happening a limit was closed, on which day and how.
    fn closed(&self, article: &Article, (begun, start): (usize, Date)) -> Option<(usize, Date, Verdict)> {
        let mut closed: Option<(usize, Date, Verdict)> = None;
        for (index, (at, did)) in self.happened.iter().enumerate().skip(begun + 1) {
            let day = local_date(*at);
            let judged = || Some((index, day, self.before(index).verdict(article, (begun, start), day)));
            let lifted = Some((index, day, Verdict::Lifted));
            if *did == Did::Corrected && article.by == By::Resolving {
                closed = None;
            }
            if closed.is_some() {
                continue;
            }
            let put_aside =
                matches!(did, Did::Refused | Did::Guided | Did::Filed | Did::Inspected | Did::Referred | Did::Linked)
                    || *did == Did::Divided;
            let ended = matches!(did, Did::Resolved(_) | Did::Ended(_));
            closed = match article.by {
                By::Processing if *did == Did::Accepted || put_aside => judged(),
                By::Resolving if ended => judged(),
                By::Resolving if put_aside => lifted,
                By::Processing | By::Resolving if *did == Did::Withdrew => lifted,
                By::Sending(what) if *did == Did::Sent(what) => judged(),
                By::Publishing if *did == Did::Published => judged(),
                By::Enforcing if *did == Did::Enforced => judged(),
                By::Demanding if *did == Did::Demanded => judged(),
                By::Reporting if *did == Did::Reported => judged(),
                By::Demanding | By::Reporting if ended => lifted,
                By::Time => match did {
                    Did::TookEffect(on) => Some((index, *on, Verdict::Lifted)),
                    Did::Followed | Did::Corrected => lifted,
                    _ => None,
                },
                By::Enforcing if *did == Did::Followed && self.kind() == Kind::Complaint => lifted,
                By::Sending(Sending::Decision) | By::Publishing | By::Enforcing if *did == Did::Corrected => lifted,
                _ => None,
            };
        }
        closed
    }

    /// The first day on which the decision is in effect, where that has come and nobody wrote it down yet.
    pub fn effect(&self, now: Timestamp) -> Option<Date> {
        let running = self.limits().into_iter().find(|limit| limit.rule == "C-EFF" && limit.closed.is_none())?;
        let on = running.due.tomorrow().unwrap();
        (local_date(now) >= on).then_some(on)
    }

    /// Every limit that ever began, by rule.
    pub fn limits(&self) -> Vec<Limit> {
        let mut limits = Vec::new();
        for article in ARTICLES.iter().filter(|article| article.kind.is_none_or(|kind| kind == self.kind())) {
            // Two decisions of one day go out together, where the first was not sent before the second was made.
            let mut together: Option<(Date, Option<usize>)> = None;
            for (begun, start) in self.starts(article) {
                let Some(clock) = self.clock(article, start) else { continue };
                let same = together.is_some_and(|(day, sent)| day == start && sent.is_none_or(|sent| sent > begun));
                if article.from == From::SuspensionOrEnd && same {
                    continue;
                }
                together = Some((start, self.closed(article, (begun, start)).map(|(index, ..)| index)));
                let closed = self.closed(article, (begun, start)).map(|(_, on, verdict)| (on, verdict));
                limits.push(Limit::of(article, &clock, self.counted_under(article, (begun, start)), closed));
            }
        }
        limits.extend(self.transfer_limit());
        limits.sort_by_key(|limit| limit.rule);
        limits
    }

    /// The first agency that found itself not competent for a registered denunciation owed to pass it on.
    fn transfer_limit(&self) -> Option<Limit> {
        let (index, (at, _)) = self.happened.iter().enumerate().find(|(index, (_, did))| {
            matches!(did, Did::Moved { .. }) && self.before(*index).received_on().is_some()
        })?;
        if self.kind() != Kind::Denunciation {
            return None;
        }
        let clock = self.before(index).clock(&TRANSFER, self.before(index).received_on()?)?;
        let wall = self.walls.at(*at);
        let day = local_date(*at);
        let verdict = if day <= clock.end(wall).1 { Verdict::OnTime } else { Verdict::Late };
        Some(Limit::of(&TRANSFER, &clock, wall, Some((day, verdict))))
    }

    /// The limits that are owed and whose clock runs.
    pub fn running(&self) -> Vec<Limit> {
        let stopped = self.stage() == "suspended";
        let pauses = |rule: &str| ARTICLES.iter().any(|article| article.by == By::Resolving && article.rule == rule);
        let owed = self.limits().into_iter().filter(|limit| limit.closed.is_none());
        owed.filter(|limit| !(stopped && pauses(limit.rule))).collect()
    }

    /// Whether nothing is left to do.
    pub fn is_over(&self) -> bool {
        let gone =
            ["refused", "guided", "withdrawn", "filed", "used_for_inspection", "referred", "duplicate", "divided"];
        gone.contains(&self.stage())
            || (self.stage() == "terminated" && self.limits().iter().all(|limit| limit.closed.is_some()))
    }

    /// What a sweep finds to say, by rule: everything whose time has come and that no sweep said before of the same due
    /// day, and of that, what is worth telling to whom.
    pub fn to_say(&self, now: Timestamp) -> Vec<Saying> {
        let mut said = Vec::new();
        let mut now_in_effect = self.clone();
        now_in_effect.happened.extend(self.effect(now).map(|on| (now, Did::TookEffect(on))));
        let already = now_in_effect.said();
        for limit in now_in_effect.running().into_iter().filter(|limit| limit.rule != "C-EFF") {
            let mut reached: Vec<Milestone> =
                limit.plan.iter().filter(|(at, _)| *at <= now).map(|(_, milestone)| *milestone).collect();
            let before = already.get(&(limit.rule, limit.start));
            reached.retain(|milestone| before.is_none_or(|said| !said.contains(milestone)));
            if reached.is_empty() {
                continue;
            }
            let missed = reached.contains(&Milestone::Missed);
            let last_reminder = reached.iter().rev().find(|m| matches!(m, Milestone::Approaching(_)));
            let told = reached
                .iter()
                .filter(|m| !matches!(m, Milestone::Approaching(_)) || (!missed && Some(*m) == last_reminder))
                .filter_map(|milestone| Some((*milestone, self.told_to(limit.rule, *milestone)?)))
                .collect();
            said.push(Saying { rule: limit.rule.to_owned(), reached, told });
        }
        said
    }

    /// What was said of each limit since it has the due day that it has.
    fn said(&self) -> BTreeMap<(&'static str, Date), BTreeSet<Milestone>> {
        let mut said: BTreeMap<_, BTreeSet<Milestone>> = BTreeMap::new();
        for (index, (at, did)) in self.happened.iter().enumerate() {
            match did {
                Did::Ticked => {
                    for limit in self.before(index).running() {
                        let reached = limit.plan.iter().filter(|(planned, _)| planned <= at);
                        said.entry((limit.rule, limit.start)).or_default().extend(reached.map(|(_, m)| *m));
                    }
                }
                Did::Recounted | Did::FoundComplex | Did::Extended(_) | Did::Resumed => {
                    let (was, is) = (self.before(index).limits(), self.before(index + 1).limits());
                    said.retain(|of, _| {
                        let due = |limits: &[Limit]| {
                            limits.iter().rev().find(|limit| (limit.rule, limit.start) == *of).map(|limit| limit.due)
                        };
                        due(&was) == due(&is)
                    });
                }
                _ => {}
            }
        }
        said
    }

    /// What a sweep finds that was counted with days off which were not proclaimed, and is another count now.
    pub fn to_recount(&self, now: Timestamp) -> Vec<Moved> {
        let owed = self.running();
        if owed.iter().all(|limit| !limit.provisional) {
            return Vec::new();
        }
        let mut anew = self.clone();
        anew.happened.push((now, Did::Recounted));
        let both = owed.into_iter().zip(anew.running());
        both.filter(|(was, is)| was != is).map(|(was, is)| Moved { was, is }).collect()
    }

    fn told_to(&self, rule: &str, milestone: Milestone) -> Option<String> {
        // In the model's province everything stands directly below the chair.
        let agency = if rule == "D-OVD1" { CHAIR.to_owned() } else { self.agency()? };
        let told = match milestone {
            Milestone::Escalated(1) if agency != CHAIR && agency != "external" => CHAIR.to_owned(),
            Milestone::Escalated(_) => INSPECTORATE.to_owned(),
            _ => agency,
        };
        (!self.excluded().contains(&told)).then_some(told)
    }
}
