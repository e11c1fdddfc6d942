//! An SNS endpoint on loopback: it takes what the real client publishes and keeps it for `/dev/inbox`. Nothing is
//! delivered anywhere.

pub mod inbox;
mod query;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use aws_smithy_xml::encode::XmlWriter;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use donthu_service::clock::{IdSource, RandomIds};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::aws;
use crate::clock::MovableClock;
use crate::template::{ACCOUNT, REGION};
use inbox::{Delivery, Inbox, Target};
use query::Query;

/// SNS: a message has at most 256 KiB.
const LONGEST_MESSAGE: usize = 262_144;
/// SNS: a `PublishBatch` has at most 10 entries.
const LARGEST_BATCH: usize = 10;
const NAMESPACE: &str = "http://sns.amazonaws.com/doc/2010-03-31/";

/// A running endpoint; it stops when it is dropped, or orderly by [`Sns::stop`].
pub struct Sns {
    endpoint: String,
    inbox: Arc<Inbox>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

struct Topics {
    arns: Mutex<BTreeSet<String>>,
    inbox: Arc<Inbox>,
    clock: Arc<MovableClock>,
}

/// A refusal as SNS words it.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
}

impl Sns {
    /// Starts the endpoint with the topics that it knows. Deliveries carry the time of `clock`.
    ///
    /// # Errors
    /// Where no loopback port can be had.
    pub async fn start(topics: impl IntoIterator<Item = String>, clock: Arc<MovableClock>) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let inbox = Arc::new(Inbox::default());
        let topics = Topics { arns: Mutex::new(topics.into_iter().collect()), inbox: inbox.clone(), clock };
        let router = Router::new()
            .route("/", post(answer))
            .layer(DefaultBodyLimit::max(LARGEST_BATCH * LONGEST_MESSAGE * 4))
            .with_state(Arc::new(topics));
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(
            axum::serve(listener, router)
                .with_graceful_shutdown(async move {
                    // A dropped sender stops the server as well as a message does.
                    let _ = stopped.await;
                })
                .into_future(),
        );
        Ok(Self { endpoint, inbox, stop, server })
    }

    /// Client settings for this endpoint.
    #[must_use]
    pub fn sdk_config(&self) -> aws_config::SdkConfig {
        aws::sdk_config(&self.endpoint)
    }

    /// What was delivered.
    #[must_use]
    pub fn inbox(&self) -> Arc<Inbox> {
        self.inbox.clone()
    }

    /// Finishes the requests in flight.
    ///
    /// # Errors
    /// Where the server had failed before.
    pub async fn stop(self) -> std::io::Result<()> {
        // The receiver is gone where the server has already failed; its result tells why.
        let _ = self.stop.send(());
        self.server.await.map_err(std::io::Error::other)?
    }
}

async fn answer(State(topics): State<Arc<Topics>>, headers: HeaderMap, body: axum::body::Bytes) -> Response {
    let trace = headers.get("x-amzn-trace-id").and_then(|trace| trace.to_str().ok());
    let query = Query::parse(&body, trace);
    let answered = match query.get("Action").unwrap_or_default() {
        "Publish" => topics.publish(&query),
        "PublishBatch" => topics.publish_batch(&query),
        "CreateTopic" => topics.create(&query),
        _ => Err(Refusal {
            status: StatusCode::BAD_REQUEST,
            code: "InvalidAction",
            message: "This local endpoint knows Publish, PublishBatch and CreateTopic.",
        }),
    };
    let (status, xml) = match answered {
        Ok(xml) => (StatusCode::OK, xml),
        Err(refusal) => (refusal.status, refusal.xml()),
    };
    (status, [(header::CONTENT_TYPE, "text/xml")], xml).into_response()
}

impl Topics {
    fn publish(&self, query: &Query) -> Result<String, Refusal> {
        let topic = query.get("TopicArn").or_else(|| query.get("TargetArn"));
        let target = match (topic, query.get("PhoneNumber")) {
            (Some(arn), None) => self.topic(arn)?,
            (None, Some(number)) if is_e164(number) => Target::Phone(number.to_owned()),
            (None, Some(_)) => {
                return Err(invalid("Invalid parameter: PhoneNumber Reason: not valid to publish to"));
            }
            _ => return Err(invalid("Invalid parameter: one of TopicArn, TargetArn or PhoneNumber is needed")),
        };
        let id = self.deliver(target, query, "")?;
        Ok(response("Publish", |result| element(result, "MessageId", &id)))
    }

    fn publish_batch(&self, query: &Query) -> Result<String, Refusal> {
        let Target::Topic(arn) = self.topic(query.get("TopicArn").unwrap_or_default())? else {
            return Err(unknown_topic());
        };
        let entries: Vec<String> = (1..)
            .map(|number| format!("PublishBatchRequestEntries.member.{number}."))
            .take_while(|entry| query.get(&format!("{entry}Id")).is_some())
            .collect();
        if entries.is_empty() || entries.len() > LARGEST_BATCH {
            return Err(Refusal {
                status: StatusCode::BAD_REQUEST,
                code: if entries.is_empty() { "EmptyBatchRequest" } else { "TooManyEntriesInBatchRequest" },
                message: "A batch has from 1 to 10 entries.",
            });
        }
        let ids: BTreeSet<&str> = entries.iter().filter_map(|entry| query.get(&format!("{entry}Id"))).collect();
        if ids.len() != entries.len() {
            return Err(Refusal {
                status: StatusCode::BAD_REQUEST,
                code: "BatchEntryIdsNotDistinct",
                message: "Two entries of the batch have the same Id.",
            });
        }
        let outcomes: Vec<(&str, Result<String, Refusal>)> = entries
            .iter()
            .map(|entry| {
                let id = query.get(&format!("{entry}Id")).unwrap_or_default();
                (id, self.deliver(Target::Topic(arn.clone()), query, entry))
            })
            .collect();
        Ok(response("PublishBatch", |result| {
            let mut successful = result.start_el("Successful").finish();
            for (id, message_id) in outcomes.iter().filter_map(|(id, outcome)| Some((id, outcome.as_ref().ok()?))) {
                let mut member = successful.start_el("member").finish();
                element(&mut member, "Id", id);
                element(&mut member, "MessageId", message_id);
                member.finish();
            }
            successful.finish();
            let mut failed = result.start_el("Failed").finish();
            for (id, refusal) in outcomes.iter().filter_map(|(id, outcome)| Some((id, outcome.as_ref().err()?))) {
                let mut member = failed.start_el("member").finish();
                element(&mut member, "Id", id);
                element(&mut member, "Code", refusal.code);
                element(&mut member, "Message", refusal.message);
                element(&mut member, "SenderFault", "true");
                member.finish();
            }
            failed.finish();
        }))
    }

    fn create(&self, query: &Query) -> Result<String, Refusal> {
        let name = query.get("Name").unwrap_or_default();
        let allowed = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
        if name.is_empty() || name.len() > 256 || !name.chars().all(allowed) {
            return Err(invalid("Invalid parameter: Topic Name"));
        }
        let arn = format!("arn:aws:sns:{REGION}:{ACCOUNT}:{name}");
        self.arns.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(arn.clone());
        Ok(response("CreateTopic", |result| element(result, "TopicArn", &arn)))
    }

    fn topic(&self, arn: &str) -> Result<Target, Refusal> {
        let arns = self.arns.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if arns.contains(arn) { Ok(Target::Topic(arn.to_owned())) } else { Err(unknown_topic()) }
    }

    fn deliver(&self, target: Target, query: &Query, entry: &str) -> Result<String, Refusal> {
        let message = query.get(&format!("{entry}Message")).unwrap_or_default();
        if message.is_empty() {
            return Err(invalid("Invalid parameter: Empty message"));
        }
        if message.len() > LONGEST_MESSAGE {
            return Err(invalid("Invalid parameter: Message too long"));
        }
        let mut attributes = BTreeMap::new();
        for number in 1.. {
            let attribute = format!("{entry}MessageAttributes.entry.{number}.");
            let Some(name) = query.get(&format!("{attribute}Name")) else { break };
            let value = query
                .get(&format!("{attribute}Value.StringValue"))
                .or_else(|| query.get(&format!("{attribute}Value.BinaryValue")))
                .filter(|value| !value.is_empty())
                .ok_or_else(|| invalid("Invalid parameter: MessageAttributes: an attribute has no value"))?;
            if query.get(&format!("{attribute}Value.DataType")).is_none() {
                return Err(invalid("Invalid parameter: MessageAttributes: an attribute has no DataType"));
            }
            attributes.insert(name.to_owned(), value.to_owned());
        }
        let id = RandomIds.uuid().to_string();
        let message = serde_json::from_str(message).unwrap_or_else(|_| serde_json::Value::String(message.to_owned()));
        let trace = query.trace().map(str::to_owned);
        self.inbox.add(Delivery { at: self.clock.now(), target, message, attributes, trace });
        Ok(id)
    }
}

/// E.164: a plus sign and up to 15 digits, the first not 0.
fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

fn invalid(message: &'static str) -> Refusal {
    Refusal { status: StatusCode::BAD_REQUEST, code: "InvalidParameter", message }
}

fn unknown_topic() -> Refusal {
    Refusal { status: StatusCode::NOT_FOUND, code: "NotFound", message: "Topic does not exist" }
}

type Scope<'a, 'b> = aws_smithy_xml::encode::ScopeWriter<'a, 'b>;

fn element(parent: &mut Scope<'_, '_>, name: &str, text: &str) {
    let mut element = parent.start_el(name).finish();
    element.data(text);
    element.finish();
}

fn response(action: &str, fill: impl FnOnce(&mut Scope<'_, '_>)) -> String {
    let mut xml = String::new();
    let (outer, inner) = (format!("{action}Response"), format!("{action}Result"));
    {
        let mut writer = XmlWriter::new(&mut xml);
        let mut root = writer.start_el(&outer).write_ns(NAMESPACE, None).finish();
        let mut result = root.start_el(&inner).finish();
        fill(&mut result);
        result.finish();
        let mut metadata = root.start_el("ResponseMetadata").finish();
        element(&mut metadata, "RequestId", &RandomIds.uuid().to_string());
        metadata.finish();
        root.finish();
    }
    xml
}

impl Refusal {
    fn xml(&self) -> String {
        let mut xml = String::new();
        {
            let mut writer = XmlWriter::new(&mut xml);
            let mut root = writer.start_el("ErrorResponse").write_ns(NAMESPACE, None).finish();
            let mut error = root.start_el("Error").finish();
            element(&mut error, "Type", "Sender");
            element(&mut error, "Code", self.code);
            element(&mut error, "Message", self.message);
            error.finish();
            element(&mut root, "RequestId", &RandomIds.uuid().to_string());
            root.finish();
        }
        xml
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sns::error::ProvideErrorMetadata;
    use aws_sdk_sns::types::{MessageAttributeValue, PublishBatchRequestEntry};
    use serde_json::json;

    use super::*;

    const TOPIC: &str = "arn:aws:sns:ap-southeast-1:000000000000:notices";

    async fn started() -> (Sns, aws_sdk_sns::Client) {
        let clock = Arc::new(MovableClock::standing_at("2026-03-01T01:00:00Z".parse().unwrap()));
        let sns = Sns::start([TOPIC.to_owned()], clock).await.unwrap();
        let client = aws_sdk_sns::Client::new(&sns.sdk_config());
        (sns, client)
    }

    fn attribute(value: &str) -> MessageAttributeValue {
        MessageAttributeValue::builder().data_type("String").string_value(value).build().unwrap()
    }

    #[tokio::test]
    async fn a_published_notice_is_in_the_inbox_with_its_attributes_and_the_clocks_time() {
        let (sns, client) = started().await;
        let published = client
            .publish()
            .topic_arn(TOPIC)
            .message(r#"{"text":"Sắp đến hạn & <cần xử lý>"}"#)
            .message_attributes("agency", attribute("c21025"))
            .message_attributes("milestone", attribute("approaching"))
            .send()
            .await
            .unwrap();
        assert!(published.message_id.is_some());
        client.publish().phone_number("+84912345678").message("Đơn đã được thụ lý").send().await.unwrap();

        let inbox = sns.inbox();
        assert_eq!(inbox.total(), 2);
        assert_eq!(
            serde_json::to_value(inbox.newest(10)).unwrap(),
            json!([
                {"at": "2026-03-01T08:00:00+07:00", "phone": "+84912345678", "message": "Đơn đã được thụ lý",
                 "attributes": {}},
                {"at": "2026-03-01T08:00:00+07:00", "topic": TOPIC,
                 "message": {"text": "Sắp đến hạn & <cần xử lý>"},
                 "attributes": {"agency": "c21025", "milestone": "approaching"}},
            ])
        );
        sns.stop().await.unwrap();
    }

    #[tokio::test]
    async fn a_batch_delivers_its_good_entries_and_names_the_bad_ones() {
        let (sns, client) = started().await;
        let entry =
            |id: &str, message: &str| PublishBatchRequestEntry::builder().id(id).message(message).build().unwrap();
        let answer = client
            .publish_batch()
            .topic_arn(TOPIC)
            .publish_batch_request_entries(entry("a", "one"))
            .publish_batch_request_entries(entry("b", ""))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.successful()[0].id(), Some("a"));
        assert_eq!((answer.failed()[0].id(), answer.failed()[0].code()), ("b", "InvalidParameter"));
        assert_eq!(sns.inbox().total(), 1);
    }

    #[tokio::test]
    async fn empty_messages_unknown_topics_and_bad_numbers_are_refused_as_sns_does() {
        let (sns, client) = started().await;
        let other = "arn:aws:sns:ap-southeast-1:000000000000:other";
        let empty = client.publish().topic_arn(TOPIC).message("").send().await.unwrap_err();
        assert_eq!(empty.code(), Some("InvalidParameter"));
        assert!(empty.as_service_error().unwrap().is_invalid_parameter_exception());
        let unknown = client.publish().topic_arn(other).message("x").send().await.unwrap_err();
        assert!(unknown.as_service_error().unwrap().is_not_found_exception());
        for number in ["0912345678", "+0912345678", "+84 912345678", "+849", "+8491234567890123"] {
            let bad = client.publish().phone_number(number).message("x").send().await.unwrap_err();
            assert_eq!(bad.code(), Some("InvalidParameter"), "{number}");
            assert!(!bad.message().unwrap_or_default().contains(number));
        }
        assert_eq!(sns.inbox().total(), 0);

        let created = client.create_topic().name("other").send().await.unwrap();
        assert_eq!(created.topic_arn(), Some(other));
        client.publish().topic_arn(other).message("x").send().await.unwrap();
        assert_eq!(sns.inbox().total(), 1);
    }
}
