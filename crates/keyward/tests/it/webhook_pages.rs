//! Webhooks through the forms of the page only.

use crate::nodes::until;
use crate::page::{Browser, between};
use crate::receiver::Receiver;
use crate::server::{OWNER, On, TestServer, TestStore, WORKSPACE, on_both_stores};
use crate::{tokens, webhooks};

fn path(rest: &str) -> String {
    format!("/workspaces/{WORKSPACE}/webhooks{rest}")
}

/// Adds a webhook to this URL, and returns the path of its page, and its secret.
fn add(browser: &Browser<'_>, url: &str) -> (String, String) {
    let form = browser.open(&path(""));
    let fields = [("url", url), ("encoding", "KEYWARD")];
    let added = browser.fill(&form, &path("/new/secret"), &fields);
    assert_eq!(added.status, 201, "{}", added.text());
    let secret = between(&added.text(), "class=\"secret\" value=\"", "\"").unwrap();
    assert!(secret.starts_with("whsec_"), "{secret}");
    let id = between(&added.text(), "webhooks/whk_", "/secret").unwrap();
    (path(&format!("/whk_{id}")), secret)
}

on_both_stores! {
    async fn a_webhook_from_its_form_to_its_end(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start_with(&store.database, &webhooks::VARIABLES);
        let receiver = Receiver::willing();
        let browser = Browser::sign_in(&server, &tokens::of(OWNER, "TENANT"), WORKSPACE);

        let list = browser.open(&path(""));
        assert!(list.text().contains("There is no webhook yet"), "{}", list.text());
        let refused = browser.fill(&list, &path("/new/secret"), &[("url", "ftp://a.example")]);
        assert_eq!(refused.status, 400, "{}", refused.text());
        let (webhook, secret) = add(&browser, &receiver.url);
        let of_webhook = |rest: &str| format!("{webhook}{rest}");

        let page = browser.open(&webhook);
        assert_eq!(page.status, 200, "{}", page.text());
        assert!(!page.text().contains(&secret));
        let tested = browser.fill(&page, &of_webhook("/test"), &[]);
        assert!(tested.text().contains("Answered with status 204"), "{}", tested.text());
        assert_eq!(receiver.requests()[0].event_type(), "webhook.test");

        let (_id, _secret) = server.created();
        until(|| browser.open(&webhook).text().contains("Delivered"), "delivered");
        assert_eq!(receiver.requests().len(), 2);
        let again = browser.fill(&page, &of_webhook("/replay"), &[("from", "1")]);
        assert!(again.text().contains("Events that are sent again: 1"), "{}", again.text());
        until(|| receiver.requests().len() == 3, "sent again");
        assert_eq!(receiver.requests()[2].id(), receiver.requests()[1].id());
        assert_eq!(browser.open(&of_webhook("?before=1")).status, 200);

        let rotated = browser.fill(&page, &of_webhook("/rotate"), &[]);
        assert_eq!(rotated.status, 200, "{}", rotated.text());
        assert!(!rotated.text().contains(&secret));
        let enabled = browser.fill(&page, &of_webhook("/enable"), &[]);
        assert_eq!(enabled.status, 303, "{}", enabled.text());
        let removed = browser.fill(&page, &of_webhook("/remove"), &[]);
        assert_eq!(removed.status, 303, "{}", removed.text());
        assert_eq!(browser.open(&webhook).status, 404);
    }

    async fn another_workspaces_webhook_is_not_there(on: On) {
        let store = TestStore::create(on).await;
        store.add_workspace("ws_2").await;
        store.add_member("ws_2", "user_2", keyward_domain::Role::Owner).await;
        let server = TestServer::start_with(&store.database, &webhooks::VARIABLES);
        let receiver = Receiver::willing();
        let mine = Browser::sign_in(&server, &tokens::of(OWNER, "TENANT"), WORKSPACE);
        let (webhook, _secret) = add(&mine, &receiver.url);
        let theirs = Browser::sign_in(&server, &tokens::of("user_2", "TENANT"), "ws_2");
        let form = theirs.open("/workspaces/ws_2/webhooks");
        assert_eq!(form.status, 200, "{}", form.text());
        let in_theirs = webhook.replace(WORKSPACE, "ws_2");
        for (path, status) in [(&webhook, 403), (&in_theirs, 404)] {
            for rest in ["", "/remove", "/secret"] {
                let path = format!("{path}{rest}");
                assert_eq!(theirs.open(&path).status, status, "{path}");
            }
            for action in ["test", "rotate", "replay", "enable", "remove"] {
                let path = format!("{path}/{action}");
                let answer = theirs.fill(&form, &path, &[("from", "1")]);
                assert_eq!(answer.status, status, "{path}");
            }
        }
        assert!(receiver.requests().is_empty());
        assert_eq!(mine.open(&webhook).status, 200);
    }
}
