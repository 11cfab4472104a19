use std::collections::BTreeMap;

use actix_web::test::TestRequest;
use keyward_domain::ports::{CatalogueEntry, RepositoryError};
use keyward_domain::testing::{resource, resource_names};
use keyward_domain::{Language, Portal, Scope};

use crate::testing::{World, token};

fn request() -> TestRequest {
    let token = token(Portal::Consumer, None);
    TestRequest::with_uri("/web/v1/api-scopes")
        .insert_header(("authorization", format!("Bearer {token}")))
        .insert_header(("x-client-hash", "device-1"))
}

fn catalogue() -> World {
    World {
        role: || panic!("no workspace is asked about"),
        scopes: || {
            let entry = |code: &str, words: &[(Language, &str)]| CatalogueEntry {
                scope: Scope::parse(code).unwrap(),
                descriptions: words
                    .iter()
                    .map(|(language, words)| (*language, (*words).to_owned()))
                    .collect::<BTreeMap<_, _>>(),
            };
            let english = (Language::English, "Read payments");
            let japanese = (Language::Japanese, "支払いの参照");
            Ok(vec![
                entry("payment:read", &[english, japanese]),
                entry("payment:write", &[(Language::English, "Make payments")]),
                entry("report:read", &[]),
            ])
        },
        resources: || {
            let names = [
                (Language::English, "Payments"),
                (Language::Japanese, "決済"),
            ];
            Ok([(resource("payment"), resource_names(&names))].into())
        },
        ..World::default()
    }
}

#[actix_web::test]
async fn the_catalogue_is_answered_to_the_letter() {
    let answer = catalogue().send(request()).await;
    answer.assert("the catalogue", 200, "2000", "SUCCESS");
    assert_eq!(
        answer.text,
        r#"{"version":"1.3.0","timestamp":1774051200000,"success":true,"code":"2000","message":"SUCCESS","data":{"items":[{"code":"payment:read","resource":"payment","description":"Read payments","resourceName":"Payments"},{"code":"payment:write","resource":"payment","description":"Make payments","resourceName":"Payments"},{"code":"report:read","resource":"report","description":"report:read","resourceName":"report"}]}}"#
    );
}

#[actix_web::test]
async fn a_scope_or_resource_without_words_in_a_language_has_the_english_ones() {
    let japanese = request().insert_header(("accept-language", "ja"));
    let answer = catalogue().send(japanese).await;
    let items = answer.json()["data"]["items"].clone();
    assert_eq!(items[0]["description"], "支払いの参照");
    assert_eq!(items[1]["description"], "Make payments");
    assert_eq!(items[2]["description"], "report:read");
    let names: Vec<_> = items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["resourceName"].clone())
        .collect();
    assert_eq!(names, ["決済", "決済", "report"]);
    assert_eq!(answer.header("content-language"), Some("ja"));
}

#[actix_web::test]
async fn any_session_will_do_but_there_must_be_one() {
    let check = async |case: &str, request: TestRequest, status: u16, code: &str| {
        let answer = catalogue().send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{case}: {}", answer.text);
        assert_eq!(answer.json()["code"], code, "{case}");
        answer
    };
    let path = "/web/v1/api-scopes";
    check("no token", TestRequest::with_uri(path), 401, "4010").await;
    let bad = request().insert_header(("authorization", "Bearer a.b.c"));
    check("a bad token", bad, 401, "4010").await;
    let elsewhere = token(Portal::Consumer, Some("device-2"));
    let elsewhere = request().insert_header(("authorization", format!("Bearer {elsewhere}")));
    check("another device", elsewhere, 401, "4010").await;
    let both = request()
        .insert_header(("x-client-hash", ""))
        .insert_header(("accept", "text/html"));
    let answer = check("headers", both, 400, "4000").await;
    assert_eq!(answer.fields(), ["X-Client-Hash"]);
    let html = request().insert_header(("accept", "text/html"));
    check("html", html, 406, "4060").await;
    let workspace = request().insert_header(("x-workspace-id", "whatever"));
    check("any workspace", workspace, 200, "2000").await;
    let post = request().method(actix_web::http::Method::POST);
    let answer = check("POST", post, 405, "4050").await;
    assert_eq!(answer.header("allow"), Some("GET, HEAD"));
}

#[actix_web::test]
async fn an_outage_is_no_empty_catalogue() {
    let world = World {
        scopes: || Err(RepositoryError::Unavailable("canary".into())),
        ..World::default()
    };
    let unnamed = World {
        resources: || Err(RepositoryError::Unavailable("canary".into())),
        ..World::default()
    };
    for world in [world, unnamed] {
        let answer = world.send(request()).await;
        let expected = "Service temporarily unavailable";
        answer.assert("out of reach", 503, "5030", expected);
    }
}
