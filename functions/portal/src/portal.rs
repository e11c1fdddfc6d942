//! What the portal holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use donthu_service::clock::{Clock, IdSource, RandomIds, SystemClock};
use donthu_service::config::{PORTAL_VARIABLES, portal_variables};
use donthu_service::visitor::VisitorKey;

use crate::api::Upstream;
use crate::api::https::Https;
use crate::session::Sealer;

/// Where officials sign in (OpenID Connect with the authorization code flow and PKCE; the client has no secret).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenId {
    /// Address of the provider, to which Cognito's paths are added: `/oauth2/authorize`, `/oauth2/token`, `/logout`. Where it
    /// begins with a slash it is a path of this same host.
    pub provider: String,
    /// The client's id.
    pub client: String,
}

/// What the portal holds. Built once per process.
pub struct Portal {
    /// The way to the API.
    pub upstream: Arc<dyn Upstream>,
    /// Seals cookies.
    pub sealer: Sealer,
    /// Tells the API whom a call is made for.
    pub visitor_key: VisitorKey,
    /// Where officials sign in.
    pub open_id: OpenId,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Fresh ids.
    pub ids: Arc<dyn IdSource>,
    /// Whether this is a machine for trying things out, which every page then says.
    pub development: bool,
}

/// Why the portal can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Environment variables are missing or wrong. Each entry names its variable.
    #[error("the environment variables are not as they must be: {}", .0.join("; "))]
    Config(Vec<String>),
    /// The system has no certificates to trust.
    #[error("no certificate authorities are known to this system: {0}")]
    Certificates(std::io::Error),
}

impl Portal {
    /// What the portal holds on Lambda.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn from_environment() -> Result<Self, StartError> {
        let variables = portal_variables();
        Self::from_variables(&variables, Arc::new(Https::new().map_err(StartError::Certificates)?))
    }

    fn from_variables(variables: &BTreeMap<&str, String>, upstream: Arc<dyn Upstream>) -> Result<Self, StartError> {
        let mut wrong = Vec::new();
        let mut told = |name: &str| {
            let value = variables.get(name).filter(|value| !value.is_empty()).cloned();
            if value.is_none() {
                wrong.push(format!("{name} is missing or empty"));
            }
            value.unwrap_or_default()
        };
        let [session, visitor, provider, client] = PORTAL_VARIABLES.map(&mut told);
        let mut secret = |name: &str, text: &str| {
            let secret = STANDARD.decode(text).unwrap_or_default();
            if !text.is_empty() && secret.len() < 32 {
                wrong.push(format!("{name} is not base64 of 32 bytes or more"));
            }
            secret
        };
        let [session_name, visitor_name, _, _] = PORTAL_VARIABLES;
        let (session, visitor) = (secret(session_name, &session), secret(visitor_name, &visitor));
        if !wrong.is_empty() {
            return Err(StartError::Config(wrong));
        }
        Ok(Self {
            upstream,
            sealer: Sealer::new(&session),
            visitor_key: VisitorKey::new(&visitor),
            open_id: OpenId { provider, client },
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            development: false,
        })
    }
}
