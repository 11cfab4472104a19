use keyward_domain::{Principal, SessionId, Timestamp};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::claim_mapping::{ClaimMapping, texts};
use super::leeway::Leeway;
use super::numeric_date::NumericDate;
use super::session::{Session, TokenError};
use crate::json::{StrictObject, present};

/// The claims of a token, with dates of the right type. What the others mean is configured.
#[derive(Debug)]
pub(super) struct Claims {
    dates: Dates,
    all: Value,
}

#[derive(Debug, Deserialize)]
struct Dates {
    exp: NumericDate,
    #[serde(default, deserialize_with = "present")]
    nbf: Option<NumericDate>,
}

/// The rules that claims must follow to open a session.
#[derive(Debug)]
pub(super) struct ClaimRules {
    /// The required `iss`; `None` for any or none.
    pub(super) issuer: Option<String>,
    /// The accepted `aud`, or one of its entries; empty for any or none.
    pub(super) audiences: Vec<String>,
    /// Which claims say who the caller is.
    pub(super) mapping: ClaimMapping,
    /// The maximum difference between the issuer's clock and ours.
    pub(super) leeway: Leeway,
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = StrictObject::deserialize(deserializer)?.into_value();
        let dates = Dates::deserialize(&all).map_err(serde::de::Error::custom)?;
        Ok(Self { dates, all })
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
        let Claims { dates, all } = claims;
        let ends_at = self.judge_dates(&dates, now)?;
        if let Some(issuer) = &self.issuer
            && all.get("iss").and_then(Value::as_str) != Some(issuer)
        {
            return Err(TokenError::Invalid("iss missing or wrong"));
        }
        if !self.audiences.is_empty() && !self.is_for_us(all.get("aud")) {
            return Err(TokenError::Invalid("aud missing or wrong"));
        }
        Ok(Session {
            id,
            principal: Principal {
                user_id: self.mapping.user_id(&all)?,
                portal: self.mapping.portal(&all)?,
            },
            roles: self.mapping.roles(&all)?.into(),
            client_hash: self.mapping.client_hash(&all)?,
            ends_at,
        })
    }

    /// The time of `exp`, unless it has passed.
    fn judge_dates(&self, dates: &Dates, now: Timestamp) -> Result<Timestamp, TokenError> {
        let leeway = i64::from(self.leeway.seconds());
        let exp = dates.exp.rounded_down();
        let exp = exp.ok_or(TokenError::Invalid("exp out of range"))?;
        if exp <= now.plus_seconds(-leeway) {
            return Err(TokenError::Invalid("expired"));
        }
        if let Some(nbf) = dates.nbf {
            let nbf = nbf.rounded_up();
            let nbf = nbf.ok_or(TokenError::Invalid("nbf out of range"))?;
            if nbf > now.plus_seconds(leeway) {
                return Err(TokenError::Invalid("not valid yet"));
            }
        }
        Ok(exp)
    }

    /// Whether `aud` is one of our audiences, or a list of texts that has one.
    fn is_for_us(&self, aud: Option<&Value>) -> bool {
        let values = aud.and_then(texts).unwrap_or_default();
        values
            .into_iter()
            .any(|value| self.audiences.iter().any(|audience| audience == value))
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::Portal;
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn id() -> SessionId {
        SessionId::of(b"header.claims")
    }

    fn rules() -> ClaimRules {
        ClaimRules {
            issuer: Some("https://id.example".to_owned()),
            audiences: vec!["keyward".to_owned(), "https://keys.example".to_owned()],
            mapping: ClaimMapping::default(),
            leeway: Leeway::default(),
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
        assert_eq!(session.principal.portal, Some(Portal::Partner));
        assert_eq!(session.client_hash, None);
        assert_eq!(session.id, id());
        assert_eq!(session.ends_at.unix_seconds(), NOW + 60);
        let session = judge(&with("clientHash", &json!("device-1"))).unwrap();
        assert_eq!(session.client_hash.as_deref(), Some("device-1"));
        let session = judge(&with("portal", &json!(null))).unwrap();
        assert_eq!(session.principal.portal, None);
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
            ("portal", json!(null)),
            ("aud", json!(["other", "keyward"])),
            ("aud", json!("https://keys.example")),
            ("aud", json!(["https://keys.example"])),
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
            ("portal", json!("ROOT")),
            ("portal", json!("")),
            ("portal", json!(1)),
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
            audiences: Vec::new(),
            mapping: ClaimMapping::default(),
            leeway: Leeway::parse(0).unwrap(),
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
