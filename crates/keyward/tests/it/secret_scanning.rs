//! The expressions of docs/secret-scanning.md, as they are written there: they find each secret of a
//! prefix, and never an id.

use std::fmt::Write as _;
use std::process::Command;

use keyward_domain::testing::{api_key_id_with, at, key_prefix, secret_with, service_secret};
use keyward_domain::{KeyPrefix, Mode};
use regex_lite::Regex;
use serde_json::Value;

const DOCS: &str = include_str!("../../../../docs/secret-scanning.md");

/// Scanners' rules for Stripe's keys, as the docs cite them: gitleaks, older gitleaks, trufflehog.
const OF_STRIPE: [&str; 3] = [
    r#"\b((?:sk|rk)_(?:test|live|prod)_[a-zA-Z0-9]{10,99})(?:[\x60'"\s;]|\\[nr]|$)"#,
    "(?i)(sk|pk)_(test|live)_[0-9a-z]{10,32}",
    "[rs]k_live_[a-zA-Z0-9]{20,247}",
];

/// The part of the docs with this title.
fn section(title: &str) -> &'static str {
    let (_before, section) = DOCS.split_once(&format!("\n### {title}\n")).unwrap();
    section.split("\n##").next().unwrap()
}

/// Everything that stands between these two texts.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    let parts = text.split(start).skip(1);
    parts.map(|part| part.split_once(end).unwrap().0).collect()
}

/// An expression for the secrets of keys, and one for service tokens.
struct Expressions {
    scanner: &'static str,
    keys: String,
    services: String,
}

fn of_gitleaks() -> Expressions {
    let found = between(section("gitleaks"), "regex = '''", "'''\n");
    of("gitleaks", &found, str::to_owned)
}

fn of_trufflehog() -> Expressions {
    let found = between(section("trufflehog"), "secret: '", "'\n");
    of("trufflehog", &found, str::to_owned)
}

/// GitHub requires, by default, that there is no letter or digit next to a secret.
fn of_github() -> Expressions {
    let blocks: Vec<&str> = section("GitHub").split("```").collect();
    let formats: Vec<&str> = blocks
        .into_iter()
        .skip(1)
        .step_by(2)
        .map(str::trim)
        .collect();
    of("GitHub", &formats, |format| {
        format!(r"(?:\A|[^0-9A-Za-z])({format})(?:\z|[^0-9A-Za-z])")
    })
}

fn of(scanner: &'static str, found: &[&str], whole: impl Fn(&str) -> String) -> Expressions {
    let [keys, services] = found else {
        panic!("{scanner} has an expression for keys and one for services: {found:?}");
    };
    Expressions {
        scanner,
        keys: whole(keys),
        services: whole(services),
    }
}

fn of_all() -> [Expressions; 3] {
    [of_gitleaks(), of_trufflehog(), of_github()]
}

/// What the first group of an expression finds in a text.
fn found(expression: &str, text: &str) -> Vec<String> {
    let expression = Regex::new(expression).unwrap();
    let found = expression.captures_iter(text);
    found
        .map(|groups| groups.get(1).unwrap().as_str().to_owned())
        .collect()
}

/// Pairs of a secret and an id with this prefix, of both modes.
fn pairs(prefix: KeyPrefix) -> Vec<(String, String)> {
    let numbers = (0..40_u64).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let pairs = numbers.flat_map(|number| {
        Mode::ALL.map(|mode| {
            let secret = secret_with(prefix, mode, number).expose().to_owned();
            (
                secret,
                api_key_id_with(prefix, mode, at(0), number).to_string(),
            )
        })
    });
    pairs.collect()
}

/// Texts with a credential and an id, as they leak.
fn leaks(credential: &str, id: &str) -> Vec<String> {
    vec![
        credential.to_owned(),
        format!("{credential}\n"),
        format!(r#"{{"apiKeyId":"{id}","secret":"{credential}","name":"{id}"}}"#),
        format!("ACME_KEY_ID={id}\nACME_API_KEY={credential}\n"),
        format!("export ACME_API_KEY='{credential}' # {id}"),
        format!("https://api.example.com/keys/{id}?key={credential}&id={id}"),
        format!("https://api.example.com/{credential}/{id}"),
        format!("Authorization: Bearer {credential}\r\nX-Auth-Key-Id: {id}\r\n"),
        format!(r#"    let client = Client::new("{id}", "{credential}"); // {id}"#),
        format!("{id} {credential} {id}"),
        format!("{id},{credential},{id}"),
        format!("The key `{id}` has the secret **{credential}**, or _{credential}_."),
    ]
}

#[test]
fn an_expression_finds_each_secret_alone_wherever_it_leaks() {
    for Expressions { scanner, keys, .. } in of_all() {
        for (secret, id) in pairs(key_prefix("acme")) {
            for leak in leaks(&secret, &id) {
                let wanted = vec![secret.clone(); leak.matches(secret.as_str()).count()];
                assert_eq!(found(&keys, &leak), wanted, "{scanner}: {leak}");
            }
        }
    }
}

#[test]
fn no_expression_matches_an_id_whatever_is_around_it() {
    for Expressions {
        scanner,
        keys,
        services,
    } in of_all()
    {
        for (_secret, id) in pairs(key_prefix("acme")) {
            for expression in [&keys, &services] {
                for text in leaks(&id, &id) {
                    assert_eq!(found(expression, &text), [""; 0], "{scanner}: {text}");
                }
                for around in ["", "x", "_", "-", ".", "0"] {
                    let text = format!("{around}{id}{around}{id}{around}");
                    assert_eq!(found(expression, &text), [""; 0], "{scanner}: {text}");
                }
            }
        }
    }
}

/// Source code and JSON have line breaks as `\n`, whose `n` stands next to the secret.
#[test]
fn an_escaped_line_break_hides_no_secret_from_gitleaks_and_trufflehog() {
    for Expressions { scanner, keys, .. } in [of_gitleaks(), of_trufflehog()] {
        for (secret, id) in pairs(key_prefix("acme")) {
            let text = format!(r#""id:\n{id}\nkey:\n{secret}\n{secret}""#);
            assert_eq!(
                found(&keys, &text),
                [secret.as_str(); 2],
                "{scanner}: {text}"
            );
        }
    }
}

#[test]
fn an_expression_finds_service_tokens() {
    let (_secret, id) = pairs(key_prefix("acme")).swap_remove(0);
    for Expressions {
        scanner,
        keys,
        services,
    } in of_all()
    {
        for number in 0..=u8::MAX {
            let token = service_secret(number).expose().to_owned();
            for leak in leaks(&token, &id) {
                let wanted = vec![token.clone(); leak.matches(token.as_str()).count()];
                assert_eq!(found(&services, &leak), wanted, "{scanner}: {leak}");
                assert_eq!(found(&keys, &leak), [""; 0], "{scanner}: {leak}");
            }
        }
    }
}

#[test]
fn an_expression_becomes_that_of_another_prefix_by_replacing_acme() {
    for Expressions { scanner, keys, .. } in of_all() {
        let keys = keys.replace("acme", "other7");
        for (secret, id) in pairs(key_prefix("other7")) {
            let text = format!("{id} {secret}");
            assert_eq!(found(&keys, &text), [secret], "{scanner}");
        }
        for (secret, _id) in pairs(key_prefix("acme")) {
            assert_eq!(found(&keys, &secret), [""; 0], "{scanner}");
        }
    }
}

#[test]
fn the_default_prefix_is_taken_for_stripes_and_an_own_one_is_not() {
    for of_stripe in OF_STRIPE {
        assert!(DOCS.contains(of_stripe), "{of_stripe}");
        let expression = Regex::new(of_stripe).unwrap();
        for (secret, id) in pairs(KeyPrefix::default()) {
            // trufflehog's rule is only about live keys.
            let is_meant = secret.starts_with("sk_live_") || of_stripe.contains("test");
            assert_eq!(
                expression.is_match(&secret),
                is_meant,
                "{of_stripe}: {secret}"
            );
            assert_eq!(expression.is_match(&id), is_meant, "{of_stripe}: {id}");
        }
        for (secret, id) in pairs(key_prefix("acme")) {
            for leak in leaks(&secret, &id) {
                assert!(!expression.is_match(&leak), "{of_stripe}: {leak}");
            }
        }
    }
}

#[test]
fn a_prefix_that_ends_in_sk_is_taken_for_stripes_too() {
    for prefix in ["desk", "task"] {
        let (secret, id) = pairs(key_prefix(prefix)).swap_remove(0);
        let taken = OF_STRIPE.map(|of_stripe| {
            let expression = Regex::new(of_stripe).unwrap();
            (expression.is_match(&secret), expression.is_match(&id))
        });
        assert_eq!(
            taken,
            [(false, false), (true, true), (true, true)],
            "{prefix}"
        );
    }
}

/// The findings of the real gitleaks with the rules of the docs: rule and secret.
fn findings(text: &str) -> Vec<(String, String)> {
    let gitleaks = std::env::var("KEYWARD_TEST_GITLEAKS").expect("run the tests by scripts/test");
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let [config] = between(section("gitleaks"), "```toml\n", "```")[..] else {
        panic!("the docs have one configuration of gitleaks");
    };
    std::fs::write(at("gitleaks.toml"), config).unwrap();
    std::fs::create_dir(at("leaked")).unwrap();
    std::fs::write(at("leaked").join("notes.txt"), text).unwrap();
    let output = Command::new(gitleaks)
        .args(["detect", "--no-git", "--no-banner", "--exit-code=0"])
        .args(["--report-format=json", "--report-path=report.json"])
        .args(["--config=gitleaks.toml", "--source=leaked"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let report = std::fs::read(at("report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let findings = report.as_array().unwrap().iter();
    findings
        .map(|finding| (text(finding, "RuleID"), text(finding, "Secret")))
        .collect()
}

fn by(rule: &str, findings: &[(String, String)]) -> Vec<String> {
    let by = findings.iter().filter(|(of, _)| of == rule);
    let mut secrets: Vec<String> = by.map(|(_, secret)| secret.clone()).collect();
    secrets.sort_unstable();
    secrets
}

#[test]
fn gitleaks_finds_the_secrets_of_an_own_prefix_and_takes_none_for_stripes() {
    let mut text = String::new();
    let mut wanted = Vec::new();
    for (secret, id) in pairs(key_prefix("acme")) {
        let token = service_secret(7);
        writeln!(text, "fetch({id:?}, {secret:?}) // {id} {}", token.expose()).unwrap();
        wanted.push(secret);
    }
    wanted.sort_unstable();
    let findings = findings(&text);
    assert_eq!(by("acme-api-key", &findings), wanted);
    assert_eq!(by("keyward-service-token", &findings).len(), wanted.len());
    assert_eq!(by("stripe-access-token", &findings), [""; 0]);
}

#[test]
fn gitleaks_takes_secrets_and_ids_of_the_default_prefix_for_stripes() {
    let (secret, id) = pairs(KeyPrefix::default()).swap_remove(0);
    let findings = findings(&format!("fetch({id:?}, {secret:?})\n"));
    assert_eq!(
        by("stripe-access-token", &findings).len(),
        2,
        "{findings:?}"
    );
    assert_eq!(by("acme-api-key", &findings), [""; 0]);
}
