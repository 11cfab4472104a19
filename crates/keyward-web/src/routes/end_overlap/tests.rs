use keyward_domain::AuditAction;
use keyward_domain::ports::Saved;

use crate::testing::{Operation, World, key_in_overlap};

const DONE: &str = r#"{"version":"1.3.0","timestamp":1774051200000,"success":true,"code":"2000","message":"SUCCESS","data":null}"#;

#[actix_web::test]
async fn the_old_secret_ends_at_once() {
    let world = World {
        get: |_, _| Ok(Some(key_in_overlap())),
        save: |changed| {
            assert_eq!(changed.key.fields().previous_secret, None);
            assert_eq!(changed.event.action, AuditAction::OverlapEnded);
            Ok(Saved::Done)
        },
        ..World::default()
    };
    let answer = world.send(Operation::END_OVERLAP.request()).await;
    answer.assert("ended", 200, "2000", "SUCCESS");
    assert_eq!(answer.text, DONE);
}

#[actix_web::test]
async fn without_an_old_secret_it_has_no_effect_and_is_no_error() {
    let world = World {
        save: |_changed| panic!("there is nothing to save"),
        ..World::default()
    };
    let answer = world.send(Operation::END_OVERLAP.request()).await;
    assert_eq!(answer.text, DONE);
}
