//! Logs: JSON lines on standard error's sibling that Lambda collects, without a person in them.

/// Starts logging as Lambda asks for it (`AWS_LAMBDA_LOG_LEVEL`, `AWS_LAMBDA_LOG_FORMAT`).
pub fn start() {
    lambda_http::tracing::init_default_subscriber();
}
