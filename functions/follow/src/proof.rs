//! That the journal of a citizen's case stands under roots that everybody knows. What the entries say is not read here.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use donthu_domain::CaseId;
use donthu_service::fault::Wrong;
use donthu_service::input::{Receipt, in_query};
use donthu_service::roots::{EntryProof, EntryState, Included, Proof};
use donthu_service::{App, Fault};
use donthu_store::case_number;
use donthu_store::sealing::EntryMark;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{Wanted, case_id, meant};

/// Most entries of one answer: a query, and at most three reads for each of their days.
const MOST_ENTRIES: u8 = 10;

/// Which case, and after which version.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The number of the case; the one that the code was given out for where left out.
    case: Option<String>,
    /// Only entries after this version.
    #[serde(default)]
    after: u64,
}

/// `GET /v1/petition/proof?case=…&after=…`, both optional. At most 10 entries, with the version after which to ask on.
pub async fn read_proof(
    State(app): State<Arc<App>>,
    receipt: Receipt,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Proof>, Fault> {
    let root = case_id(&app, &receipt)?;
    let Query(Asked { case, after }) = asked.map_err(|rejection| in_query(&rejection, Wrong::Type))?;
    let id = meant(&app, &root, Ok(Query(Wanted { case }))).await?;
    Ok(Json(proof(&app, &id, after).await?))
}

async fn proof(app: &App, id: &CaseId, after: u64) -> Result<Proof, Fault> {
    let marks = app.store.marks_of_case(id, after, MOST_ENTRIES).await?;
    // Every case has a first entry: without one there is no such case.
    if marks.is_empty() && (after == 0 || app.store.case(id).await?.is_none()) {
        return Err(Fault::NotFound);
    }
    let mut by_day: BTreeMap<Date, Vec<EntryMark>> = BTreeMap::new();
    let next = marks.last().map(|last| last.version).filter(|_| marks.len() >= usize::from(MOST_ENTRIES));
    for mark in marks {
        by_day.entry(mark.day).or_default().push(mark);
    }
    let mut entries = Vec::new();
    for (day, marks) in by_day {
        entries.extend(of_day(app, day, &marks).await?);
    }
    entries.sort_by_key(|entry| entry.version);
    Ok(Proof { province: app.province.clone(), case_number: case_number(&app.province, id), entries, next })
}

async fn of_day(app: &App, day: Date, marks: &[EntryMark]) -> Result<Vec<EntryProof>, Fault> {
    let entry = |mark: &EntryMark, state, inclusion| EntryProof { version: mark.version, day, state, inclusion };
    let Some(root) = app.store.journal_root(&app.province, day).await? else {
        return Ok(marks.iter().map(|mark| entry(mark, EntryState::Pending, None)).collect());
    };
    let leaves: Vec<_> = marks.iter().map(|mark| mark.leaf(&app.province)).collect();
    let found = app.store.inclusions(&app.province, &root, &leaves).await?;
    let proven = |(mark, leaf): (&EntryMark, _)| {
        let Some(inclusion) = found.get(&leaf) else {
            tracing::error!(version = mark.version, %day, "an entry is not below its day's root");
            return entry(mark, EntryState::Differs, None);
        };
        let opening = mark.opening();
        let included = Included {
            root: root.root,
            entries: root.entries,
            position: inclusion.position,
            leaf,
            salt: opening.salt,
            commitment: opening.commitment,
            path: inclusion.path.clone(),
        };
        entry(mark, EntryState::Sealed, Some(included))
    };
    Ok(marks.iter().zip(leaves).map(proven).collect())
}
