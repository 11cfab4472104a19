use serde::Deserialize;

use super::compact_token::CompactToken;
use super::session::TokenError;
use super::verification_key::SignatureAlgorithm;
use crate::json::{StrictObject, present};

/// Members with which a token would bring its own key, say where to fetch one, or change how it is
/// read. A token with any of them is refused.
const FORBIDDEN: [&str; 6] = ["crit", "jwk", "jku", "x5u", "x5c", "b64"];

/// How a token says that it is signed. This only selects the key; the key determines the algorithm.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// `alg`.
    pub(super) algorithm: SignatureAlgorithm,
    key_id: Option<String>,
}

#[derive(Deserialize)]
struct RawHeader {
    alg: String,
    #[serde(default, deserialize_with = "present")]
    typ: Option<String>,
    #[serde(default, deserialize_with = "present")]
    kid: Option<String>,
}

impl Header {
    /// Reads the header of a token.
    pub(super) fn read(token: CompactToken<'_>) -> Result<Self, TokenError> {
        let object: StrictObject = serde_json::from_slice(&token.header()?)
            .map_err(|_nothing_of_the_token| TokenError::Invalid("header not one JSON object"))?;
        if FORBIDDEN.into_iter().any(|name| object.has(name)) {
            return Err(TokenError::Invalid("header member that is not allowed"));
        }
        let members: RawHeader = object
            .read()
            .map_err(|_nothing_of_the_token| TokenError::Invalid("header member of wrong type"))?;
        if !members.typ.as_deref().is_none_or(is_session_type) {
            return Err(TokenError::Invalid("token of another type"));
        }
        let algorithm = SignatureAlgorithm::parse(&members.alg)
            .ok_or(TokenError::Invalid("algorithm not accepted"))?;
        Ok(Self {
            algorithm,
            key_id: members.kid,
        })
    }

    /// `kid`, the name of the key in a key set.
    pub(super) fn key_id(&self) -> Result<&str, TokenError> {
        self.key_id.as_deref().ok_or(TokenError::Invalid("no kid"))
    }
}

/// `JWT` or `at+jwt` (RFC 9068), optionally with `application/`. Other types, such as logout tokens
/// and proofs of possession, are signed with the same keys but are not sessions.
fn is_session_type(typ: &str) -> bool {
    let lower = typ.to_ascii_lowercase();
    let name = lower.strip_prefix("application/").unwrap_or(&lower);
    matches!(name, "jwt" | "at+jwt")
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn read(json: &str) -> Result<Header, TokenError> {
        let token = format!("{}.e30.c2ln", URL_SAFE_NO_PAD.encode(json));
        Header::read(CompactToken::parse(&token).unwrap())
    }

    #[test]
    fn algorithm_and_key_id_are_read() {
        let check = |json: &str, algorithm, key_id: Option<&str>| {
            let key_id = key_id.map(str::to_owned);
            assert_eq!(read(json), Ok(Header { algorithm, key_id }), "{json}");
        };
        check(r#"{"alg":"HS256"}"#, SignatureAlgorithm::Hs256, None);
        check(
            r#"{"alg":"RS256","kid":"k"}"#,
            SignatureAlgorithm::Rs256,
            Some("k"),
        );
        check(
            r#"{"alg":"ES256","typ":"JWT"}"#,
            SignatureAlgorithm::Es256,
            None,
        );
        check(
            r#"{"alg":"EdDSA","typ":"at+jwt"}"#,
            SignatureAlgorithm::EdDsa,
            None,
        );
        check(
            r#"{"alg":"Ed25519","kid":"k"}"#,
            SignatureAlgorithm::EdDsa,
            Some("k"),
        );
        check(
            r#"{"alg":"HS256","typ":"application/JWT","x":[1]}"#,
            SignatureAlgorithm::Hs256,
            None,
        );
    }

    #[test]
    fn what_a_token_must_not_say_refuses_it() {
        for json in [
            " ",
            "null",
            "[\"HS256\"]",
            "{}",
            r#"{"alg":null}"#,
            r#"{"alg":["HS256"]}"#,
            r#"{"alg":"none"}"#,
            r#"{"alg":"noNe"}"#,
            r#"{"alg":"None"}"#,
            r#"{"alg":""}"#,
            r#"{"alg":"hs256"}"#,
            r#"{"alg":"HS384"}"#,
            r#"{"alg":"PS256"}"#,
            r#"{"alg":"ed25519"}"#,
            r#"{"alg":"Ed448"}"#,
            r#"{"alg":"HS256","alg":"HS256"}"#,
            r#"{"alg":"HS256","kid":null}"#,
            r#"{"alg":"HS256","kid":1}"#,
            r#"{"alg":"HS256","typ":"JOSE"}"#,
            r#"{"alg":"HS256","typ":"logout+jwt"}"#,
            r#"{"alg":"HS256","typ":7}"#,
            r#"{"alg":"HS256","crit":null}"#,
            r#"{"alg":"HS256","crit":[]}"#,
            r#"{"alg":"HS256","crit":["exp"]}"#,
            r#"{"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"}}"#,
            r#"{"alg":"HS256","jku":"https://evil.example/jwks.json"}"#,
            r#"{"alg":"HS256","x5u":"https://evil.example/cert.pem"}"#,
            r#"{"alg":"HS256","x5c":["AAAA"]}"#,
            r#"{"alg":"HS256","b64":false}"#,
        ] {
            assert!(matches!(read(json), Err(TokenError::Invalid(_))), "{json}");
        }
    }
}
