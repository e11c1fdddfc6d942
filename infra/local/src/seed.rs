//! The reference data of Quảng Ngãi, as they are loaded into the table.

use donthu_domain::{Agency, Area, Calendar, CompetenceRule, Directory, Field, Policy, RuleBook};
use donthu_service::reference::{note_counted, sorts};
use donthu_store::Store;
use jiff::civil::Date;
use serde::de::DeserializeOwned;

use crate::handlers::BoxError;

const AGENCIES: &str = include_str!("../../reference/quang-ngai/agencies.csv");
const AREAS: &str = include_str!("../../reference/quang-ngai/areas.csv");
const FIELDS: &str = include_str!("../../reference/quang-ngai/fields.csv");
const COMPETENCE: &str = include_str!("../../reference/quang-ngai/competence.csv");
const POLICIES: &str = include_str!("../../reference/quang-ngai/policies.csv");

/// All reference rows of a province.
#[derive(Debug, Clone)]
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

fn rows<T: DeserializeOwned>(name: &str, text: &str) -> Result<Vec<T>, BoxError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Result<Vec<T>, csv::Error> = reader.deserialize().collect();
    rows.map_err(|error| format!("{name}: {error}").into())
}

impl Reference {
    /// Reads the shipped rows and checks them against each other.
    ///
    /// # Errors
    /// Names the file and the row that can't be used.
    pub fn shipped() -> Result<Self, BoxError> {
        let reference = Self {
            agencies: rows("agencies.csv", AGENCIES)?,
            areas: rows("areas.csv", AREAS)?,
            fields: rows("fields.csv", FIELDS)?,
            competence: rows("competence.csv", COMPETENCE)?,
            policies: rows("policies.csv", POLICIES)?,
        };
        // A policy that switches off what it may not, or names no rule, is refused with the rest.
        RuleBook::shipped()?.check_policies(&reference.directory()?)?;
        Ok(reference)
    }

    /// The rows as the law asks for them.
    ///
    /// # Errors
    /// Where rows contradict each other.
    pub fn directory(&self) -> Result<Directory, BoxError> {
        let Self { agencies, areas, fields, competence, policies } = self.clone();
        Ok(Directory::new(agencies, areas, fields, competence, policies)?)
    }

    /// Writes the rows into the table. Twice is once.
    ///
    /// # Errors
    /// Where the store refuses.
    pub async fn load(&self, store: &Store) -> Result<(), BoxError> {
        for row in &self.agencies {
            store.put_reference(sorts::AGENCY, row.id.as_str(), row.valid_from, row).await?;
        }
        for row in &self.areas {
            store.put_reference(sorts::AREA, row.id.as_str(), row.valid_from, row).await?;
        }
        for row in &self.fields {
            store.put_reference(sorts::FIELD, row.id.as_str(), row.valid_from, row).await?;
        }
        for row in &self.competence {
            store.put_reference(sorts::COMPETENCE, &row.id, row.valid_from, row).await?;
        }
        for row in &self.policies {
            store.put_reference(sorts::POLICY, &row.id, row.valid_from, row).await?;
        }
        // There is no case yet that another calendar could have counted, or that was with an agency as it stood before.
        let first = self.agencies.iter().map(|row| row.valid_from).min().unwrap_or(Date::MIN);
        note_counted(store, &Calendar::shipped()?, &self.directory()?, first).await?;
        Ok(())
    }
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
