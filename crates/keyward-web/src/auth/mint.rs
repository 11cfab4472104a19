use jsonwebtoken::{Algorithm, Header};
use keyward_domain::{Portal, Principal, Timestamp};
use serde::Serialize;

use super::hmac_secret::HmacSecret;

/// The claims of a development token.
#[derive(Clone)]
pub struct MintedClaims {
    /// `jti`. It makes the sessions of otherwise equal tokens different.
    pub id: Option<String>,
    /// The user and the portal of the session.
    pub principal: Principal,
    /// The device that the token is bound to; `None` for any device.
    pub client_hash: Option<String>,
    /// `iat`, in whole seconds.
    pub issued_at: Timestamp,
    /// `exp`, in whole seconds.
    pub expires_at: Timestamp,
}

/// The token could not be signed.
#[derive(Debug, thiserror::Error)]
#[error("can't sign the token")]
pub struct MintError(#[source] jsonwebtoken::errors::Error);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MintedPayload<'a> {
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    portal: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_hash: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<&'a str>,
    iat: i64,
    exp: i64,
}

/// Creates a token like those of the platform's identity service (contract §7), signed with HS256.
/// For development without an identity service.
///
/// # Errors
/// [`MintError`] when it can't be signed. No known secret or claims cause this.
pub fn mint(secret: &HmacSecret, claims: &MintedClaims) -> Result<String, MintError> {
    let members = MintedPayload {
        sub: claims.principal.user_id.as_str(),
        portal: claims.principal.portal.map(Portal::as_str),
        client_hash: claims.client_hash.as_deref(),
        jti: claims.id.as_deref(),
        iat: claims.issued_at.unix_seconds(),
        exp: claims.expires_at.unix_seconds(),
    };
    let header = Header::new(Algorithm::HS256);
    jsonwebtoken::encode(&header, &members, &secret.encoding_key()).map_err(MintError)
}
