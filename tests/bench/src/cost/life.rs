//! The lives of typical petitions, day by day, as citizens and officials would live them over the API.

use axum::body::Body;
use axum::http::{Request, header};
use donthu_local::gateway::SentFrom;
use donthu_service::clock::{IdSource, RandomIds};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::ledger::Ledger;
use crate::Failure;
use crate::site::{Answer, Site};

/// Kinds of petitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A complaint that is founded, decided after a dialogue, and enforced.
    Complaint,
    /// A denunciation of a member of staff that is concluded, acted upon and published.
    Denunciation,
    /// Feedback that is answered.
    Feedback,
}

const COMMUNE: &str = "c21040";
/// A text of ordinary length: some 1,500 letters.
const PARAGRAPH: &str =
    "Tôi đề nghị cơ quan có thẩm quyền xem xét nội dung trình bày sau đây và trả lời cho tôi theo quy định. ";

/// One petition on its way.
pub struct Life<'a> {
    site: &'a Site,
    ledger: &'a Ledger,
    kind: Kind,
    looks: u32,
    receipt: String,
    case: String,
    step: u64,
}

impl Kind {
    /// Its life lasts so many days, with what follows on its own.
    #[must_use]
    pub fn days(self) -> usize {
        match self {
            Kind::Feedback => 12,
            Kind::Complaint | Kind::Denunciation => 60,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Kind::Complaint => "complaint",
            Kind::Denunciation => "denunciation",
            Kind::Feedback => "feedback",
        }
    }

    /// On which days its citizen looks, at most as often as asked for, over the first days of its life.
    fn looks_on(self, day: usize, looks: u32) -> bool {
        let Some(looks) = usize::try_from(looks).ok().filter(|looks| *looks > 0) else { return false };
        (0..looks).any(|look| 1 + look * (self.days() - 2) / looks == day)
    }
}

impl<'a> Life<'a> {
    /// One that begins with its submission on day 0.
    pub fn new(site: &'a Site, ledger: &'a Ledger, kind: Kind, looks: u32) -> Self {
        Self { site, ledger, kind, looks, receipt: String::new(), case: String::new(), step: 0 }
    }

    /// What is done on a day, the streams drained after each act.
    ///
    /// # Errors
    /// Where the API refuses something.
    pub async fn live(&mut self, day: usize) -> Result<(), Failure> {
        if self.kind.looks_on(day, self.looks) {
            self.citizen("GET", "/v1/petition", None).await?;
        }
        match (self.kind, day) {
            (_, 0) => self.submit().await?,
            (Kind::Feedback, 1) => self.official("acceptance", json!({})).await?,
            (Kind::Feedback, 2) => {
                self.answer("messages", json!({ "text": PARAGRAPH })).await?;
                self.citizen("GET", "/v1/petition/messages", None).await?;
                self.citizen("POST", "/v1/petition/messages", Some(json!({ "text": PARAGRAPH }))).await?;
                self.answer_reads("messages").await?;
            }
            (Kind::Feedback, 7) => self.official("resolution", json!({ "result": "answered" })).await?,
            (Kind::Feedback, _) => {}
            (_, 1) => {
                let on = self.today();
                self.official("formalisation", json!({ "received_on": on })).await?;
            }
            (_, 4) => {
                let document = self.document("15/TB-UBND");
                self.official("acceptance", json!({ "document": document })).await?;
            }
            (Kind::Complaint, 6) | (Kind::Denunciation, 8) => {
                let document = self.document("16/QĐ-UBND");
                self.official("verification", json!({ "document": document })).await?;
            }
            (Kind::Denunciation, 6) => self.official("dispatch", json!({ "what": "acceptance" })).await?,
            (Kind::Complaint, 10) => {
                // Both sides are told in time.
                let on = self.in_days(7);
                self.official("dialogue", json!({ "on": on })).await?;
            }
            (Kind::Complaint, 18) => self.official("dialogue-record", json!({ "outcome": "held" })).await?,
            (_, 20) => {
                let document = self.document("17/QĐ-UBND");
                self.official("resolution", json!({ "result": "founded", "document": document })).await?;
                self.answer_reads("documents/decision").await?;
            }
            (_, 21) => self.official("dispatch", json!({ "what": "decision" })).await?,
            (Kind::Denunciation, 24) => {
                let document = self.document("18/QĐ-UBND");
                self.official("enforcement", json!({ "document": document })).await?;
                self.official("publication", json!({})).await?;
            }
            (Kind::Complaint, 54) => {
                // The sweep has recorded meanwhile that the decision took effect, so that it stands at another step.
                let document = self.document("18/QĐ-UBND");
                self.official("enforcement", json!({ "document": document })).await?;
            }
            _ => {}
        }
        Ok(())
    }

    fn today(&self) -> String {
        self.in_days(0)
    }

    fn in_days(&self, days: i32) -> String {
        let today = donthu_domain::time::local_date(self.site.app.clock.now());
        donthu_domain::time::add_days(today, days).to_string()
    }

    fn document(&self, number: &str) -> Value {
        json!({ "number": number, "date": self.today(), "recipients": ["petitioner"] })
    }

    async fn submit(&mut self) -> Result<(), Failure> {
        let text = PARAGRAPH.repeat(15);
        let mut petition = json!({
            "kind": self.kind.code(), "text": text, "area": "21040", "phone": "0900000000",
            "petitioner": { "name": "Nguyễn Thị Mẫu", "id_number": "000000000000", "address": "Thôn 1" },
        });
        let position = if self.kind == Kind::Denunciation { "staff" } else { "agency" };
        if let (true, Some(petition)) = (self.kind != Kind::Feedback, petition.as_object_mut()) {
            petition.insert("against".to_owned(), json!({ "agency": COMMUNE, "position": position }));
        }
        let key = RandomIds.uuid().to_string();
        let answer = self.send("POST", "/v1/petitions", &[("idempotency-key", &key)], Some(&petition)).await?;
        self.receipt = format!("Receipt {}", answer.text("/receipt")?);
        let code = donthu_store::ReceiptCode::parse(self.receipt.trim_start_matches("Receipt "))?;
        self.case = self.site.app.store.keyring().lookup().case_id(&code)?.to_string();
        Ok(())
    }

    async fn citizen(&self, method: &str, path: &str, body: Option<Value>) -> Result<(), Failure> {
        self.send(method, path, &[("authorization", &self.receipt)], body.as_ref()).await.map(drop)
    }

    async fn head(&self) -> Result<String, Failure> {
        let body = json!({ "role": "head", "agency": COMMUNE });
        let token = send(self.site, "POST", "/dev/token", &[], Some(&body)).await?;
        Ok(format!("Bearer {}", token.text("/token")?))
    }

    /// An official looks at the list and the case, and takes a step on it.
    async fn official(&mut self, step: &str, body: Value) -> Result<(), Failure> {
        let bearer = self.head().await?;
        let compartment = if self.kind == Kind::Denunciation { "?compartment=denunciations" } else { "" };
        let list = format!("/v1/cases{compartment}");
        self.send("GET", &list, &[("authorization", &bearer)], None).await?;
        let path = format!("/v1/cases/{}", self.case);
        let read = self.send("GET", &path, &[("authorization", &bearer)], None).await?.json();
        self.step = read.get("step").and_then(Value::as_u64).ok_or("a case without a step")?;
        let seen = format!("\"{}\"", self.step);
        let headers = [("authorization", bearer.as_str()), ("if-match", seen.as_str())];
        self.send("POST", &format!("{path}/{step}"), &headers, Some(&body)).await.map(drop)
    }

    async fn answer(&self, what: &str, body: Value) -> Result<(), Failure> {
        let bearer = self.head().await?;
        let path = format!("/v1/cases/{}/{what}", self.case);
        self.send("POST", &path, &[("authorization", &bearer)], Some(&body)).await.map(drop)
    }

    async fn answer_reads(&self, what: &str) -> Result<(), Failure> {
        let bearer = self.head().await?;
        let path = format!("/v1/cases/{}/{what}", self.case);
        self.send("GET", &path, &[("authorization", &bearer)], None).await.map(drop)
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer, Failure> {
        let answer = send(self.site, method, path, headers, body).await?;
        self.ledger.answered(answer.bytes.len());
        self.site.machine.world().drain().await?;
        Ok(answer)
    }
}

/// Sends a request through the gateway, from an address of its own.
///
/// # Errors
/// Where it is not answered with a success.
pub async fn send(
    site: &Site,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Result<Answer, Failure> {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1");
    request = request.extension(SentFrom(site.address().into()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let content = match body {
        Some(body) => {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        }
        None => Body::empty(),
    };
    let response = site.machine.router().oneshot(request.body(content)?).await?;
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await?.to_bytes();
    Answer { status: parts.status, headers: parts.headers, bytes }.succeeded(&format!("{method} {path}"))
}
