//! Reads the whole journal, case by case.

use donthu_domain::CaseId;
use donthu_service::App;
use donthu_store::{Cursor, JournalEntry, StoreError, keys};

/// Items read at a time.
pub const PAGE: u16 = 500;

/// What the journal says of one case.
pub struct CaseEntries {
    pub id: CaseId,
    /// What can be read, oldest first.
    pub entries: Vec<JournalEntry>,
    /// Whether there is an entry that can't be read.
    pub malformed: bool,
}

/// Goes through the journal. A case whose entries lie on two pages is given once, when all are read.
#[derive(Default)]
pub struct JournalReader {
    cursor: Option<Cursor>,
    begun: bool,
    held_back: Option<CaseEntries>,
    foreign: Vec<StoreError>,
}

impl JournalReader {
    /// The next cases, perhaps none; `None` at the journal's end.
    pub async fn next(&mut self, app: &App) -> Result<Option<Vec<CaseEntries>>, StoreError> {
        if self.begun && self.cursor.is_none() {
            return Ok(None);
        }
        let page = app.store.scan_journal(self.cursor.as_ref(), PAGE).await?;
        self.begun = true;
        self.cursor = page.next;
        let mut whole = Vec::new();
        for item in page.items {
            match item {
                Ok(entry) => self.group(&entry.case.clone(), &mut whole).entries.push(entry),
                Err(error) => match case_of(&error) {
                    Some(case) => self.group(&case, &mut whole).malformed = true,
                    None => self.foreign.push(error),
                },
            }
        }
        if self.cursor.is_none() {
            whole.extend(self.held_back.take());
        }
        Ok(Some(whole))
    }

    /// Items met since the last call that belong to no case.
    pub fn take_foreign(&mut self) -> Vec<StoreError> {
        std::mem::take(&mut self.foreign)
    }

    /// The case being read; the one before it is whole once another begins.
    fn group(&mut self, id: &CaseId, whole: &mut Vec<CaseEntries>) -> &mut CaseEntries {
        if self.held_back.as_ref().is_some_and(|held| held.id != *id) {
            whole.extend(self.held_back.take());
        }
        self.held_back.get_or_insert_with(|| CaseEntries { id: id.clone(), entries: Vec::new(), malformed: false })
    }
}

fn case_of(error: &StoreError) -> Option<CaseId> {
    match error {
        StoreError::Malformed { pk, .. } => keys::case_of_pk(pk),
        _ => None,
    }
}
