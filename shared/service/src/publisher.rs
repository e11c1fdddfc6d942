//! Notices over SNS. A message names the case and asks to look; what the case is about stays in the system.

use aws_sdk_sns::operation::publish::builders::PublishFluentBuilder;
use aws_sdk_sns::types::MessageAttributeValue;
use donthu_domain::{Language, NoticeMilestone};
use donthu_store::trace;
use serde::Serialize;

use crate::messages;

/// A notice as subscribers get it. The same fields whatever the case says; none reveals its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticeMessage<'a> {
    /// The same for every copy of the same notice: subscribers de-duplicate by it.
    pub notice_id: &'a str,
    /// The case.
    pub case_id: &'a str,
    /// What happened, of a short list.
    pub milestone: &'static str,
    /// `agency`.
    pub audience: &'static str,
    /// The agency that is told.
    pub agency: &'a str,
    /// Language of the text.
    pub language: &'static str,
    /// A sentence for people.
    pub text: String,
}

/// Why a notice could not be published. The number and the text are in neither.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// SNS did not take it now; it may take it later.
    #[error("SNS did not take the message: {0}")]
    Sns(String),
    /// SNS takes this message or number neither now nor later.
    #[error("SNS refuses the message for good: {0}")]
    Refused(String),
    /// The message could not be built.
    #[error("the message could not be built")]
    Unbuildable,
}

impl PublishError {
    /// Whether the same message will fail again, however often it is tried.
    pub fn is_permanent(&self) -> bool {
        match self {
            PublishError::Sns(_) => false,
            PublishError::Refused(_) | PublishError::Unbuildable => true,
        }
    }
}

/// Answers of SNS that are about what was sent, not about how SNS or we are set up: a number that is none, that has opted
/// out, or a message that is not allowed.
const FOR_GOOD: [&str; 5] =
    ["InvalidParameter", "InvalidParameterValue", "ParameterValueInvalid", "ValidationException", "OptedOut"];

/// Publishes to the topic of the notices and to phones.
#[derive(Debug, Clone)]
pub struct Publisher {
    sns: aws_sdk_sns::Client,
    topic_arn: String,
}

/// How urgent a notice is, for filter policies.
pub fn severity(milestone: NoticeMilestone) -> &'static str {
    match milestone {
        NoticeMilestone::Assigned | NoticeMilestone::Changed => "info",
        NoticeMilestone::Approaching => "warning",
        NoticeMilestone::Missed | NoticeMilestone::Escalated => "critical",
    }
}

impl Publisher {
    /// A publisher to a topic.
    pub fn new(sns: aws_sdk_sns::Client, topic_arn: impl Into<String>) -> Self {
        Self { sns, topic_arn: topic_arn.into() }
    }

    /// Tells an agency. Returns the id that SNS gave the message.
    ///
    /// # Errors
    /// [`PublishError`]; nothing is known to have been sent.
    pub async fn to_agency(
        &self,
        notice_id: &str,
        case_id: &str,
        case_number: &str,
        milestone: NoticeMilestone,
        agency: &str,
    ) -> Result<String, PublishError> {
        let message = NoticeMessage {
            notice_id,
            case_id,
            milestone: milestone.code(),
            audience: "agency",
            agency,
            language: "vi",
            text: messages::agency_notice(milestone, case_number),
        };
        let body = serde_json::to_string(&message).map_err(|_| PublishError::Unbuildable)?;
        let attributes = [
            ("audience", "agency"),
            ("agency", agency),
            ("milestone", milestone.code()),
            ("severity", severity(milestone)),
        ];
        let mut request = self.sns.publish().topic_arn(&self.topic_arn).message(body);
        for (name, value) in attributes {
            request = request.message_attributes(name, text_attribute(value)?);
        }
        publish(request).await
    }

    /// Tells a citizen by short message. Returns the id that SNS gave it.
    ///
    /// # Errors
    /// [`PublishError`]; nothing is known to have been sent.
    pub async fn to_phone(&self, phone: &str, case_number: &str, language: Language) -> Result<String, PublishError> {
        let request = self
            .sns
            .publish()
            .phone_number(phone)
            .message(messages::citizen_sms(case_number, language))
            .message_attributes("AWS.SNS.SMS.SMSType", text_attribute("Transactional")?);
        publish(request).await
    }
}

/// What SNS hands on to its subscribers, as a header and not as an attribute, so that no message looks different.
const TRACE_HEADER: &str = "x-amzn-trace-id";

/// Publishes as part of this invocation's trace and never of the one that decided the notice: a request that divides a petition tells
/// several agencies of several cases, and by one trace they could tell that these were one petition.
async fn publish(request: PublishFluentBuilder) -> Result<String, PublishError> {
    let header = trace::current().map(|header| header.to_string());
    let request = request.customize().mutate_request(move |request| {
        if let Some(header) = &header {
            request.headers_mut().insert(TRACE_HEADER, header.clone());
        }
    });
    let sent = request.send().await.map_err(|error| failed(&error))?;
    Ok(sent.message_id.unwrap_or_default())
}

fn text_attribute(value: &str) -> Result<MessageAttributeValue, PublishError> {
    MessageAttributeValue::builder()
        .data_type("String")
        .string_value(value)
        .build()
        .map_err(|_| PublishError::Unbuildable)
}

/// The error's code alone: SNS's messages may quote the phone number.
fn failed<E, R>(error: &aws_sdk_sns::error::SdkError<E, R>) -> PublishError
where
    E: aws_sdk_sns::error::ProvideErrorMetadata,
{
    match error {
        aws_sdk_sns::error::SdkError::ServiceError(service) => match service.err().code() {
            Some(code) if FOR_GOOD.contains(&code) => PublishError::Refused(code.to_owned()),
            code => PublishError::Sns(code.unwrap_or("unknown service error").to_owned()),
        },
        aws_sdk_sns::error::SdkError::TimeoutError(_) => PublishError::Sns("timeout".to_owned()),
        aws_sdk_sns::error::SdkError::DispatchFailure(_) => PublishError::Sns("not reachable".to_owned()),
        _ => PublishError::Sns("no proper response".to_owned()),
    }
}
