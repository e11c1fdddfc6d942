//! Every operation of the API's description succeeds once and refuses once, as described: each answer is held against it.

use std::collections::BTreeSet;
use std::sync::Mutex;

use donthu_tests::contract::operations;
use donthu_tests::{Answer, Province};
use serde_json::{Value, json};

/// The commune whose cases these are, with the tokens of its people.
struct Commune {
    province: Province,
    failed: Mutex<Vec<String>>,
}

/// A case and the code that opens it.
struct Petition {
    id: String,
    receipt: String,
}

/// Whether a case that an official reads offers a step with what its form says.
fn offers(seen: &Answer, name: &str, form: &Value) -> Result<(), String> {
    let possible = seen.body["possible"].as_array().unwrap();
    let step =
        possible.iter().find(|step| step["step"] == name).ok_or(format!("{name} is not offered: {possible:?}"))?;
    for (field, offered) in step["choices"].as_object().unwrap() {
        let chosen = &form[field];
        let all = chosen.as_array().cloned().unwrap_or_else(|| vec![chosen.clone()]);
        for one in all {
            let found = offered.as_array().unwrap().iter().any(|choice| choice["code"] == one);
            found.then_some(()).ok_or(format!("{name} does not offer {one} as {field}"))?;
        }
    }
    let needed = step["document"] == "required";
    (!needed || form["document"].is_object()).then_some(()).ok_or(format!("{name} needs no document"))
}

const AGAIN: &str = "Tôi không đồng ý với kết quả giải quyết.";

fn document() -> Value {
    json!({ "number": "15/QĐ-UBND", "date": "2026-10-05", "signer": "deputy", "recipients": ["petitioner"] })
}

impl Commune {
    async fn of(province: Province) -> Self {
        province.advise_dialogues().await;
        Self { province, failed: Mutex::default() }
    }

    /// Notes what did not succeed: one story names all of it at once.
    fn succeeds(&self, what: &str, answer: &Answer) {
        if !answer.status.is_success() {
            self.failed.lock().unwrap().push(format!("{what}: {}", answer.body));
        }
    }

    async fn official(&self, role: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let bearer = self.province.bearer(role, "c21040").await;
        let answer = self.province.send(method, path, &[("authorization", &bearer)], body).await;
        self.succeeds(&format!("{method} {path}"), &answer);
        answer
    }

    async fn registered(&self, kind: &str, position: &str) -> Petition {
        let petition = json!({ "kind": kind, "text": "x", "request": "y", "area": "21040", "phone": "0912345678",
                               "petitioner": { "name": "Nguyễn Thị Kín", "id_number": "051201000123", "address": "thôn 1" },
                               "group": { "people": 3, "representatives": 1 },
                               "against": { "agency": "c21040", "position": position } });
        let paper = json!({ "petition": petition, "channel": "counter", "received_on": "2026-10-05" });
        let answer = self.official("head", "POST", "/v1/cases", Some(paper)).await;
        Petition { id: answer.text("/case_id"), receipt: answer.text("/receipt") }
    }

    async fn complaint(&self) -> Petition {
        self.registered("complaint", "agency").await
    }

    async fn denunciation(&self) -> Petition {
        self.registered("denunciation", "staff").await
    }

    async fn submitted(&self, petition: Value) -> Petition {
        let answer = self.province.send("POST", "/v1/petitions", &[], Some(petition)).await;
        assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
        self.province.drain().await;
        let receipt = answer.text("/receipt");
        Petition { id: self.province.case_of(&receipt).to_string(), receipt }
    }

    /// Takes steps one after the other, by the head of an agency.
    async fn walk(&self, agency: &str, id: &str, steps: &[(&str, Value)]) {
        for (name, body) in steps {
            let bearer = self.province.bearer("head", agency).await;
            let seen = self.province.read(&bearer, &format!("/v1/cases/{id}")).await;
            let step = seen.body["step"].as_u64().unwrap();
            if let Err(missing) = offers(&seen, name, body) {
                self.failed.lock().unwrap().push(missing);
            }
            let taken = self.province.step(&bearer, id, step, name, body.clone()).await;
            self.succeeds(name, &taken);
        }
    }

    async fn own(&self, id: &str, steps: &[(&str, Value)]) {
        self.walk("c21040", id, steps).await;
    }

    async fn citizen(&self, petition: &Petition, method: &str, path: &str, body: Option<Value>) {
        let receipt = format!("Receipt {}", petition.receipt);
        let answer = self.province.send(method, path, &[("authorization", &receipt)], body).await;
        self.succeeds(&format!("{method} {path}"), &answer);
    }

    fn resolved() -> [(&'static str, Value); 3] {
        [
            ("acceptance", json!({ "group_papers": true, "document": document() })),
            ("resolution", json!({ "result": "unfounded", "document": document() })),
            ("dispatch", json!({ "what": "decision", "document": document() })),
        ]
    }

    /// The ways in which a petition ends before it is accepted.
    async fn taken_in(&self) {
        for (name, body) in [
            ("refusal", json!({ "ground": "no_capacity", "document": document() })),
            ("guidance", json!({ "to": "court", "document": document() })),
            ("transfer", json!({ "agency": "c21028", "document": document() })),
            ("filing", json!({ "ground": "illegible", "document": document() })),
            ("duplicate", json!({ "case": self.complaint().await.id, "document": document() })),
        ] {
            self.own(&self.complaint().await.id, &[(name, body)]).await;
        }
        let part =
            |kind: &str| json!({ "kind": kind, "text": "x", "against": { "agency": "c21040", "position": "agency" } });
        let parts = json!({ "parts": [part("complaint"), part("feedback")], "document": document() });
        self.own(&self.complaint().await.id, &[("division", parts)]).await;
        self.own(&self.denunciation().await.id, &[("referral", json!({ "document": document() }))]).await;

        let unsigned =
            json!({ "kind": "denunciation", "text": "x", "against": { "agency": "c21040", "position": "staff" } });
        let unsigned = self.submitted(unsigned).await;
        self.own(&unsigned.id, &[("inspection", json!({ "document": document() }))]).await;
        let online =
            json!({ "kind": "complaint", "text": "x", "against": { "agency": "c21040", "position": "agency" } });
        let online = self.submitted(online).await;
        let named = json!({ "handler": "handler@c21040" });
        self.own(&online.id, &[("formalisation", json!({ "received_on": "2026-10-05" })), ("assignment", named)]).await;
        let feedback = self.submitted(json!({ "kind": "feedback", "text": "x", "area": "21040" })).await;
        self.citizen(&feedback, "POST", "/v1/petition/withdrawal", None).await;
    }

    /// A complaint's whole way, and the ways beside it.
    async fn complained(&self) {
        let petition = self.complaint().await;
        let id = &petition.id;
        self.own(
            id,
            &[
                ("acceptance", json!({ "group_papers": true, "document": document() })),
                ("verification", json!({ "document": document() })),
                ("complexity", json!({ "criteria": ["many_people"], "document": document() })),
                ("suspension", json!({ "ground": "force_majeure", "document": document() })),
                ("resumption", json!({ "document": document() })),
                ("partial-withdrawal", json!({ "document": document() })),
                ("dialogue", json!({ "on": "2026-10-20", "document": document() })),
            ],
        )
        .await;
        self.official("head", "POST", &format!("/v1/cases/{id}/messages"), Some(json!({ "text": "x" }))).await;
        self.citizen(&petition, "POST", "/v1/petition/messages", Some(json!({ "text": "x" }))).await;
        self.citizen(&petition, "GET", "/v1/petition/messages", None).await;
        for name in ["", "/journal", "/deadlines", "/messages", "/documents/03"] {
            self.official("head", "GET", &format!("/v1/cases/{id}{name}"), None).await;
        }
        let opened = json!({ "to": "handler@c21040", "reason": "invitation" });
        let path = format!("/v1/cases/{id}/identity-disclosure");
        self.official("identity_custodian", "POST", &path, Some(opened)).await;
        self.province.advance("P16D").await;
        self.own(id, &[("dialogue-record", json!({ "outcome": "held" }))]).await;
        let resolution = || ("resolution", json!({ "result": "unfounded" }));
        self.own(id, &[resolution(), ("correction", json!({})), resolution()]).await;
        self.own(id, &[("dispatch", json!({ "what": "decision" }))]).await;
        self.citizen(&petition, "GET", "/v1/petition", None).await;
        self.citizen(&petition, "GET", "/v1/petition/proof", None).await;
        self.citizen(&petition, "GET", "/v1/petition/receipt", None).await;

        let ended = self.complaint().await;
        let ground = json!({ "ground": "death", "document": null });
        self.own(&ended.id, &[("acceptance", json!({ "group_papers": true })), ("termination", ground)]).await;
        for by_paper in [true, false] {
            let petition = self.complaint().await;
            let undated = |(name, mut body): (&'static str, Value)| {
                body.as_object_mut().unwrap().remove("document");
                (name, body)
            };
            self.own(&petition.id, &Self::resolved().map(undated)).await;
            let text = json!({ "text": AGAIN, "request": "y" });
            match by_paper {
                true => {
                    let path = format!("/v1/cases/{}/appeal", petition.id);
                    self.official("reception", "POST", &path, Some(json!({ "petition": text, "good_reason": false })))
                        .await;
                }
                false => self.citizen(&petition, "POST", "/v1/petition/appeal", Some(text)).await,
            }
        }
        self.province.advance("P40D").await;
        let order = json!({ "document": { "number": "5/QĐ-UBND", "date": "2026-11-30" } });
        self.own(id, &[("enforcement", order)]).await;
    }

    /// A denunciation's way until it is overdue and beyond.
    async fn denounced(&self) {
        let accepted = || ("acceptance", json!({}));
        let withdrawn = self.denunciation().await;
        self.own(&withdrawn.id, &[accepted()]).await;
        self.citizen(&withdrawn, "POST", "/v1/petition/withdrawal", None).await;
        self.own(&withdrawn.id, &[("continuation", json!({ "grounds": ["coerced"] }))]).await;

        let (told, by_paper, concluded) =
            (self.denunciation().await, self.denunciation().await, self.denunciation().await);
        let today = || json!({ "number": "5/QĐ-UBND", "date": "2026-11-30" });
        for petition in [&told, &by_paper, &concluded] {
            self.own(&petition.id, &[accepted()]).await;
        }
        let longer = json!({ "criteria": ["many_people"], "days": 30, "document": today() });
        let conclusion = ("resolution", json!({ "result": "founded" }));
        self.own(&concluded.id, &[("extension", longer), conclusion, ("publication", json!({}))]).await;
        self.province.advance("P40D").await;
        self.citizen(&told, "POST", "/v1/petition/overdue-report", None).await;
        self.walk("chair", &told.id, &[("report-demand", json!({}))]).await;
        self.own(&told.id, &[("report", json!({}))]).await;
        let path = |name: &str| format!("/v1/cases/{}/{name}", by_paper.id);
        self.official("head", "POST", &path("overdue-report"), Some(json!({}))).await;
        let text = json!({ "text": AGAIN });
        let paper = json!({ "petition": text, "received_on": null });
        self.official("head", "POST", &path("continued-denunciation"), Some(paper)).await;
        self.citizen(&concluded, "POST", "/v1/petition/continued-denunciation", Some(text)).await;
    }

    async fn figures(&self) {
        for path in ["/v1/cases?limit=2", "/v1/statistics/resolution-rate", "/v1/statistics/agencies"] {
            self.official("head", "GET", path, None).await;
        }
        let area = json!({ "remote": true, "valid_from": "2027-06-01" });
        self.official("admin", "PUT", "/v1/reference/areas/21040", Some(area)).await;
        for path in [
            "/v1/public/statistics",
            "/v1/public/journal-roots",
            "/v1/public/receipt-keys",
            "/v1/reference/agencies",
            "/v1/reference/areas",
            "/v1/reference/fields",
            "/v1/openapi.json",
        ] {
            self.succeeds(path, &self.province.send("GET", path, &[], None).await);
        }
        let path = "/v1/petitions/challenge";
        let key = [("idempotency-key", "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a98")];
        self.succeeds(path, &self.province.send("GET", path, &key, None).await);
        let path = "/v1/public/receipt-verification";
        let receipt = json!({ "signed_receipt": "no receipt" });
        self.succeeds(path, &self.province.send("POST", path, &[], Some(receipt)).await);
    }

    /// Each operation once as nobody may ask.
    async fn refusals(&self) {
        for (name, _) in operations() {
            let (method, path) = name.split_once(' ').unwrap();
            let path = path.replace("{id}", &"0".repeat(32)).replace("{form}", "03");
            let bearer = self.province.bearer("statistician", "c21040").await;
            let asks = name.contains("/statistics") || name.contains("/public/");
            let path = if asks { format!("{path}?x=1") } else { path };
            let body = (method != "GET").then(|| json!({ "x": 1 }));
            self.province.send(method, &path, &[("authorization", &bearer), ("if-match", "\"1\"")], body).await;
            // Nor without any token.
            self.province.send(method, &path, &[("idempotency-key", "x")], Some(json!([]))).await;
        }
    }
}

/// Lets every operation of the API succeed and be refused in a new province.
pub async fn every_operation(province: Province) -> Province {
    let commune = Commune::of(province).await;
    commune.taken_in().await;
    commune.complained().await;
    commune.denounced().await;
    commune.figures().await;
    commune.refusals().await;
    assert_eq!(*commune.failed.lock().unwrap(), Vec::<String>::new());
    commune.province
}

#[tokio::test]
async fn every_operation_succeeds_and_refuses_as_it_is_described() {
    let answered = every_operation(Province::open().await).await.answered();
    let with = |first: u16| -> BTreeSet<&str> {
        let of_kind = answered.iter().filter(|(_, status)| status / 100 == first);
        of_kind.map(|(name, _)| name.as_str()).collect()
    };
    let (succeeded, refused) = (with(2), with(4));
    let lists = [
        "GET /v1/reference/agencies",
        "GET /v1/reference/areas",
        "GET /v1/reference/fields",
        "GET /v1/public/receipt-keys",
        "GET /v1/openapi.json",
    ];
    for (name, _) in operations() {
        assert!(succeeded.contains(name.as_str()), "{name} never succeeded");
        // What takes nothing can refuse nothing.
        assert!(refused.contains(name.as_str()) || lists.contains(&name.as_str()), "{name} never refused");
    }
}
