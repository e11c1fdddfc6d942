use aws_sdk_kms::operation::decrypt::DecryptOutput;
use aws_sdk_kms::operation::generate_data_key::GenerateDataKeyOutput;
use aws_smithy_mocks::{RuleMode, mock, mock_client};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use super::*;
use crate::testing::{FakeKms, KmsFault};

const OLD: &str = "0a1b2c3d-0000-4000-8000-000000000001";
const NEW: &str = "mrk-0a1b2c3d0000400080000000000000002";
const SECRET: [u8; 32] = [7; 32];

fn key(id: &str) -> KmsKey {
    KmsKey::new(id).unwrap()
}

fn arn(id: &str) -> KmsKey {
    key(&format!("arn:aws:kms:ap-southeast-1:123456789012:key/{id}"))
}

fn case() -> CaseId {
    CaseId::from("0123456789abcdef0123456789abcdef")
}

async fn keyring(kms: &FakeKms, current: KmsKey, earlier: Vec<KmsKey>) -> KmsKeyring {
    let sealed = seal_lookup(kms.config(), &current, None).await.unwrap();
    KmsKeyring::open(kms.config(), current, earlier, &sealed).await.unwrap()
}

/// A keyring without lookup keys of its own, on a client whose answers are made up.
fn on(client: &Client) -> KmsKeyring {
    let lookup = Lookup::fresh().unwrap().keys().unwrap();
    let client = super::client(client.config().to_builder());
    KmsKeyring { client, current: key(OLD), earlier: Vec::new(), lookup }
}

fn refusal(status: u16, code: &str) -> HttpResponse {
    let body = format!(r#"{{"__type":"{code}","message":"told by the service"}}"#);
    HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body))
}

fn data_key() -> GenerateDataKeyOutput {
    let output = GenerateDataKeyOutput::builder().key_id(OLD).plaintext(Blob::new(SECRET));
    output.ciphertext_blob(Blob::new(b"wrapped")).build()
}

/// What a keyring says of a service that answers every attempt like this.
async fn failing(status: u16, code: &'static str) -> KeyringError {
    let rule = mock!(Client::generate_data_key)
        .sequence()
        .http_response(move || refusal(status, code))
        .times(ATTEMPTS as usize)
        .build();
    let client = mock_client!(aws_sdk_kms, RuleMode::MatchAny, [&rule]);
    on(&client).data_key(&case(), DataClass::Text).await.unwrap_err()
}

#[test]
fn a_key_is_named_by_its_id_or_arn_and_not_by_an_alias() {
    for good in [OLD, NEW, arn(OLD).as_str()] {
        assert_eq!(KmsKey::new(good).unwrap().as_str(), good);
    }
    assert_eq!((arn(NEW).id(), key(NEW).id()), (NEW, NEW));
    let alias = "arn:aws:kms:ap-southeast-1:123456789012:alias/vault";
    for wrong in ["", "alias/vault", alias, "key/1", ":key/1", "arn:aws:kms:r:1:key/", "khóa"] {
        assert_eq!(KmsKey::new(wrong), Err(NotAKmsKey), "{wrong}");
    }
}

#[tokio::test]
async fn a_data_key_is_asked_for_with_its_case_and_class_and_opened_by_the_key_that_wrapped_it() {
    let made = mock!(Client::generate_data_key)
        .match_requests(|asked| {
            asked.key_id() == Some(OLD)
                && asked.key_spec() == Some(&DataKeySpec::Aes256)
                && asked.encryption_context() == Some(&context(&case(), DataClass::Contact))
        })
        .then_output(data_key);
    let opened = mock!(Client::decrypt)
        .match_requests(|asked| {
            asked.key_id() == Some(OLD)
                && asked.ciphertext_blob().map(AsRef::as_ref) == Some(b"wrapped".as_slice())
                && asked.encryption_context() == Some(&context(&case(), DataClass::Contact))
        })
        .then_output(|| DecryptOutput::builder().plaintext(Blob::new(SECRET)).build());
    let client = mock_client!(aws_sdk_kms, RuleMode::MatchAny, [&made, &opened]);
    let keyring = on(&client);
    let key = keyring.data_key(&case(), DataClass::Contact).await.unwrap();
    assert_eq!(key.wrapped.wrapped_by.as_str(), OLD);
    let again = keyring.unwrap_data_key(&case(), DataClass::Contact, &key.wrapped).await.unwrap();
    assert_eq!((key.plaintext.0.expose(), again.0.expose()), (&SECRET, &SECRET));
    let names: Vec<String> = context(&case(), DataClass::Contact).into_values().collect();
    assert!(names.contains(&"contact".to_owned()) && names.contains(&case().to_string()));
}

#[tokio::test(start_paused = true)]
async fn a_throttled_call_is_made_again_and_one_that_stays_throttled_is_put_off() {
    let rule = mock!(Client::generate_data_key)
        .sequence()
        .http_response(|| refusal(400, "ThrottlingException"))
        .times(2)
        .output(data_key)
        .build();
    let client = mock_client!(aws_sdk_kms, RuleMode::MatchAny, [&rule]);
    on(&client).data_key(&case(), DataClass::Text).await.unwrap();
    assert_eq!(rule.num_calls(), 3);

    let put_off = failing(400, "ThrottlingException").await;
    assert!(matches!(put_off, KeyringError::Unavailable { operation: "GenerateDataKey", .. }), "{put_off}");
}

#[tokio::test(start_paused = true)]
async fn a_failing_service_is_unavailable_and_a_refusing_one_is_a_fault_of_ours() {
    for (status, code) in [
        (500, "KMSInternalException"),
        (500, "KeyUnavailableException"),
        (503, "DependencyTimeoutException"),
        (502, "unknown"),
    ] {
        let error = failing(status, code).await;
        assert!(matches!(error, KeyringError::Unavailable { .. }), "{code}: {error}");
    }
    for code in ["AccessDeniedException", "DisabledException", "KMSInvalidStateException", "NotFoundException"] {
        let error = failing(400, code).await;
        let KeyringError::Refused { operation: "GenerateDataKey", code: told } = &error else { panic!("{error}") };
        assert_eq!(told, code);
        assert!(!format!("{error:?}{error}").contains("told by the service"), "only the code is passed on");
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_says_nothing_is_given_up_within_seconds() {
    let kms = FakeKms::new();
    let keyring = keyring(&kms, key(OLD), Vec::new()).await;
    for (fault, expected) in
        [(KmsFault::Silent, "Timeout"), (KmsFault::Unreachable, "NotReached"), (KmsFault::AnswerLost, "NotReached")]
    {
        kms.set_fault(Some(fault));
        let asked_at = tokio::time::Instant::now();
        let error = keyring.data_key(&case(), DataClass::Text).await.unwrap_err();
        let KeyringError::Unavailable { code, .. } = &error else { panic!("{fault:?}: {error}") };
        assert_eq!(code, expected);
        assert!(asked_at.elapsed() < Duration::from_secs(8), "{fault:?} took {:?}", asked_at.elapsed());
    }
    kms.set_fault(None);
    let key = keyring.data_key(&case(), DataClass::Text).await.unwrap();
    keyring.unwrap_data_key(&case(), DataClass::Text, &key.wrapped).await.unwrap();
}

#[tokio::test]
async fn a_wrapped_key_in_another_context_or_altered_belongs_to_nobody() {
    let kms = FakeKms::new();
    let keyring = keyring(&kms, key(OLD), Vec::new()).await;
    let DataKey { mut wrapped, .. } = keyring.data_key(&case(), DataClass::Text).await.unwrap();
    for (case, class) in [(CaseId::from("other"), DataClass::Text), (case(), DataClass::Identity)] {
        let error = keyring.unwrap_data_key(&case, class, &wrapped).await.unwrap_err();
        assert!(matches!(error, KeyringError::Foreign { class: named } if named == class), "{error}");
    }
    *wrapped.bytes.last_mut().unwrap() ^= 1;
    let error = keyring.unwrap_data_key(&case(), DataClass::Text, &wrapped).await.unwrap_err();
    assert!(matches!(error, KeyringError::Foreign { .. }), "{error}");
}

#[tokio::test]
async fn a_disabled_key_opens_nothing_and_is_named_by_its_code() {
    let kms = FakeKms::new();
    let keyring = keyring(&kms, key(OLD), Vec::new()).await;
    let DataKey { wrapped, .. } = keyring.data_key(&case(), DataClass::Text).await.unwrap();
    kms.disable(OLD);
    let error = keyring.unwrap_data_key(&case(), DataClass::Text, &wrapped).await.unwrap_err();
    assert_eq!(error.to_string(), "the key service refused Decrypt: DisabledException");
}

#[tokio::test]
async fn after_a_move_to_another_key_old_data_keys_unwrap_and_are_wrapped_anew_within_the_service() {
    let kms = FakeKms::new();
    let before = keyring(&kms, arn(OLD), Vec::new()).await;
    let old = before.data_key(&case(), DataClass::Identity).await.unwrap();
    assert_eq!(before.rewrap(&case(), DataClass::Identity, &old.wrapped).await.unwrap(), None);

    let after = keyring(&kms, arn(NEW), vec![key(OLD)]).await;
    let opened = after.unwrap_data_key(&case(), DataClass::Identity, &old.wrapped).await.unwrap();
    assert_eq!(opened.0.expose(), old.plaintext.0.expose());
    let asked = kms.calls().len();
    let new = after.rewrap(&case(), DataClass::Identity, &old.wrapped).await.unwrap().unwrap();
    assert_eq!(kms.calls()[asked..], ["ReEncrypt"], "the data key is never here in the clear");
    assert_eq!(new.wrapped_by.as_str(), NEW);

    let alone = keyring(&kms, arn(NEW), Vec::new()).await;
    let opened = alone.unwrap_data_key(&case(), DataClass::Identity, &new).await.unwrap();
    assert_eq!(opened.0.expose(), old.plaintext.0.expose());
    let error = alone.unwrap_data_key(&case(), DataClass::Identity, &old.wrapped).await.unwrap_err();
    assert!(matches!(&error, KeyringError::UnknownWrappingKey { wrapped_by, .. } if wrapped_by.as_str() == OLD));
    let error = after.rewrap(&case(), DataClass::Text, &old.wrapped).await.unwrap_err();
    assert!(matches!(error, KeyringError::Foreign { .. }), "it stays bound to its class: {error}");
}

#[tokio::test]
async fn sealed_lookup_keys_open_by_the_keys_of_the_keyring_and_for_nothing_else() {
    let kms = FakeKms::new();
    let sealed = seal_lookup(kms.config(), &key(OLD), None).await.unwrap();
    let one = KmsKeyring::open(kms.config(), key(OLD), Vec::new(), &sealed).await.unwrap();
    let moved = KmsKeyring::open(kms.config(), key(NEW), vec![key(OLD)], &sealed).await.unwrap();
    let code = |keyring: &KmsKeyring| {
        let lookup = keyring.lookup();
        lookup.receipt(lookup.current(), uuid::Uuid::from_u128(1)).unwrap()
    };
    assert_eq!(code(&one), code(&moved), "the same codes in every process");

    let error = KmsKeyring::open(kms.config(), key(NEW), Vec::new(), &sealed).await.unwrap_err();
    assert!(matches!(error, KeyringError::SealedLookup { .. }), "{error}");
    let data_key = one.data_key(&case(), DataClass::Text).await.unwrap().wrapped;
    for wrong in [b"".as_slice(), b"no ciphertext", &data_key.bytes] {
        let error = KmsKeyring::open(kms.config(), key(OLD), Vec::new(), wrong).await.unwrap_err();
        assert!(matches!(error, KeyringError::SealedLookup { .. }), "{error}");
    }
    kms.set_fault(Some(KmsFault::Answers(400, "AccessDeniedException")));
    let error = KmsKeyring::open(kms.config(), key(OLD), Vec::new(), &sealed).await.unwrap_err();
    assert!(matches!(error, KeyringError::Refused { operation: "Decrypt", .. }), "{error}");
}

#[tokio::test]
async fn sealed_text_that_is_no_lookup_keys_is_refused_without_being_quoted() {
    let kms = FakeKms::new();
    let sealed = super::client(kms.config())
        .encrypt()
        .key_id(OLD)
        .set_encryption_context(Some(lookup_context()))
        .plaintext(Blob::new(b"{\"body\":\"planted\"}"))
        .send()
        .await
        .unwrap();
    let sealed = sealed.ciphertext_blob.unwrap();
    let error = KmsKeyring::open(kms.config(), key(OLD), Vec::new(), sealed.as_ref()).await.unwrap_err();
    assert_eq!(error.to_string(), "the sealed lookup keys cannot be used: they are not the JSON of lookup keys");
    assert!(!format!("{error:?}").contains("planted"));
}

#[tokio::test]
async fn a_kms_keyring_shows_no_key() {
    let keyring = keyring(&FakeKms::new(), key(OLD), Vec::new()).await;
    let shown =
        format!("{:?} {:?}", keyring.lookup(), keyring.data_key(&case(), DataClass::Text).await.unwrap().plaintext);
    assert!(shown.contains("SecretBytes(..)") && shown.contains("Hmac(..)"), "{shown}");
}
