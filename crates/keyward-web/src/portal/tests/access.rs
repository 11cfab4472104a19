use super::*;

#[actix_web::test]
async fn who_is_not_signed_in_is_asked_to_and_nothing_is_done() {
    for path in pages() {
        let answer = World::default().send(TestRequest::get().uri(&path)).await;
        assert_page(&answer, &path, 401);
        assert!(answer.text.contains("name=\"token\""), "{path}");
    }
    for (path, fields) in forms() {
        let world = World {
            insert: |_| panic!("inserted"),
            save: |_| panic!("saved"),
            ..World::default()
        };
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&fields);
        let request = TestRequest::post()
            .uri(&path)
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .set_payload(body.finish());
        assert_page(&world.send(request).await, &path, 401);
    }
}

#[actix_web::test]
async fn who_is_no_owner_is_told_so_and_sees_nothing() {
    for role in [Some(Role::Admin), Some(Role::Viewer), None] {
        for path in pages() {
            let world = match role {
                Some(Role::Admin) => World {
                    role: || Ok(Some(Role::Admin)),
                    ..World::default()
                },
                Some(_) => World {
                    role: || Ok(Some(Role::Viewer)),
                    ..World::default()
                },
                None => World {
                    role: || Ok(None),
                    ..World::default()
                },
            };
            let answer = world.send(get(&path)).await;
            assert_page(&answer, &path, 403);
            assert!(!answer.text.contains("Production Key"), "{path}");
        }
    }
}

#[actix_web::test]
async fn a_token_of_another_device_opens_nothing() {
    let session = SessionCookie {
        client_hash: "device-2".to_owned(),
        ..session(Portal::Partner)
    };
    let request = with_session(TestRequest::get().uri("/workspaces/ws_1/keys"), &session);
    assert_page(&World::default().send(request).await, "device", 401);
}

#[actix_web::test]
async fn a_form_from_elsewhere_does_nothing() {
    for (path, fields) in forms() {
        let world = || World {
            insert: |_| panic!("inserted"),
            save: |_| panic!("saved"),
            ..World::default()
        };
        // Of another session, or of none.
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("csrf", "x").extend_pairs(&fields);
        let foreign = post(&path, &[]).set_payload(body.finish());
        assert_page(&world().send(foreign).await, &path, 400);
        // Sent by another site's page.
        for site in ["cross-site", "same-site"] {
            let request = post(&path, &fields).insert_header(("sec-fetch-site", site));
            assert_page(&world().send(request).await, &format!("{path} {site}"), 400);
        }
    }
}

#[actix_web::test]
async fn without_fetch_metadata_the_origin_must_be_the_host() {
    for (origin, status) in [
        (Some("http://keys.example"), 303),
        (Some("https://keys.example"), 303),
        (Some("https://evil.example"), 400),
        (Some("null"), 400),
        (None, 303),
    ] {
        let session = session(Portal::Partner);
        let request = with_session(TestRequest::post().uri(&key_path("/disable")), &session)
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .insert_header(("host", "keys.example"))
            .set_payload(format!("csrf={}", session.csrf()));
        let request = match origin {
            Some(origin) => request.insert_header(("origin", origin)),
            None => request,
        };
        let answer = World::default().send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{origin:?}");
    }
}
