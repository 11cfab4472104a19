use super::*;

const SECRETS: [&str; 2] = [
    "canary-a-aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "canary-b,bbbbbbbbbbbbbbbbbbbbb\nbbbbbbb",
];
const URL: (&str, &str) = (JWKS_URL, "https://id.example/jwks");
const NAME: (&str, &str) = (ISSUER, "https://id.example");

fn resolve(variables: &[(&str, &str)]) -> Result<TokenConfig, String> {
    tokens(&Environment::from_pairs(variables)).map_err(|error| error.to_string())
}

/// The one issuer, and its `iss` if it is checked.
fn one(variables: &[(&str, &str)]) -> (Option<String>, IssuerConfig) {
    match resolve(variables).unwrap() {
        TokenConfig::AnyIssuer(issuer) => (None, *issuer),
        TokenConfig::Issuers(issuers) => {
            assert_eq!(issuers.len(), 1);
            let (name, issuer) = issuers.into_iter().next().unwrap();
            (Some(name), issuer)
        }
    }
}

#[test]
fn one_key_source_is_enough() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    let x = "__________________________________________8";
    let key_set = format!(r#"{{"keys":[{{"kty":"OKP","kid":"a","crv":"Ed25519","x":"{x}"}}]}}"#);
    std::fs::write(&file, key_set).unwrap();
    for (variables, source) in [
        (
            &[(SECRET, SECRETS[0])][..],
            "Hs256(HmacSecret(redacted), [])",
        ),
        (&[(JWKS_FILE, file.to_str().unwrap())], "JwksFile"),
        (&[URL], "JwksUrl"),
        (&[URL, NAME], "JwksUrl"),
        (&[NAME], "Discovery"),
        (&[(JWKS_URL, "http://127.0.0.1:9000/jwks")], "JwksUrl"),
        (&[(ISSUER, "http://localhost:9000/realms/a")], "Discovery"),
        (
            &[(JWKS_URL, "http://id.svc/jwks"), (ALLOW_HTTP, "on")],
            "JwksUrl",
        ),
        (
            &[(ISSUER, "http://id.svc"), (ALLOW_HTTP, "on")],
            "Discovery",
        ),
    ] {
        let (name, issuer) = one(variables);
        let shown = format!("{:?}", issuer.keys);
        assert!(shown.starts_with(source), "{variables:?}: {shown}");
        let named = variables.iter().find(|(variable, _)| *variable == ISSUER);
        assert_eq!(name.as_deref(), named.map(|(_, value)| *value));
        assert!(issuer.audiences.is_empty());
        assert_eq!(issuer.claims.user.to_string(), "sub");
        assert_eq!(issuer.claims.portal.to_string(), "portal");
        assert_eq!(issuer.claims.partner_values, None);
        assert_eq!(issuer.claims.client_hash.to_string(), "clientHash");
        assert_eq!(issuer.leeway.seconds(), 30);
    }
}

#[test]
fn a_warning_is_due_where_keys_may_come_by_http() {
    for (variables, is_due) in [
        (&[URL][..], false),
        (&[NAME], false),
        (&[(SECRET, SECRETS[0]), (ALLOW_HTTP, "on")], false),
        (
            &[(JWKS_URL, "http://[::1]/jwks"), (ALLOW_HTTP, "on")],
            false,
        ),
        (
            &[(JWKS_URL, "http://id.svc/jwks"), (ALLOW_HTTP, "on")],
            true,
        ),
        (&[NAME, (ALLOW_HTTP, "on")], true),
        (&[NAME, (ALLOW_HTTP, "off")], false),
    ] {
        let config = resolve(variables).unwrap();
        assert_eq!(config.trusts_plain_http(), is_due, "{variables:?}");
    }
}

#[test]
fn a_secret_may_have_a_predecessor() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("previous");
    std::fs::write(&file, format!("{}\n", SECRETS[1])).unwrap();
    for previous in [
        (PREVIOUS_SECRET, SECRETS[1]),
        ("KEYWARD_JWT_PREVIOUS_SECRET_FILE", file.to_str().unwrap()),
    ] {
        let (_, issuer) = one(&[(SECRET, SECRETS[0]), previous]);
        let shown = format!("{:?}", issuer.keys);
        assert_eq!(shown, "Hs256(HmacSecret(redacted), [HmacSecret(redacted)])");
    }
}

#[test]
fn audiences_claims_and_values_are_configured() {
    let (_, issuer) = one(&[
        URL,
        (AUDIENCE, " keyward, https://keys.example ,"),
        (USER_CLAIM, "/realm/user~1id"),
        (PORTAL_CLAIM, "https://example.com/portal"),
        (PARTNER_VALUES, "partner,reseller"),
        (CLIENT_HASH_CLAIM, "device"),
        (LEEWAY_SECONDS, "0"),
    ]);
    assert_eq!(issuer.audiences, ["keyward", "https://keys.example"]);
    assert_eq!(issuer.claims.user.to_string(), "/realm/user~1id");
    assert_eq!(
        issuer.claims.portal.to_string(),
        "https://example.com/portal"
    );
    let partner_values = issuer.claims.partner_values.unwrap();
    assert_eq!(partner_values, ["partner", "reseller"]);
    assert_eq!(issuer.claims.client_hash.to_string(), "device");
    assert_eq!(issuer.leeway.seconds(), 0);
}

#[test]
fn a_wrong_value_names_its_variable_and_what_would_be_right() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("no-jwks.json");
    std::fs::write(&file, "{}").unwrap();
    let file = file.to_str().unwrap();
    let check = |variables: &[(&str, &str)], variable: &str, parts: &[&str]| {
        let message = resolve(variables).unwrap_err();
        assert!(message.starts_with(variable), "{message}");
        for part in parts {
            assert!(message.contains(part), "{message}");
        }
        assert!(!message.contains("canary"), "{message}");
    };
    check(
        &[],
        "KEYWARD_JWT_JWKS_URL is not set",
        &[ISSUER, ISSUERS_FILE],
    );
    check(
        &[(AUDIENCE, "keyward")],
        "KEYWARD_JWT_JWKS_URL is not set",
        &[],
    );
    check(&[URL, (SECRET, SECRETS[0])], "set only one of", &[JWKS_URL]);
    check(
        &[(SECRET, "canary")],
        SECRET,
        &["at least 32 bytes; this one has 6"],
    );
    let short = [(SECRET, SECRETS[0]), (PREVIOUS_SECRET, "canary")];
    check(&short, PREVIOUS_SECRET, &["at least 32 bytes"]);
    check(
        &[URL, (PREVIOUS_SECRET, SECRETS[0])],
        PREVIOUS_SECRET,
        &["KEYWARD_JWT_SECRET is not set"],
    );
    check(
        &[(JWKS_FILE, "/nonexistent")],
        JWKS_FILE,
        &["can't read /nonexistent: No such file"],
    );
    check(
        &[(JWKS_FILE, file)],
        JWKS_FILE,
        &["no-jwks.json", "JSON Web Key Set"],
    );
    let http = (JWKS_URL, "http://id.svc/jwks");
    check(
        &[http],
        JWKS_URL,
        &["https URL", "KEYWARD_JWT_ALLOW_HTTP=on"],
    );
    check(
        &[(JWKS_URL, "id.example"), (ALLOW_HTTP, "on")],
        JWKS_URL,
        &["https or http URL"],
    );
    check(
        &[(JWKS_URL, "https://u:canary@id.example")],
        JWKS_URL,
        &["user name"],
    );
    let found = ["keys are found by this URL", "https URL"];
    check(&[(ISSUER, "keyward-id")], ISSUER, &found);
    check(
        &[(ISSUER, "http://id.svc")],
        ISSUER,
        &[found[0], "KEYWARD_JWT_ALLOW_HTTP=on"],
    );
    check(
        &[(ISSUER, "https://id.example/?a=b")],
        ISSUER,
        &[found[0], "without ? and #"],
    );
    check(
        &[URL, (ALLOW_HTTP, "yes")],
        ALLOW_HTTP,
        &["neither on nor off"],
    );
    check(&[URL, (AUDIENCE, " , ")], AUDIENCE, &["names nothing"]);
    check(
        &[URL, (PARTNER_VALUES, ",")],
        PARTNER_VALUES,
        &["names nothing"],
    );
    for variable in [USER_CLAIM, PORTAL_CLAIM, CLIENT_HASH_CLAIM] {
        check(&[URL, (variable, "/a~b")], variable, &["~0"]);
    }
    check(
        &[URL, (LEEWAY_SECONDS, "31")],
        LEEWAY_SECONDS,
        &["31 is more than the 30 seconds"],
    );
    check(
        &[URL, (LEEWAY_SECONDS, "-1")],
        LEEWAY_SECONDS,
        &["a number of seconds from 0 to 30"],
    );
}

#[test]
fn a_file_of_issuers_stands_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("issuers.json");
    std::fs::write(&file, r#"{"issuers":[{"issuer":"https://a.example"}]}"#).unwrap();
    let path = file.to_str().unwrap();
    let (name, _) = one(&[(ISSUERS_FILE, path)]);
    assert_eq!(name.as_deref(), Some("https://a.example"));
    for variable in KEY_SOURCES.into_iter().chain(RULES) {
        if variable != ISSUERS_FILE {
            let message = resolve(&[(ISSUERS_FILE, path), (variable, "canary")]).unwrap_err();
            let expected = format!("{ISSUERS_FILE}: {variable} is set as well; unset it");
            assert!(message.starts_with(&expected), "{message}");
            assert!(!message.contains("canary"), "{message}");
        }
    }
    let missing = resolve(&[(ISSUERS_FILE, "/nonexistent")]).unwrap_err();
    assert!(
        missing.starts_with("KEYWARD_ISSUERS_FILE: /nonexistent: can't be read"),
        "{missing}"
    );
}

#[test]
fn every_variable_of_tokens_is_known_to_the_command_line() {
    for variable in KEY_SOURCES.into_iter().chain(RULES) {
        assert!(
            super::super::settings::names().any(|known| known == variable),
            "{variable}"
        );
    }
    let of_tokens = |variable: &&str| variable.starts_with("KEYWARD_JWT_");
    let known = super::super::settings::names().filter(of_tokens).count();
    assert_eq!(known + 1, KEY_SOURCES.len() + RULES.len());
}

#[test]
fn a_text_means_one_role() {
    let roles = (ROLES_CLAIM, "roles");
    let both = [(SECRET, SECRETS[0]), roles, (OWNER_VALUES, "root,ADMIN")];
    let refused = resolve(&both).unwrap_err();
    let expected = "KEYWARD_JWT_OWNER_VALUES: \"ADMIN\" is also one of KEYWARD_JWT_ADMIN_VALUES";
    assert!(refused.starts_with(expected), "{refused}");
    let apart = [
        (SECRET, SECRETS[0]),
        roles,
        (OWNER_VALUES, "root"),
        (ADMIN_VALUES, "staff"),
    ];
    assert!(resolve(&apart).unwrap().has_roles_claim());
}
