use super::*;
use crate::config::tokens;

const SECRET: (&str, &str) = (
    "KEYWARD_JWT_SECRET",
    "canary-a-aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
);
const STORE: (&str, &str) = (MEMBERSHIPS, "store");
const CLAIM: (&str, &str) = (MEMBERSHIPS, "claim");
const HTTP: (&str, &str) = (MEMBERSHIPS, "http");
const ROLES: (&str, &str) = (ROLES_CLAIM, "/org/roles");
const HTTPS_URL: (&str, &str) = (URL, "https://platform.example/internal");

fn resolve(variables: &[(&str, &str)]) -> Result<MembershipsConfig, String> {
    let variables = [&[SECRET], variables].concat();
    let environment = Environment::from_pairs(&variables);
    let tokens = tokens::tokens(&environment).unwrap();
    MembershipsConfig::resolve(&environment, &tokens).map_err(|error| error.to_string())
}

#[test]
fn roles_come_from_the_store_unless_configured() {
    for variables in [&[][..], &[STORE]] {
        assert!(matches!(resolve(variables), Ok(MembershipsConfig::Store)));
    }
    assert!(matches!(
        resolve(&[CLAIM, ROLES]),
        Ok(MembershipsConfig::Claim)
    ));
    let Ok(MembershipsConfig::Platform(platform)) = resolve(&[HTTP, HTTPS_URL]) else {
        panic!("not the platform");
    };
    assert_eq!(platform.deadline, Duration::from_secs(2));
    assert_eq!(platform.cached_for, Duration::ZERO);
    assert!(platform.token.is_none());
    let all = [
        HTTP,
        (URL, "http://platform.svc:8080"),
        (ALLOW_HTTP, "on"),
        (TOKEN, "canary-token"),
        (DEADLINE, "100"),
        (CACHE, "5"),
    ];
    let Ok(MembershipsConfig::Platform(platform)) = resolve(&all) else {
        panic!("not the platform");
    };
    assert_eq!(platform.deadline, Duration::from_millis(100));
    assert_eq!(platform.cached_for, Duration::from_secs(5));
    assert!(platform.token.is_some());
    assert!(!format!("{platform:?}").contains("canary"));
}

#[test]
fn a_wrong_choice_says_which_variable_and_what_would_be_right() {
    let url = |url: &'static str| vec![HTTP, (URL, url)];
    for (variables, message) in [
        (
            vec![(MEMBERSHIPS, "jwt")],
            "KEYWARD_MEMBERSHIPS: \"jwt\" is not store, claim or http",
        ),
        (vec![CLAIM], "KEYWARD_JWT_ROLES_CLAIM"),
        (vec![HTTP], "KEYWARD_MEMBERSHIPS_URL"),
        (
            vec![ROLES],
            "KEYWARD_JWT_ROLES_CLAIM: has no effect; set KEYWARD_MEMBERSHIPS=claim",
        ),
        (
            vec![(OWNER_VALUES, "owner")],
            "KEYWARD_JWT_OWNER_VALUES: has no effect; set KEYWARD_MEMBERSHIPS=claim",
        ),
        (
            vec![HTTP, HTTPS_URL, (ADMIN_VALUES, "admin")],
            "KEYWARD_JWT_ADMIN_VALUES: has no effect",
        ),
        (
            vec![HTTPS_URL],
            "KEYWARD_MEMBERSHIPS_URL: has no effect; set KEYWARD_MEMBERSHIPS=http",
        ),
        (
            vec![CLAIM, ROLES, (TOKEN, "canary-token")],
            "KEYWARD_MEMBERSHIPS_TOKEN: has no effect",
        ),
        (
            vec![STORE, (CACHE, "1")],
            "KEYWARD_MEMBERSHIPS_CACHE_SECONDS: has no effect",
        ),
        (
            url("http://platform.example"),
            "set KEYWARD_MEMBERSHIPS_ALLOW_HTTP=on",
        ),
        (
            url("platform.example"),
            "KEYWARD_MEMBERSHIPS_URL: it must be",
        ),
        (
            url("https://a:canary@platform.example"),
            "without a user name and password",
        ),
        (
            url("https://platform.example/?a=b"),
            "it must be without ? and #",
        ),
        (
            url("https://platform.example/#a"),
            "it must be without ? and #",
        ),
        (
            vec![HTTP, HTTPS_URL, (TOKEN, "canary token")],
            "KEYWARD_MEMBERSHIPS_TOKEN: it must",
        ),
        (
            vec![HTTP, HTTPS_URL, (ALLOW_HTTP, "yes")],
            "KEYWARD_MEMBERSHIPS_ALLOW_HTTP",
        ),
        (
            vec![HTTP, HTTPS_URL, (DEADLINE, "99")],
            "KEYWARD_MEMBERSHIPS_DEADLINE_MILLISECONDS",
        ),
        (vec![HTTP, HTTPS_URL, (DEADLINE, "10001")], "10000"),
        (
            vec![HTTP, HTTPS_URL, (CACHE, "6")],
            "KEYWARD_MEMBERSHIPS_CACHE_SECONDS",
        ),
        (
            vec![HTTP, HTTPS_URL, (CACHE, "-1")],
            "KEYWARD_MEMBERSHIPS_CACHE_SECONDS",
        ),
    ] {
        let refused = resolve(&variables).unwrap_err();
        assert!(refused.contains(message), "{variables:?}: {refused}");
        assert!(!refused.contains("canary"), "{refused}");
    }
}
