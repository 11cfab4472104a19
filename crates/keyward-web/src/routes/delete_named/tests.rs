use keyward_domain::Mode;

use crate::testing::{Operation, PATH, World, key_id};

#[actix_web::test]
async fn code_4000_names_every_wrong_member() {
    let check = async |body: &str, fields: &[&str]| {
        let request = Operation::DELETE_NAMED.with_body(body);
        let answer = World::default().send(request).await;
        answer.assert(body, 400, "4000", "Invalid request");
        assert_eq!(answer.fields(), fields, "{body}");
    };
    let id = key_id(Mode::Live);
    check("", &["body"]).await;
    check("[]", &["body"]).await;
    check("{}", &["keyId"]).await;
    check(r#"{"keyId":null}"#, &["keyId"]).await;
    check(r#"{"keyId":1}"#, &["keyId"]).await;
    check(r#"{"keyId":["a"]}"#, &["keyId"]).await;
    check(r#"{"apiKeyId":"a"}"#, &["keyId", "apiKeyId"]).await;
    let twice = format!(r#"{{"keyId":"{id}","keyId":"{id}"}}"#);
    check(&twice, &["keyId"]).await;
    let more = format!(r#"{{"keyId":"{id}","reason":"old"}}"#);
    check(&more, &["reason"]).await;
}

#[actix_web::test]
async fn a_slip_of_the_finger_is_understood() {
    let request = Operation::DELETE_NAMED.with_body(r#"{"keyID":"a"}"#);
    let answer = World::default().send(request).await;
    assert!(
        answer.text.contains("did you mean keyId?"),
        "{}",
        answer.text
    );
}

#[actix_web::test]
async fn a_text_that_no_key_is_called_is_not_found() {
    for id in ["", "a", "sk_live_", " ", "\\u0000"] {
        let request = Operation::DELETE_NAMED.with_body(format!(r#"{{"keyId":"{id}"}}"#));
        let answer = World::default().send(request).await;
        answer.assert(id, 404, "4040", "API key not found");
    }
}

#[actix_web::test]
async fn no_key_is_called_delete() {
    let get = Operation::GET.request().uri(&format!("{PATH}/delete"));
    let answer = World::default().send(get).await;
    answer.assert("delete", 405, "4050", "Method not allowed");
    assert_eq!(answer.header("allow"), Some("POST"));
}
