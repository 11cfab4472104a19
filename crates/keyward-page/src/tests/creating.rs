use keyward_domain::testing::limit;
use keyward_domain::{ExistingKeys, Lifetime, LifetimePolicy, Limits};

use super::*;

#[actix_web::test]
async fn a_created_key_is_revealed_once_and_its_address_reveals_nothing() {
    let (path, fields) = forms().remove(0);
    let answer = page_world().send(post(&path, &fields)).await;
    assert_page(&answer, "create", 201);
    let shown = secret(Mode::Live);
    let times = answer.text.matches(shown.expose()).count();
    assert_eq!(times, 2, "the field and the curl");
    assert!(answer.header("location").is_none());
    let world = World {
        insert: |_new| Ok(Inserted::Replayed(key_id(Mode::Live))),
        ..page_world()
    };
    let again = world.send(post(&path, &fields)).await;
    assert_page(&again, "again", 200);
    assert!(!again.text.contains(shown.expose()));
    assert!(again.text.contains("shown already"), "{}", again.text);
    assert!(again.text.contains("/rotate"), "{}", again.text);
}

#[actix_web::test]
async fn a_form_that_was_sent_before_is_told_so_whatever_has_changed_since() {
    let same: FoundRecord = |_, _| Ok(Some(CarriedOut::SameRequest(key_id(Mode::Live))));
    let create = "/workspaces/ws_1/keys/new/secret".to_owned();
    let create = (create, vec![("name", " "), ("idempotencyKey", "f")]);
    let rotate = vec![("overlapSeconds", "x"), ("idempotencyKey", "f")];
    for (path, fields) in [create, (key_path("/rotate"), rotate)] {
        let world = World {
            carried_out: same,
            ..page_world()
        };
        let answer = world.send(post(&path, &fields)).await;
        assert_page(&answer, &path, 200);
        assert!(answer.text.contains("shown already"), "{}", answer.text);
        let gone = World {
            carried_out: same,
            get: |_, _| Ok(None),
            ..page_world()
        };
        let answer = gone.send(post(&path, &fields)).await;
        assert_page(&answer, &path, 409);
        let told = "This request was already carried out";
        assert!(answer.text.contains(told), "{}", answer.text);
    }
}

#[actix_web::test]
async fn what_is_wrong_is_told_at_its_field_and_nothing_is_lost() {
    let fields = [
        ("name", " "),
        ("mode", "1"),
        ("ip", "1.2.3.4/24"),
        ("expiry", "on"),
        ("expiresOn", "2020-01-01"),
        ("scope", "No Scope"),
        ("idempotencyKey", "f"),
    ];
    let answer = page_world()
        .send(post("/workspaces/ws_1/keys/new/secret", &fields))
        .await;
    assert_page(&answer, "create", 400);
    for part in [
        "at least one visible character",
        "did you mean 1.2.3.0/24?",
        "Must be in the future",
        "Must be a scope code",
        ">1.2.3.4/24</textarea>",
        "value=\"2020-01-01\"",
    ] {
        assert!(answer.text.contains(part), "{part}: {}", answer.text);
    }
}

#[actix_web::test]
async fn test_mode_is_for_the_partner_portal_and_explained_to_others() {
    let tenant = session(Portal::Tenant);
    let request = TestRequest::get().uri("/workspaces/ws_1/keys/new");
    let answer = page_world().send(with_session(request, &tenant)).await;
    assert!(
        answer.text.contains("in the PARTNER portal only"),
        "{}",
        answer.text
    );
    let answer = page_world().send(get("/workspaces/ws_1/keys/new")).await;
    assert!(
        !answer.text.contains("in the PARTNER portal only"),
        "{}",
        answer.text
    );
}

fn strict() -> LifetimePolicy {
    let days = |days| Some(Lifetime::from_days(days).unwrap());
    LifetimePolicy::new(days(7), days(60), false, ExistingKeys::Report).unwrap()
}

#[actix_web::test]
async fn the_form_offers_the_expiries_that_the_policy_allows() {
    let world = World {
        policy: strict,
        ..page_world()
    };
    let answer = world.send(get("/workspaces/ws_1/keys/new")).await;
    assert_page(&answer, "new", 200);
    for part in [
        "value=\"7\" checked",
        "value=\"30\"",
        "In 60 days",
        "max=\"2026-05-19\"",
        "expires after 7 days unless you choose otherwise",
        "latest possible expiry is 2026-05-20 00:00 UTC",
    ] {
        assert!(answer.text.contains(part), "{part}: {}", answer.text);
    }
    for part in ["value=\"never\"", "value=\"90\""] {
        assert!(!answer.text.contains(part), "{part}: {}", answer.text);
    }
    let (path, mut fields) = forms().remove(0);
    let answer = world.send(post(&path, &fields)).await;
    assert_page(&answer, "never", 400);
    let told = "An expiry is required, and must not be after 2026-05-20T00:00:00Z";
    assert!(answer.text.contains(told), "{}", answer.text);
    fields.retain(|(name, _value)| *name != "expiry");
    fields.push(("expiry", "60"));
    let answer = world.send(post(&path, &fields)).await;
    assert_page(&answer, "60 days", 201);
}

fn limited() -> Limits {
    Limits::of(vec![limit("requests", 100, "1m")]).unwrap()
}

#[actix_web::test]
async fn the_form_shows_the_limits_of_the_plan_and_takes_lower_ones() {
    let world = World {
        plan: limited,
        insert: |new| {
            let own = Limits::of(vec![limit("requests", 20, "1m")]).unwrap();
            assert_eq!(new.key.fields().limits, own);
            Ok(Inserted::Created)
        },
        ..page_world()
    };
    let shown = world.send(get("/workspaces/ws_1/keys/new")).await;
    assert_page(&shown, "new", 200);
    for part in ["name=\"limit.requests\"", "At most 100 per minute"] {
        assert!(shown.text.contains(part), "{part}: {}", shown.text);
    }
    let (path, mut fields) = forms().remove(0);
    fields.push(("limit.requests", "20"));
    assert_page(&world.send(post(&path, &fields)).await, "lower", 201);
    for (text, told) in [
        ("101", "The plan allows at most 100"),
        ("many", "Must be a whole number"),
        ("0", "from 1 to 1000000000"),
    ] {
        fields.pop();
        fields.push(("limit.requests", text));
        let answer = world.send(post(&path, &fields)).await;
        assert_page(&answer, text, 400);
        let at_field = between(
            &answer.text,
            "<div id=\"limit-requests-problem\">",
            "</div>",
        );
        assert!(at_field.contains(told), "{text}: {}", answer.text);
        let kept = format!("name=\"limit.requests\" value=\"{text}\"");
        assert!(answer.text.contains(&kept), "{text}: {}", answer.text);
    }
}

#[actix_web::test]
async fn a_limit_that_the_plan_has_no_more_is_told() {
    let (path, mut fields) = forms().remove(0);
    fields.push(("limit.gone", "20"));
    assert_page(&page_world().send(post(&path, &fields)).await, "gone", 400);
}

#[actix_web::test]
async fn without_a_plan_the_form_has_no_limits() {
    let shown = page_world().send(get("/workspaces/ws_1/keys/new")).await;
    assert!(!shown.text.contains("limit."), "{}", shown.text);
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split_once(after).unwrap().0
}
