//! How far a command has come: on standard error, where that is a terminal.

use std::time::Duration;

use donthu_store::Store;
use indicatif::{ProgressBar, ProgressStyle};

/// How often the line is drawn anew.
const OFTEN: Duration = Duration::from_millis(200);

/// Does something, and shows meanwhile for how long and with how many requests to DynamoDB. The line goes when it is done.
pub async fn show<T>(store: &Store, what: &str, work: impl Future<Output = T>) -> T {
    let bar = ProgressBar::new_spinner().with_message(what.to_owned());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {msg}") {
        bar.set_style(style);
    }
    let mut work = std::pin::pin!(work);
    let mut ticks = tokio::time::interval(OFTEN);
    let done = loop {
        tokio::select! {
            done = &mut work => break done,
            _ = ticks.tick() => {
                let used = store.meter().snapshot();
                bar.set_message(format!("{what}: {} requests to DynamoDB", used.total_requests()));
                bar.tick();
            }
        }
    };
    bar.finish_and_clear();
    done
}
