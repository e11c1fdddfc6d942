//! Who an official is, from the claims that API Gateway's JWT authorizer has verified.
//!
//! HTTP APIs hand claims over as flat strings, arrays as `[a b]`. The signature, issuer, audience and expiry were checked
//! at the gateway; that it is an ID token, whose agency it names and what its roles allow is checked here again.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use donthu_domain::{Actor, AgencyId, Role, SubjectId, time};
use lambda_http::request::RequestContext;

use crate::app::App;
use crate::fault::Fault;
use crate::input::subject_id;
use crate::invocation;
use crate::metrics::Metric;

/// An official's request. A handler that takes it can't be reached without a token.
#[derive(Debug, Clone)]
pub struct Official(pub Actor);

impl Official {
    /// The official's agency.
    ///
    /// # Errors
    /// [`Fault::Unauthenticated`] never happens for a token that was read; the signature keeps callers honest.
    pub fn agency(&self) -> Result<&AgencyId, Fault> {
        self.0.agency().ok_or(Fault::Unauthenticated)
    }

    /// Refuses officials without any of the roles.
    ///
    /// # Errors
    /// [`Fault::Forbidden`].
    pub fn needs(&self, roles: &[Role]) -> Result<(), Fault> {
        if roles.iter().any(|role| self.0.has(*role)) { Ok(()) } else { Err(Fault::Forbidden) }
    }
}

/// Why a token is refused here, though the gateway let it pass. Counted by its name; nothing of the token is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    NoClaims,
    NotAnIdToken,
    NoSubject,
    MalformedSubject,
    NoAgency,
    NoRole,
    AgencyNotInForce,
}

impl Flaw {
    fn code(self) -> &'static str {
        match self {
            Flaw::NoClaims => "no_claims",
            Flaw::NotAnIdToken => "not_an_id_token",
            Flaw::NoSubject => "no_subject",
            Flaw::MalformedSubject => "malformed_subject",
            Flaw::NoAgency => "no_agency",
            Flaw::NoRole => "no_role",
            Flaw::AgencyNotInForce => "agency_not_in_force",
        }
    }
}

impl From<Flaw> for Fault {
    fn from(flaw: Flaw) -> Self {
        tracing::warn!(flaw = flaw.code(), "a token was refused");
        match flaw {
            Flaw::NoRole => Fault::Forbidden,
            Flaw::AgencyNotInForce => Fault::AgencyNotInForce,
            _ => Fault::Unauthenticated,
        }
    }
}

impl FromRequestParts<Arc<App>> for Official {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Fault> {
        let refused = |flaw: Flaw| -> Fault {
            app.metrics.tell(&app.province, app.clock.now(), &[(Metric::AccessRefused, 1)]);
            flaw.into()
        };
        let (subject, agency, roles) = read(parts).map_err(refused)?;
        // A token outlives the agency that it was made out for.
        let directory = app.directory().await?;
        if directory.agency(&agency, time::local_date(app.clock.now())).is_none() {
            return Err(refused(Flaw::AgencyNotInForce));
        }
        invocation::note_official(&agency);
        Ok(Official(Actor::Official { subject, agency, roles }))
    }
}

fn read(parts: &Parts) -> Result<(SubjectId, AgencyId, Vec<Role>), Flaw> {
    let claims = match parts.extensions.get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV2(context)) => context
            .authorizer
            .as_ref()
            .and_then(|authorizer| authorizer.jwt.as_ref())
            .map(|jwt| &jwt.claims)
            .ok_or(Flaw::NoClaims)?,
        _ => return Err(Flaw::NoClaims),
    };
    let told = |name: &str| claims.get(name).map(String::as_str);
    let claim = |name: &str| told(name).filter(|value| !value.is_empty());
    if claim("token_use") != Some("id") {
        return Err(Flaw::NotAnIdToken);
    }
    let subject = claim("sub").ok_or(Flaw::NoSubject)?;
    // It goes into the journal, where no name and no number of a person may stand.
    subject_id(subject).map_err(|_| Flaw::MalformedSubject)?;
    let (agency, roles) = rights(told);
    let agency = agency.ok_or(Flaw::NoAgency)?;
    if roles.is_empty() {
        return Err(Flaw::NoRole);
    }
    Ok((SubjectId::new(subject), AgencyId::new(agency), roles))
}

/// The agency and the roles of a token: `agency` and `roles`, or what Cognito calls an attribute of a pool's own and its
/// groups, where no trigger has given them these names. An empty `roles` gives none: a trigger may have narrowed what the groups say.
fn rights<'a>(claim: impl Fn(&str) -> Option<&'a str>) -> (Option<&'a str>, Vec<Role>) {
    let agency = claim("agency").or_else(|| claim("custom:agency")).filter(|agency| !agency.is_empty());
    let roles = claim("roles").or_else(|| claim("cognito:groups")).map(roles).unwrap_or_default();
    (agency, roles)
}

/// Roles from a claim such as `[head handler]`, `head` or `head,handler`; unknown ones give no right.
fn roles(claim: &str) -> Vec<Role> {
    let list = claim.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    list.unwrap_or(claim).split([' ', ',']).filter_map(|role| Role::from_code(role.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_read_under_our_names_or_else_under_cognitos() {
        let read = |claims: &[(&str, &'static str)]| {
            rights(|name| claims.iter().find(|(named, _)| *named == name).map(|(_, value)| *value))
        };
        for (claims, agency, roles) in [
            (
                &[("agency", "c21040"), ("roles", "[head handler]")][..],
                Some("c21040"),
                &[Role::Head, Role::Handler][..],
            ),
            (&[("custom:agency", "c21040"), ("cognito:groups", "[reception]")], Some("c21040"), &[Role::Reception]),
            (&[("agency", "c21040"), ("cognito:groups", "[admin head]")], Some("c21040"), &[Role::Admin, Role::Head]),
            // Ours come first: a trigger may have narrowed what the groups say.
            (
                &[("agency", "c1"), ("custom:agency", "c2"), ("roles", "handler"), ("cognito:groups", "[head]")],
                Some("c1"),
                &[Role::Handler],
            ),
            (&[("roles", "nobody"), ("cognito:groups", "[head]")], None, &[]),
            (&[("agency", "c1"), ("roles", ""), ("cognito:groups", "[head]")], Some("c1"), &[]),
            (&[("agency", ""), ("roles", "head")], None, &[Role::Head]),
            (&[], None, &[]),
        ] {
            assert_eq!(read(claims), (agency, roles.to_vec()), "{claims:?}");
        }
    }

    #[test]
    fn roles_are_read_as_api_gateway_flattens_arrays() {
        assert_eq!(roles("[head handler]"), [Role::Head, Role::Handler]);
        assert_eq!(roles("reception"), [Role::Reception]);
        assert_eq!(roles("[]"), []);
        assert_eq!(roles("[root superuser]"), [], "an unknown role gives no right");
    }
}
