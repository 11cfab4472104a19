use keyward_domain::AuditAction;
use keyward_domain::ports::Saved;
use keyward_domain::testing::altered;

use crate::testing::{Operation, World, key};

const DONE: &str = r#"{"version":"1.3.0","timestamp":1774051200000,"success":true,"code":"2000","message":"SUCCESS","data":null}"#;

#[actix_web::test]
async fn a_key_is_switched_on_again() {
    let world = World {
        get: |_, _| Ok(Some(altered(key(), |fields| fields.is_disabled = true))),
        save: |changed| {
            assert!(!changed.key.fields().is_disabled);
            assert_eq!(changed.event.action, AuditAction::Enabled);
            Ok(Saved::Done)
        },
        ..World::default()
    };
    let answer = world.send(Operation::ENABLE.request()).await;
    answer.assert("on", 200, "2000", "SUCCESS");
    assert_eq!(answer.text, DONE);
}

#[actix_web::test]
async fn repeating_has_no_effect_and_is_no_error() {
    let world = World {
        save: |_changed| panic!("there is nothing to save"),
        ..World::default()
    };
    let answer = world.send(Operation::ENABLE.request()).await;
    assert_eq!(answer.text, DONE);
}
