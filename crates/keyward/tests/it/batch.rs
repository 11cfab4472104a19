//! Contract §4: a batch of a hundred questions.

use serde_json::json;

use crate::http::{Request, Response};
use crate::server::{On, TestServer, TestStore};

const PATH: &str = "/internal/v1/api-keys/verify/batch";

fn ask(server: &TestServer, body: &str) -> Response {
    Request::new(server.internal, "POST", PATH)
        .also("Content-Type", "application/json")
        .body(body)
        .send()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_come_in_the_order_of_the_questions() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let response = server
        .create()
        .body(r#"{"name":"Key","scopes":["payment:read"]}"#)
        .send();
    response.assert("create", 201, "2000");
    let data = &response.json()["data"];
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    let (id, secret) = (text("apiKeyId"), text("secret"));
    let mut questions = vec![json!({ "secret": secret }); 100];
    questions[1] = json!({ "secret": "none" });
    questions[2] = json!({ "secret": secret, "scopes": ["payment:write"] });
    let response = ask(&server, &json!({ "questions": questions }).to_string());
    response.assert("batch", 200, "2000");
    let answers = response.json()["data"]["answers"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(answers.len(), 100);
    assert_eq!(answers[0]["apiKeyId"], id.as_str());
    assert_eq!(
        answers[1],
        json!({ "valid": false, "decision": "MALFORMED" })
    );
    assert_eq!(answers[2]["missingScopes"], json!(["payment:write"]));
    assert_eq!(answers[99], answers[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_can_not_be_decided_touches_no_other() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let (_, bad) = server.created();
    store
        .database
        .tamper("UPDATE api_keys SET name = ' '")
        .await;
    let (_, good) = server.created();
    let body = json!({ "questions": [{ "secret": bad }, { "secret": good }] });
    let response = ask(&server, &body.to_string());
    response.assert("batch", 200, "2000");
    let answers = &response.json()["data"]["answers"];
    assert_eq!(answers[0], json!({ "valid": false, "code": "5030" }));
    assert_eq!(answers[1]["decision"], "NO_SCOPES");
    assert!(server.comes_to_log("api_keys"), "the log says which row");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_names_its_question() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let many = json!({ "questions": vec![json!({ "secret": "x" }); 101] }).to_string();
    for (body, fields) in [
        ("{}", vec!["questions"]),
        (r#"{"questions":null}"#, vec!["questions"]),
        (r#"{"questions":{}}"#, vec!["questions"]),
        (r#"{"questions":[]}"#, vec!["questions"]),
        (many.as_str(), vec!["questions"]),
        (r#"{"questions":[{"secret":"x"}],"more":1}"#, vec!["more"]),
        (
            r#"{"questions":[{"secret":"x"},1,{},{"secret":"x","ip":"y","scopes":["*"]}]}"#,
            vec![
                "questions[1]",
                "questions[2].secret",
                "questions[3].ip",
                "questions[3].scopes[0]",
            ],
        ),
    ] {
        let response = ask(&server, body);
        response.assert(body, 400, "4000");
        assert_eq!(response.fields(), fields, "{body}");
    }
}
