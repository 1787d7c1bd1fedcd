//! The description of the API: what all of its calls have in common.

use utoipa::PartialSchema;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{InfoBuilder, OpenApi, RefOr, Required};

use crate::api::answer::ProblemDetails;

/// Describes that the calls which are about one organization wait for a revision of it.
pub(super) fn waits(description: &mut OpenApi) {
    for item in description.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete].into_iter().flatten() {
            add(operation, wait_for());
        }
    }
}

/// Completes the description that the handlers give.
pub(super) fn complete(mut description: OpenApi) -> OpenApi {
    description.info = InfoBuilder::new()
        .title("Access service")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Who may do what on a deployment platform, and how that is changed."))
        .build();
    for (path, item) in &mut description.paths.paths {
        // Each path has one method, so that its name is the name of the operation.
        for operation in [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete].into_iter().flatten() {
            operation.operation_id = path.strip_prefix("/api/").map(ToOwned::to_owned);
        }
        if let Some(operation) = &mut item.post {
            add(operation, idempotency_key());
        }
    }
    let components = description.components.get_or_insert_default();
    components
        .add_security_scheme("token", SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()));
    // Answers name it, and no handler does.
    components.schemas.insert("ProblemDetails".to_owned(), <ProblemDetails as PartialSchema>::schema());
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("session"))));
    let either = ["token", "session"].map(|name| SecurityRequirement::new(name, Vec::<String>::new()));
    description.security = Some(either.to_vec());
    description
}

fn add(operation: &mut Operation, parameter: Parameter) {
    operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
}

fn wait_for() -> Parameter {
    let revision = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(0))
        .build();
    ParameterBuilder::new()
        .name("wait_for")
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some("The revision of the organization to wait for, at most 5 seconds: then 503."))
        .schema(Some(revision))
        .build()
}

fn idempotency_key() -> Parameter {
    let key = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(200)).build();
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("A text of your choice. A request that is repeated with it is done once."))
        .schema(Some(key))
        .build()
}
