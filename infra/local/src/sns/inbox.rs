//! What the SNS endpoint has delivered, newest first; kept in memory alone.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// Most deliveries that are kept.
pub const KEPT: usize = 10_000;

/// Where a message went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// ARN of a topic.
    Topic(String),
    /// A phone number in E.164 form.
    Phone(String),
}

/// One message as it was published.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delivery {
    /// When, by the movable clock.
    #[serde(serialize_with = "local_time")]
    pub at: Timestamp,
    /// To whom.
    #[serde(flatten)]
    pub target: Target,
    /// The message: its JSON where it is JSON, its text otherwise.
    pub message: Value,
    /// The message attributes' values.
    pub attributes: BTreeMap<String, String>,
    /// The tracing header, which SNS hands on to subscribers that are functions, queues or HTTPS endpoints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

fn local_time<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&donthu_domain::time::rfc3339(*at))
}

#[derive(Debug, Default)]
struct Ring {
    kept: VecDeque<Delivery>,
    total: u64,
}

/// The deliveries.
#[derive(Debug, Default)]
pub struct Inbox(Mutex<Ring>);

impl Inbox {
    pub(super) fn add(&self, delivery: Delivery) {
        let mut ring = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        ring.total += 1;
        ring.kept.push_front(delivery);
        ring.kept.truncate(KEPT);
    }

    /// How many there have been, those no longer kept included.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).total
    }

    /// The newest ones, newest first.
    #[must_use]
    pub fn newest(&self, limit: usize) -> Vec<Delivery> {
        self.chosen(limit, |_| true)
    }

    /// The newest ones that name a case, by its id or its number, newest first.
    #[must_use]
    pub fn about(&self, case: &str, limit: usize) -> Vec<Delivery> {
        self.chosen(limit, |delivery| delivery.message.to_string().contains(case))
    }

    fn chosen(&self, limit: usize, wanted: impl Fn(&Delivery) -> bool) -> Vec<Delivery> {
        let ring = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        ring.kept.iter().filter(|delivery| wanted(delivery)).take(limit).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_deliveries_make_room_and_stay_counted() {
        let inbox = Inbox::default();
        for number in 0..=KEPT {
            inbox.add(Delivery {
                at: Timestamp::UNIX_EPOCH,
                target: Target::Topic("t".into()),
                message: number.into(),
                attributes: BTreeMap::new(),
                trace: None,
            });
        }
        assert_eq!(inbox.total(), KEPT as u64 + 1);
        let newest = inbox.newest(usize::MAX);
        assert_eq!(newest.len(), KEPT);
        assert_eq!(newest[0].message, KEPT);
        assert_eq!(newest[KEPT - 1].message, 1);
        assert_eq!(inbox.about("9999", usize::MAX).len(), 1);
    }
}
