//! The same with the AWS clients that a function needs, made as a function makes them.

use std::sync::Arc;

use axum::Router;
use axum::routing::any;

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    let sdk = aws_config::defaults(aws_config::BehaviorVersion::v2026_01_12()).load().await;
    let clients =
        Arc::new((aws_sdk_dynamodb::Client::new(&sdk), aws_sdk_kms::Client::new(&sdk), aws_sdk_sns::Client::new(&sdk)));
    let router = Router::new().fallback(any(move || {
        let clients = clients.clone();
        async move {
            // Never true: that the clients are used keeps them in the program.
            if Arc::strong_count(&clients) == 0 {
                let (dynamodb, kms, sns) = clients.as_ref();
                let _ = dynamodb.get_item().table_name("t").send().await;
                let _ = dynamodb.transact_write_items().send().await;
                let _ = dynamodb.query().send().await;
                let _ = kms.generate_data_key().send().await;
                let _ = sns.publish().send().await;
            }
            "hello"
        }
    }));
    lambda_http::run(router).await
}
