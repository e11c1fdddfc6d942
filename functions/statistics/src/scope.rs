//! Whose figures an official may read.

use donthu_domain::{AgencyId, AgencyType, Directory, Kind, Role};
use donthu_service::Fault;
use donthu_service::claims::Official;
use donthu_service::fault::Wrong;
use jiff::civil::Date;

/// What an official may read: which agency with all below it, and of which of these the denunciations too.
pub struct Scope {
    /// The agency asked for, with all below it.
    pub agency: AgencyId,
    denunciations: Denunciations,
}

/// Of which agencies somebody reads the figures of denunciations.
enum Denunciations {
    None,
    /// Of their own agency and of those below it.
    Managed,
    /// Of those below their own agency alone.
    Below(AgencyId),
}

impl Scope {
    /// An agency's own figures and those below it; the inspectorate's inspectors the whole province's. Denunciations are counted
    /// under their handler, so an agency never finds in its own figures those that are against it. Those of its own staff only
    /// its head reads, for an inspector there may be a colleague of who is denounced; and who inspects the whole province reads
    /// them of nobody, for some are against the inspectorate, and are counted under its superior.
    pub fn of(official: &Official, directory: &Directory, asked: Option<&str>, today: Date) -> Result<Self, Fault> {
        official.needs(&[Role::Statistician, Role::Inspector, Role::Head])?;
        let own = official.agency()?;
        let Some(standing) = directory.agency(own, today) else { return Err(Fault::Forbidden) };
        let agency = asked.map_or_else(|| own.clone(), AgencyId::new);
        if directory.agency(&agency, today).is_none() {
            return Err(Fault::invalid("agency", Wrong::Type));
        }
        let within = directory.is_within(&agency, own, today);
        let everywhere = standing.agency_type == AgencyType::Inspectorate && official.0.has(Role::Inspector);
        if !everywhere && !within {
            return Err(Fault::Forbidden);
        }
        let denunciations = match within {
            true if official.0.has(Role::Head) => Denunciations::Managed,
            true if official.0.has(Role::Inspector) => Denunciations::Below(own.clone()),
            _ => Denunciations::None,
        };
        Ok(Self { agency, denunciations })
    }

    /// Whether the sum over the agency asked for and all below it may be read of a kind.
    pub fn sums(&self, kind: Kind) -> bool {
        kind != Kind::Denunciation
            || match &self.denunciations {
                Denunciations::None => false,
                Denunciations::Managed => true,
                // Else the sum less its other parts would be the agency's own.
                Denunciations::Below(own) => self.agency != *own,
            }
    }

    /// Whether an agency's own row may be read of a kind.
    pub fn shows(&self, kind: Kind, agency: &AgencyId) -> bool {
        kind != Kind::Denunciation
            || match &self.denunciations {
                Denunciations::None => false,
                Denunciations::Managed => true,
                Denunciations::Below(own) => agency != own,
            }
    }
}
