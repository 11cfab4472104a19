//! Who reaches webhooks, and where there are none.

use super::*;

#[actix_web::test]
async fn the_list_shows_each_webhook_without_what_its_url_may_hide() {
    let world = World {
        webhooks: || {
            let mut webhooks = MockWebhooks::new();
            webhooks
                .expect_list()
                .returning(|_| Ok(vec![webhook(), disabled()]));
            Some(webhooks)
        },
        ..page_world()
    };
    let answer = world.send(get(LIST)).await;
    assert_page(&answer, "list", 200);
    let link = format!("../../workspaces/ws_1/webhooks/{}\"", webhook().id);
    assert_has(
        &answer,
        &[
            &link,
            "https://hooks.example.com/in<",
            "All",
            "KEYWARD",
            "Active",
            "Disabled",
            "Nothing was delivered for five days",
            "Failing since",
            "2027-01-15",
        ],
    );
    assert_has_not(&answer, &["canary", "whsec_", "whpk_"]);
    let none = World {
        webhooks: || {
            let mut webhooks = MockWebhooks::new();
            webhooks.expect_list().returning(|_| Ok(vec![]));
            Some(webhooks)
        },
        ..page_world()
    };
    assert_has(&none.send(get(LIST)).await, &["There is no webhook yet"]);
}

#[actix_web::test]
async fn the_navigation_leads_to_webhooks_where_there_are_any() {
    let link = "workspaces/ws_1/webhooks\">Webhooks</a>";
    let keys = page_world().send(get("/workspaces/ws_1/keys")).await;
    assert_has(&keys, &[link]);
    let without = World {
        webhooks: || None,
        ..page_world()
    };
    let keys = without.send(get("/workspaces/ws_1/keys")).await;
    assert_page(&keys, "keys", 200);
    assert_has_not(&keys, &["ebhook"]);
}

#[actix_web::test]
async fn without_webhooks_their_paths_are_like_any_unknown_path() {
    let world = World {
        webhooks: || None,
        ..page_world()
    };
    let unknown = world.send(get("/workspaces/ws_1/unknown")).await;
    assert_eq!(unknown.status, 404);
    let pages = ["", "/remove", "/secret", "/test"].map(webhook_path);
    let requests = pages.iter().map(|path| get(path));
    let forms = webhook_forms();
    let forms = forms.iter().map(|(path, fields)| post(path, fields));
    for request in requests.chain(forms).chain([get(LIST), get(NEW)]) {
        let answer = world.send(request).await;
        assert_eq!(answer.status, 404, "{}", answer.text);
        assert_eq!(answer.json()["code"], unknown.json()["code"]);
        assert_eq!(
            answer.header("content-type"),
            unknown.header("content-type")
        );
    }
}

#[actix_web::test]
async fn a_webhook_that_is_not_there_is_not_found() {
    let other = webhook_path("").replace("whk_0", "whk_1");
    for path in [other.as_str(), "/workspaces/ws_1/webhooks/whk_1"] {
        for rest in ["", "/remove", "/secret"] {
            let answer = page_world().send(get(&format!("{path}{rest}"))).await;
            assert_page(&answer, rest, 404);
        }
        for rest in ["/test", "/rotate", "/replay", "/enable", "/remove"] {
            let path = format!("{path}{rest}");
            let answer = page_world().send(post(&path, &[("from", "1")])).await;
            assert_page(&answer, rest, 404);
            assert_has(&answer, &["Webhook not found"]);
        }
    }
}

#[actix_web::test]
async fn nobody_but_the_owner_and_no_page_but_ours_reaches_the_webhooks() {
    let untouched = || World {
        webhooks: || Some(MockWebhooks::new()),
        added: || panic!("added"),
        ..page_world()
    };
    let supervised = || World {
        role: || Ok(Some(Role::Admin)),
        admin_rights: AdminRights::Supervise,
        ..untouched()
    };
    for (path, fields) in webhook_forms() {
        let answer = supervised().send(post(&path, &fields)).await;
        assert_page(&answer, &path, 403);
        let foreign = post(&path, &[]).set_payload("csrf=x");
        assert_page(&untouched().send(foreign).await, &path, 400);
        let request = post(&path, &fields).insert_header(("sec-fetch-site", "cross-site"));
        assert_page(&untouched().send(request).await, &path, 400);
        let nobody = TestRequest::post()
            .uri(&path)
            .insert_header(("content-type", "application/x-www-form-urlencoded"));
        assert_page(&untouched().send(nobody).await, &path, 401);
    }
    let pages = ["", "/remove", "/secret", "/test"].map(webhook_path);
    for path in pages.into_iter().chain([LIST.to_owned()]) {
        assert_page(&supervised().send(get(&path)).await, &path, 403);
        let nobody = TestRequest::get().uri(&path);
        assert_page(&untouched().send(nobody).await, &path, 401);
    }
}
