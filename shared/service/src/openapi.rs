//! How functions describe their routes (OpenAPI 3.1). What follows from who calls, from a body or from a path, above all which
//! problems there can be, is said here once; each function's own `openapi` module says the rest.

use std::collections::{BTreeMap, BTreeSet};

use donthu_domain::Role;
use serde::Serialize;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::{Tag, TagBuilder};
use utoipa::openapi::{
    ComponentsBuilder, HttpMethod, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Paths, Ref, RefOr, Required,
    Schema,
};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::problem::Problem;

/// The scheme of officials' tokens.
pub const OFFICIALS: &str = "officials";
/// The scheme of receipt codes.
pub const RECEIPT: &str = "receipt";
/// The extension that names the roles which may ever succeed on an officials' route.
pub const ROLES: &str = "x-roles";

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";
const LANGUAGE: &str = "AcceptLanguage";
const IDEMPOTENCY_KEY: &str = "IdempotencyKey";
const IF_MATCH: &str = "IfMatch";

/// Two types of one name.
#[derive(Debug, thiserror::Error)]
#[error("the schema {0} has two meanings")]
pub struct Ambiguous(String);

type Schemas = Vec<(String, RefOr<Schema>)>;

/// The routes of a function.
#[derive(Default)]
pub struct Api {
    paths: Paths,
    schemas: Schemas,
}

impl Api {
    /// With another route.
    #[must_use]
    pub fn route(mut self, described: Described) -> Self {
        let Described { method, path, schemas, .. } = &described;
        self.schemas.extend(schemas.iter().cloned());
        let (path, method) = (*path, method.clone());
        self.paths.add_path_operation(path, vec![method], described.operation());
        self
    }
}

/// A route. What is not said of it has to be: there is no usual caller and no usual answer.
pub struct Described {
    method: HttpMethod,
    path: &'static str,
    operation: OperationBuilder,
    schemas: Schemas,
    problems: BTreeSet<u16>,
    headers: Vec<(&'static str, &'static str)>,
    answers: Vec<(u16, ResponseBuilder)>,
}

/// A route of method GET, with the stable name of its operation.
pub fn get(path: &'static str, id: &'static str) -> Described {
    Described::new(HttpMethod::Get, path, id)
}

/// A route of method POST.
pub fn post(path: &'static str, id: &'static str) -> Described {
    Described::new(HttpMethod::Post, path, id)
}

/// A route of method PUT.
pub fn put(path: &'static str, id: &'static str) -> Described {
    Described::new(HttpMethod::Put, path, id)
}

impl Described {
    fn new(method: HttpMethod, path: &'static str, id: &'static str) -> Self {
        let language = Ref::new(format!("#/components/parameters/{LANGUAGE}"));
        Self {
            method,
            path,
            operation: OperationBuilder::new().operation_id(Some(id)).parameter_ref(language),
            schemas: Vec::new(),
            problems: BTreeSet::from([500, 503]),
            headers: Vec::new(),
            answers: Vec::new(),
        }
    }

    /// Under which heading it stands, what it does in a few words and in full.
    #[must_use]
    pub fn says(mut self, tag: &'static str, summary: &'static str, description: &'static str) -> Self {
        self.operation = self.operation.tag(tag).summary(Some(summary));
        if !description.is_empty() {
            self.operation = self.operation.description(Some(description));
        }
        self
    }

    /// Anybody may call it.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.operation = self.operation.securities(Some([]));
        self
    }

    /// Whoever holds a receipt code.
    #[must_use]
    pub fn receipt(mut self) -> Self {
        self.problems.extend([400, 401, 404, 429]);
        self.operation = self.operation.security(SecurityRequirement::new(RECEIPT, [] as [&str; 0]));
        self
    }

    /// Officials, of whom some roles may succeed, in the right agency.
    #[must_use]
    pub fn officials(mut self, roles: &[Role]) -> Self {
        let roles: Vec<&str> = roles.iter().map(|role| role.code()).collect();
        self.problems.extend([401, 403]);
        self.operation = self
            .operation
            .security(SecurityRequirement::new(OFFICIALS, [] as [&str; 0]))
            .extensions(Some(ExtensionsBuilder::new().add(ROLES, roles).build()));
        self
    }

    /// A parameter of the path.
    #[must_use]
    pub fn within<T: ToSchema>(mut self, name: &'static str, description: &'static str) -> Self {
        self.problems.insert(404);
        let reference = collect::<T>(&mut self.schemas);
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some(description))
            .schema(Some(reference));
        self.operation = self.operation.parameter(parameter);
        self
    }

    /// Parameters of the query.
    #[must_use]
    pub fn query<P: IntoParams>(mut self) -> Self {
        self.problems.insert(422);
        for parameter in P::into_params(|| Some(ParameterIn::Query)) {
            self.operation = self.operation.parameter(parameter);
        }
        self
    }

    /// The schemas of types that parameters refer to.
    #[must_use]
    pub fn knows<T: ToSchema>(mut self) -> Self {
        collect::<T>(&mut self.schemas);
        self
    }

    /// A body of JSON.
    #[must_use]
    pub fn body<T: ToSchema>(mut self) -> Self {
        self.problems.extend([400, 413, 415, 422]);
        let reference = collect::<T>(&mut self.schemas);
        let content = ContentBuilder::new().schema(Some(reference)).build();
        let body = RequestBodyBuilder::new().content(JSON, content).required(Some(Required::True)).build();
        self.operation = self.operation.request_body(Some(body));
        self
    }

    /// It writes, once under one key, and can be refused for how things stand.
    #[must_use]
    pub fn writes(mut self) -> Self {
        self.problems.extend([400, 409, 422]);
        self.parameter(IDEMPOTENCY_KEY)
    }

    /// It rests on a step of the case.
    #[must_use]
    pub fn on_step(mut self) -> Self {
        self.problems.extend([412, 428]);
        self.parameter(IF_MATCH)
    }

    /// It reads what may have been destroyed on purpose.
    #[must_use]
    pub fn from_vault(mut self) -> Self {
        self.problems.insert(410);
        self
    }

    /// How often it may be called is counted.
    #[must_use]
    pub fn limited(mut self) -> Self {
        self.problems.insert(429);
        self
    }

    /// It can answer with a problem of this status beside those that follow from the rest.
    #[must_use]
    pub fn refuses(mut self, status: u16) -> Self {
        self.problems.insert(status);
        self
    }

    /// A header of its requests.
    #[must_use]
    pub fn sends(mut self, name: &'static str, required: Required, description: &'static str) -> Self {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(required);
        let parameter = parameter.description(Some(description)).schema(Some(String::schema()));
        self.operation = self.operation.parameter(parameter);
        self
    }

    /// A header of its successful answers.
    #[must_use]
    pub fn header(mut self, name: &'static str, description: &'static str) -> Self {
        self.headers.push((name, description));
        self
    }

    /// A successful answer of JSON.
    #[must_use]
    pub fn answers<T: ToSchema>(mut self, status: u16, description: &'static str) -> Self {
        let reference = collect::<T>(&mut self.schemas);
        let content = ContentBuilder::new().schema(Some(reference)).build();
        self.answers.push((status, ResponseBuilder::new().description(description).content(JSON, content)));
        self
    }

    /// A successful answer of another type than JSON.
    #[must_use]
    pub fn answers_text(mut self, status: u16, media_type: &'static str, description: &'static str) -> Self {
        let content = ContentBuilder::new().schema(Some(String::schema())).build();
        self.answers.push((status, ResponseBuilder::new().description(description).content(media_type, content)));
        self
    }

    /// A successful answer without a body.
    #[must_use]
    pub fn answers_nothing(mut self, status: u16, description: &'static str) -> Self {
        self.answers.push((status, ResponseBuilder::new().description(description)));
        self
    }

    fn parameter(mut self, name: &str) -> Self {
        self.operation = self.operation.parameter_ref(Ref::new(format!("#/components/parameters/{name}")));
        self
    }

    fn operation(self) -> Operation {
        let mut operation = self.operation;
        for (status, mut answer) in self.answers {
            for (name, description) in &self.headers {
                let header =
                    HeaderBuilder::new().schema(Some(String::schema())).description(Some(*description)).build();
                answer = answer.header(*name, header);
            }
            operation = operation.response(status.to_string(), answer.build());
        }
        for status in self.problems {
            operation = operation.response(status.to_string(), Ref::from_response_name(problem_name(status)));
        }
        operation.build()
    }
}

fn collect<T: ToSchema>(schemas: &mut Schemas) -> RefOr<Schema> {
    let name = T::name().into_owned();
    schemas.push((name.clone(), T::schema()));
    T::schemas(schemas);
    RefOr::Ref(Ref::from_schema_name(name))
}

/// What API Gateway says itself, where a request never reaches a function.
#[derive(Serialize, ToSchema)]
pub struct GatewayMessage {
    /// A few English words.
    pub message: String,
}

/// Every status of a problem, the name of its answer, what it means, and whether the gateway gives it too.
const PROBLEMS: [(u16, &str, &str, bool); 13] = [
    (400, "Unreadable", "The body, the receipt code or the idempotency key cannot be read.", true),
    (401, "NotSignedIn", "No valid token or no receipt code. An answer of the gateway is no problem document.", true),
    (403, "Forbidden", "The roles or the agency of the token do not allow it, or the agency was closed.", false),
    (
        404,
        "NotFound",
        "There is nothing of that name, or nothing that the caller may know of: both answer alike.",
        false,
    ),
    (
        409,
        "Conflict",
        "The law or the state of the case refuses, or the idempotency key was used with another body.",
        false,
    ),
    (410, "Destroyed", "What was asked for was destroyed on purpose.", false),
    (412, "Stale", "The case has changed since the step in If-Match; the problem names the step that it is at.", false),
    (413, "TooLarge", "The body is too large.", true),
    (415, "NotJson", "The body is not declared as JSON.", false),
    (422, "Invalid", "A field or parameter is wrong; the problem names it.", false),
    (428, "StepMissing", "If-Match is missing.", false),
    (429, "TooMany", "Too often within the hour, or a proof of work is needed.", true),
    (500, "Fault", "A fault of the system.", true),
];

/// The one answer that says when to come again.
const BUSY: (u16, &str, &str) =
    (503, "Busy", "Too much at once, or a service did not answer. The same request may be sent again.");

fn problem_name(status: u16) -> &'static str {
    PROBLEMS.iter().find(|(of, ..)| *of == status).map_or(BUSY.1, |(_, name, ..)| name)
}

fn problem(description: &str) -> ResponseBuilder {
    let content = |name: std::borrow::Cow<'_, str>| {
        ContentBuilder::new().schema(Some(Ref::from_schema_name(name.into_owned()))).build()
    };
    ResponseBuilder::new().description(description).content(PROBLEM, content(Problem::name()))
}

fn problems() -> Vec<(&'static str, Response)> {
    let header = |description: &'static str| {
        HeaderBuilder::new().schema(Some(String::schema())).description(Some(description)).build()
    };
    let mut responses: Vec<_> = PROBLEMS
        .iter()
        .map(|(status, name, description, by_gateway)| {
            let mut response = problem(description);
            if *by_gateway {
                let schema = Ref::from_schema_name(GatewayMessage::name().into_owned());
                response = response.content(JSON, ContentBuilder::new().schema(Some(schema)).build());
            }
            if *status == 429 {
                response = response.header("Retry-After", header("Seconds; absent where the gateway answers."));
            }
            if *status == 401 {
                response = response.header("WWW-Authenticate", header("The scheme that is wanted."));
            }
            (*name, response.build())
        })
        .collect();
    let (_, name, description) = BUSY;
    let seconds = header("Seconds after which to send the same request again; absent where the gateway answers.");
    let gateway = Ref::from_schema_name(GatewayMessage::name().into_owned());
    let busy = problem(description).content(JSON, ContentBuilder::new().schema(Some(gateway)).build());
    responses.push((name, busy.header("Retry-After", seconds).build()));
    responses
}

fn parameters() -> [(&'static str, Parameter); 3] {
    let in_header = |name: &str, required, description: &str| {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header);
        parameter.required(required).description(Some(description))
    };
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let language = "Language of the answer: Vietnamese unless English (`en`) is asked for first.";
    let key = "A UUID of the caller's own: the same request under the same key is done once, however often it is sent.";
    let step = "The step of the case as the caller saw it, in quotation marks: `\"3\"`.";
    [
        (LANGUAGE, in_header("Accept-Language", Required::False, language).schema(Some(text())).build()),
        (
            IDEMPOTENCY_KEY,
            in_header("Idempotency-Key", Required::False, key).schema(Some(text().format(Some(uuid_format())))).build(),
        ),
        (IF_MATCH, in_header("If-Match", Required::True, step).schema(Some(text())).build()),
    ]
}

fn uuid_format() -> utoipa::openapi::SchemaFormat {
    utoipa::openapi::SchemaFormat::Custom("uuid".to_owned())
}

fn schemes() -> [(&'static str, SecurityScheme); 2] {
    let officials = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(
        "An ID token (`token_use`: `id`) with the claims `sub`, `agency` and `roles`, or Cognito's `custom:agency` and \
         `cognito:groups`.",
    ));
    let receipt = ApiKeyValue::with_description(
        "Authorization",
        "`Receipt ` and the code that was given out for the petition (*mã hồ sơ*). Never in a URL.",
    );
    [(OFFICIALS, SecurityScheme::Http(officials.build())), (RECEIPT, SecurityScheme::ApiKey(ApiKey::Header(receipt)))]
}

fn tags() -> Vec<Tag> {
    [
        ("petitions", "Submitting a petition (*nộp đơn*)."),
        ("petition", "What a receipt code opens (*tra cứu đơn*)."),
        ("cases", "Officials' queues and what they read of a case."),
        ("steps", "The steps of a case (*thụ lý, xác minh, giải quyết*), each on the state that the official saw."),
        ("custody", "Who a petitioner is (*giữ bí mật thông tin*)."),
        ("statistics", "Figures (*tỷ lệ giải quyết*) and the journal's roots."),
        ("reference", "Agencies, areas and subject fields."),
        ("document", "This document."),
    ]
    .map(|(name, description)| TagBuilder::new().name(name).description(Some(description)).build())
    .into()
}

/// The document of several functions' routes.
///
/// # Errors
/// [`Ambiguous`] where two different types have one name.
pub fn document(functions: impl IntoIterator<Item = Api>) -> Result<OpenApi, Ambiguous> {
    let mut shared = Vec::new();
    collect::<Problem>(&mut shared);
    collect::<GatewayMessage>(&mut shared);
    let mut paths = Paths::new();
    for api in functions {
        paths.merge(api.paths);
        shared.extend(api.schemas);
    }
    let mut schemas: BTreeMap<String, RefOr<Schema>> = BTreeMap::new();
    for (name, schema) in shared {
        if let Some(other) = schemas.get(&name)
            && *other != schema
        {
            return Err(Ambiguous(name));
        }
        schemas.insert(name, schema);
    }
    let mut components = ComponentsBuilder::new().schemas_from_iter(schemas);
    for (name, response) in problems() {
        components = components.response(name, response);
    }
    for (name, scheme) in schemes() {
        components = components.security_scheme(name, scheme);
    }
    let mut components = components.build();
    components.parameters = parameters().map(|(name, parameter)| (name.to_owned(), RefOr::T(parameter))).into();
    let info = InfoBuilder::new()
        .title("Đơn Thư")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Complaints, denunciations and feedback (*khiếu nại, tố cáo, kiến nghị, phản ánh*) of one Vietnamese province. Times \
             are RFC 3339 with +07:00. Unknown fields and parameters are refused. Problems are those of RFC 9457.",
        ))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()));
    Ok(OpenApiBuilder::new().info(info.build()).paths(paths).components(Some(components)).tags(Some(tags())).build())
}
