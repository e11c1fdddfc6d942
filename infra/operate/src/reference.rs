//! Reference data as files: read whole or refused whole, with every error by file and row.

mod files;
mod load;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use donthu_domain::calendar::CalendarError;
use donthu_domain::rules::RuleError;
use donthu_domain::{Agency, Area, Calendar, CompetenceRule, Directory, Field, Policy, RuleBook};
use donthu_service::reference::note_counted;
use donthu_store::{Store, StoreError};
use jiff::civil::Date;

use crate::connection::{Connection, ConnectionError, Needs};
use crate::exit::Verdict;
use crate::progress;

use files::Row;
pub use files::RowError;

/// The shipped files of Quảng Ngãi.
const QUANG_NGAI: [(&str, &str); 5] = [
    (Agency::FILE, include_str!("../../reference/quang-ngai/agencies.csv")),
    (Area::FILE, include_str!("../../reference/quang-ngai/areas.csv")),
    (Field::FILE, include_str!("../../reference/quang-ngai/fields.csv")),
    (CompetenceRule::FILE, include_str!("../../reference/quang-ngai/competence.csv")),
    (Policy::FILE, include_str!("../../reference/quang-ngai/policies.csv")),
];

/// Checks and loads reference data: agencies, areas, fields, competence, policies.
#[derive(Debug, Clone, Subcommand)]
pub enum Asked {
    /// Check the files of a folder, without any table: exit code 1 names every error by file and row
    Check(Check),
    /// Load the files of a folder into the cases table, all or, where anything is wrong, none
    Load(Load),
}

/// Which folder.
#[derive(Debug, Clone, Args)]
pub struct Check {
    /// Folder with agencies.csv, areas.csv, fields.csv, competence.csv and policies.csv
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// Which folder, and where to.
#[derive(Debug, Clone, Args)]
pub struct Load {
    #[command(flatten)]
    files: Check,

    /// Also write rows that stand in the table otherwise, from the same day on; without it such a row refuses the whole
    #[arg(long)]
    replace: bool,

    /// Show what would change and write nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    connection: Connection,
}

/// Why reference data could not be read or written. What is wrong with the data themselves is a verdict.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// A file can't be read.
    #[error("cannot read {}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The rows are not usable.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Rows(Vec<RowError>),
    /// The tables can't be used.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// A read or write failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody else wrote a row that was new when the table was read.
    #[error("{0} was written by somebody else meanwhile and stays as it is; give the command again")]
    WrittenMeanwhile(String),
    /// The shipped rules contradict themselves.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// The shipped calendar contradicts itself.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

/// All reference rows of a province.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    /// Agencies.
    pub agencies: Vec<Agency>,
    /// Communes, wards and the special zone.
    pub areas: Vec<Area>,
    /// Subject fields.
    pub fields: Vec<Field>,
    /// Competence rows.
    pub competence: Vec<CompetenceRule>,
    /// Policies.
    pub policies: Vec<Policy>,
}

impl Reference {
    /// Reads the shipped rows of Quảng Ngãi and checks them against each other.
    ///
    /// # Errors
    /// [`ReferenceError::Rows`] names everything that can't be used.
    pub fn shipped() -> Result<Self, ReferenceError> {
        files::parse(&QUANG_NGAI, &RuleBook::shipped()?).map_err(ReferenceError::Rows)
    }

    /// Reads the five files of a folder and checks them against each other.
    ///
    /// # Errors
    /// [`ReferenceError::File`] where one can't be read, [`ReferenceError::Rows`] with everything that is wrong in them.
    pub fn read(folder: &Path) -> Result<Self, ReferenceError> {
        let mut texts = Vec::with_capacity(QUANG_NGAI.len());
        for (name, _) in QUANG_NGAI {
            let file = folder.join(name);
            let bytes = std::fs::read(&file).map_err(|source| ReferenceError::File { file, source })?;
            // What is no UTF-8 is shown as such in the row that it stands in.
            texts.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
        let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
        files::parse(&texts, &RuleBook::shipped()?).map_err(ReferenceError::Rows)
    }

    /// The rows as the law asks for them.
    ///
    /// # Errors
    /// [`ReferenceError::Rows`] where rows contradict each other.
    pub fn directory(&self) -> Result<Directory, ReferenceError> {
        let Self { agencies, areas, fields, competence, policies } = self.clone();
        Directory::new(agencies, areas, fields, competence, policies)
            .map_err(|error| ReferenceError::Rows(vec![RowError::of_all(error.to_string())]))
    }

    /// Fills a new table. Twice is once.
    ///
    /// # Errors
    /// Where the store refuses.
    pub async fn load(&self, store: &Store) -> Result<(), ReferenceError> {
        load::write(store, &load::changes(self, &Self::default())).await?;
        // There is no case yet that another calendar could have counted, or that was with an agency as it stood before.
        let first = self.agencies.iter().map(|row| row.valid_from).min().unwrap_or(Date::MIN);
        note_counted(store, &Calendar::shipped()?, &self.directory()?, first).await?;
        Ok(())
    }

    fn count(&self) -> usize {
        let Self { agencies, areas, fields, competence, policies } = self;
        agencies.len() + areas.len() + fields.len() + competence.len() + policies.len()
    }
}

/// Does what is asked.
///
/// # Errors
/// [`ReferenceError`] where files or tables can't be read or written. Rows that are wrong are a verdict.
pub async fn answer(asked: &Asked) -> Result<Verdict, ReferenceError> {
    let folder = match asked {
        Asked::Check(Check { folder }) => folder,
        Asked::Load(load) => &load.files.folder,
    };
    let reference = match Reference::read(folder) {
        Err(ReferenceError::Rows(wrong)) => return Ok(refused(&wrong)),
        read => read?,
    };
    match asked {
        Asked::Check(_) => {
            let text = format!("{} rows of reference data: sound\n", reference.count());
            Ok(Verdict { text, is_sound: true })
        }
        Asked::Load(load) => {
            let app = load.connection.open(Needs::Cases).await?;
            progress::show(&app.store, "Loading", load::load(&app.store, &reference, load.replace, load.dry_run)).await
        }
    }
}

fn refused(wrong: &[RowError]) -> Verdict {
    let mut text: String = wrong.iter().map(|wrong| format!("{wrong}\n")).collect();
    let errors = if wrong.len() == 1 { "1 error" } else { &format!("{} errors", wrong.len()) };
    text.push_str(&format!("Refused as a whole: {errors}.\n"));
    Verdict { text, is_sound: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use donthu_domain::AgencyType;
    use jiff::civil::date;

    #[test]
    fn the_province_has_96_communes_each_with_its_peoples_committee() {
        let directory = Reference::shipped().unwrap().directory().unwrap();
        let today = date(2026, 11, 23);
        assert_eq!(directory.areas_on(today).count(), 96);
        let communes = directory.agencies_on(today).filter(|a| a.agency_type == AgencyType::Commune).count();
        assert_eq!(communes, 96);
        assert!(
            directory.agencies_on(date(2025, 6, 30)).next().is_none(),
            "before 1 July 2025 it was another province"
        );
    }
}
