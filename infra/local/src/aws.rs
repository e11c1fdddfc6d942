//! Settings of the AWS clients for endpoints on this machine.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};

/// Settings for one loopback endpoint: fixed credentials that open nothing, a fixed region, and nothing read from the
/// environment, a profile or the network.
#[must_use]
pub fn sdk_config(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("LOCALONLY", "local-only", None, None, "donthu-local");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(crate::template::REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        .build()
}
