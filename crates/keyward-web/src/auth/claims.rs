use keyward_domain::{Portal, Principal, SessionId, Timestamp, UserId};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::numeric_date::NumericDate;
use super::session::{Session, TokenError};
use crate::json::{StrictObject, present};

/// The claims of a token, with the right types. Unknown claims are ignored.
#[derive(Debug)]
pub(super) struct Claims(RawClaims);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawClaims {
    sub: String,
    exp: NumericDate,
    #[serde(default, deserialize_with = "present")]
    nbf: Option<NumericDate>,
    // Any type is allowed: these claims matter only when they are configured.
    iss: Option<Value>,
    aud: Option<Value>,
    portal: String,
    #[serde(default, deserialize_with = "present")]
    client_hash: Option<String>,
}

/// The rules that claims must follow to open a session.
#[derive(Debug)]
pub(super) struct ClaimRules {
    /// The required `iss`.
    pub(super) issuer: Option<String>,
    /// The required `aud`, or one of its entries.
    pub(super) audience: Option<String>,
    /// The maximum difference between the issuer's clock and ours.
    pub(super) leeway_seconds: u32,
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        StrictObject::deserialize(deserializer)?
            .read()
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

impl ClaimRules {
    /// The session with this id that the claims open at `now`.
    pub(super) fn judge(
        &self,
        id: SessionId,
        claims: Claims,
        now: Timestamp,
    ) -> Result<Session, TokenError> {
        let Claims(claims) = claims;
        let ends_at = self.judge_times(&claims, now)?;
        if let Some(issuer) = &self.issuer
            && !matches!(&claims.iss, Some(Value::String(iss)) if iss == issuer)
        {
            return Err(TokenError::Invalid("iss missing or wrong"));
        }
        if let Some(audience) = &self.audience
            && !claims.aud.is_some_and(|aud| is_for(&aud, audience))
        {
            return Err(TokenError::Invalid("aud missing or wrong"));
        }
        let user_id = UserId::parse(&claims.sub)
            .map_err(|_nothing_of_the_token| TokenError::Invalid("sub not an id"))?;
        let portal = Portal::parse(&claims.portal).ok_or(TokenError::Invalid("portal unknown"))?;
        Ok(Session {
            id,
            principal: Principal { user_id, portal },
            client_hash: claims.client_hash,
            ends_at,
        })
    }

    /// The time of `exp`, unless it has passed.
    fn judge_times(&self, claims: &RawClaims, now: Timestamp) -> Result<Timestamp, TokenError> {
        let leeway = i64::from(self.leeway_seconds);
        let exp = claims.exp.rounded_down();
        let exp = exp.ok_or(TokenError::Invalid("exp out of range"))?;
        if exp <= now.plus_seconds(-leeway) {
            return Err(TokenError::Invalid("expired"));
        }
        if let Some(nbf) = claims.nbf {
            let nbf = nbf.rounded_up();
            let nbf = nbf.ok_or(TokenError::Invalid("nbf out of range"))?;
            if nbf > now.plus_seconds(leeway) {
                return Err(TokenError::Invalid("not valid yet"));
            }
        }
        Ok(exp)
    }
}

/// Whether `aud` is this text, or a list of texts that contains it.
fn is_for(aud: &Value, audience: &str) -> bool {
    match aud {
        Value::String(aud) => aud == audience,
        Value::Array(entries) => {
            entries.iter().all(Value::is_string)
                && entries.iter().any(|entry| entry.as_str() == Some(audience))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn id() -> SessionId {
        SessionId::of(b"header.claims")
    }

    fn rules() -> ClaimRules {
        ClaimRules {
            issuer: Some("https://id.example".to_owned()),
            audience: Some("keyward".to_owned()),
            leeway_seconds: 30,
        }
    }

    fn judge(claims: &Value) -> Result<Session, TokenError> {
        let claims = serde_json::from_str(&claims.to_string())
            .map_err(|_mistyped| TokenError::Invalid("mistyped"))?;
        rules().judge(id(), claims, Timestamp::from_unix_seconds(NOW).unwrap())
    }

    fn good() -> Value {
        json!({ "sub": "user_1", "exp": NOW + 60, "portal": "PARTNER",
                "iss": "https://id.example", "aud": "keyward" })
    }

    /// Valid claims with one change; `null` removes the claim.
    fn with(name: &str, value: &Value) -> Value {
        let mut claims = good();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
        claims
    }

    #[test]
    fn good_claims_open_a_session() {
        let session = judge(&good()).unwrap();
        assert_eq!(session.principal.user_id.as_str(), "user_1");
        assert_eq!(session.principal.portal, Portal::Partner);
        assert_eq!(session.client_hash, None);
        assert_eq!(session.id, id());
        assert_eq!(session.ends_at.unix_seconds(), NOW + 60);
        let session = judge(&with("clientHash", &json!("device-1"))).unwrap();
        assert_eq!(session.client_hash.as_deref(), Some("device-1"));
    }

    #[test]
    fn claims_at_the_edge_pass() {
        for (name, value) in [
            ("exp", json!(NOW - 29)),
            ("exp", json!(253_402_300_799_i64)),
            ("nbf", json!(NOW + 30)),
            ("nbf", json!(0)),
            ("exp", json!(1_800_000_060.5)),
            ("exp", json!(1.800_000_06e9)),
            ("nbf", json!(1_800_000_029.5)),
            ("iat", json!(1_799_999_999.25)),
            ("sub", json!("u".repeat(128))),
            ("portal", json!("SYSTEM")),
            ("aud", json!(["other", "keyward"])),
            ("iat", json!("whatever")),
            ("email", json!({ "a": [1] })),
        ] {
            let opened = judge(&with(name, &value));
            assert!(opened.is_ok(), "{name} {value}: {opened:?}");
        }
    }

    #[test]
    fn claims_beyond_it_do_not() {
        for (name, value) in [
            ("exp", json!(null)),
            ("exp", json!(NOW - 30)),
            ("exp", json!((NOW + 60).to_string())),
            ("exp", json!(-1)),
            ("exp", json!(253_402_300_800_i64)),
            ("exp", json!(u64::MAX)),
            ("exp", json!(1e300)),
            ("exp", json!(true)),
            ("nbf", json!(NOW + 31)),
            ("nbf", json!("0")),
            ("nbf", json!(-1)),
            ("nbf", json!(1_800_000_030.5)),
            ("exp", json!(1_799_999_970.5)),
            ("iss", json!(null)),
            ("iss", json!("https://evil.example")),
            ("iss", json!("https://id.example/")),
            ("iss", json!(["https://id.example"])),
            ("iss", json!(7)),
            ("aud", json!(null)),
            ("aud", json!("other")),
            ("aud", json!(7)),
            ("aud", json!([])),
            ("aud", json!(["other"])),
            ("aud", json!(["keyward", 7])),
            ("aud", json!({ "keyward": true })),
            ("sub", json!(null)),
            ("sub", json!("")),
            ("sub", json!(7)),
            ("sub", json!("u".repeat(129))),
            ("sub", json!("u".repeat(10_000))),
            ("sub", json!("user 1")),
            ("portal", json!(null)),
            ("portal", json!("ROOT")),
            ("portal", json!("partner")),
            ("portal", json!(["PARTNER"])),
            ("clientHash", json!(1)),
            ("clientHash", json!(["device-1"])),
        ] {
            let opened = judge(&with(name, &value));
            assert!(
                matches!(opened, Err(TokenError::Invalid(_))),
                "{name} {value}: {opened:?}"
            );
        }
    }

    #[test]
    fn null_is_no_way_to_leave_a_claim_out() {
        for name in ["exp", "nbf", "sub", "portal", "iss", "aud", "clientHash"] {
            let mut claims = good();
            claims[name] = Value::Null;
            assert!(judge(&claims).is_err(), "{name}");
        }
    }

    #[test]
    fn a_claim_that_is_there_twice_is_none() {
        let twice = good()
            .to_string()
            .replacen('{', r#"{"email":1,"email":2,"#, 1);
        assert!(serde_json::from_str::<Claims>(&twice).is_err());
        let twice = good().to_string().replacen('{', r#"{"sub":"user_2","#, 1);
        assert!(serde_json::from_str::<Claims>(&twice).is_err());
        assert!(
            serde_json::from_str::<Claims>("[\"user_1\",1,null,null,null,\"PARTNER\"]").is_err()
        );
    }

    #[test]
    fn issuer_and_audience_are_only_asked_for_when_configured() {
        let rules = ClaimRules {
            issuer: None,
            audience: None,
            leeway_seconds: 0,
        };
        let now = Timestamp::from_unix_seconds(NOW).unwrap();
        let judge = |claims: Value| rules.judge(id(), serde_json::from_value(claims).unwrap(), now);
        assert!(judge(json!({ "sub": "u", "exp": NOW + 1, "portal": "TENANT" })).is_ok());
        let odd = json!({ "sub": "u", "exp": NOW + 1, "portal": "TENANT", "iss": [1], "aud": 7 });
        assert!(judge(odd).is_ok());
        let no_leeway = json!({ "sub": "u", "exp": NOW, "portal": "TENANT" });
        assert_eq!(judge(no_leeway), Err(TokenError::Invalid("expired")));
    }
}
