use keyward_domain::RawUpdate;

use super::body_members::BodyMembers;
use crate::json::JsonObject;
use crate::members;

/// Members of a key in responses that no update can change (contract §3).
const IMMUTABLE: &[&str] = &[
    "apiKeyId",
    "mode",
    "status",
    "secret",
    "secretHint",
    "createdAt",
    "createdBy",
    "lastUsedAt",
    "secrets",
];

/// Reads the members of an update. None is ignored; the domain checks their values.
pub(crate) fn update(object: JsonObject) -> RawUpdate {
    let mut members = BodyMembers::with_immutable(object, members::UPDATE, IMMUTABLE);
    RawUpdate {
        name: members.text("name"),
        scopes: members.texts("scopes"),
        ip_allowlist: members.texts("ipWhitelist"),
        expires_at: members.text("expiresAt"),
        annotations: members.annotations(),
        limits: members.limits("limits"),
        unexpected: members.into_unexpected(),
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::{RawAnnotations, RawField, Unexpected};

    use super::*;
    use crate::json::object;

    fn read(text: &str) -> RawUpdate {
        update(object(text.as_bytes()).unwrap())
    }

    #[test]
    fn absent_null_and_given_are_told_apart() {
        assert_eq!(read("{}"), RawUpdate::default());
        let update =
            read(r#"{"name":"n","scopes":null,"expiresAt":1,"externalId":null,"limits":null}"#);
        let want = RawUpdate {
            name: RawField::Value("n".into()),
            scopes: RawField::Null,
            ip_allowlist: RawField::Absent,
            expires_at: RawField::WrongType,
            annotations: RawAnnotations {
                external_id: RawField::Null,
                ..RawAnnotations::default()
            },
            limits: RawField::Null,
            unexpected: vec![],
        };
        assert_eq!(update, want);
    }

    #[test]
    fn what_can_not_change_is_told_from_what_does_not_exist() {
        for member in IMMUTABLE {
            let update = read(&format!(r#"{{"{member}":null}}"#));
            let want = [Unexpected::Immutable((*member).to_owned())];
            assert_eq!(update.unexpected, want);
        }
        let update = read(r#"{"workspaceId":"ws_2"}"#);
        let want = [Unexpected::Unknown("workspaceId".into())];
        assert_eq!(update.unexpected, want);
        let update = read(r#"{"mode":1,"mode":2,"Mode":1,"name":"a","name":"b"}"#);
        assert_eq!(update.name, RawField::Value("a".into()));
        assert_eq!(
            update.unexpected,
            [
                Unexpected::Immutable("mode".into()),
                Unexpected::Repeated("mode".into()),
                Unexpected::Unknown("Mode".into()),
                Unexpected::Repeated("name".into()),
            ]
        );
    }
}
