//! Identifiers, each a type of its own so that one can't stand in for another.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is; whether it is known is asked of the reference data, not here.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text of the identifier.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

id!(
    /// A case (*vụ việc*): 32 lower-case hexadecimal digits derived from the receipt code, saying nothing of the person.
    CaseId
);
id!(
    /// A responsible agency (*cơ quan có thẩm quyền*), e.g. `chair`, `so-xay-dung`, `c21025`.
    AgencyId
);
id!(
    /// A commune, ward or special zone (*xã, phường, đặc khu*), by its official code.
    AreaId
);
id!(
    /// A subject field (*lĩnh vực*) of form 02/XLD.
    FieldId
);
id!(
    /// A deadline rule, e.g. `C-R1`.
    RuleId
);
id!(
    /// The subject of an official's token. Never a name.
    SubjectId
);
id!(
    /// One request to change a case. A repetition bears the same id.
    CommandId
);

impl AgencyId {
    /// The sealed queue for denunciations that nobody in the province may lawfully handle.
    pub const EXTERNAL: &'static str = "external";

    /// The sealed queue outside the province's own agencies.
    pub fn external() -> Self {
        Self::new(Self::EXTERNAL)
    }

    /// Whether this is the sealed queue.
    pub fn is_external(&self) -> bool {
        self.0 == Self::EXTERNAL
    }
}
