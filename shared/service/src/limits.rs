//! How often one address or one receipt may do what costs: counted in the table by the hour, on every instance alike.
//!
//! An HTTP API has no limit for each client. Its throttling in the template bounds the whole, these bound the one, and what is
//! refused here has cost one write of one unit or two.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use donthu_domain::{CaseId, time};
use jiff::{SignedDuration, Timestamp};
use lambda_http::request::RequestContext;

use crate::app::App;
use crate::fault::Fault;
use crate::metrics::Metric;
use crate::visitor;

/// Where a request came from: as the portal vouches for its visitors, or else as API Gateway saw it
/// (`requestContext.http.sourceIp`). Behind a CDN that is the CDN's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceAddress(IpAddr);

impl SourceAddress {
    /// What is counted together: an IPv4 address, or the network of an IPv6 one, of which one subscriber has all (RFC 6177).
    fn counted(self) -> Vec<u8> {
        match self.0.to_canonical() {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().into_iter().take(8).collect(),
        }
    }
}

impl From<IpAddr> for SourceAddress {
    fn from(address: IpAddr) -> Self {
        Self(address)
    }
}

impl FromRequestParts<Arc<App>> for SourceAddress {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Fault> {
        let vouched = parts.headers.get(visitor::HEADER).zip(app.visitors.as_ref());
        if let Some(address) = vouched.and_then(|(value, key)| key.vouched(value, app.clock.now())) {
            return Ok(Self(address));
        }
        let Some(RequestContext::ApiGatewayV2(context)) = parts.extensions.get::<RequestContext>() else {
            return Err(Fault::internal("a request without the gateway's context"));
        };
        let address = context.http.source_ip.as_deref().and_then(|address| address.parse().ok());
        address.map(Self).ok_or_else(|| Fault::internal("a request without a source address"))
    }
}

/// What is counted, and how much of it an hour allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Petitions with a proof of work from one address. Many people share one at a mobile operator's.
    Proven,
    /// Petitions without one from one address.
    Unproven,
    /// Petitions without one in the whole province, for each of [`UNPROVEN_SHARDS`] shards.
    UnprovenInAll,
    /// Receipt codes that lead nowhere, from one address.
    UnknownCodes,
    /// Requests with one receipt code beyond the look at where the case stands.
    Receipt,
}

/// Over how many rows the count of the whole province is spread: one row takes 1,000 writes a second (DynamoDB's limit).
pub const UNPROVEN_SHARDS: u8 = 8;

impl Limit {
    /// Most uses in an hour.
    pub const fn most(self) -> u32 {
        match self {
            Limit::Proven => 120,
            Limit::Unproven => 10,
            Limit::UnprovenInAll => 30,
            Limit::UnknownCodes => 30,
            Limit::Receipt => 120,
        }
    }

    /// The stable name, in digests and logs.
    pub const fn code(self) -> &'static str {
        match self {
            Limit::Proven => "proven",
            Limit::Unproven => "unproven",
            Limit::UnprovenInAll => "unproven_in_all",
            Limit::UnknownCodes => "unknown_codes",
            Limit::Receipt => "receipt",
        }
    }
}

/// The hour that an instant lies in, and what is left of it.
struct Window {
    name: String,
    ends: Timestamp,
    left: SignedDuration,
}

impl Window {
    fn of(now: Timestamp) -> Self {
        let passed = now.as_second().rem_euclid(3_600);
        let left = SignedDuration::from_secs(3_600 - passed);
        Window { name: now.strftime("%Y-%m-%dT%H").to_string(), ends: now + left, left }
    }
}

async fn spend(app: &App, limit: Limit, whose: &[u8]) -> Result<Result<(), u32>, Fault> {
    let now = app.clock.now();
    let window = Window::of(now);
    let digest = app.store.keyring().lookup().limit_digest(limit.code(), whose, time::local_date(now));
    if app.store.count_use(&digest, &window.name, limit.most(), window.ends).await? {
        return Ok(Ok(()));
    }
    tracing::warn!(limit = limit.code(), "a limit was reached");
    app.metrics.tell(&app.province, now, &[(Metric::LimitsReached, 1)]);
    Ok(Err(u32::try_from(window.left.as_secs()).unwrap_or(3_600)))
}

/// Counts a petition that comes with a proof of work.
///
/// # Errors
/// [`Fault::TooManyRequests`].
pub async fn proven(app: &App, source: SourceAddress) -> Result<(), Fault> {
    spend(app, Limit::Proven, &source.counted()).await?.map_err(|seconds| Fault::TooManyRequests { seconds })
}

/// Counts a petition that comes without a proof of work, both of its address and of the whole province: browsers without
/// scripts and people at a terminal have this allowance, and a flood uses it up and then has to work.
///
/// # Errors
/// [`Fault::WorkNeeded`].
pub async fn unproven(app: &App, source: SourceAddress, submission: &[u8]) -> Result<(), Fault> {
    let shard = submission.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)) % UNPROVEN_SHARDS;
    let counted = source.counted();
    // The address first: what it is refused must not use up what the others have.
    let mut spent = spend(app, Limit::Unproven, &counted).await?;
    if spent.is_ok() {
        spent = spend(app, Limit::UnprovenInAll, std::slice::from_ref(&shard)).await?;
    }
    spent.map_err(|seconds| Fault::WorkNeeded { seconds: Some(seconds) })
}

/// Counts a receipt code that leads nowhere. One that leads somewhere is never held up: whoever shares an address with a guesser
/// can still follow their case.
///
/// # Errors
/// [`Fault::TooManyRequests`].
pub async fn unknown_code(app: &App, source: SourceAddress) -> Result<(), Fault> {
    app.metrics.tell(&app.province, app.clock.now(), &[(Metric::AccessRefused, 1)]);
    spend(app, Limit::UnknownCodes, &source.counted()).await?.map_err(|seconds| Fault::TooManyRequests { seconds })
}

/// Counts a request with a receipt code.
///
/// # Errors
/// [`Fault::TooManyRequests`].
pub async fn receipt(app: &App, case: &CaseId) -> Result<(), Fault> {
    let spent = spend(app, Limit::Receipt, case.as_str().as_bytes()).await?;
    spent.map_err(|seconds| Fault::TooManyRequests { seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_ends_on_the_hour() {
        let window = Window::of("2026-11-24T02:59:58.7Z".parse().unwrap());
        assert_eq!((window.name.as_str(), window.left.as_secs()), ("2026-11-24T02", 2));
        let next = Window::of("2026-11-24T03:00:00Z".parse().unwrap());
        assert_eq!((next.name.as_str(), next.left.as_secs()), ("2026-11-24T03", 3_600));
    }

    #[test]
    fn a_subscriber_of_ipv6_is_counted_as_one_whatever_the_lower_half_says() {
        let counted = |text: &str| SourceAddress(text.parse().unwrap()).counted();
        assert_eq!(counted("2001:ee0:4f01:2e90::1"), counted("2001:ee0:4f01:2e90:ffff:1:2:3"));
        assert_ne!(counted("2001:ee0:4f01:2e90::1"), counted("2001:ee0:4f01:2e91::1"));
        assert_ne!(counted("113.160.0.1"), counted("113.160.0.2"));
        assert_eq!(counted("::ffff:113.160.0.1"), counted("113.160.0.1"), "the same address, written as IPv6");
    }
}
