//! Who does something.

use serde::{Deserialize, Serialize};

use crate::ids::{AgencyId, SubjectId};

/// What an official may be, as the token's `roles` say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Receives, registers, formalises and routes (*cán bộ tiếp công dân*).
    Reception,
    /// Handles a case that was assigned (*cán bộ thụ lý*).
    Handler,
    /// Heads the responsible agency and answers for its decisions (*người đứng đầu*).
    Head,
    /// Inspects how agencies handle cases (*thanh tra*).
    Inspector,
    /// May open an identity, for a stated reason.
    IdentityCustodian,
    /// Reads figures, not cases.
    Statistician,
    /// Maintains reference data, not cases.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 7] = [
        Role::Reception,
        Role::Handler,
        Role::Head,
        Role::Inspector,
        Role::IdentityCustodian,
        Role::Statistician,
        Role::Admin,
    ];

    /// The name that the token uses.
    pub fn code(self) -> &'static str {
        match self {
            Role::Reception => "reception",
            Role::Handler => "handler",
            Role::Head => "head",
            Role::Inspector => "inspector",
            Role::IdentityCustodian => "identity_custodian",
            Role::Statistician => "statistician",
            Role::Admin => "admin",
        }
    }

    /// The role of that name, if there is one.
    pub fn from_code(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// Who gives a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Actor {
    /// Whoever holds the receipt code. Who that is stays in the vault.
    Citizen,
    /// An official, known by the token's subject, never by name.
    Official {
        /// The token's subject.
        subject: SubjectId,
        /// The agency that the official serves.
        agency: AgencyId,
        /// What the official may be.
        roles: Vec<Role>,
    },
    /// The system itself: routing and the passing of time.
    System,
}

impl Actor {
    /// Whether an official has the role.
    pub fn has(&self, role: Role) -> bool {
        matches!(self, Actor::Official { roles, .. } if roles.contains(&role))
    }

    /// The official's agency.
    pub fn agency(&self) -> Option<&AgencyId> {
        match self {
            Actor::Official { agency, .. } => Some(agency),
            Actor::Citizen | Actor::System => None,
        }
    }

    /// The official's subject id.
    pub fn subject(&self) -> Option<&SubjectId> {
        match self {
            Actor::Official { subject, .. } => Some(subject),
            Actor::Citizen | Actor::System => None,
        }
    }
}
