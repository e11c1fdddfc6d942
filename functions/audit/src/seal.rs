//! Seals months: the sums of a month that is over, and the stock at its end, written once.

use donthu_domain::tally::{Balance, Flows};
use donthu_domain::{AgencyId, Kind, time};
use donthu_service::App;
use donthu_service::figures::{PROVINCE, last_sealed};
use donthu_store::SealedMonth;
use donthu_store::keys::{Ledger, Month};
use futures::future::try_join_all;
use lambda_runtime::Error;

use crate::Summary;

/// How many agencies' rows are written at a time.
const AT_ONCE: usize = 16;

/// Seals every month that is over and not sealed yet, oldest first. Twice is once: a row with the same figures stands, one
/// with others is an error.
pub async fn seal(app: &App) -> Result<Summary, Error> {
    let now = app.clock.now();
    let last = Month::of(time::local_date(now)).previous();
    let (_, mut month, mut stock) = last_sealed(app, last).await?;
    let mut summary = Summary { complete: true, ..Summary::default() };
    let mut begun = !stock.is_empty();
    while month <= last {
        for kind in Kind::ALL {
            for counts in app.store.tallies(Ledger::Flow, kind, month, None).await? {
                stock.entry((kind, counts.agency)).or_default().flows.merge(&counts.flows);
            }
        }
        begun |= !stock.is_empty();
        // Months before the first case hold nothing that a seal could protect.
        if begun {
            let mut province: Vec<(Kind, Flows, Balance)> =
                Kind::ALL.into_iter().map(|kind| (kind, Flows::default(), Balance::default())).collect();
            let mut agencies = Vec::with_capacity(stock.len());
            for ((kind, agency), sums) in &mut stock {
                sums.opening.apply(&sums.flows);
                let flows = std::mem::take(&mut sums.flows);
                if let Some((_, all, closing)) = province.iter_mut().find(|(of, ..)| of == kind) {
                    all.merge(&flows);
                    closing.merge(&sums.opening);
                }
                let (agency, closing) = (agency.clone(), sums.opening.clone());
                agencies.push(SealedMonth { month, agency, kind: *kind, flows, closing, sealed_at: now });
            }
            for some in agencies.chunks(AT_ONCE) {
                try_join_all(some.iter().map(|row| app.store.seal_month(&app.province, row))).await?;
            }
            // The province's rows are what a later run takes for a sealed month: they come when all others are there.
            for (kind, flows, closing) in province {
                let row = SealedMonth { month, agency: AgencyId::new(PROVINCE), kind, flows, closing, sealed_at: now };
                app.store.seal_month(&app.province, &row).await?;
            }
            summary.sealed.push(month.to_string());
        }
        month = month.next();
    }
    Ok(summary)
}
