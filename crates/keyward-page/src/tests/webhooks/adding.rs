//! Adding a webhook, and its secret.

use keyward_domain::ports::WebhookAdded;

use super::*;

#[actix_web::test]
async fn a_new_webhook_shows_its_secret_once() {
    let (path, fields) = webhook_forms().remove(0);
    let answer = page_world().send(post(&path, &fields)).await;
    assert_page(&answer, "add", 201);
    assert_eq!(answer.text.matches(&whsec()).count(), 1);
    let public_key = format!("whpk_{}=", "p".repeat(43));
    let shown_already = webhook_path("/secret\"");
    let id = webhook().id.to_string();
    assert_has(&answer, &[&public_key, &shown_already, &id]);
    assert!(answer.header("location").is_none());

    let rotated = page_world().send(post(&webhook_path("/rotate"), &[])).await;
    assert_page(&rotated, "rotate", 200);
    assert_eq!(rotated.text.matches(&whsec()).count(), 1);

    let again = page_world().send(get(&webhook_path("/secret"))).await;
    assert_page(&again, "again", 200);
    assert_has(&again, &["shown already", "/rotate\""]);
    for path in pages() {
        let answer = page_world().send(get(&path)).await;
        assert_has_not(&answer, &["whsec_"]);
    }
}

#[actix_web::test]
async fn what_is_wrong_with_a_new_webhook_is_told_at_its_field() {
    let world = World {
        added: || panic!("added"),
        ..page_world()
    };
    let fields = [
        ("url", "ftp://hooks.example.com\"><script>"),
        ("eventType", "api_key.exposed"),
        ("eventType", "member.added"),
        ("encoding", "CAEP"),
    ];
    let answer = world.send(post(NEW, &fields)).await;
    assert_page(&answer, "add", 400);
    assert_has(
        &answer,
        &[
            "Nothing was saved yet",
            "Must be an http or https URL",
            "aria-invalid=\"true\"",
            "value=\"ftp://hooks.example.com&#34;&#62;&#60;script&#62;\"",
            "value=\"api_key.exposed\" checked",
            "value=\"CAEP\" checked",
        ],
    );
    let told = answer.text.matches("Must be the type of an event").count();
    assert_eq!(told, 1, "{}", answer.text);
    let fields = [("url", "https://hooks.example.com"), ("encoding", "x")];
    let answer = world.send(post(NEW, &fields)).await;
    assert_page(&answer, "encoding", 400);
}

#[actix_web::test]
async fn one_webhook_too_many_is_refused() {
    let world = World {
        added: || Ok(WebhookAdded::LimitReached),
        ..page_world()
    };
    let (path, fields) = webhook_forms().remove(0);
    let answer = world.send(post(&path, &fields)).await;
    assert_page(&answer, "limit", 409);
    assert_has(&answer, &["has reached its limit of webhooks"]);
}
