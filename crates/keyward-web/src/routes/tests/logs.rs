use keyward_domain::Mode;

use crate::testing::{Operation, PATH, World, logs_of, secret};

#[actix_web::test]
async fn the_access_log_names_the_route_and_neither_key_nor_query() {
    let routes = [
        (Operation::LIST, ""),
        (Operation::GET, "/{apiKeyId}"),
        (Operation::UPDATE, "/{apiKeyId}"),
        (Operation::EVENTS, "/{apiKeyId}/events"),
        (Operation::USAGE, "/{apiKeyId}/usage"),
        (Operation::ROTATE, "/{apiKeyId}/rotate"),
        (Operation::DELETE_NAMED, "/delete"),
    ];
    for (operation, route) in routes {
        let path = operation.path.replace("{id}", "canary");
        let request = operation
            .request_about("canary")
            .uri(&format!("{PATH}{path}?q=canary"))
            .insert_header(("if-match", "\"canary\""));
        let logs = logs_of(World::default(), request).await;
        assert!(!logs.contains("canary"), "{logs}");
        let route = format!(r#""route":"/web/v1/workspaces/{{workspaceId}}/api-keys{route}""#);
        assert!(logs.contains(&route), "{route}: {logs}");
    }
}

#[actix_web::test]
async fn a_secret_that_was_rotated_in_is_not_logged() {
    let logs = logs_of(World::default(), Operation::ROTATE.request()).await;
    assert!(!logs.contains(secret(Mode::Live).expose()), "{logs}");
    assert!(logs.contains("request.answered"), "{logs}");
}
