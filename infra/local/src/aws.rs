//! Settings of the AWS clients for endpoints on this machine.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};

/// An access key id that opens nothing.
pub const ACCESS_KEY: &str = "LOCALONLY";

/// Settings for one loopback endpoint: fixed credentials that open nothing, a fixed region, and nothing read from the
/// environment, a profile or the network.
#[must_use]
pub fn sdk_config(endpoint: &str) -> SdkConfig {
    sdk_config_as(endpoint, ACCESS_KEY)
}

/// The same under another access key id.
#[must_use]
pub fn sdk_config_as(endpoint: &str, access_key: &str) -> SdkConfig {
    let credentials = Credentials::new(access_key, "local-only", None, None, "donthu-local");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(crate::template::REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        .build()
}
