//! The same with the AWS clients that a function has, and a request that reads one item.

use aws_sdk_dynamodb::types::AttributeValue;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::any;

/// A header that nobody sends: that the clients could be used keeps in the program what a function uses of them.
const USE_ALL: &str = "x-floor-use-all";

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    let sdk = aws_config::defaults(aws_config::BehaviorVersion::v2026_01_12()).load().await;
    let clients = (aws_sdk_dynamodb::Client::new(&sdk), aws_sdk_kms::Client::new(&sdk), aws_sdk_sns::Client::new(&sdk));
    let table = std::env::vars().find_map(|(name, value)| (name == "DONTHU_CASES_TABLE").then_some(value));
    let router = Router::new().fallback(any(move |headers: HeaderMap| {
        let (dynamodb, kms, sns) = clients.clone();
        let table = table.clone();
        async move {
            if headers.contains_key(USE_ALL) {
                let _ = dynamodb.transact_write_items().send().await;
                let _ = dynamodb.update_item().send().await;
                let _ = dynamodb.put_item().send().await;
                let _ = dynamodb.query().send().await;
                let _ = kms.generate_data_key().send().await;
                let _ = kms.decrypt().send().await;
                let _ = kms.sign().send().await;
                let _ = sns.publish().send().await;
            }
            let key = |text: &str| AttributeValue::S(text.to_owned());
            let item = dynamodb.get_item().set_table_name(table).key("pk", key("floor")).key("sk", key("floor"));
            match item.send().await {
                Ok(_) => (StatusCode::OK, "hello"),
                Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the item could not be read"),
            }
        }
    }));
    lambda_http::run(router).await
}
