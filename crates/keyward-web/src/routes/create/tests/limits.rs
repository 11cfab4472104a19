//! Contract §11: the limits of a new key.

use keyward_domain::testing::limit;
use keyward_domain::{Limit, Limits, OnUnavailable};

use crate::testing::{Answer, World, create_request};

async fn create(world: &World, limits: &str) -> Answer {
    let body = format!(r#"{{"name":"K","limits":{limits}}}"#);
    world.send(create_request().set_payload(body)).await
}

#[actix_web::test]
async fn limits_come_last_and_are_ordered_by_name() {
    let limits = r#"[{"name":"tokens","max":1000000,"window":"month","onUnavailable":"allow"},
        {"window":"60s","name":"requests","max":100}]"#;
    let answer = create(&World::default(), limits).await;
    answer.assert("limits", 201, "2000", "SUCCESS");
    let end = r#""createdAt":"2026-03-21T00:00:00Z","limits":[{"name":"requests","max":100,"window":"1m","onUnavailable":"deny"},{"name":"tokens","max":1000000,"window":"month","onUnavailable":"allow"}]}}"#;
    assert!(answer.text.ends_with(end), "{}", answer.text);
    for none in ["[]", "null"] {
        let answer = create(&World::default(), none).await;
        answer.assert(none, 201, "2000", "SUCCESS");
        assert!(!answer.text.contains("limits"), "{}", answer.text);
    }
}

#[actix_web::test]
async fn code_4000_names_every_wrong_limit() {
    let check = async |limits: &str, fields: &[&str]| {
        let answer = create(&World::default(), limits).await;
        answer.assert(limits, 400, "4000", "Invalid request");
        assert_eq!(answer.fields(), fields, "{limits}");
    };
    for wrong in ["1", "true", r#""requests""#, r#"{"requests":100}"#] {
        check(wrong, &["limits"]).await;
    }
    for wrong in ["1", "null", "[]", r#""requests""#] {
        check(&format!("[{wrong}]"), &["limits[0]"]).await;
    }
    check(
        "[{}]",
        &["limits[0].name", "limits[0].max", "limits[0].window"],
    )
    .await;
    let with = |name: &str, max: &str, window: &str| {
        format!(r#"[{{"name":{name},"max":{max},"window":{window}}}]"#)
    };
    let text = |text: &str| format!("\"{text}\"");
    for wrong in [
        "",
        "A",
        "Requests",
        "1a",
        "-a",
        "_a",
        "a b",
        "a.b",
        "ä",
        "a\\n",
        &"n".repeat(33),
    ] {
        let limits = with(&text(wrong), "1", r#""1m""#);
        check(&limits, &["limits[0].name"]).await;
    }
    for wrong in ["1", "null", "true", "[]", "{}"] {
        check(&with(wrong, "1", r#""1m""#), &["limits[0].name"]).await;
        check(&with(r#""a""#, "1", wrong), &["limits[0].window"]).await;
    }
    for wrong in [
        "0",
        "-1",
        "1.5",
        "1.0",
        "1e3",
        "1000000001",
        "9223372036854775808",
        "true",
        "null",
        r#""100""#,
        "[1]",
        "{}",
    ] {
        let limits = with(r#""a""#, wrong, r#""1m""#);
        check(&limits, &["limits[0].max"]).await;
    }
    for wrong in [
        "",
        "0s",
        "01s",
        "-1s",
        "+1s",
        "1",
        "60",
        "1 m",
        "1m ",
        "1.5h",
        "1M",
        "1w",
        "1y",
        "32d",
        "745h",
        "2678401s",
        "99999999999999999999s",
        "Day",
        "week",
        "year",
        "PT1M",
        "１s",
    ] {
        let limits = with(r#""a""#, "1", &text(wrong));
        check(&limits, &["limits[0].window"]).await;
    }
    for wrong in [r#""Deny""#, r#""""#, r#""503""#, "true", "1", "[]"] {
        let limits = format!(r#"[{{"name":"a","max":1,"window":"1m","onUnavailable":{wrong}}}]"#);
        check(&limits, &["limits[0].onUnavailable"]).await;
    }
    check(
        r#"[{"name":"a","max":1,"window":"1m","burst":5,"max":2,"Window":"1h"}]"#,
        &["limits[0].burst", "limits[0].max", "limits[0].Window"],
    )
    .await;
    check(
        r#"[{"name":"a","max":1,"window":"1m"},{"name":"b","max":1,"window":"1m"},
            {"name":"a","max":2,"window":"1h"}]"#,
        &["limits[2].name"],
    )
    .await;
    let many = |count: u32| {
        let one = |at| format!(r#"{{"name":"l{at}","max":1,"window":"1m"}}"#);
        let all: Vec<String> = (0..count).map(one).collect();
        format!("[{}]", all.join(","))
    };
    check(&many(9), &["limits"]).await;
    let answer = create(&World::default(), &many(8)).await;
    answer.assert("eight", 201, "2000", "SUCCESS");
}

#[actix_web::test]
async fn what_would_be_right_is_said_in_words() {
    let check = async |limits: &str, words: &str| {
        let answer = create(&World::default(), limits).await;
        let said = answer.json()["errors"][0]["message"].clone();
        assert_eq!(said, words, "{limits}");
    };
    check(
        "{}",
        "Must be an array of limits, each an object with name, max and window",
    )
    .await;
    check(
        r#"[{"name":"a","max":1.5,"window":"1m"}]"#,
        "Must be a whole number, without a fraction and an exponent",
    )
    .await;
    check(
        r#"[{"name":"a","max":1,"window":"90"}]"#,
        "Must be day, month, or a whole number with s, m, h or d, from 1s to 31d, such as 1m",
    )
    .await;
    check(
        r#"[{"name":"a","max":1,"window":"1m","on_unavailable":"deny"}]"#,
        "There is no such field; did you mean onUnavailable?",
    )
    .await;
}

/// A plan with 100 requests a minute.
fn of_plan(on_unavailable: OnUnavailable) -> Limits {
    let limits = vec![Limit {
        on_unavailable,
        ..limit("requests", 100, "1m")
    }];
    Limits::of(limits).unwrap()
}

#[actix_web::test]
async fn no_limit_is_above_the_plan() {
    let strict = World {
        plan: || of_plan(OnUnavailable::Deny),
        ..World::default()
    };
    let lenient = World {
        plan: || of_plan(OnUnavailable::Allow),
        ..World::default()
    };
    let allow = r#"[{"name":"requests","max":100,"window":"1m","onUnavailable":"allow"}]"#;
    for (world, limits, status) in [
        (
            &strict,
            r#"[{"name":"requests","max":100,"window":"60s"}]"#,
            201,
        ),
        (
            &strict,
            r#"[{"name":"requests","max":1,"window":"1m"}]"#,
            201,
        ),
        (
            &strict,
            r#"[{"name":"tokens","max":101,"window":"1h"}]"#,
            201,
        ),
        (
            &strict,
            r#"[{"name":"requests","max":101,"window":"1m"}]"#,
            400,
        ),
        (
            &strict,
            r#"[{"name":"requests","max":1,"window":"1h"}]"#,
            400,
        ),
        (
            &strict,
            r#"[{"name":"requests","max":1,"window":"day"}]"#,
            400,
        ),
        (&strict, allow, 400),
        (&lenient, allow, 201),
        (
            &lenient,
            r#"[{"name":"requests","max":100,"window":"1m"}]"#,
            201,
        ),
    ] {
        let answer = create(world, limits).await;
        assert_eq!(answer.status.as_u16(), status, "{limits}: {}", answer.text);
        if status == 400 {
            assert_eq!(answer.fields(), ["limits[0]"], "{limits}");
            assert!(answer.text.contains("at most 100"), "{}", answer.text);
        }
    }
}
