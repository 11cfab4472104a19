use crate::testing::{Operation, World};

#[actix_web::test]
async fn a_change_is_made_when_the_key_is_a_version_that_the_caller_has_seen() {
    for operation in Operation::CHANGES {
        for field in ["*", "\"3\"", "\"2\", \"3\"", "W/\"3\",\"3\""] {
            let request = operation.request().insert_header(("if-match", field));
            let answer = World::default().send(request).await;
            assert!(
                answer.status.is_success(),
                "{operation:?} {field}: {}",
                answer.text
            );
        }
        let in_two_fields = operation
            .request()
            .append_header(("if-match", "\"2\""))
            .append_header(("if-match", "\"3\""));
        let answer = World::default().send(in_two_fields).await;
        assert!(answer.status.is_success(), "{operation:?}: {}", answer.text);
    }
}

#[actix_web::test]
async fn code_4120_when_it_is_none_of_them() {
    let world = World {
        save: |_changed| panic!("nothing is to be changed"),
        ..World::default()
    };
    let expected = "The API key was changed by someone else";
    for operation in Operation::CHANGES {
        for field in [
            "\"2\"",
            "\"4\", \"5\"",
            "W/\"3\"",
            "\"abc\"",
            "\"03\"",
            "\"\"",
        ] {
            let request = operation.request().insert_header(("if-match", field));
            let answer = world.send(request).await;
            answer.assert(field, 412, "4120", expected);
        }
    }
}

#[actix_web::test]
async fn code_4000_for_a_field_that_is_no_list_of_tags() {
    for operation in Operation::CHANGES {
        for field in ["", "3", "\"3", "\"3\" \"4\"", "w/\"3\"", "*, \"3\""] {
            let request = operation
                .request()
                .insert_header(("if-match", field))
                .insert_header(("x-client-hash", ""));
            let answer = World::default().send(request).await;
            answer.assert(field, 400, "4000", "Invalid request");
            assert_eq!(
                answer.fields(),
                ["X-Client-Hash", "If-Match"],
                "{operation:?}"
            );
        }
    }
}
