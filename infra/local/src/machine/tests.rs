use std::collections::BTreeMap;
use std::sync::Mutex;

use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use aws_sdk_dynamodb::types::AttributeValue;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode, header};
use axum::routing::post;
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::ServiceExt;

use super::*;

const TEMPLATE: &str = include_str!("test-template.yaml");

/// What the functions of these tests were called with.
#[derive(Debug, Default)]
struct Seen {
    streams: Vec<(&'static str, String)>,
    schedules: Vec<(&'static str, Value, Timestamp)>,
}

type Log = Arc<Mutex<Seen>>;

const TABLE: &str = "donthu-CasesTable";

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

/// Writes a case head, as the intake does.
async fn submit(State(parts): State<Parts>, id: String) -> StatusCode {
    put(&parts.dynamodb, &id, "HEAD").await;
    StatusCode::CREATED
}

async fn put(client: &aws_sdk_dynamodb::Client, id: &str, sk: &str) {
    client.put_item().table_name(TABLE).item("pk", text(id)).item("sk", text(sk)).send().await.unwrap();
}

fn functions(parts: &Parts, log: &Log) -> Functions {
    let stream = |name: &'static str| {
        let log = log.clone();
        let client = parts.dynamodb.clone();
        move |event: Event| {
            let (log, client) = (log.clone(), client.clone());
            async move {
                for record in event.records {
                    let keys: BTreeMap<String, String> = serde_dynamo::from_item(record.change.keys).unwrap();
                    log.lock().unwrap().streams.push((name, keys["pk"].clone()));
                    // An assignment decides a notice, which is a record of the same stream.
                    if name == "assignment" {
                        put(&client, &keys["pk"], "NOTICE#1").await;
                    }
                }
                Ok::<_, BoxError>(DynamoDbEventResponse::default())
            }
        }
    };
    let schedule = |name: &'static str| {
        let (log, clock) = (log.clone(), parts.clock.clone());
        move |input: Value| {
            log.lock().unwrap().schedules.push((name, input, clock.now()));
            async { Ok::<_, BoxError>(Value::Null) }
        }
    };
    let router = Router::new().route("/v1/petitions", post(submit)).with_state(parts.clone());
    Functions::default()
        .http("IntakeFunction", router)
        .http("CaseworkFunction", Router::new())
        .stream("AssignmentFunction", stream("assignment"))
        .stream("NotificationsFunction", stream("notifications"))
        .schedule("DeadlinesFunction", schedule("deadlines"))
        .schedule("AuditFunction", schedule("audit"))
        .agencies(|agency| agency == "chair")
}

fn options(data: &std::path::Path, at: &str) -> Options {
    Options { data: data.to_path_buf(), port: 0, at: Some(at.parse().unwrap()), no_sample: true }
}

async fn start(data: &std::path::Path, log: &Log) -> Machine {
    let options = options(data, "2026-03-01T10:10:00+07:00");
    let log = log.clone();
    Machine::start(&options, TEMPLATE, async move |parts| Ok(functions(parts, &log))).await.unwrap()
}

async fn call(machine: &Machine, request: Request<Body>) -> (StatusCode, Value) {
    let response = machine.router().oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

async fn dev(machine: &Machine, path: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
    call(machine, request.body(Body::from(body.to_string())).unwrap()).await
}

async fn get(machine: &Machine, path: &str) -> (StatusCode, Value) {
    call(machine, Request::get(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_petition_goes_from_the_api_through_the_stream_to_the_functions_behind_it() {
    let (place, log) = (tempfile::tempdir().unwrap(), Log::default());
    let machine = start(place.path(), &log).await;
    let request = Request::post("/v1/petitions").body(Body::from("CASE#1")).unwrap();
    assert_eq!(call(&machine, request).await.0, StatusCode::CREATED);
    let drained = machine.world().drain().await.unwrap();
    assert_eq!((drained.delivered, drained.set_aside), (2, 0));
    let one = "CASE#1".to_owned();
    assert_eq!(log.lock().unwrap().streams, [("assignment", one.clone()), ("notifications", one)]);
}

#[tokio::test]
async fn a_restart_goes_on_where_the_streams_stopped_and_forgets_no_record() {
    let (place, log) = (tempfile::tempdir().unwrap(), Log::default());
    let machine = start(place.path(), &log).await;
    let client = aws_sdk_dynamodb::Client::new(&machine.engine().sdk_config());
    put(&client, "CASE#1", "NOTICE#1").await;
    machine.world().drain().await.unwrap();
    put(&client, "CASE#2", "NOTICE#1").await;
    machine.serve(async {}).await.unwrap();

    let again = Log::default();
    let machine = start(place.path(), &again).await;
    assert!(machine.clock_was_known());
    machine.world().drain().await.unwrap();
    let both = [log.lock().unwrap().streams.clone(), again.lock().unwrap().streams.clone()].concat();
    assert_eq!(
        both,
        [("notifications", "CASE#1".to_owned()), ("notifications", "CASE#2".to_owned())],
        "each record is handed over once"
    );
}

#[tokio::test]
async fn the_clock_moves_by_request_and_every_schedule_on_the_way_runs_at_its_own_time() {
    let (place, log) = (tempfile::tempdir().unwrap(), Log::default());
    let machine = start(place.path(), &log).await;
    let (_, before) = get(&machine, "/dev/clock").await;
    assert!(before["now"].as_str().unwrap().starts_with("2026-03-01T10:1"), "{before}");
    let (status, after) = dev(&machine, "/dev/clock", json!({"advance": "P7D"})).await;
    assert_eq!(status, StatusCode::OK);
    assert!(after["now"].as_str().unwrap().starts_with("2026-03-08T10:1"), "{after}");
    assert_eq!(after.as_object().unwrap().keys().collect::<Vec<_>>(), ["now"]);

    let seen = log.lock().unwrap();
    let times = |name: &str, task: &str| -> Vec<Timestamp> {
        let runs = seen.schedules.iter().filter(|(who, input, _)| *who == name && input["task"] == task);
        runs.map(|(_, _, at)| *at).collect()
    };
    assert_eq!(times("deadlines", "sweep").len(), 7 * 24);
    assert_eq!(times("audit", "seal").len(), 7);
    let recounts: Vec<Timestamp> = vec!["2026-03-08T02:00:00+07:00".parse().unwrap()];
    assert_eq!(times("audit", "recount"), recounts);
    assert!(seen.schedules.is_sorted_by_key(|(_, _, at)| *at));
}

#[tokio::test]
async fn history_is_replayed_at_its_own_times_and_the_clock_returns() {
    let (place, log) = (tempfile::tempdir().unwrap(), Log::default());
    let machine = start(place.path(), &log).await;
    let world = machine.world();
    world.begin_replay("2025-03-01T00:00:00+07:00".parse().unwrap()).await.unwrap();
    let to: Timestamp = "2025-03-02T00:00:00+07:00".parse().unwrap();
    assert_eq!(world.replay_to(to).await.unwrap().runs, 25);
    assert_eq!(world.clock().now(), to);
    world.end_replay().await.unwrap();
    assert!(world.clock().now() >= "2026-03-01T10:10:00+07:00".parse().unwrap());
    assert_eq!(world.catch_up().await.unwrap().runs, 0, "what was replayed is not due again");
}

#[tokio::test]
async fn a_failing_run_is_reported_and_does_not_stop_the_clock() {
    let place = tempfile::tempdir().unwrap();
    let log = Log::default();
    let build = async |parts: &Parts| {
        let failing = |_: Value| async { Err::<Value, BoxError>("no table".into()) };
        Ok(functions(parts, &log).schedule("DeadlinesFunction", failing))
    };
    let options = options(place.path(), "2026-03-01T10:10:00+07:00");
    let machine = Machine::start(&options, TEMPLATE, build).await.unwrap();
    let (status, answer) = dev(&machine, "/dev/clock", json!({"advance": "PT2H"})).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer["failed"].as_array().unwrap().len(), 2);
    assert!(answer["now"].as_str().unwrap().starts_with("2026-03-01T12:1"), "{answer}");
}

#[tokio::test]
async fn a_token_from_dev_token_opens_a_guarded_route() {
    let (place, log) = (tempfile::tempdir().unwrap(), Log::default());
    let machine = start(place.path(), &log).await;
    let guarded = |token: Option<&str>| {
        let mut request = Request::get("/v1/cases");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.body(Body::empty()).unwrap()
    };
    assert_eq!(call(&machine, guarded(None)).await.0, StatusCode::UNAUTHORIZED);
    let (status, answer) = dev(&machine, "/dev/token", json!({"role": "head", "agency": "chair"})).await;
    assert_eq!(status, StatusCode::OK);
    let token = answer["token"].as_str().unwrap();
    assert_eq!(call(&machine, guarded(Some(token))).await.0, StatusCode::NOT_FOUND, "the function is reached");
    let (_, keys) = get(&machine, "/dev/.well-known/jwks.json").await;
    assert_eq!(keys["keys"][0]["kty"], "EC");
    assert!(keys["keys"][0].get("d").is_none(), "the private key stays here");
}

#[tokio::test]
async fn bad_input_to_the_dev_routes_is_refused_with_the_reason() {
    let (place, log) = (tempfile::tempdir().unwrap(), Log::default());
    let machine = start(place.path(), &log).await;
    for (path, body, part) in [
        ("/dev/token", json!({"role": "king", "agency": "chair"}), "reception, handler"),
        ("/dev/token", json!({"role": "head", "agency": "nowhere"}), "nowhere"),
        ("/dev/token", json!({"agency": "chair"}), "role"),
        ("/dev/token", json!({"roles": [], "agency": "chair"}), "role"),
        ("/dev/token", json!({"role": "head", "agency": "chair", "x": 1}), "x"),
        ("/dev/token", json!({"role": "head"}), "agency"),
        ("/dev/token", json!({"role": "head", "agency": "chair", "sub": ""}), "sub"),
        ("/dev/clock", json!({"advance": "-P1D"}), "forward"),
        ("/dev/clock", json!({"advance": "soon"}), "ISO 8601"),
        ("/dev/clock", json!({"advance": 5}), "P10D"),
        ("/dev/clock", json!([]), "P10D"),
    ] {
        let (status, answer) = dev(&machine, path, body.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(answer["message"].as_str().unwrap().contains(part), "{body} gave {answer}");
    }
    let plain = Request::post("/dev/clock").body(Body::from(r#"{"advance":"P1D"}"#)).unwrap();
    assert_eq!(call(&machine, plain).await.0, StatusCode::BAD_REQUEST, "a page of another site cannot send this");
    for limit in ["0", "-1", "10001", "x"] {
        assert_eq!(get(&machine, &format!("/dev/inbox?limit={limit}")).await.0, StatusCode::BAD_REQUEST);
    }
    assert_eq!(get(&machine, "/dev/inbox?limit=5").await, (StatusCode::OK, json!([])));
    let foreign = Request::get("/dev/clock").header("host", "evil.example:8080").body(Body::empty()).unwrap();
    assert_eq!(call(&machine, foreign).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_inbox_shows_what_a_function_published() {
    let (place, log) = (tempfile::tempdir().unwrap(), Log::default());
    let published = Arc::new(Mutex::new(None));
    let options = options(place.path(), "2026-03-01T10:10:00+07:00");
    let machine = Machine::start(&options, TEMPLATE, async |parts: &Parts| {
        *published.lock().unwrap() = Some((parts.sns.clone(), parts.template.topic()?.to_owned()));
        Ok(functions(parts, &log))
    })
    .await
    .unwrap();
    let (client, topic) = published.lock().unwrap().clone().unwrap();
    client.publish().topic_arn(&topic).message(r#"{"notice_id":"n1"}"#).send().await.unwrap();
    let (_, inbox) = get(&machine, "/dev/inbox").await;
    assert_eq!((&inbox[0]["topic"], &inbox[0]["message"]), (&json!(topic), &json!({"notice_id": "n1"})));
}

async fn refusal(options: &Options, template: &str, without: Option<&str>) -> String {
    let log = Log::default();
    let build = async |parts: &Parts| {
        let mut functions = functions(parts, &log);
        if let Some(name) = without {
            functions.http.remove(name);
        }
        Ok(functions)
    };
    match Machine::start(options, template, build).await {
        Ok(_) => panic!("it started"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn whatever_prevents_a_start_is_told_in_one_line() {
    let place = tempfile::tempdir().unwrap();
    let free = options(place.path(), "2026-03-01T10:10:00+07:00");
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let file = place.path().join("file");
    std::fs::write(&file, b"").unwrap();
    for (line, parts) in [
        (
            refusal(&Options { port, ..free.clone() }, TEMPLATE, None).await,
            [&format!("127.0.0.1:{port}") as &str, "already in use"],
        ),
        (refusal(&Options { data: file.join("x"), ..free.clone() }, TEMPLATE, None).await, ["cannot use", "file"]),
        (refusal(&free, "Outputs: {A: !Join [a]}", None).await, ["!Join", "Outputs.A"]),
        (refusal(&free, TEMPLATE, Some("IntakeFunction")).await, ["IntakeFunction", "not part"]),
    ] {
        assert!(parts.iter().all(|part| line.contains(part)) && !line.contains('\n'), "{line}");
    }
    let running = start(place.path(), &Log::default()).await;
    assert!(refusal(&free, TEMPLATE, None).await.contains("already in use by another process"));
    drop(running);
}

#[tokio::test]
async fn a_request_in_flight_is_finished_before_the_machine_stops() {
    let (place, log) = (tempfile::tempdir().unwrap(), Log::default());
    let entered = Arc::new(tokio::sync::Notify::new());
    let options = options(place.path(), "2026-03-01T10:10:00+07:00");
    let slow = entered.clone();
    let machine = Machine::start(&options, TEMPLATE, async |parts: &Parts| {
        let answer = move || async move {
            slow.notify_one();
            tokio::time::sleep(Duration::from_millis(300)).await;
            "done"
        };
        Ok(functions(parts, &log).http("IntakeFunction", Router::new().route("/v1/petitions", post(answer))))
    })
    .await
    .unwrap();
    let mut connection = tokio::net::TcpStream::connect(machine.address()).await.unwrap();
    let stop = entered.clone();
    let serving = tokio::spawn(machine.serve(async move { stop.notified().await }));
    let request = b"POST /v1/petitions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    connection.write_all(request).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("done"), "{answer}");
    serving.await.unwrap().unwrap();
}
