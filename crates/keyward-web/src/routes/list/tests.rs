use keyward_domain::ports::RepositoryError;
use keyward_domain::testing::altered;
use keyward_domain::{Mode, Page, Pagination, SearchText, Sort, SortBy, Status};

use crate::testing::{
    Operation, World, annotated_key, bare_key, expired_key, key, key_id, key_in_overlap, now,
    old_secret, older_secret, page_of,
};

#[actix_web::test]
async fn a_listing_is_answered_to_the_letter() {
    let answer = World::default().send(Operation::LIST.request()).await;
    answer.assert("one key", 200, "2000", "SUCCESS");
    let (id, hint) = (key_id(Mode::Live), old_secret().hint());
    let hint = hint.as_str();
    let want = format!(
        r#"{{"version":"1.3.0","timestamp":1774051200000,"success":true,"code":"2000","message":"SUCCESS","data":{{"items":[{{"apiKeyId":"{id}","name":"Production Key","status":"ACTIVE","mode":"LIVE","scopes":["payment:read","payment:write"],"ipWhitelist":["192.168.1.0/24"],"createdAt":"2026-03-01T08:00:00Z","secretHint":"sk_live_…{hint}","lastUsedAt":"2026-03-20T10:00:00Z","expiresAt":"2027-01-31T12:00:00Z","createdBy":"user_1","secrets":[{{"secretHint":"sk_live_…{hint}","createdAt":"2026-03-01T08:00:00Z","endsAt":null,"lastUsedAt":"2026-03-20T10:00:00Z","lastUsedAddress":null,"useCount":7}}]}}],"page":0,"size":20,"total":1}}}}"#
    );
    assert_eq!(answer.text, want);
    assert_eq!(answer.header("etag"), None);
}

#[actix_web::test]
async fn what_a_key_has_not_is_null() {
    let world = World {
        list: |_, _| Ok(page_of(vec![bare_key()])),
        ..World::default()
    };
    let answer = world.send(Operation::LIST.request()).await;
    let hint = old_secret().hint();
    let hint = hint.as_str();
    let want = format!(
        r#""scopes":[],"ipWhitelist":[],"createdAt":"2026-03-01T08:00:00Z","secretHint":"sk_live_…{hint}","lastUsedAt":null,"expiresAt":null,"createdBy":null,"secrets":[{{"secretHint":"sk_live_…{hint}","createdAt":"2026-03-01T08:00:00Z","endsAt":null,"lastUsedAt":null,"lastUsedAddress":null,"useCount":0}}]}}"#
    );
    assert!(answer.text.contains(&want), "{}", answer.text);
}

#[actix_web::test]
async fn an_old_secret_that_lives_comes_after_the_current_one() {
    let world = World {
        list: |_, _| Ok(page_of(vec![key_in_overlap()])),
        ..World::default()
    };
    let answer = world.send(Operation::LIST.request()).await;
    let secrets = &answer.json()["data"]["items"][0]["secrets"];
    assert_eq!(secrets.as_array().unwrap().len(), 2);
    assert_eq!(secrets[0]["endsAt"], serde_json::Value::Null);
    let hint = format!("sk_live_…{}", older_secret().hint().as_str());
    assert_eq!(secrets[1]["secretHint"], hint);
    assert_eq!(secrets[1]["createdAt"], "2026-02-01T08:00:00Z");
    assert_eq!(secrets[1]["endsAt"], "2026-03-21T01:00:00Z");
}

#[actix_web::test]
async fn an_old_secret_that_has_ended_is_not_shown() {
    let world = World {
        list: |_, _| {
            let key = altered(key_in_overlap(), |fields| {
                fields.previous_secret.as_mut().unwrap().ends_at = now();
            });
            Ok(page_of(vec![key, expired_key()]))
        },
        ..World::default()
    };
    let answer = world.send(Operation::LIST.request()).await;
    let items = &answer.json()["data"]["items"];
    assert_eq!(items[0]["secrets"].as_array().unwrap().len(), 1);
    assert_eq!(items[1]["status"], "EXPIRED");
}

#[actix_web::test]
async fn what_is_asked_for_is_what_the_store_is_asked() {
    let world = World {
        list: |workspace_id, listing| {
            assert_eq!(workspace_id.as_str(), "ws_1");
            assert_eq!(listing.page, Pagination::new(2, 5).unwrap());
            assert_eq!(listing.sort, Sort::parse("lastUsedAt,desc").unwrap());
            assert_eq!(listing.sort.by, SortBy::LastUsedAt);
            assert_eq!(listing.filter.status, Some(Status::Active));
            assert_eq!(listing.filter.mode, Some(Mode::Live));
            let search = SearchText::parse("Été & co").unwrap();
            assert_eq!(listing.filter.search, Some(search));
            assert_eq!(listing.now, now());
            Ok(Page {
                items: vec![key()],
                total: 11,
            })
        },
        ..World::default()
    };
    let query = "page=2&size=5&sort=lastUsedAt,desc&status=ACTIVE&mode=LIVE&q=%C3%89t%C3%A9+%26+co";
    let answer = world.send(Operation::LIST.with_query(query)).await;
    answer.assert("all of it", 200, "2000", "SUCCESS");
    let end = r#""page":2,"size":5,"total":11}}"#;
    assert!(answer.text.ends_with(end), "{}", answer.text);
}

#[actix_web::test]
async fn nothing_found_is_an_empty_page() {
    let world = World {
        list: |_, _| Ok(page_of(vec![])),
        ..World::default()
    };
    let answer = world.send(Operation::LIST.request()).await;
    let end = r#""data":{"items":[],"page":0,"size":20,"total":0}}"#;
    assert!(answer.text.ends_with(end), "{}", answer.text);
}

#[actix_web::test]
async fn code_4000_names_every_wrong_parameter() {
    let query = "limit=1&size=0&page=-1&sort=id&status=DELETED&mode=1&q=%&q=a";
    let answer = World::default()
        .send(Operation::LIST.with_query(query))
        .await;
    answer.assert("eight parameters", 400, "4000", "Invalid request");
    assert_eq!(
        answer.fields(),
        ["limit", "q", "q", "page", "size", "sort", "status", "mode"]
    );
    assert!(answer.text.contains("from 1 to 100"), "{}", answer.text);
}

#[actix_web::test]
async fn an_outage_is_no_empty_page() {
    let world = World {
        list: |_, _| Err(RepositoryError::Unavailable("canary".into())),
        ..World::default()
    };
    let answer = world.send(Operation::LIST.request()).await;
    let expected = "Service temporarily unavailable";
    answer.assert("out of reach", 503, "5030", expected);
}

#[actix_web::test]
async fn annotations_are_listed_when_a_key_has_them_and_can_be_filtered_by() {
    let world = World {
        list: |_, listing| {
            let external_id = listing.filter.external_id.as_ref().unwrap();
            assert_eq!(external_id.as_str(), "customer-4711");
            Ok(page_of(vec![annotated_key()]))
        },
        ..World::default()
    };
    let request = Operation::LIST.request();
    let path = request.to_request().uri().path().to_owned();
    let request = Operation::LIST.request();
    let request = request.uri(&format!("{path}?externalId=customer-4711"));
    let answer = world.send(request).await;
    answer.assert("filtered", 200, "2000", "SUCCESS");
    let shown = r#""createdBy":"user_1","description":"For the report","externalId":"customer-4711","metadata":{"Team":"\"支\"","plan":"gold"},"secrets":"#;
    assert!(answer.text.contains(shown), "{}", answer.text);
}
