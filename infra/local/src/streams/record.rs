//! From the streams API's records to the event that Lambda hands to a function.

use aws_lambda_events::event::dynamodb::EventRecord;
use aws_sdk_dynamodbstreams::types::{AttributeValue, Record};
use serde_json::{Value, json};
use std::collections::HashMap;

use crate::handlers::BoxError;

/// A record as the function gets it, and its JSON, which filter patterns are applied to.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    pub(super) sequence_number: String,
    pub(super) json: Value,
}

impl Delivery {
    pub(super) fn of(record: Record, stream_arn: &str) -> Result<Self, BoxError> {
        let change = record.dynamodb.ok_or("a stream record has no change in it")?;
        let sequence_number = change.sequence_number.ok_or("a stream record has no sequence number")?;
        let mut dynamodb = json!({
            "ApproximateCreationDateTime":
                change.approximate_creation_date_time.map_or(0.0, |time| time.as_secs_f64()),
            "Keys": image(change.keys)?,
            "SequenceNumber": sequence_number,
            "SizeBytes": change.size_bytes.unwrap_or_default(),
            "StreamViewType": change.stream_view_type.map(|view| view.as_str().to_owned()),
        });
        if let Some(map) = dynamodb.as_object_mut() {
            for (name, attributes) in [("NewImage", change.new_image), ("OldImage", change.old_image)] {
                if attributes.is_some() {
                    map.insert(name.to_owned(), image(attributes)?);
                }
            }
        }
        let json = json!({
            "eventID": record.event_id.unwrap_or_default(),
            "eventName": record.event_name.map(|name| name.as_str().to_owned()).unwrap_or_default(),
            "eventVersion": record.event_version,
            "eventSource": record.event_source,
            "awsRegion": crate::template::REGION,
            "eventSourceARN": stream_arn,
            "dynamodb": dynamodb,
        });
        Ok(Self { sequence_number, json })
    }

    pub(super) fn event(&self) -> Result<EventRecord, BoxError> {
        use serde::Deserialize;
        Ok(EventRecord::deserialize(&self.json)?)
    }
}

fn image(attributes: Option<HashMap<String, AttributeValue>>) -> Result<Value, BoxError> {
    let item = serde_dynamo::Item::from(attributes.unwrap_or_default());
    Ok(serde_json::to_value(item)?)
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodbstreams::primitives::{Blob, DateTime};
    use aws_sdk_dynamodbstreams::types::{OperationType, StreamRecord, StreamViewType};

    use super::*;

    #[test]
    fn every_type_of_attribute_reaches_the_function_unchanged() {
        let image = HashMap::from([
            ("s".to_owned(), AttributeValue::S("Đơn Thư".into())),
            ("n".to_owned(), AttributeValue::N("12".into())),
            ("b".to_owned(), AttributeValue::B(Blob::new([0u8, 255]))),
            ("t".to_owned(), AttributeValue::Bool(true)),
            ("l".to_owned(), AttributeValue::L(vec![AttributeValue::Null(true)])),
            ("m".to_owned(), AttributeValue::M(HashMap::from([("x".into(), AttributeValue::Ss(vec!["y".into()]))]))),
        ]);
        let change = StreamRecord::builder()
            .set_keys(Some(HashMap::from([("pk".to_owned(), AttributeValue::S("CASE#1".into()))])))
            .set_new_image(Some(image.clone()))
            .sequence_number("100000000000000000001")
            .size_bytes(10)
            .stream_view_type(StreamViewType::NewImage)
            .approximate_creation_date_time(DateTime::from_secs(1_700_000_000))
            .build();
        let record = Record::builder().event_id("e").event_name(OperationType::Insert).dynamodb(change).build();
        let delivery = Delivery::of(record, "arn").unwrap();
        assert_eq!(delivery.json["dynamodb"]["NewImage"]["s"]["S"], "Đơn Thư");
        let event = delivery.event().unwrap();
        assert_eq!(event.event_name, "INSERT");
        assert_eq!(event.change.approximate_creation_date_time.timestamp(), 1_700_000_000);
        assert_eq!(event.change.new_image, serde_dynamo::Item::from(image));
        assert!(event.change.old_image.is_empty());
    }

    #[test]
    fn a_record_without_a_change_is_an_error_and_no_panic() {
        assert!(Delivery::of(Record::builder().build(), "arn").is_err());
    }
}
