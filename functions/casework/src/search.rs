//! A case looked for by its number in the lists that an official may read.

use donthu_domain::visibility::{Sight, sight};
use donthu_domain::{AgencyId, time};
use donthu_service::claims::Official;
use donthu_service::fault::Wrong;
use donthu_service::{App, Fault};
use donthu_store::keys::{Compartment, Shelf};
use donthu_store::{ListedCase, Sought, read_case_number};

/// How many years of closed cases a search goes through, this year's first.
const YEARS: i16 = 5;

/// How often one search asks the store for a list at most: once for each list, and as often again where lists are long.
const MOST_TRIPS: u32 = 24;

/// What became of a search.
pub struct Outcome {
    /// The case, where it is in one of the lists and the official may see it.
    pub found: Option<ListedCase>,
    /// Whether lists were longer than one search reads.
    pub unfinished: bool,
}

/// The lists of a search: what is open, then the years of what is closed; one year alone where it is asked for.
pub fn shelves(year: Option<i16>, this_year: i16) -> Vec<Shelf> {
    match year {
        Some(year) => vec![Shelf::Closed(year)],
        None => {
            let closed = (0..YEARS).map(|back| Shelf::Closed(this_year.saturating_sub(back)));
            std::iter::once(Shelf::Open).chain(closed).collect()
        }
    }
}

/// Looks for a case by its number, as somebody typed it, in an agency's lists.
pub async fn by_number(
    app: &App,
    official: &Official,
    agency: &AgencyId,
    (compartments, shelves): (&[Compartment], &[Shelf]),
    typed: &str,
) -> Result<Outcome, Fault> {
    let number = read_case_number(&app.province, typed);
    let number = number.ok_or_else(|| Fault::invalid("number", Wrong::CaseNumber))?;
    let (mut left, mut unfinished) = (MOST_TRIPS, false);
    for shelf in shelves {
        for compartment in compartments {
            let sought = app.store.case_numbered(agency, *compartment, *shelf, &number, left).await?;
            let Sought { found, trips, unfinished: goes_on } = sought;
            left = left.saturating_sub(trips);
            unfinished |= goes_on;
            let Some(found) = found else { continue };
            // The index still holds what a reorganisation has made theirs no more. Then the search goes on as if it were not there.
            if *compartment != Compartment::Denunciations || in_sight(app, official, &found).await? {
                return Ok(Outcome { found: Some(found), unfinished: false });
            }
        }
    }
    Ok(Outcome { found: None, unfinished })
}

async fn in_sight(app: &App, official: &Official, listed: &ListedCase) -> Result<bool, Fault> {
    let (directory, today) = (app.directory().await?, time::local_date(app.clock.now()));
    let loaded = app.store.case(&listed.id).await?;
    Ok(loaded.is_some_and(|loaded| sight(&official.0, &loaded.case, &directory, today) > Sight::Nothing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_goes_through_what_is_open_and_five_years_of_what_is_closed_or_through_one_year() {
        let closed = [2026, 2025, 2024, 2023, 2022].map(Shelf::Closed);
        assert_eq!(shelves(None, 2026), [&[Shelf::Open], closed.as_slice()].concat());
        assert_eq!(shelves(Some(2019), 2026), [Shelf::Closed(2019)]);
    }
}
