use actix_web::error::PayloadError;
use actix_web::test::TestRequest;
use actix_web::web::Bytes;
use futures_util::stream;
use keyward_domain::Mode;
use keyward_domain::ports::RepositoryError;

use crate::testing::{PATIENCE, World, create_request, logs_of, logs_while, secret};

#[actix_web::test]
async fn the_access_log_names_the_route_and_not_the_path() {
    let request = create_request()
        .uri("/web/v1/workspaces/canary/api-keys?token=canary")
        .insert_header(("x-workspace-id", "canary"))
        .insert_header(("x-request-id", "request-7"))
        .insert_header(("cookie", "canary"))
        .insert_header(("user-agent", "canary"))
        .set_payload(r#"{"name":"canary","canary":1}"#)
        .peer_addr("198.51.100.1:4711".parse().unwrap());
    let logs = logs_of(World::default(), request).await;
    assert!(!logs.contains("canary"), "{logs}");
    let answered = logs
        .lines()
        .filter(|line| line.contains("request.answered"));
    let answered: Vec<_> = answered.collect();
    assert_eq!(answered.len(), 1, "{logs}");
    for part in [
        r#""method":"POST""#,
        r#""route":"/web/v1/workspaces/{workspaceId}/api-keys""#,
        r#""status":400"#,
        r#""duration_ms":"#,
        r#""request_id":"request-7""#,
        r#""client_address":"198.51.100.1""#,
    ] {
        assert!(answered[0].contains(part), "{part}: {logs}");
    }
}

#[actix_web::test]
async fn who_is_refused_is_named_and_a_secret_in_the_path_is_not() {
    let secret = secret(Mode::Live);
    for (workspace, is_named) in [("ws_other", true), (secret.expose(), false), ("%20", false)] {
        let world = World {
            role: || Ok(None),
            ..World::default()
        };
        let path = format!("/web/v1/workspaces/{workspace}/api-keys");
        let request = create_request().uri(&path);
        let request = request.insert_header(("x-workspace-id", workspace));
        let logs = logs_of(world, request).await;
        let answered = logs.lines().find(|line| line.contains("request.answered"));
        let answered = answered.unwrap();
        assert!(answered.contains(r#""status":403"#), "{logs}");
        assert!(answered.contains(r#""subject":"user_1""#), "{logs}");
        let named = format!(r#""workspace":"{workspace}""#);
        assert_eq!(answered.contains(&named), is_named, "{logs}");
        assert!(!logs.contains(secret.expose()), "{logs}");
    }
}

#[actix_web::test]
async fn unknown_paths_and_made_up_methods_are_not_logged_as_written() {
    let request = TestRequest::with_uri("/canary").method("CANARY".parse().unwrap());
    let logs = logs_of(World::default(), request).await;
    assert!(!logs.to_lowercase().contains("canary"), "{logs}");
    assert!(
        logs.contains(r#""method":"other""#) && logs.contains(r#""route":"unmatched""#),
        "{logs}"
    );
}

#[actix_web::test]
async fn a_secret_that_was_created_is_not_logged() {
    let logs = logs_of(World::default(), create_request()).await;
    let secret = secret(Mode::Live);
    assert!(!logs.contains(secret.expose()), "{logs}");
    assert!(logs.contains("request.answered"), "{logs}");
}

#[actix_web::test]
async fn a_failure_of_ours_is_logged_once_with_its_causes() {
    let world = World {
        insert: |_new| Err(RepositoryError::Unavailable("connection refused".into())),
        ..World::default()
    };
    let logs = logs_of(world, create_request()).await;
    let errors: Vec<_> = logs.lines().filter(|line| line.contains("ERROR")).collect();
    assert_eq!(errors.len(), 1, "{logs}");
    let chain = "the store is unavailable: connection refused";
    assert!(errors[0].contains(chain), "{logs}");
}

#[actix_web::test]
async fn an_unknown_outcome_is_called_that() {
    let world = World {
        insert: |_new| Err(RepositoryError::OutcomeUnknown("lost".into())),
        ..World::default()
    };
    let logs = logs_of(world, create_request()).await;
    assert!(logs.contains("outcome unknown"), "{logs}");
}

#[actix_web::test]
async fn a_panic_is_logged_without_what_it_said() {
    let world = World {
        insert: |_new| panic!("canary"),
        ..World::default()
    };
    let logs = logs_of(world, create_request()).await;
    assert!(!logs.contains("canary"), "{logs}");
    assert!(logs.contains("the handler panicked"), "{logs}");
    assert!(logs.contains(r#""status":500"#), "{logs}");
}

#[actix_web::test]
async fn a_caller_that_goes_away_leaves_a_line_too() {
    tokio::time::pause();
    let world = World {
        body_deadline: PATIENCE * 2,
        ..World::default()
    };
    let stalled = stream::pending::<Result<Bytes, PayloadError>>();
    let request = create_request().insert_header(("x-request-id", "request-7"));
    let logs = logs_while(world.send_streamed(request, stalled)).await;
    assert_eq!(logs.lines().count(), 1, "{logs}");
    assert!(logs.contains("request.abandoned"), "{logs}");
    assert!(logs.contains("request-7"), "{logs}");
}
