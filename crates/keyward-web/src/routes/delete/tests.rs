use keyward_domain::AuditAction;
use keyward_domain::ports::Saved;

use crate::testing::{Operation, World, expired_key};

#[actix_web::test]
async fn a_deleted_key_is_answered_without_a_body() {
    let world = World {
        save: |changed| {
            assert!(changed.key.fields().deleted_at.is_some());
            assert_eq!(changed.event.action, AuditAction::Deleted);
            Ok(Saved::Done)
        },
        ..World::default()
    };
    for operation in [Operation::DELETE, Operation::DELETE_NAMED] {
        let answer = world.send(operation.request()).await;
        assert_eq!(answer.status.as_u16(), 204, "{}", answer.text);
        assert_eq!(answer.text, "");
        assert_eq!(answer.header("content-type"), None);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(answer.header("x-request-id").is_some());
    }
}

#[actix_web::test]
async fn a_key_past_its_end_can_be_deleted() {
    let world = World {
        get: |_, _| Ok(Some(expired_key())),
        ..World::default()
    };
    for operation in [Operation::DELETE, Operation::DELETE_NAMED] {
        let answer = world.send(operation.request()).await;
        assert_eq!(answer.status.as_u16(), 204, "{}", answer.text);
    }
}
