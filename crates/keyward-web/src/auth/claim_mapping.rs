use keyward_domain::{ClaimedRoles, Portal, Role, UserId, WorkspaceId};
use serde_json::Value;

use super::claim_name::ClaimName;
use super::session::TokenError;

/// Which claims say who the caller is (contract §7). The default is `sub`, `portal` and
/// `clientHash`.
#[derive(Clone, Debug)]
pub struct ClaimMapping {
    /// The user's id: a text that [`UserId::parse`] accepts.
    pub user: ClaimName,
    /// The portal. A token without it is not PARTNER.
    pub portal: ClaimName,
    /// The values of [`portal`](Self::portal) that mean PARTNER: the claim, or one entry of it when
    /// it is a list, is one of them. All other texts mean not PARTNER.
    ///
    /// `None` when the claim is `SYSTEM`, `TENANT`, `PARTNER` or `CONSUMER`.
    pub partner_values: Option<Vec<String>>,
    /// The device that the token is bound to. A token without it is for any device.
    pub client_hash: ClaimName,
    /// The user's roles. `None` when tokens have none.
    pub roles: Option<RolesClaim>,
}

/// The claim with the user's roles: an object whose members are workspace ids, each with the role
/// there, as a text or a list of texts.
#[derive(Clone, Debug)]
pub struct RolesClaim {
    name: ClaimName,
    owner_values: Vec<String>,
    admin_values: Vec<String>,
}

/// A text that would mean both roles.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} would mean both OWNER and ADMIN")]
pub struct AmbiguousRole(pub String);

impl RolesClaim {
    /// The claim `name`, and the texts that mean OWNER and ADMIN; without them, these two words. A
    /// token without the claim gives no role.
    ///
    /// # Errors
    /// [`AmbiguousRole`] with the first text that is in both lists.
    pub fn new(
        name: ClaimName,
        owner_values: Option<Vec<String>>,
        admin_values: Option<Vec<String>>,
    ) -> Result<Self, AmbiguousRole> {
        let owner_values = owner_values.unwrap_or_else(|| vec!["OWNER".to_owned()]);
        let admin_values = admin_values.unwrap_or_else(|| vec!["ADMIN".to_owned()]);
        let mut both = owner_values
            .iter()
            .filter(|value| admin_values.contains(value));
        if let Some(value) = both.next() {
            return Err(AmbiguousRole(value.clone()));
        }
        Ok(Self {
            name,
            owner_values,
            admin_values,
        })
    }

    fn role(&self, texts: &[&str]) -> Option<Role> {
        let is_any_of = |values: &[String]| {
            let mut texts = texts.iter();
            texts.any(|text| values.iter().any(|value| value == text))
        };
        if is_any_of(&self.owner_values) {
            Some(Role::Owner)
        } else {
            is_any_of(&self.admin_values).then_some(Role::Admin)
        }
    }
}

impl Default for ClaimMapping {
    fn default() -> Self {
        Self {
            user: ClaimName::member("sub"),
            portal: ClaimName::member("portal"),
            partner_values: None,
            client_hash: ClaimName::member("clientHash"),
            roles: None,
        }
    }
}

impl ClaimMapping {
    /// The user of these claims.
    pub(super) fn user_id(&self, claims: &Value) -> Result<UserId, TokenError> {
        let user = self.user.find(claims).and_then(Value::as_str);
        user.and_then(|user| UserId::parse(user).ok())
            .ok_or(TokenError::Invalid("user missing or not an id"))
    }

    /// The portal of these claims.
    pub(super) fn portal(&self, claims: &Value) -> Result<Option<Portal>, TokenError> {
        let Some(claim) = self.portal.find(claims) else {
            return Ok(None);
        };
        let Some(partner_values) = &self.partner_values else {
            let portal = claim.as_str().and_then(Portal::parse);
            return portal
                .map(Some)
                .ok_or(TokenError::Invalid("portal unknown"));
        };
        let values = texts(claim).ok_or(TokenError::Invalid("portal of another type"))?;
        let is_partner = values
            .into_iter()
            .any(|value| partner_values.iter().any(|partner| partner == value));
        Ok(is_partner.then_some(Portal::Partner))
    }

    /// The roles of these claims. A member that is no workspace id, and a text that is no role, give
    /// none.
    pub(super) fn roles(&self, claims: &Value) -> Result<ClaimedRoles, TokenError> {
        let mistyped = TokenError::Invalid("roles of another type");
        let Some(roles) = &self.roles else {
            return Ok(ClaimedRoles::default());
        };
        let Some(claim) = roles.name.find(claims) else {
            return if roles.name.is_blocked(claims) {
                Err(mistyped)
            } else {
                Ok(ClaimedRoles::default())
            };
        };
        let members = claim.as_object().ok_or(mistyped)?;
        let read = members.iter().map(|(workspace, role)| {
            let role = roles.role(&texts(role).ok_or(mistyped)?);
            Ok(WorkspaceId::parse(workspace).ok().zip(role))
        });
        let read: Result<Vec<_>, TokenError> = read.collect();
        Ok(read?.into_iter().flatten().collect())
    }

    /// The device of these claims.
    pub(super) fn client_hash(&self, claims: &Value) -> Result<Option<String>, TokenError> {
        match self.client_hash.find(claims) {
            None if self.client_hash.is_blocked(claims) => {
                Err(TokenError::Invalid("client hash of another type"))
            }
            None => Ok(None),
            Some(Value::String(hash)) => Ok(Some(hash.clone())),
            Some(_) => Err(TokenError::Invalid("client hash of another type")),
        }
    }
}

/// A text, or all entries of a list of texts.
pub(super) fn texts(claim: &Value) -> Option<Vec<&str>> {
    match claim {
        Value::String(text) => Some(vec![text]),
        Value::Array(entries) => entries.iter().map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn name(text: &str) -> ClaimName {
        ClaimName::parse(text).unwrap()
    }

    /// The portal of these claims, or `Err` when the token is refused.
    fn portal(
        at: &str,
        partner_values: Option<&[&str]>,
        claims: &Value,
    ) -> Result<Option<Portal>, ()> {
        let mapping = ClaimMapping {
            portal: name(at),
            partner_values: partner_values
                .map(|values| values.iter().map(ToString::to_string).collect()),
            ..ClaimMapping::default()
        };
        mapping.portal(claims).map_err(|_why| ())
    }

    #[test]
    fn without_partner_values_the_portal_is_one_of_four_words() {
        for at in ["portal", "https://example.com/portal", "/session/portal"] {
            let claims = |value: Value| match at {
                "/session/portal" => json!({ "session": { "portal": value } }),
                _ => json!({ at: value }),
            };
            for word in Portal::ALL {
                let found = portal(at, None, &claims(json!(word.as_str())));
                assert_eq!(found, Ok(Some(word)), "{at} {word:?}");
            }
            assert_eq!(
                portal(at, None, &json!({ "sub": "u" })),
                Ok(None),
                "{at} absent"
            );
            for value in [
                json!("ROOT"),
                json!("partner"),
                json!(""),
                json!(["PARTNER"]),
                json!(null),
                json!(2),
                json!(true),
                json!({ "portal": "PARTNER" }),
            ] {
                assert_eq!(
                    portal(at, None, &claims(value.clone())),
                    Err(()),
                    "{at} {value}"
                );
            }
        }
    }

    #[test]
    fn with_partner_values_all_others_are_not_partner() {
        let roles = "/realm_access/roles";
        let check = |value: Value, expected: Result<Option<Portal>, ()>| {
            let claims = json!({ "realm_access": { "roles": value } });
            let found = portal(roles, Some(&["partner", "reseller"]), &claims);
            assert_eq!(found, expected, "{claims}");
        };
        let partner = Ok(Some(Portal::Partner));
        check(json!("partner"), partner);
        check(json!("reseller"), partner);
        check(json!(["user", "partner"]), partner);
        check(json!(["partner", "reseller"]), partner);
        for other in [
            json!("PARTNER"),
            json!("partner "),
            json!(""),
            json!("TENANT"),
            json!([]),
            json!(["user"]),
        ] {
            check(other, Ok(None));
        }
        for mistyped in [
            json!(null),
            json!(true),
            json!(1),
            json!({ "partner": true }),
            json!(["partner", 7]),
            json!([["partner"]]),
        ] {
            check(mistyped, Err(()));
        }
        for absent in [
            json!({}),
            json!({ "realm_access": {} }),
            json!({ "realm_access": "x" }),
        ] {
            assert_eq!(
                portal(roles, Some(&["partner"]), &absent),
                Ok(None),
                "{absent}"
            );
        }
    }

    #[test]
    fn the_user_is_any_claim_that_is_an_id() {
        let claims =
            json!({ "sub": "auth0|1", "ids": { "n": 7, "id": "u-1", "e": "", "s": "a b" } });
        let user = |at: &str| {
            let mapping = ClaimMapping {
                user: name(at),
                ..ClaimMapping::default()
            };
            mapping
                .user_id(&claims)
                .map(|id| id.as_str().to_owned())
                .ok()
        };
        assert_eq!(user("sub").as_deref(), Some("auth0|1"));
        assert_eq!(user("/ids/id").as_deref(), Some("u-1"));
        for at in ["ids", "/ids/n", "/ids/e", "/ids/s", "/ids/x", "email"] {
            assert_eq!(user(at), None, "{at}");
        }
    }

    #[test]
    fn a_text_means_one_role() {
        let texts = |texts: &[&str]| Some(texts.iter().map(|&text| text.to_owned()).collect());
        let new = |owner, admin| RolesClaim::new(name("roles"), owner, admin).map(|_claim| ());
        assert_eq!(new(None, None), Ok(()));
        assert_eq!(new(texts(&["a"]), texts(&["A", "b"])), Ok(()));
        let both = |text: &str| Err(AmbiguousRole(text.to_owned()));
        assert_eq!(new(texts(&["a", "b"]), texts(&["c", "b"])), both("b"));
        assert_eq!(new(texts(&["ADMIN"]), None), both("ADMIN"));
        assert_eq!(new(None, texts(&["OWNER"])), both("OWNER"));
    }

    #[test]
    fn roles_are_claimed_by_workspace() {
        let roles = |at: &str, claims: Value| {
            let owner_values = vec!["owner".to_owned(), "root".to_owned()];
            let claim = RolesClaim::new(name(at), Some(owner_values), None).unwrap();
            let mapping = ClaimMapping {
                roles: Some(claim),
                ..ClaimMapping::default()
            };
            let roles = mapping.roles(&claims).map_err(|_why| ())?;
            let ids = ["ws_1", "ws_2", "a b"].map(WorkspaceId::parse);
            let of = |id: &WorkspaceId| roles.role(id);
            Ok::<_, ()>(ids.map(|id| id.ok().as_ref().and_then(of)))
        };
        let check = |value: Value, expected: Result<[Option<Role>; 2], ()>| {
            let found = roles("/org/roles", json!({ "org": { "roles": value } }));
            let found = found.map(|[one, two, none]| {
                assert_eq!(none, None, "{value}");
                [one, two]
            });
            assert_eq!(found, expected, "{value}");
        };
        let (owner, admin) = (Some(Role::Owner), Some(Role::Admin));
        check(
            json!({ "ws_1": "owner", "ws_2": "ADMIN" }),
            Ok([owner, admin]),
        );
        check(
            json!({ "ws_1": ["ADMIN", "root"], "ws_2": [] }),
            Ok([owner, None]),
        );
        check(json!({ "ws_1": "OWNER", "a b": "owner" }), Ok([None, None]));
        check(json!({}), Ok([None, None]));
        for mistyped in [
            json!(null),
            json!("owner"),
            json!(["owner"]),
            json!({ "ws_1": null }),
            json!({ "ws_1": { "role": "owner" } }),
            json!({ "ws_1": "owner", "ws_2": ["owner", 1] }),
        ] {
            check(mistyped, Err(()));
        }
        let none = Ok([None, None, None]);
        for blocked in [json!("x"), json!(null), json!([{}])] {
            assert_eq!(roles("/org/roles", json!({ "org": blocked })), Err(()));
        }
        assert_eq!(roles("/org/roles", json!({ "org": {} })), none);
        assert_eq!(roles("roles", json!({ "org": {} })), none);
        let unconfigured = ClaimMapping::default().roles(&json!({ "roles": 7 }));
        assert_eq!(unconfigured.ok(), Some(ClaimedRoles::default()));
    }

    #[test]
    fn the_client_hash_is_a_text_or_absent() {
        let hash = |claims: Value| {
            let mapping = ClaimMapping {
                client_hash: name("/cnf/device"),
                ..ClaimMapping::default()
            };
            mapping.client_hash(&claims).map_err(|_why| ())
        };
        assert_eq!(
            hash(json!({ "cnf": { "device": "d-1" } })),
            Ok(Some("d-1".to_owned()))
        );
        assert_eq!(hash(json!({ "clientHash": "d-1" })), Ok(None));
        for value in [json!(null), json!(1), json!(["d-1"]), json!({})] {
            assert_eq!(hash(json!({ "cnf": { "device": value } })), Err(()));
        }
    }
}
