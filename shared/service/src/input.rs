//! What callers send: JSON bodies that are checked field by field, receipt codes, idempotency keys, the step in `If-Match`.

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use donthu_domain::CaseId;
use donthu_store::ReceiptCode;
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use uuid::Uuid;
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::fault::{Fault, Wrong};

/// Most bytes of a request body. A petition's text alone may have 200 KB; JSON escapes can double it.
pub const MOST_BODY_BYTES: usize = 512 * 1024;

/// A JSON body of a known shape whose fields have been checked.
#[derive(Debug, Clone)]
pub struct Checked<T> {
    /// The body.
    pub value: T,
    /// Its bytes, for the digest that tells a repetition from another body.
    pub bytes: Bytes,
}

impl<S: Send + Sync, T: DeserializeOwned + Validate> FromRequest<S> for Checked<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Fault> {
        let json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|value| {
                let value = value.trim().to_ascii_lowercase();
                value == "application/json" || value.ends_with("+json")
            });
        if !json {
            return Err(Fault::UnsupportedMediaType);
        }
        let bytes =
            axum::body::to_bytes(request.into_body(), MOST_BODY_BYTES).await.map_err(|_| Fault::BodyTooLarge)?;
        let value = parse(&bytes)?;
        Ok(Checked { value, bytes })
    }
}

/// Reads and checks a JSON body.
///
/// # Errors
/// [`Fault::MalformedBody`] where it is no JSON, [`Fault::Invalid`] with the first wrong field by name.
pub fn parse<T: DeserializeOwned + Validate>(bytes: &[u8]) -> Result<T, Fault> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value: T = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| wrong_field(&error))?;
    deserializer.end().map_err(|_| Fault::MalformedBody)?;
    value.validate().map_err(|errors| first_error(&errors))?;
    Ok(value)
}

/// The parser's message quotes the input, so only the field's name and what is wrong with it are taken from it.
fn wrong_field(error: &serde_path_to_error::Error<serde_json::Error>) -> Fault {
    use serde_json::error::Category;
    let inner = error.inner();
    if matches!(inner.classify(), Category::Syntax | Category::Eof | Category::Io) {
        return Fault::MalformedBody;
    }
    let message = inner.to_string();
    if let Some(fault) = unknown_field(error.path(), &message) {
        return fault;
    }
    let path = match error.path().to_string() {
        path if path == "." => "body".to_owned(),
        path => path,
    };
    if message.starts_with("missing field") {
        let named = message.split('`').nth(1).unwrap_or("");
        let missing = match path.as_str() {
            "body" => named.to_owned(),
            path if path == named || path.ends_with(&format!(".{named}")) => path.to_owned(),
            path => format!("{path}.{named}"),
        };
        return Fault::invalid(missing, Wrong::Missing);
    }
    Fault::invalid(path, Wrong::Type)
}

/// The name of an unknown field is the caller's own text, and a path may end with it: it may hold anything, so it is told
/// only where it looks like a name. Otherwise what it stands in is told.
fn unknown_field(path: &serde_path_to_error::Path, message: &str) -> Option<Fault> {
    let rest = message.strip_prefix("unknown field `")?;
    let mut around = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Map { key } if rest.starts_with(&format!("{key}`")) => break,
            Segment::Map { key } if around.is_empty() => around.push_str(key),
            Segment::Map { key } => around.push_str(&format!(".{key}")),
            Segment::Seq { index } => around.push_str(&format!("[{index}]")),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    // A name may hold a backtick of its own; serde's own words follow the last one that ends a name.
    let ends = ["`, expected ", "`, there are no fields"];
    let named = ends.into_iter().find_map(|end| rest.rsplit_once(end)).map_or(rest, |(named, _)| named);
    let told = if !is_name(named) {
        if around.is_empty() { "body".to_owned() } else { around }
    } else if around.is_empty() {
        named.to_owned()
    } else {
        format!("{around}.{named}")
    };
    Some(Fault::invalid(told, Wrong::Unknown))
}

/// What is wrong with a query string: a parameter that nobody knows, or one whose value is `wrong`. The name of an unknown
/// one is the caller's own text, and there is nothing around it to tell instead.
pub fn in_query(rejection: &QueryRejection, wrong: Wrong) -> Fault {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(rejection);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<serde_path_to_error::Error<serde::de::value::Error>>() {
            if error.inner().to_string().starts_with("unknown field") {
                break;
            }
            // The parameters are known by now, so a path is a name of ours.
            let path = error.path().to_string();
            return Fault::invalid(if path == "." { "query" } else { &path }, wrong);
        }
        cause = error.source();
    }
    Fault::invalid("query", Wrong::UnknownParameter)
}

fn is_name(text: &str) -> bool {
    text.len() <= 40
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !has_long_digits(text)
}

/// The error of the first wrong field by path: the validator's own order is not stable.
fn first_error(errors: &ValidationErrors) -> Fault {
    let mut found: Vec<(String, Wrong)> = Vec::new();
    collect(errors, "", &mut found);
    found.sort_by(|a, b| a.0.cmp(&b.0));
    match found.into_iter().next() {
        Some((field, wrong)) => Fault::invalid(field, wrong),
        None => Fault::MalformedBody,
    }
}

fn collect(errors: &ValidationErrors, prefix: &str, found: &mut Vec<(String, Wrong)>) {
    for (name, kind) in errors.errors() {
        let path = if prefix.is_empty() { name.to_string() } else { format!("{prefix}.{name}") };
        match kind {
            ValidationErrorsKind::Field(list) => {
                found.extend(list.iter().take(1).map(|error| (path.clone(), wrong(error))));
            }
            ValidationErrorsKind::Struct(inner) => collect(inner, &path, found),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect(inner, &format!("{path}[{index}]"), found);
                }
            }
        }
    }
}

fn wrong(error: &ValidationError) -> Wrong {
    let number = |name: &str| error.params.get(name).and_then(serde_json::Value::as_u64);
    match error.code.as_ref() {
        "empty" => Wrong::Empty,
        "too_many_bytes" => Wrong::TooManyBytes { bytes: number("max").unwrap_or(0) },
        "id_number" => Wrong::IdNumber,
        "phone" => Wrong::Phone,
        "document_number" => Wrong::DocumentNumber,
        "subject" => Wrong::Subject,
        "length" => match number("max") {
            Some(characters) => Wrong::TooLong { characters },
            None => Wrong::Empty,
        },
        "range" => Wrong::Limit { most: number("max").unwrap_or(0) },
        _ => Wrong::Type,
    }
}

/// Checks that a text holds something.
///
/// # Errors
/// `empty`.
pub fn not_blank(text: &str) -> Result<(), ValidationError> {
    if text.trim().is_empty() { Err(ValidationError::new("empty")) } else { Ok(()) }
}

/// Most bytes of a petition's text in UTF-8.
pub const MOST_TEXT_BYTES: usize = 200 * 1024;

/// Checks that a petition's text holds something and no more than [`MOST_TEXT_BYTES`].
///
/// # Errors
/// `empty`, `too_many_bytes`.
pub fn petition_text(text: &str) -> Result<(), ValidationError> {
    not_blank(text)?;
    if text.len() > MOST_TEXT_BYTES {
        let mut error = ValidationError::new("too_many_bytes");
        error.add_param("max".into(), &MOST_TEXT_BYTES);
        return Err(error);
    }
    Ok(())
}

/// Checks an identity number: 12 digits (*căn cước, định danh cá nhân*), 9 digits (the former *CMND*, still found in old
/// files) or a passport's letter and 7 or 8 digits. It has no checksum, and its province digits say where a birth was
/// registered, not where somebody lives.
///
/// # Errors
/// `id_number`.
pub fn valid_id_number(text: &str) -> Result<(), ValidationError> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let passport = text.strip_prefix(|c: char| c.is_ascii_uppercase());
    let fits = (digits(text) && matches!(text.len(), 9 | 12))
        || passport.is_some_and(|rest| digits(rest) && matches!(rest.len(), 7 | 8));
    if fits { Ok(()) } else { Err(ValidationError::new("id_number")) }
}

/// Checks a Vietnamese telephone number: mobile `0` or `+84`, then 3, 5, 7, 8 or 9 and 8 digits; landline 2 and 9 digits.
///
/// # Errors
/// `phone`.
pub fn valid_phone(text: &str) -> Result<(), ValidationError> {
    if e164(text).is_some() { Ok(()) } else { Err(ValidationError::new("phone")) }
}

/// The number as SNS wants it, e.g. `+84912345678`; none where it isn't Vietnamese.
pub fn e164(text: &str) -> Option<String> {
    let national = text.strip_prefix("+84").or_else(|| text.strip_prefix('0'))?;
    let mut digits = national.bytes();
    let first = digits.next()?;
    let rest = digits.len();
    if !national.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fits = match first {
        b'3' | b'5' | b'7' | b'8' | b'9' => rest == 8,
        b'2' => rest == 9,
        _ => false,
    };
    fits.then(|| format!("+84{national}"))
}

/// Whether a number that is right is one of a mobile phone: only those get short messages.
pub fn is_mobile(text: &str) -> bool {
    e164(text).is_some_and(|number| !number.starts_with("+842"))
}

/// Checks the number and symbol of an official document, e.g. `15/QĐ-UBND`: letters, digits and `/ - .`, one line.
///
/// # Errors
/// `document_number`.
pub fn document_number(text: &str) -> Result<(), ValidationError> {
    let fits = (1..=50).contains(&text.chars().count())
        && text.chars().any(|c| c.is_ascii_digit())
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '-' | '.'))
        // Seven digits and more in a row are a phone or identity number, not a document.
        && !has_long_digits(text);
    if fits { Ok(()) } else { Err(ValidationError::new("document_number")) }
}

/// Checks the subject of an official's token: a UUID, or at most 100 ASCII letters, digits and `- _ . @ + : |`. It goes into
/// the journal, where no name and no number of a person may stand.
///
/// # Errors
/// `subject`.
pub fn subject_id(text: &str) -> Result<(), ValidationError> {
    let fits = (1..=100).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | '+' | ':' | '|'))
        && (Uuid::try_parse(text).is_ok() || !has_long_digits(text));
    if fits { Ok(()) } else { Err(ValidationError::new("subject")) }
}

/// Checks each of several subjects.
///
/// # Errors
/// `subject`.
pub fn subject_ids(texts: &[String]) -> Result<(), ValidationError> {
    texts.iter().try_for_each(|text| subject_id(text))
}

/// A text as a case id, where it has the shape of one: 32 lower-case hexadecimal digits.
pub fn case_id(text: &str) -> Option<CaseId> {
    let fits = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    fits.then(|| CaseId::new(text))
}

/// The case id of a path. What has not the shape of one is as unknown as any other.
#[derive(Debug, Clone)]
pub struct CaseInPath(pub CaseId);

impl<S: Send + Sync> FromRequestParts<S> for CaseInPath {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let Path(id) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Fault::NotFound)?;
        case_id(&id).map(CaseInPath).ok_or(Fault::NotFound)
    }
}

fn has_long_digits(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() >= 7)
}

/// The receipt code of an `Authorization: Receipt …` header. Never taken from a URL.
#[derive(Debug, Clone)]
pub struct Receipt(pub ReceiptCode);

impl<S: Send + Sync> FromRequestParts<S> for Receipt {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Fault> {
        let value = parts.headers.get(header::AUTHORIZATION).ok_or(Fault::ReceiptMissing)?;
        let value = value.to_str().map_err(|_| Fault::ReceiptMalformed)?;
        let (scheme, code) = value.trim().split_once(' ').ok_or(Fault::ReceiptMissing)?;
        if !scheme.eq_ignore_ascii_case("receipt") {
            return Err(Fault::ReceiptMissing);
        }
        ReceiptCode::parse(code).map(Receipt).map_err(|_| Fault::ReceiptMalformed)
    }
}

/// The `Idempotency-Key`, where the caller gave one.
#[derive(Debug, Clone, Copy)]
pub struct IdempotencyKey(pub Option<Uuid>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Fault> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(IdempotencyKey(None)) };
        let key = value.to_str().ok().and_then(|text| Uuid::try_parse(text.trim().trim_matches('"')).ok());
        key.map(|key| IdempotencyKey(Some(key))).ok_or(Fault::IdempotencyKeyMalformed)
    }
}

/// The step of `If-Match: "step"` that an official's form was filled in on.
///
/// # Errors
/// [`Fault::PreconditionMissing`].
pub fn if_match(headers: &HeaderMap) -> Result<u64, Fault> {
    headers
        .get(header::IF_MATCH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim().trim_start_matches("W/").trim_matches('"').parse().ok())
        .ok_or(Fault::PreconditionMissing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Person {
        #[validate(custom(function = not_blank), length(max = 5))]
        name: String,
        #[validate(custom(function = valid_phone))]
        phone: Option<String>,
    }

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Form {
        #[validate(nested)]
        person: Person,
    }

    fn problem(body: &str) -> (String, Wrong) {
        match parse::<Form>(body.as_bytes()) {
            Err(Fault::Invalid { field, wrong }) => (field, wrong),
            other => panic!("expected a wrong field, not {other:?}"),
        }
    }

    #[test]
    fn the_offending_field_is_named_by_its_path() {
        assert_eq!(problem(r#"{"person":{}}"#), ("person.name".into(), Wrong::Missing));
        assert_eq!(problem(r#"{"person":{"name":1}}"#), ("person.name".into(), Wrong::Type));
        assert_eq!(problem(r#"{"person":{"name":"A","age":3}}"#), ("person.age".into(), Wrong::Unknown));
        assert_eq!(problem(r#"{"person":{"name":" "}}"#), ("person.name".into(), Wrong::Empty));
        assert_eq!(
            problem(r#"{"person":{"name":"Nguyễn"}}"#),
            ("person.name".into(), Wrong::TooLong { characters: 5 }),
            "characters are counted, not bytes"
        );
        assert_eq!(problem(r#"{"person":{"name":"A","phone":"123"}}"#), ("person.phone".into(), Wrong::Phone));
        assert_eq!(problem("[]"), ("body".into(), Wrong::Type));
        assert!(matches!(parse::<Form>(b"{"), Err(Fault::MalformedBody)));
        assert!(matches!(parse::<Form>(br#"{"person":{"name":"A"}} x"#), Err(Fault::MalformedBody)));
    }

    #[test]
    fn an_unknown_fields_name_is_told_only_where_it_is_a_name() {
        for name in ["Nguyễn Văn A 0912345678", "a`Nguyễn Văn A 0912345678", "0912345678", "p0912345678", "name` x"]
        {
            let body = serde_json::json!({ "person": { "name": "A", name: 1 } }).to_string();
            assert_eq!(problem(&body), ("person".into(), Wrong::Unknown), "{name}");
            let body = serde_json::json!({ "person": { "name": "A" }, name: 1 }).to_string();
            assert_eq!(problem(&body), ("body".into(), Wrong::Unknown), "{name}");
        }
        assert_eq!(problem(r#"{"person":{"name":"A"},"age":3}"#), ("age".into(), Wrong::Unknown));
    }

    #[test]
    fn the_offending_parameter_of_a_query_is_named() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Period {
            #[expect(dead_code, reason = "only its reading matters")]
            from: Option<jiff::civil::Date>,
        }
        for (query, field, wrong) in [
            ("kind=complaint", "query", Wrong::UnknownParameter),
            ("from=2026-10-05&kind=complaint", "query", Wrong::UnknownParameter),
            ("Chimhoangyen=0912345678", "query", Wrong::UnknownParameter),
            ("from=2026-10", "from", Wrong::Date),
            ("from=2026-02-30", "from", Wrong::Date),
        ] {
            let uri = format!("/x?{query}").parse().unwrap();
            let rejection = axum::extract::Query::<Period>::try_from_uri(&uri).unwrap_err();
            match in_query(&rejection, Wrong::Date) {
                Fault::Invalid { field: named, wrong: why } => {
                    assert_eq!((named.as_str(), why), (field, wrong), "{query}")
                }
                other => panic!("{query}: {other:?}"),
            }
        }
    }

    #[test]
    fn identity_and_phone_numbers_have_the_shapes_of_the_law() {
        for good in ["051201000123", "123456789", "B1234567", "C12345678"] {
            assert!(valid_id_number(good).is_ok(), "{good}");
        }
        for bad in ["05120100012", "0512010001234", "b1234567", "B123456", "05120100012x", ""] {
            assert!(valid_id_number(bad).is_err(), "{bad}");
        }
        assert_eq!(e164("0912345678").as_deref(), Some("+84912345678"));
        assert_eq!(e164("+84912345678").as_deref(), Some("+84912345678"));
        assert_eq!(e164("02553822822").as_deref(), Some("+842553822822"));
        for (number, mobile) in [
            ("0912345678", true),
            ("+84352345678", true),
            ("02553822822", false),
            ("+842553822822", false),
            ("", false),
        ] {
            assert_eq!(is_mobile(number), mobile, "{number}");
        }
        for bad in ["0112345678", "091234567", "09123456789", "+1912345678", "09 12345678", ""] {
            assert_eq!(e164(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_handler_is_named_by_a_tokens_subject_and_not_by_a_name_or_number() {
        for good in ["head@c21040", "head+handler@so-xay-dung", "00000000-0000-4000-8000-000000000001", "auth|a1"] {
            assert!(subject_id(good).is_ok(), "{good}");
        }
        for bad in ["", "Nguyen Van A", "Kín", "0912345678", "a.0912345678", "051201000123", &"a".repeat(101)] {
            assert!(subject_id(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_case_id_has_one_shape() {
        assert!(case_id("0123456789abcdef0123456789abcdef").is_some());
        for bad in
            ["", "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcde", "../0123456789abcdef012345678"]
        {
            assert!(case_id(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_document_number_can_not_smuggle_a_person() {
        for good in ["15/QĐ-UBND", "1234/TB-TTr", "02.KL/2026"] {
            assert!(document_number(good).is_ok(), "{good}");
        }
        for bad in ["", "QĐ-UBND", "0912345678/QĐ", "Ông Nguyễn Văn A", "15/QĐ\nUBND", &"1".repeat(51)] {
            assert!(document_number(bad).is_err(), "{bad}");
        }
    }
}
