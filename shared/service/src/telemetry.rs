//! Logs: lines that Lambda collects, without a person in them.

use std::str::FromStr;

use lambda_http::tracing::Subscriber;
use lambda_http::tracing::subscriber::filter::{LevelFilter, Targets};
use lambda_http::tracing::subscriber::fmt::MakeWriter;
use lambda_http::tracing::subscriber::layer::SubscriberExt;
use lambda_http::tracing::subscriber::util::SubscriberInitExt;
use lambda_http::tracing::subscriber::{Layer, fmt, registry};

use crate::config;

/// Starts logging as Lambda asks for it (`AWS_LAMBDA_LOG_LEVEL`, `AWS_LAMBDA_LOG_FORMAT`). Only our own crates are ever heard
/// below INFO: at TRACE the runtime logs each event whole, with the petition in it, and HTTP clients log headers.
pub fn start() {
    let (level, format) = config::logging();
    if format.is_some_and(|format| format.eq_ignore_ascii_case("json")) {
        json_lines(level.as_deref(), std::io::stdout).init();
    } else {
        let lines = fmt::layer().with_target(false).without_time();
        registry().with(lines.with_filter(targets(level.as_deref()))).init();
    }
}

/// One JSON object a line: level, message, the fields beside them, and under `span` the ids of the invocation.
pub fn json_lines<W>(level: Option<&str>, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let lines = fmt::layer().with_target(false).without_time().with_writer(writer);
    let lines = lines.json().flatten_event(true).with_span_list(false);
    registry().with(lines.with_filter(targets(level)))
}

/// Who is heard from which level on.
fn targets(level: Option<&str>) -> Targets {
    let level = level
        .filter(|level| !level.is_empty())
        .and_then(|level| LevelFilter::from_str(level).ok())
        .unwrap_or(LevelFilter::INFO);
    Targets::new()
        .with_target("donthu", level)
        // Its span bears the trace's header as it came; ours says what was understood of it.
        .with_target("lambda_runtime", level.min(LevelFilter::WARN))
        .with_default(level.min(LevelFilter::INFO))
}

#[cfg(test)]
mod tests {
    use lambda_http::tracing::Level;

    use super::*;

    #[test]
    fn whatever_level_is_asked_for_the_runtime_never_logs_an_event() {
        for asked in ["TRACE", "trace", "DEBUG", "5"] {
            let targets = targets(Some(asked));
            for foreign in
                ["lambda_runtime::layers::api_response", "aws_smithy_runtime", "hyper_util::client", "rustls"]
            {
                assert!(!targets.would_enable(foreign, &Level::DEBUG), "{asked}: {foreign}");
                assert!(!targets.would_enable(foreign, &Level::TRACE), "{asked}: {foreign}");
                assert!(targets.would_enable(foreign, &Level::WARN), "{asked}: {foreign}");
            }
        }
        assert!(targets(Some("TRACE")).would_enable("donthu_intake", &Level::TRACE));
        assert!(!targets(Some("TRACE")).would_enable("lambda_runtime::layers::trace", &Level::INFO), "its span");
    }

    #[test]
    fn without_a_level_or_with_nonsense_everybody_is_heard_from_info_on() {
        for asked in [None, Some(""), Some("loud")] {
            assert!(targets(asked).would_enable("donthu_service::problem", &Level::INFO));
            assert!(!targets(asked).would_enable("donthu_service::problem", &Level::DEBUG));
        }
        assert!(!targets(Some("ERROR")).would_enable("lambda_runtime", &Level::WARN), "quieter is possible");
    }
}
