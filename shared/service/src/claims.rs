//! Who an official is, from the claims that API Gateway's JWT authorizer has verified.
//!
//! HTTP APIs hand claims over as flat strings, arrays as `[a b]`. The signature, issuer, audience and expiry were checked
//! at the gateway; that it is an ID token and what its roles allow is checked here again.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use donthu_domain::{Actor, AgencyId, Role, SubjectId};
use lambda_http::request::RequestContext;

use crate::fault::Fault;

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

impl<S: Send + Sync> FromRequestParts<S> for Official {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Fault> {
        let context = parts.extensions.get::<RequestContext>().ok_or(Fault::Unauthenticated)?;
        let RequestContext::ApiGatewayV2(context) = context else { return Err(Fault::Unauthenticated) };
        let claims = context
            .authorizer
            .as_ref()
            .and_then(|authorizer| authorizer.jwt.as_ref())
            .map(|jwt| &jwt.claims)
            .ok_or(Fault::Unauthenticated)?;
        let claim = |name: &str| claims.get(name).map(String::as_str).filter(|value| !value.is_empty());
        if claim("token_use") != Some("id") {
            return Err(Fault::Unauthenticated);
        }
        let subject = claim("sub").ok_or(Fault::Unauthenticated)?;
        let agency = claim("agency").ok_or(Fault::Unauthenticated)?;
        let roles = claim("roles").map(roles).unwrap_or_default();
        if roles.is_empty() {
            return Err(Fault::Forbidden);
        }
        Ok(Official(Actor::Official { subject: SubjectId::new(subject), agency: AgencyId::new(agency), roles }))
    }
}

/// Roles from a claim such as `[head handler]`, `head` or `head,handler`; unknown ones give no right.
fn roles(claim: &str) -> Vec<Role> {
    claim
        .trim_start_matches('[')
        .trim_end_matches(']')
        .split([' ', ','])
        .filter_map(|role| Role::from_code(role.trim()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_as_api_gateway_flattens_arrays() {
        assert_eq!(roles("[head handler]"), [Role::Head, Role::Handler]);
        assert_eq!(roles("reception"), [Role::Reception]);
        assert_eq!(roles("[]"), []);
        assert_eq!(roles("[root superuser]"), [], "an unknown role gives no right");
    }
}
