//! Recounts everything from the journal: chains, heads, roots, counters, sealed months.
//!
//! Cases and counters change while they are read, and no read of DynamoDB sees several items at one instant. So the first
//! look only suspects; what is suspect is read again in a way that an honest change can't disturb, and only what stays wrong
//! then is a difference. In memory are one page of the journal, the sums of the counters, and 16 bytes for each case.

mod case;
mod counters;
mod journal;
mod months;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Instant;

use donthu_domain::{AgencyId, CaseId, Kind, time};
use donthu_service::App;
use donthu_service::figures::PROVINCE;
use donthu_store::keys::{self, Month};
use donthu_store::sealing::JournalRoot;
use donthu_store::{AuditedItem, SealedMonth, StoreError};
use futures::future::join_all;
use jiff::civil::Date;
use lambda_runtime::Error;

use self::case::{Damage, Verdict};
use self::counters::{CounterKey, Tallied};
use self::journal::{JournalReader, PAGE};
use crate::{ON_ITS_WAY, Summary, roots};

/// How many cases are checked at a time.
const AT_ONCE: usize = 16;

pub async fn recount(app: &App, stop_at: Instant) -> Result<Summary, Error> {
    let settled = app.clock.now().saturating_sub(ON_ITS_WAY).unwrap_or_default();
    let mut run = Run::new(app, stop_at);
    let sealed = roots::all(app, &mut run.summary).await?;
    if let Some((seen, tallied)) = run.check_cases(&sealed).await?
        && run.check_roots(&sealed).await?
    {
        run.check_tables(&seen, tallied, Month::of(time::local_date(settled))).await?;
    }
    Ok(run.summary)
}

/// Checks the journal, heads and roots, and nothing that is counted.
pub async fn verify(app: &App, published: &BTreeMap<Date, JournalRoot>, stop_at: Instant) -> Result<Summary, Error> {
    let mut run = Run::new(app, stop_at);
    let sealed = roots::all(app, &mut run.summary).await?;
    if let Some((seen, _)) = run.check_cases(&sealed).await?
        && run.check_roots(&sealed).await?
        && run.check_heads(&seen).await?
    {
        roots::check_published(app, &sealed, published, &mut run.summary).await?;
        run.summary.complete = true;
    }
    Ok(run.summary)
}

/// Checks some days of the journal: their roots, and the cases of their entries.
pub async fn verify_days(
    app: &App,
    published: &BTreeMap<Date, JournalRoot>,
    from: Date,
    to: Date,
) -> Result<Summary, Error> {
    let mut run = Run::new(app, Instant::now() + crate::A_DAY);
    let sealed = roots::all(app, &mut run.summary).await?;
    roots::check_chain(app, &sealed, &mut run.summary);
    let published = published.range(from..=to).map(|(day, root)| (*day, root.clone())).collect();
    let mut cases = BTreeSet::new();
    for day in std::iter::successors(Some(from), |day| Some(time::next_day(*day))).take_while(|day| *day <= to) {
        if let Some(root) = sealed.get(&day) {
            roots::compare(app, root, &mut run.summary).await?;
        }
        // What cannot be read is named where the root of its day is compared, or where its case is.
        for mark in app.store.entries_of_day(day).await?.into_iter().flatten() {
            run.summary.entries += 1;
            cases.insert(mark.case);
        }
    }
    for case in cases {
        run.summary.cases += 1;
        let verdict = case::examine(app, &case).await?;
        run.record(&case, verdict);
    }
    roots::check_published(app, &sealed, &published, &mut run.summary).await?;
    run.summary.complete = true;
    Ok(run.summary)
}

/// What is carried through a recount.
struct Run<'a> {
    app: &'a App,
    stop_at: Instant,
    summary: Summary,
    /// Cases named as damaged.
    damaged: BTreeSet<CaseId>,
    /// Where a damaged journal may fail to explain a counter.
    blind: BTreeSet<(Kind, AgencyId)>,
}

/// The ids of cases, 32 hexadecimal digits each, as numbers.
#[derive(Default)]
struct Seen(HashSet<u128>);

impl Seen {
    fn add(&mut self, case: &CaseId) {
        self.0.extend(u128::from_str_radix(case.as_str(), 16));
    }

    fn contains(&self, case: &CaseId) -> bool {
        u128::from_str_radix(case.as_str(), 16).is_ok_and(|number| self.0.contains(&number))
    }
}

impl<'a> Run<'a> {
    fn new(app: &'a App, stop_at: Instant) -> Self {
        Self { app, stop_at, summary: Summary::default(), damaged: BTreeSet::new(), blind: BTreeSet::new() }
    }

    fn out_of_time(&self) -> bool {
        Instant::now() >= self.stop_at
    }

    fn record(&mut self, case: &CaseId, verdict: Verdict) {
        match verdict {
            Verdict::Sound => {}
            Verdict::Unsettled => self.summary.unsettled += 1,
            Verdict::Damaged(damage) => {
                let Damage { text, blind } = *damage;
                self.blind.extend(blind);
                if self.damaged.insert(case.clone()) {
                    self.summary.differs(text);
                }
            }
        }
    }

    /// Names what differs, unless it may be the journal's own damage that makes it so: false then.
    fn judge(&mut self, kind: Kind, agency: &AgencyId, what: String) -> bool {
        let mut blind = self.blind.iter().filter(|(of, _)| *of == kind);
        if blind.any(|(_, at)| at == agency || agency.as_str() == PROVINCE) {
            self.summary.cannot_judge(what);
            false
        } else {
            self.summary.drifts(what);
            true
        }
    }

    /// Every case of the journal: its chain, its head, its counts. `None` where time ran out.
    async fn check_cases(
        &mut self,
        sealed: &BTreeMap<Date, JournalRoot>,
    ) -> Result<Option<(Seen, BTreeMap<CounterKey, Tallied>)>, Error> {
        let first = sealed.keys().next();
        let (mut seen, mut tallied) = (Seen::default(), BTreeMap::new());
        let mut reader = JournalReader::default();
        while !self.out_of_time() {
            let Some(cases) = reader.next(self.app).await? else { return Ok(Some((seen, tallied))) };
            for error in reader.take_foreign() {
                self.summary.differs(error.to_string());
            }
            for some in cases.chunks(AT_ONCE) {
                let checks: Vec<_> = some.iter().map(|case| case::check(self.app, case)).collect();
                for (case, verdict) in some.iter().zip(join_all(checks).await) {
                    self.record(&case.id, verdict?);
                }
            }
            for case in cases {
                self.summary.cases += 1;
                let is_older = |day: Date| first.is_some_and(|first| day < *first);
                for entry in case.entries.iter().filter(|entry| entry.day().is_some_and(is_older)) {
                    let version = entry.version;
                    self.summary
                        .differs(format!("case {}: version {version}: it is older than the first root", case.id));
                }
                self.summary.entries += u64::try_from(case.entries.len()).unwrap_or(u64::MAX);
                counters::add(&mut tallied, &case, None);
                seen.add(&case.id);
            }
        }
        Ok(None)
    }

    /// Every root, the ones before it and the entries of its day. False where time ran out.
    async fn check_roots(&mut self, sealed: &BTreeMap<Date, JournalRoot>) -> Result<bool, Error> {
        roots::check_chain(self.app, sealed, &mut self.summary);
        for root in sealed.values() {
            if self.out_of_time() {
                return Ok(false);
            }
            roots::compare(self.app, root, &mut self.summary).await?;
        }
        Ok(true)
    }

    /// Every head has a journal. False where time ran out.
    async fn check_heads(&mut self, seen: &Seen) -> Result<bool, Error> {
        let mut cursor = None;
        while !self.out_of_time() {
            let page = self.app.store.scan_heads(cursor.as_ref(), PAGE).await?;
            for head in page.items {
                match head {
                    Ok(head) if seen.contains(&head.case.id) => {}
                    Ok(head) => {
                        let verdict = case::examine(self.app, &head.case.id).await?;
                        self.record(&head.case.id, verdict);
                    }
                    Err(error) => self.malformed(&error),
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Everything that there is beside the journal must come out of it.
    async fn check_tables(
        &mut self,
        seen: &Seen,
        tallied: BTreeMap<CounterKey, Tallied>,
        running: Month,
    ) -> Result<(), Error> {
        let mut stored = BTreeMap::new();
        let mut months = Vec::new();
        let mut cursor = None;
        loop {
            if self.out_of_time() {
                return Ok(());
            }
            let page = self.app.store.scan_cases(&self.app.province, cursor.as_ref(), PAGE).await?;
            for item in page.items {
                match item {
                    Ok(AuditedItem::Head(head)) if seen.contains(&head.case.id) => {}
                    Ok(AuditedItem::Head(head)) => {
                        let verdict = case::examine(self.app, &head.case.id).await?;
                        self.record(&head.case.id, verdict);
                    }
                    Ok(AuditedItem::Counter(ledger, kind, counts)) => {
                        counters::merge(&mut stored, ledger, kind, counts);
                    }
                    Ok(AuditedItem::SealedMonth(month)) => months.push(month),
                    Err(error) => self.malformed(&error),
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        if counters::check(self, &tallied, stored).await? {
            self.check_months(&tallied, months, running).await?;
            self.summary.complete = true;
        }
        Ok(())
    }

    fn malformed(&mut self, error: &StoreError) {
        match error {
            StoreError::Malformed { pk, sk, reason } if sk == keys::HEAD => match keys::case_of_pk(pk) {
                Some(case) if !self.damaged.insert(case.clone()) => {}
                Some(case) => self.summary.differs(format!("case {case}: the head: {reason}")),
                None => self.summary.differs(error.to_string()),
            },
            error => self.summary.differs(error.to_string()),
        }
    }

    async fn check_months(
        &mut self,
        tallied: &BTreeMap<CounterKey, Tallied>,
        sealed: Vec<SealedMonth>,
        running: Month,
    ) -> Result<(), Error> {
        let mut wrong = months::wrong(tallied, &sealed, running);
        if !wrong.is_empty() {
            // A seal may be going on: rows written after they were passed by are there now.
            let bounds = (Month::of(jiff::civil::Date::MIN), Month::of(jiff::civil::Date::MAX));
            match self.app.store.sealed_months(&self.app.province, bounds.0, bounds.1).await {
                Ok(again) => wrong = months::wrong(tallied, &again, running),
                // It is named already.
                Err(StoreError::Malformed { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        for wrong in wrong {
            match &wrong.row {
                Some((kind, agency)) => {
                    self.judge(*kind, agency, wrong.text);
                }
                None => self.summary.drifts(wrong.text),
            }
        }
        Ok(())
    }
}
