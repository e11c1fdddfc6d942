//! A topic and queues on the service that `DONTHU_TEST_SNS` names, as an operator sets them up for agencies.

use std::collections::HashMap;

use aws_sdk_sqs::types::QueueAttributeName;
use donthu_local::aws;
use donthu_service::clock::{IdSource, RandomIds};
use donthu_tests::Topic;
use serde_json::{Value, json};

const VARIABLE: &str = "DONTHU_TEST_SNS";

/// Most messages that SQS gives at a time.
const MOST: i32 = 10;

/// A topic of a test's own, and the clients of its subscribers.
pub struct Hub {
    pub topic: Topic,
    sns: aws_sdk_sns::Client,
    sqs: aws_sdk_sqs::Client,
}

/// A queue that a topic fans out to.
pub struct Queue {
    url: String,
}

/// What a queue received: SNS's envelope with the notice in it, as its subscriber reads it.
#[derive(Debug, Clone)]
pub struct Received {
    pub envelope: Value,
    pub notice: Value,
}

impl Received {
    /// A text of the notice.
    pub fn text(&self, name: &str) -> String {
        self.notice[name].as_str().unwrap().to_owned()
    }
}

impl Hub {
    pub async fn new() -> Self {
        let endpoint = std::env::var_os(VARIABLE).unwrap_or_else(|| panic!("{VARIABLE} names no SNS and SQS service"));
        let endpoint = endpoint.into_string().unwrap();
        let config = aws::sdk_config(&endpoint);
        let (sns, sqs) = (aws_sdk_sns::Client::new(&config), aws_sdk_sqs::Client::new(&config));
        let made = sns.create_topic().name(format!("notices-{}", RandomIds.uuid())).send().await.unwrap();
        Self { topic: Topic { endpoint, arn: made.topic_arn.unwrap() }, sns, sqs }
    }

    /// A queue that gets what its filter lets through; everything where there is none.
    pub async fn queue(&self, filter: Option<Value>) -> Queue {
        let made = self.sqs.create_queue().queue_name(format!("queue-{}", RandomIds.uuid())).send().await.unwrap();
        let url = made.queue_url.unwrap();
        let asked = self.sqs.get_queue_attributes().queue_url(&url).attribute_names(QueueAttributeName::QueueArn);
        let arn = asked.send().await.unwrap().attributes.unwrap()[&QueueAttributeName::QueueArn].clone();
        let filter = filter.map(|filter| HashMap::from([("FilterPolicy".to_owned(), filter.to_string())]));
        let subscribed =
            self.sns.subscribe().topic_arn(&self.topic.arn).protocol("sqs").endpoint(arn).set_attributes(filter);
        subscribed.send().await.unwrap();
        Queue { url }
    }

    /// The queue of an agency.
    pub async fn agency(&self, agency: &str) -> Queue {
        self.queue(Some(json!({ "audience": ["agency"], "agency": [agency] }))).await
    }

    /// Takes everything out of a queue, until it gives nothing any more for a second.
    pub async fn take(&self, queue: &Queue) -> Vec<Received> {
        let mut taken = Vec::new();
        loop {
            let asked = self.sqs.receive_message().queue_url(&queue.url).max_number_of_messages(MOST);
            let messages = asked.wait_time_seconds(1).send().await.unwrap().messages.unwrap_or_default();
            if messages.is_empty() {
                return taken;
            }
            for message in messages {
                let envelope: Value = serde_json::from_str(message.body().unwrap()).unwrap();
                let notice = serde_json::from_str(envelope["Message"].as_str().unwrap()).unwrap();
                taken.push(Received { envelope, notice });
                let done = self.sqs.delete_message().queue_url(&queue.url);
                done.receipt_handle(message.receipt_handle.unwrap()).send().await.unwrap();
            }
        }
    }
}
