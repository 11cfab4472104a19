//! What gateways show and pass on: their own token, and the key of their client.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, SecurityRequirement};

const GATEWAY: &str = "gateway";
const CLIENT_BEARER: &str = "clientBearer";
const CLIENT_HEADER: &str = "clientHeader";

/// The ways in which a gateway and its client say who they are.
pub(super) fn add_schemes(components: &mut Components) {
    let header = |name: &str, description: &str| {
        SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
            name,
            description,
        )))
    };
    let gateway = "An internal token, where any is set: a gateway without it, or with a wrong one, is answered 503";
    components.add_security_scheme(GATEWAY, header("X-Keyward-Internal-Token", gateway));
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The API key of the gateway's client"));
    components.add_security_scheme(CLIENT_BEARER, SecurityScheme::Http(bearer.build()));
    let client = "The API key of the gateway's client, in place of Authorization";
    components.add_security_scheme(CLIENT_HEADER, header("X-Api-Key", client));
}

/// The client's key in either header; beside it the gateway's token, where any is set.
pub(super) fn complete_gateway(operation: &mut Operation) {
    let nothing = Vec::<String>::new;
    let ways = [CLIENT_BEARER, CLIENT_HEADER].map(|client| {
        let client = SecurityRequirement::new(client, nothing());
        [client.clone(), client.add(GATEWAY, nothing())]
    });
    operation.security = Some(ways.into_iter().flatten().collect());
}
