//! `keyward config show`.

use serde_json::{Value, json};

use crate::server::keyward;
use crate::tokens;

#[test]
fn the_configuration_in_force_is_shown_without_secrets() {
    let show = |arguments: &[&str]| {
        let output = keyward()
            .args(["config", "show"])
            .args(arguments)
            .env("DATABASE_URL", "postgres://u:canary@db.example.com/keyward")
            .env("KEYWARD_JWT_SECRET", tokens::SECRET)
            .env("KEYWARD_CACHE_MEBIBYTES", "32")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            !text.contains("canary") && !text.contains(tokens::SECRET),
            "{text}"
        );
        text
    };
    let table = show(&["--origin"]);
    assert!(table.starts_with("VARIABLE"), "{table}");
    let rows: Value = serde_json::from_str(&show(&["--origin", "-o", "json"])).unwrap();
    let row = |name: &str| {
        let mut rows = rows.as_array().unwrap().iter();
        rows.find(|row| row["variable"] == name).unwrap().clone()
    };
    assert_eq!(
        row("DATABASE_URL"),
        json!({
            "variable": "DATABASE_URL",
            "value": "postgres://u:***@db.example.com:5432/keyward",
            "origin": "environment",
        })
    );
    assert_eq!(row("KEYWARD_JWT_SECRET")["value"], "***");
    assert_eq!(row("KEYWARD_CACHE_MEBIBYTES")["value"], "32");
    assert_eq!(row("KEYWARD_PAGE")["origin"], "default");
    assert!(!show(&[]).contains("default"));
}

#[test]
fn a_wrong_configuration_is_shown_and_is_exit_code_3() {
    let output = keyward()
        .args(["config", "show"])
        .env("DATABASE_URL", "sqlite:k.db")
        .env("KEYWARD_JWT_SECRET", tokens::SECRET)
        .env("KEYWARD_PAGE", "yes")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stdout).contains("KEYWARD_PAGE"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("\"yes\" is neither on nor off"));
}
