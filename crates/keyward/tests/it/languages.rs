//! Contract §6: the language of a response.

use crate::server::{On, TestServer, TestStore};

#[tokio::test(flavor = "multi_thread")]
async fn accept_language_decides_the_language_of_the_message() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let long = "ja,".repeat(3_400);
    for (accept_language, language) in [
        ("zh-TW", "zh-Hant"),
        ("zh-CN", "zh"),
        ("fr, ja;q=0.5", "ja"),
        ("ja;q=0, vi;q=0.1", "vi"),
        ("fr", "en"),
        (";;;q=", "en"),
        (long.as_str(), "en"),
    ] {
        let refused = server
            .create()
            .without("Authorization")
            .also("Accept-Language", accept_language)
            .send();
        let case = accept_language.get(..30).unwrap_or(accept_language);
        refused.assert(case, 401, "4010");
        assert_eq!(refused.header("content-language"), Some(language), "{case}");
        assert_eq!(refused.header("vary"), Some("Accept-Language"), "{case}");
        let is_english = refused.json()["message"] == "Invalid or expired token";
        assert_eq!(is_english, language == "en", "{case}: {}", refused.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn code_and_field_are_never_localized() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let mut messages = Vec::new();
    for language in ["en", "zh", "zh-Hant", "ja", "vi"] {
        let request = server.create().also("Accept-Language", language);
        let response = request
            .body(r#"{"name":"","ipWhitelist":["1.2.3.4/24"]}"#)
            .send();
        response.assert(language, 400, "4000");
        assert_eq!(response.fields(), ["name", "ipWhitelist[0]"], "{language}");
        assert!(
            response.text().contains("1.2.3.0/24"),
            "{language}: {}",
            response.text()
        );
        let body = response.json();
        messages.push(body["message"].to_string());
        messages.push(body["errors"][0]["message"].to_string());
        messages.push(body["errors"][1]["message"].to_string());
    }
    let count = messages.len();
    messages.sort();
    messages.dedup();
    assert_eq!(
        messages.len(),
        count,
        "each language has words of its own: {messages:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn success_is_success_in_every_language() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    for language in ["en", "zh", "zh-Hant", "ja", "vi"] {
        let created = server.create().also("Accept-Language", language).send();
        created.assert(language, 201, "2000");
        assert_eq!(created.json()["message"], "SUCCESS");
        assert_eq!(created.header("content-language"), Some(language));
    }
}
