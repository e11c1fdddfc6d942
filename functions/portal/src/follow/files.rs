//! What a citizen may take along: the signed receipt, and the proof that the journal stands.

use axum::response::Response;
use donthu_service::roots::Proof;

use crate::failure::Failure;
use crate::follow::petition::{Asked, at, looked, read};
use crate::frame::attachment;
use crate::visitor::Visitor;

/// `GET /tra-cuu/bien-nhan`: the signed receipt, as `verify-receipt` takes it.
pub async fn receipt(visitor: Visitor) -> Result<Response, Failure> {
    let answer = visitor.api.get("/v1/petition/receipt").receipt(visitor.receipt()?).response().await?;
    Ok(looked(&visitor, attachment("bien-nhan-da-ky.json", answer.into_body())))
}

/// `GET /tra-cuu/chung-minh`: for each entry of the case its place under the root of its day, as `verify-proof` takes it.
pub async fn proof(visitor: Visitor, which: Asked) -> Result<Response, Failure> {
    let root = read(&visitor).await?;
    let (_, case) = at(&root, which);
    let asked = async |after: u64| {
        let call = visitor.api.get("/v1/petition/proof").query("case", &case.case_number);
        call.query("after", &after.to_string()).receipt(visitor.receipt()?).answer::<Proof>().await
    };
    let mut whole = asked(0).await?;
    while let Some(after) = whole.next {
        let more = asked(after).await?;
        whole.entries.extend(more.entries);
        whole.next = more.next.filter(|next| *next > after);
    }
    let text = serde_json::to_vec_pretty(&whole).map_err(Failure::internal)?;
    Ok(looked(&visitor, attachment("chung-minh.json", text)))
}
