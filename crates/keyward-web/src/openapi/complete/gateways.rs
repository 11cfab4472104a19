//! The credentials in a gateway's request: its own token, and its client's key.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, SecurityRequirement};

const GATEWAY: &str = "gateway";
const CLIENT_BEARER: &str = "clientBearer";
const CLIENT_HEADER: &str = "clientHeader";

/// The security schemes of a gateway and its client.
pub(super) fn add_schemes(components: &mut Components) {
    let header = |name: &str, description: &str| {
        SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
            name,
            description,
        )))
    };
    let gateway = "An internal token, if any is configured, or a service token with keys:verify; a gateway with a missing or wrong token gets 503";
    components.add_security_scheme(GATEWAY, header("X-Keyward-Internal-Token", gateway));
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The API key of the gateway's client"));
    components.add_security_scheme(CLIENT_BEARER, SecurityScheme::Http(bearer.build()));
    let client = "The API key of the gateway's client, instead of Authorization";
    components.add_security_scheme(CLIENT_HEADER, header("X-Api-Key", client));
}

/// The client's key in either header, together with the gateway's token if any is configured.
pub(super) fn complete_gateway(operation: &mut Operation) {
    let nothing = Vec::<String>::new;
    let ways = [CLIENT_BEARER, CLIENT_HEADER].map(|client| {
        let client = SecurityRequirement::new(client, nothing());
        [client.clone(), client.add(GATEWAY, nothing())]
    });
    operation.security = Some(ways.into_iter().flatten().collect());
}
