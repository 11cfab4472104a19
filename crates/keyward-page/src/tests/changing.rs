use keyward_domain::testing::limit;
use keyward_domain::{ExistingKeys, Lifetime, LifetimePolicy, Limits};

use super::*;

#[actix_web::test]
async fn an_edit_is_shown_before_it_is_saved() {
    let fields = [("version", "3"), ("name", "New name"), ("expiry", "keep")];
    let with = |step| [fields.as_slice(), &[("do", step)]].concat();
    let world = World {
        save: |_| panic!("saved"),
        ..page_world()
    };
    let review = world.send(post(&key_path("/edit"), &with("review"))).await;
    assert_page(&review, "review", 200);
    for part in [
        "Production Key",
        "New name",
        "192.168.1.0/24",
        "value=\"save\"",
    ] {
        assert!(review.text.contains(part), "{part}: {}", review.text);
    }
    let saved = page_world()
        .send(post(&key_path("/edit"), &with("save")))
        .await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let location = saved.header("location").unwrap();
    assert!(
        location.ends_with("?done=saved&known=all&at=1774051200"),
        "{location}"
    );
    let back = page_world()
        .send(post(&key_path("/edit"), &with("edit")))
        .await;
    assert!(back.text.contains("value=\"New name\""), "{}", back.text);
}

#[actix_web::test]
async fn a_lost_race_shows_both_versions() {
    let fields = [
        ("do", "save"),
        ("version", "2"),
        ("name", "Mine"),
        ("expiry", "keep"),
    ];
    let world = World {
        save: |_| panic!("saved"),
        ..page_world()
    };
    let answer = world.send(post(&key_path("/edit"), &fields)).await;
    assert_page(&answer, "conflict", 412);
    for part in ["Production Key", "Mine", "name=\"version\" value=\"3\""] {
        assert!(answer.text.contains(part), "{part}: {}", answer.text);
    }
}

#[actix_web::test]
async fn a_key_that_was_used_lately_is_deleted_by_its_name_alone() {
    let world = World {
        save: |_| panic!("saved"),
        ..page_world()
    };
    let refused = world
        .send(post(&key_path("/delete"), &[("name", "production key")]))
        .await;
    assert_page(&refused, "name", 400);
    let typed = [("name", " Production Key ")];
    let deleted = page_world().send(post(&key_path("/delete"), &typed)).await;
    assert_eq!(deleted.status, 303, "{}", deleted.text);
    let unused = World {
        get: |_, _| Ok(Some(altered(key(), |fields| fields.last_used_at = None))),
        ..page_world()
    };
    let deleted = unused.send(post(&key_path("/delete"), &[])).await;
    assert_eq!(deleted.status, 303, "{}", deleted.text);
}

#[actix_web::test]
async fn success_is_told_only_after_the_store_has_confirmed() {
    for (path, fields) in key_forms() {
        let world = World {
            insert: |_| Err(RepositoryError::Unavailable("gone".into())),
            save: |_| Err(RepositoryError::Unavailable("gone".into())),
            // Enabling or ending without an effect is not a failure.
            ..page_world()
        };
        let answer = world.send(post(&path, &fields)).await;
        if path.ends_with("/enable") || path.ends_with("/end-overlap") {
            assert_eq!(answer.status, 303, "{path}");
        } else {
            assert_page(&answer, &path, 503);
            assert_eq!(answer.header("retry-after"), Some("5"), "{path}");
        }
    }
}

#[actix_web::test]
async fn a_rotation_that_was_superseded_changes_nothing() {
    let world = World {
        save: |_| Ok(Saved::Replayed(key_id(Mode::Live))),
        ..page_world()
    };
    let fields = [("overlapSeconds", "0"), ("idempotencyKey", "f")];
    let answer = world.send(post(&key_path("/rotate"), &fields)).await;
    assert_page(&answer, "rotate", 200);
    assert!(answer.text.contains("shown already"), "{}", answer.text);
    let wrong = [("overlapSeconds", "x")];
    let answer = page_world().send(post(&key_path("/rotate"), &wrong)).await;
    assert_page(&answer, "overlap", 400);
}

fn strict() -> LifetimePolicy {
    let max = Some(Lifetime::from_days(60).unwrap());
    LifetimePolicy::new(None, max, false, ExistingKeys::Report).unwrap()
}

#[actix_web::test]
async fn an_expiry_beyond_the_policy_is_told_at_its_field_before_the_review() {
    let world = World {
        policy: strict,
        save: |_| panic!("saved"),
        ..page_world()
    };
    let shown = world.send(get(&key_path("/edit"))).await;
    assert_page(&shown, "edit", 200);
    assert!(!shown.text.contains("value=\"never\""), "{}", shown.text);
    assert!(shown.text.contains("A new secret makes"), "{}", shown.text);
    let fields = [
        ("version", "3"),
        ("name", "Production Key"),
        ("expiry", "never"),
    ];
    for step in ["review", "save"] {
        let fields = [fields.as_slice(), &[("do", step)]].concat();
        let answer = world.send(post(&key_path("/edit"), &fields)).await;
        assert_page(&answer, step, 400);
        assert!(
            answer.text.contains("An expiry is required"),
            "{}",
            answer.text
        );
    }
}

#[actix_web::test]
async fn a_key_that_is_too_old_can_get_a_new_secret() {
    let world = World {
        get: |_, _| {
            let too_old = |fields: &mut keyward_domain::ApiKeyFields| {
                fields.lifetime_max = Some(Lifetime::from_days(1).unwrap());
                fields.secret.created_at = keyward_web::testing::now().plus_seconds(-86_400);
            };
            Ok(Some(altered(key(), too_old)))
        },
        ..page_world()
    };
    let answer = world.send(get(&key_path(""))).await;
    assert_page(&answer, "too old", 200);
    for part in ["Expired", "older than your workspace allows", "/rotate\""] {
        assert!(answer.text.contains(part), "{part}: {}", answer.text);
    }
}

#[actix_web::test]
async fn several_keys_are_changed_after_a_confirmation_and_what_failed_is_told() {
    let id = key_id(Mode::Live).to_string();
    let several = |action: &str| format!("/workspaces/ws_1/keys/several/{action}");
    for action in ["disable", "expire"] {
        let world = World {
            save: |_| panic!("saved"),
            ..page_world()
        };
        let fields = [("key", id.as_str()), ("key", id.as_str()), ("key", "x")];
        let asked = world.send(post(&several(action), &fields)).await;
        assert_page(&asked, action, 200);
        assert_eq!(
            asked.text.matches("name=\"key\"").count(),
            1,
            "{}",
            asked.text
        );
        let fields = [("key", id.as_str()), ("confirmed", "1"), ("expiry", "30")];
        let done = page_world().send(post(&several(action), &fields)).await;
        assert_page(&done, action, 200);
        assert!(done.text.contains("Changed keys: 1"), "{}", done.text);
    }
    let fields = [("key", id.as_str()), ("confirmed", "1"), ("expiry", "365")];
    let strict = World {
        policy: strict,
        save: |_| panic!("saved"),
        ..page_world()
    };
    let refused = strict.send(post(&several("expire"), &fields)).await;
    assert_page(&refused, "beyond the policy", 200);
    for part in ["Changed keys: 0", "were not changed", "Production Key"] {
        assert!(refused.text.contains(part), "{part}: {}", refused.text);
    }
    let nothing = page_world().send(post(&several("disable"), &[])).await;
    assert_eq!(nothing.status, 303, "{}", nothing.text);
}

#[actix_web::test]
async fn own_limits_are_changed_within_the_plan() {
    fn limited() -> Limits {
        Limits::of(vec![limit("requests", 100, "1m")]).unwrap()
    }
    let world = World {
        plan: limited,
        save: |changed| {
            let own = Limits::of(vec![limit("requests", 20, "1m")]).unwrap();
            assert_eq!(changed.key.fields().limits, own);
            Ok(Saved::Done)
        },
        ..page_world()
    };
    let fields = |step, text| {
        [
            ("version", "3"),
            ("name", "Production Key"),
            ("expiry", "keep"),
            ("limit.requests", text),
            ("do", step),
        ]
    };
    let review = world
        .send(post(&key_path("/edit"), &fields("review", "20")))
        .await;
    assert_page(&review, "review", 200);
    assert!(review.text.contains("requests: 20 / 1m"), "{}", review.text);
    let saved = world
        .send(post(&key_path("/edit"), &fields("save", "20")))
        .await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let above = world
        .send(post(&key_path("/edit"), &fields("save", "101")))
        .await;
    assert_page(&above, "above", 400);
    assert!(
        above.text.contains("The plan allows at most 100"),
        "{}",
        above.text
    );
}
