//! Reference data versioned by date: agencies, areas, fields, competence and the province's policies.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::case::{Instance, Kind, Position};
use crate::ids::{AgencyId, AreaId, FieldId};

mod tree;

/// How sure we are of a legal fact. Shown to officials wherever it is not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Confidence {
    /// The instrument's full text was read.
    V1,
    /// The article was read verbatim in a legal portal or an official page.
    V2,
    /// Read only in the news or in somebody's public code.
    V3,
    /// From memory: not verified.
    #[serde(rename = "unverified")]
    Unverified,
    /// Not law: our own design or the province's setting.
    #[serde(rename = "design")]
    Design,
}

impl Confidence {
    /// Whether officials must be warned that the text was not read.
    pub fn is_unverified(self) -> bool {
        matches!(self, Confidence::Unverified | Confidence::Design)
    }
}

/// What sort of agency it is (law.md (g): competence follows from it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AgencyType {
    /// Chairperson of the provincial People's Committee (*Chủ tịch UBND tỉnh*).
    ProvinceChair,
    /// Provincial department (*sở*).
    Department,
    /// Provincial citizen-reception board (*Ban Tiếp công dân*).
    ReceptionBoard,
    /// Provincial inspectorate (*Thanh tra tỉnh*).
    Inspectorate,
    /// People's Committee of a commune, ward or special zone (*UBND cấp xã*).
    Commune,
}

/// A responsible agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Agency {
    /// Its id.
    pub id: AgencyId,
    /// Its sort.
    #[serde(rename = "type")]
    pub agency_type: AgencyType,
    /// Its Vietnamese name.
    pub name_vi: String,
    /// Its English name.
    pub name_en: String,
    /// The agency directly above it; none for the provincial chair.
    pub parent: Option<AgencyId>,
    /// The area that it governs, for communes.
    pub area: Option<AreaId>,
    /// First day of its existence.
    pub valid_from: Date,
    /// Last day of its existence, where it was closed.
    pub valid_to: Option<Date>,
    /// The agency that took over its tasks and people, where it was closed (*sáp nhập*): its cases go there, and whoever was
    /// denounced here is taken to serve there now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<AgencyId>,
    /// Where the row was read.
    pub source: String,
}

/// A commune, ward or special zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Area {
    /// Its official code.
    pub id: AreaId,
    /// Its Vietnamese name.
    pub name_vi: String,
    /// xã, phường or đặc khu.
    pub division_type: String,
    /// The province that it belonged to before 1 July 2025.
    pub former_province: String,
    /// Whether it is a remote area with difficult travel (*vùng sâu, vùng xa, đi lại khó khăn*), which lengthens limits
    /// (Law on Complaints Art. 28). An administrator sets it.
    pub remote: bool,
    /// Its People's Committee.
    pub agency: AgencyId,
    /// First day on which this version of the row holds.
    pub valid_from: Date,
    /// Where the row was read.
    pub source: String,
}

/// A subject field (*lĩnh vực*) of form 02/XLD.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Field {
    /// Its id.
    pub id: FieldId,
    /// Column of form 02/XLD in which it is reported; empty where the form has none.
    pub form_column: String,
    /// The field that it is part of.
    pub parent: Option<FieldId>,
    /// Its Vietnamese name.
    pub name_vi: String,
    /// Its English name.
    pub name_en: String,
    /// First day on which the row holds.
    pub valid_from: Date,
}

/// Which agency a competence rule leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolver {
    /// The agency that the petition is against, or its head.
    Target,
    /// The agency directly above it.
    Superior,
    /// The commune of the petition's area.
    AreaCommune,
    /// The citizen-reception board's queue.
    ReceptionBoard,
    /// Nobody in the province: the sealed external queue.
    External,
}

/// A row of competence (*thẩm quyền giải quyết*). Empty fields match anything; the most specific matching row wins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompetenceRule {
    /// Name of the row, recorded with each routing.
    pub id: String,
    /// Kind of case.
    pub kind: Kind,
    /// Instance.
    pub instance: Instance,
    /// Sort of the agency that the petition is against.
    pub target_type: Option<AgencyType>,
    /// Position of the person concerned.
    pub position: Option<Position>,
    /// Subject field.
    pub field: Option<FieldId>,
    /// Where it leads.
    pub resolver: Resolver,
    /// First day in force.
    pub valid_from: Date,
    /// Last day in force.
    pub valid_to: Option<Date>,
    /// Article.
    pub citation: String,
    /// How sure we are.
    pub confidence: Confidence,
}

/// A province's setting with a date of effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Name, e.g. `formalisation.complaint`.
    pub id: String,
    /// Its value.
    pub value: String,
    /// First day in force.
    pub valid_from: Date,
    /// Last day in force.
    pub valid_to: Option<Date>,
    /// Legal or administrative basis.
    pub basis: String,
    /// How sure we are.
    pub confidence: Confidence,
}

/// Why reference data can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// An agency names a parent that isn't there.
    #[error("agency {agency} names the unknown parent {parent}")]
    UnknownParent {
        /// The agency.
        agency: AgencyId,
        /// The parent that it names.
        parent: AgencyId,
    },
    /// An agency names a successor that isn't there.
    #[error("agency {agency} names the unknown successor {successor}")]
    UnknownSuccessor {
        /// The agency.
        agency: AgencyId,
        /// The successor that it names.
        successor: AgencyId,
    },
    /// An agency names a successor without a last day of its own.
    #[error("agency {0} has a successor but no last day")]
    SuccessorOfTheLiving(AgencyId),
    /// An agency is, through its parents of some day, above itself.
    #[error("agency {0} is above itself")]
    Circular(AgencyId),
    /// An area names a People's Committee that isn't there.
    #[error("area {area} names the unknown agency {agency}")]
    UnknownAreaAgency {
        /// The area.
        area: AreaId,
        /// The agency that it names.
        agency: AgencyId,
    },
    /// A field's parent, or the field of a competence row, isn't there: such a row would silently never match.
    #[error("{kind} {id} names the unknown field {field}")]
    UnknownField {
        /// What sort of row.
        kind: &'static str,
        /// Its id.
        id: String,
        /// The field that it names.
        field: FieldId,
    },
    /// A row stands twice with the same day of effect.
    #[error("{kind} {id} stands twice from {valid_from}")]
    Duplicate {
        /// What sort of row.
        kind: &'static str,
        /// Its id.
        id: String,
        /// Its day of effect.
        valid_from: Date,
    },
    /// The province has no agency of a sort that routing needs.
    #[error("there is no agency of type {0:?}")]
    Missing(AgencyType),
}

/// All reference data of a province, with every version.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    agencies: BTreeMap<AgencyId, Vec<Agency>>,
    areas: BTreeMap<AreaId, Vec<Area>>,
    fields: BTreeMap<FieldId, Vec<Field>>,
    competence: Vec<CompetenceRule>,
    policies: Vec<Policy>,
}

impl Directory {
    /// Checks the rows against each other and takes them.
    ///
    /// # Errors
    /// [`DirectoryError`] names the first row that contradicts another.
    pub fn new(
        agencies: Vec<Agency>,
        areas: Vec<Area>,
        fields: Vec<Field>,
        competence: Vec<CompetenceRule>,
        policies: Vec<Policy>,
    ) -> Result<Self, DirectoryError> {
        let (directory, faults) = Self::examine(agencies, areas, fields, competence, policies);
        faults.into_iter().next().map_or(Ok(directory), Err)
    }

    /// Checks the rows as [`Directory::new`] does and names everything that contradicts something, in the order of the checks.
    pub fn examine(
        agencies: Vec<Agency>,
        areas: Vec<Area>,
        fields: Vec<Field>,
        competence: Vec<CompetenceRule>,
        policies: Vec<Policy>,
    ) -> (Self, Vec<DirectoryError>) {
        let mut faults = Vec::new();
        versions(competence.iter().collect(), "competence row", |row| (row.id.clone(), row.valid_from), &mut faults);
        versions(policies.iter().collect(), "policy", |row| (row.id.clone(), row.valid_from), &mut faults);
        let directory = Self {
            agencies: versions(agencies, "agency", |row| (row.id.clone(), row.valid_from), &mut faults),
            areas: versions(areas, "area", |row| (row.id.clone(), row.valid_from), &mut faults),
            fields: versions(fields, "field", |row| (row.id.clone(), row.valid_from), &mut faults),
            competence,
            policies,
        };
        directory.check(&mut faults);
        (directory, faults)
    }

    fn check(&self, faults: &mut Vec<DirectoryError>) {
        for agency in self.agencies.values().flatten() {
            if let Some(parent) = &agency.parent
                && !self.agencies.contains_key(parent)
            {
                faults.push(DirectoryError::UnknownParent { agency: agency.id.clone(), parent: parent.clone() });
            }
            if let Some(successor) = &agency.successor {
                if !self.agencies.contains_key(successor) {
                    let (agency, successor) = (agency.id.clone(), successor.clone());
                    faults.push(DirectoryError::UnknownSuccessor { agency, successor });
                }
                if agency.valid_to.is_none() {
                    faults.push(DirectoryError::SuccessorOfTheLiving(agency.id.clone()));
                }
            }
        }
        if let Some(agency) = self.circle() {
            faults.push(DirectoryError::Circular(agency));
        }
        for area in self.areas.values().flatten() {
            if !self.agencies.contains_key(&area.agency) {
                faults.push(DirectoryError::UnknownAreaAgency { area: area.id.clone(), agency: area.agency.clone() });
            }
        }
        let parents = self.fields.values().flatten().map(|row| ("field", row.id.to_string(), row.parent.as_ref()));
        let rows = self.competence.iter().map(|row| ("competence row", row.id.clone(), row.field.as_ref()));
        for (kind, id, field) in parents.chain(rows) {
            if let Some(field) = field
                && !self.fields.contains_key(field)
            {
                faults.push(DirectoryError::UnknownField { kind, id, field: field.clone() });
            }
        }
        for needed in [AgencyType::ProvinceChair, AgencyType::ReceptionBoard, AgencyType::Inspectorate] {
            if !self.agencies.values().flatten().any(|agency| agency.agency_type == needed) {
                faults.push(DirectoryError::Missing(needed));
            }
        }
    }

    /// The area as it stands on a day.
    pub fn area(&self, id: &AreaId, on: Date) -> Option<&Area> {
        self.areas.get(id)?.iter().rev().find(|row| row.valid_from <= on)
    }

    /// The field as it stands on a day.
    pub fn field(&self, id: &FieldId, on: Date) -> Option<&Field> {
        self.fields.get(id)?.iter().rev().find(|row| row.valid_from <= on)
    }

    /// Every agency that there ever was.
    pub fn agency_ids(&self) -> impl Iterator<Item = &AgencyId> {
        self.agencies.keys()
    }

    /// The agencies that exist on a day, by id.
    pub fn agencies_on(&self, on: Date) -> impl Iterator<Item = &Agency> {
        self.agencies.keys().filter_map(move |id| self.agency(id, on))
    }

    /// The areas that exist on a day, by code.
    pub fn areas_on(&self, on: Date) -> impl Iterator<Item = &Area> {
        self.areas.keys().filter_map(move |id| self.area(id, on))
    }

    /// The fields that hold on a day, by id.
    pub fn fields_on(&self, on: Date) -> impl Iterator<Item = &Field> {
        self.fields.keys().filter_map(move |id| self.field(id, on))
    }

    /// The one agency of a sort that exists on a day, e.g. the reception board.
    pub fn the(&self, agency_type: AgencyType, on: Date) -> Option<&Agency> {
        self.agencies_on(on).find(|agency| agency.agency_type == agency_type)
    }

    /// The competence rows in force on a day.
    pub fn competence_on(&self, on: Date) -> impl Iterator<Item = &CompetenceRule> {
        self.competence.iter().filter(move |row| row.valid_from <= on && row.valid_to.is_none_or(|to| on <= to))
    }

    /// Every version of every policy.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// A policy's value in force on a day.
    pub fn policy(&self, id: &str, on: Date) -> Option<&Policy> {
        self.policies
            .iter()
            .filter(|row| row.id == id && row.valid_from <= on && row.valid_to.is_none_or(|to| on <= to))
            .max_by_key(|row| row.valid_from)
    }
}

fn versions<K: Ord + Clone + std::fmt::Display, R>(
    rows: Vec<R>,
    kind: &'static str,
    key: impl Fn(&R) -> (K, Date),
    faults: &mut Vec<DirectoryError>,
) -> BTreeMap<K, Vec<R>> {
    let mut map: BTreeMap<K, Vec<R>> = BTreeMap::new();
    for row in rows {
        let (id, valid_from) = key(&row);
        let list = map.entry(id.clone()).or_default();
        if list.iter().any(|other| key(other).1 == valid_from) {
            faults.push(DirectoryError::Duplicate { kind, id: id.to_string(), valid_from });
            continue;
        }
        list.push(row);
        list.sort_by_key(|row| key(row).1);
    }
    map
}
