//! One batch to one function, with the repetitions that Lambda makes until every record is done or set aside.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use aws_lambda_events::event::dynamodb::Event;
use futures::FutureExt;

use super::record::Delivery;
use crate::handlers::{BoxError, StreamFunction};
use crate::template::Subscription;

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

enum Outcome {
    Done,
    /// The index of the first record that the function could not do.
    FailedFrom(usize),
    Failed(BoxError),
}

/// Hands a batch to the function and repeats what fails. Returns the records that were set aside after the last allowed
/// attempt.
///
/// As Lambda does: a reported failure repeats the batch from the lowest failed record; an error of the whole function
/// splits the batch in two where `bisect` is on, which uses up no attempt; otherwise the batch is repeated as it is.
/// Where reported failures run out of attempts, only the record that the function named is set aside.
pub(super) async fn deliver(
    subscription: &Subscription,
    function: &StreamFunction,
    batch: Vec<Delivery>,
) -> Vec<Delivery> {
    let mut aside = Vec::new();
    let mut waiting = vec![(batch, 0u32)];
    while let Some((mut batch, attempts)) = waiting.pop() {
        if batch.is_empty() {
            continue;
        }
        match call(subscription, function, &batch).await {
            Outcome::Done => {}
            Outcome::FailedFrom(index) => {
                let mut rest = batch.split_off(index);
                let attempts = if index > 0 { 0 } else { attempts };
                if attempts >= subscription.retries {
                    let after = rest.split_off(1.min(rest.len()));
                    aside.append(&mut rest);
                    waiting.push((after, 0));
                } else {
                    pause(attempts).await;
                    waiting.push((rest, attempts + 1));
                }
            }
            Outcome::Failed(error) => {
                tracing::warn!(function = subscription.function, records = batch.len(), %error, "stream batch failed");
                if subscription.bisect && batch.len() > 1 {
                    let second = batch.split_off(batch.len() / 2);
                    waiting.push((second, attempts));
                    waiting.push((batch, attempts));
                } else if attempts >= subscription.retries {
                    aside.append(&mut batch);
                } else {
                    pause(attempts).await;
                    waiting.push((batch, attempts + 1));
                }
            }
        }
    }
    aside
}

async fn pause(attempts: u32) {
    tokio::time::sleep(FIRST_PAUSE.saturating_mul(2u32.saturating_pow(attempts)).min(LONGEST_PAUSE)).await;
}

async fn call(subscription: &Subscription, function: &StreamFunction, batch: &[Delivery]) -> Outcome {
    let mut event = Event::default();
    for delivery in batch {
        match delivery.event() {
            Ok(record) => event.records.push(record),
            Err(error) => return Outcome::Failed(error),
        }
    }
    let answer = match AssertUnwindSafe(async { function(event).await }).catch_unwind().await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Outcome::Failed(error),
        Err(_) => return Outcome::Failed("the function panicked".into()),
    };
    if !subscription.reports_failures || answer.batch_item_failures.is_empty() {
        return Outcome::Done;
    }
    let indexes: Option<Vec<usize>> = answer
        .batch_item_failures
        .iter()
        .map(|failure| {
            let named = failure.item_identifier.as_deref()?;
            batch.iter().position(|delivery| delivery.sequence_number == named)
        })
        .collect();
    match indexes.and_then(|indexes| indexes.into_iter().min()) {
        Some(lowest) => Outcome::FailedFrom(lowest),
        None => Outcome::Failed("the function named a failed record that is not in the batch".into()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use aws_lambda_events::event::streams::DynamoDbEventResponse;
    use serde_json::json;

    use super::*;
    use crate::handlers::Functions;
    use crate::template::StartingPosition;

    fn subscription(retries: u32, bisect: bool) -> Subscription {
        Subscription {
            function: "F".into(),
            event: "E".into(),
            table: "T".into(),
            filters: Vec::new(),
            batch_size: 100,
            retries,
            bisect,
            reports_failures: true,
            start: StartingPosition::TrimHorizon,
        }
    }

    fn batch(size: usize) -> Vec<Delivery> {
        (0..size)
            .map(|number| {
                let sequence_number = number.to_string();
                let json = json!({"awsRegion": "r", "eventID": "e", "eventName": "INSERT",
                    "dynamodb": {"SequenceNumber": sequence_number, "SizeBytes": 1}});
                Delivery { sequence_number, json }
            })
            .collect()
    }

    type Calls = Arc<Mutex<Vec<Vec<String>>>>;

    fn recording<F>(answer: F) -> (StreamFunction, Calls)
    where
        F: Fn(&[String]) -> Result<DynamoDbEventResponse, BoxError> + Send + Sync + 'static,
    {
        let calls: Calls = Arc::default();
        let seen = calls.clone();
        let functions = Functions::default().stream("F", move |event: Event| {
            let numbers: Vec<String> =
                event.records.into_iter().filter_map(|record| record.change.sequence_number).collect();
            seen.lock().unwrap().push(numbers.clone());
            let answer = answer(&numbers);
            async move { answer }
        });
        (functions.streams["F"].clone(), calls)
    }

    fn failed(numbers: &[&str]) -> DynamoDbEventResponse {
        let failures = numbers.iter().map(|number| serde_json::json!({ "itemIdentifier": number }));
        serde_json::from_value(serde_json::json!({ "batchItemFailures": failures.collect::<Vec<_>>() })).unwrap()
    }

    fn names(deliveries: &[Delivery]) -> Vec<&str> {
        deliveries.iter().map(|delivery| delivery.sequence_number.as_str()).collect()
    }

    #[tokio::test]
    async fn a_reported_failure_is_repeated_from_the_lowest_record_until_it_succeeds() {
        let times = Mutex::new(0);
        let (function, calls) = recording(move |_| {
            let mut times = times.lock().unwrap();
            *times += 1;
            Ok(if *times <= 2 { failed(&["3", "2"]) } else { failed(&[]) })
        });
        let aside = deliver(&subscription(5, true), &function, batch(5)).await;
        assert!(aside.is_empty());
        assert_eq!(*calls.lock().unwrap(), [&["0", "1", "2", "3", "4"][..], &["2", "3", "4"], &["2", "3", "4"]]);
    }

    #[tokio::test]
    async fn a_record_that_never_succeeds_is_set_aside_and_those_after_it_are_done() {
        let (function, calls) = recording(|numbers| {
            Ok(if numbers.iter().any(|number| number == "1") { failed(&["1"]) } else { failed(&[]) })
        });
        let aside = deliver(&subscription(2, true), &function, batch(4)).await;
        assert_eq!(names(&aside), ["1"]);
        assert_eq!(calls.lock().unwrap().last().unwrap(), &["2", "3"]);
        assert_eq!(calls.lock().unwrap().len(), 4, "one attempt, two repetitions, then those after it");
    }

    #[tokio::test]
    async fn an_error_splits_the_batch_so_that_one_bad_record_holds_up_no_other() {
        let (function, calls) =
            recording(
                |numbers| {
                    if numbers.iter().any(|number| number == "5") { Err("bad".into()) } else { Ok(failed(&[])) }
                },
            );
        let aside = deliver(&subscription(1, true), &function, batch(8)).await;
        assert_eq!(names(&aside), ["5"]);
        let calls = calls.lock().unwrap();
        let mut done: Vec<&String> =
            calls.iter().filter(|numbers| !numbers.contains(&"5".to_owned())).flatten().collect();
        done.sort();
        assert_eq!(done, ["0", "1", "2", "3", "4", "6", "7"]);
    }

    #[tokio::test]
    async fn without_bisection_the_whole_batch_is_set_aside_after_the_last_attempt() {
        let (function, calls) = recording(|_| Err("bad".into()));
        let aside = deliver(&subscription(3, false), &function, batch(2)).await;
        assert_eq!(names(&aside), ["0", "1"]);
        assert_eq!(calls.lock().unwrap().len(), 4);
    }

    #[tokio::test]
    async fn a_panic_and_an_unknown_record_number_count_as_errors() {
        let (function, _) = recording(|_| panic!("boom"));
        assert_eq!(deliver(&subscription(0, true), &function, batch(2)).await.len(), 2);
        let (function, _) = recording(|_| Ok(failed(&["99"])));
        assert_eq!(deliver(&subscription(0, false), &function, batch(2)).await.len(), 2);
    }
}
