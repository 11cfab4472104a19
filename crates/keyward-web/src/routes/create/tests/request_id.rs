use crate::testing::{World, create_request};

#[actix_web::test]
async fn the_callers_request_id_comes_back_when_it_is_well_formed() {
    let longest = "r".repeat(128);
    for id in ["r", "request-7", longest.as_str()] {
        let answer = World::default()
            .send(create_request().insert_header(("x-request-id", id)))
            .await;
        assert_eq!(answer.header("x-request-id"), Some(id));
    }
}

#[actix_web::test]
async fn else_it_is_a_new_one_each_time() {
    let mut seen = std::collections::BTreeSet::new();
    let too_long = "r".repeat(129);
    for request in [
        create_request(),
        create_request(),
        create_request().insert_header(("x-request-id", "")),
        create_request().insert_header(("x-request-id", "a b")),
        create_request().insert_header(("x-request-id", too_long)),
        create_request().insert_header(("x-request-id", "é")),
        create_request()
            .append_header(("x-request-id", "a"))
            .append_header(("x-request-id", "a")),
        create_request().uri("/nowhere"),
        create_request().method(actix_web::http::Method::PUT),
        create_request().insert_header(("authorization", "Bearer x")),
    ] {
        let answer = World::default().send(request).await;
        let id = answer.header("x-request-id").unwrap().to_owned();
        assert_eq!(id.len(), 36, "{id}");
        assert!(seen.insert(id));
    }
}
