//! Seals months: the sums of a month that is over, and the stock at its end, written once.

use donthu_domain::tally::{Balance, Flows};
use donthu_domain::{AgencyId, Kind, time};
use donthu_service::App;
use donthu_service::figures::{PROVINCE, before, last_sealed};
use donthu_store::SealedMonth;
use donthu_store::keys::{Ledger, Month};
use jiff::Timestamp;
use lambda_runtime::Error;

use crate::Summary;

/// Seals every month that is over and not sealed yet, oldest first. Twice is once: a row with the same figures stands, one
/// with others is an error.
pub async fn seal(app: &App) -> Result<Summary, Error> {
    let now = app.clock.now();
    let last = before(Month::of(time::local_date(now)));
    let (_, mut month, mut stock) = last_sealed(app, last).await?;
    let mut summary = Summary::default();
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
            for ((kind, agency), sums) in &mut stock {
                sums.opening.apply(&sums.flows);
                let flows = std::mem::take(&mut sums.flows);
                if let Some((_, all, closing)) = province.iter_mut().find(|(of, ..)| of == kind) {
                    all.merge(&flows);
                    closing.merge(&sums.opening);
                }
                write(app, month, *kind, agency.clone(), flows, sums.opening.clone(), now).await?;
            }
            for (kind, flows, closing) in province {
                write(app, month, kind, AgencyId::new(PROVINCE), flows, closing, now).await?;
            }
            summary.sealed.push(month.to_string());
        }
        month = month.next();
    }
    Ok(summary)
}

async fn write(
    app: &App,
    month: Month,
    kind: Kind,
    agency: AgencyId,
    flows: Flows,
    closing: Balance,
    sealed_at: Timestamp,
) -> Result<(), Error> {
    let row = SealedMonth { month, agency, kind, flows, closing, sealed_at };
    Ok(app.store.seal_month(&app.province, &row).await?)
}
