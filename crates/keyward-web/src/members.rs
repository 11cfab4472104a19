//! The names of the members of each body (contract §1, §3, §4 and §9).

/// The maximum length of an unknown name that gets a suggestion.
const LENGTH_MAX: usize = 32;

/// Members with names up to this length are only suggested for a name without a typing error.
const SHORT_LENGTH_MAX: usize = 3;

/// A draft of a key.
pub const DRAFT: &[&str] = &[
    "name",
    "scopes",
    "mode",
    "ipWhitelist",
    "expiresAt",
    "description",
    "externalId",
    "metadata",
    "limits",
];

/// A new key of a service.
pub const NEW_KEY: &[&str] = &[
    "name",
    "scopes",
    "mode",
    "ipWhitelist",
    "expiresAt",
    "description",
    "externalId",
    "metadata",
    "limits",
    "secretHash",
];

/// A limit of a key.
pub const LIMIT: &[&str] = &["name", "max", "window", "onUnavailable"];

/// Keys to import.
pub const IMPORTS: &[&str] = &["keys", "dryRun"];

/// A key to import.
pub const IMPORT: &[&str] = &[
    "workspaceId",
    "name",
    "scopes",
    "mode",
    "ipWhitelist",
    "expiresAt",
    "description",
    "externalId",
    "metadata",
    "limits",
    "secretHash",
];

/// An update of a key.
pub const UPDATE: &[&str] = &[
    "name",
    "scopes",
    "ipWhitelist",
    "expiresAt",
    "description",
    "externalId",
    "metadata",
    "limits",
];

/// A rotation of a key's secret.
pub const ROTATION: &[&str] = &["overlapSeconds"];

/// A new webhook.
pub const WEBHOOK: &[&str] = &["url", "eventTypes", "encoding"];

/// A deletion of a named key.
pub const DELETION: &[&str] = &["keyId"];

/// A question about the holder of a secret.
pub const QUESTION: &[&str] = &["secret", "ip", "scopes", "mode", "cost"];

/// A batch of questions.
pub const BATCH: &[&str] = &["questions"];

/// Secrets whose keys a guard looks up.
pub const SECRET_HASHES: &[&str] = &["secretHashes"];

/// A heartbeat of a guard.
pub const HEARTBEAT: &[&str] = &["stream", "number", "position"];

/// The refills of limits that a guard asks for.
pub const REFILLS: &[&str] = &["refills"];
/// The refill of one limit.
pub const REFILL: &[&str] = &[
    "workspaceId",
    "apiKeyUuid",
    "name",
    "guard",
    "number",
    "max",
    "window",
    "kept",
    "spent",
    "wanted",
    "periodEndMicros",
];
/// Units that a guard has used.
pub const SPENT: &[&str] = &["units", "restsMicros"];

/// The uses, denials and uses of scopes that a guard reports.
pub const USES: &[&str] = &["uses", "denials", "scopeUses"];
/// The uses of one secret.
pub const USE: &[&str] = &[
    "secretHash",
    "apiKeyId",
    "lastUsedAtMicros",
    "address",
    "addresses",
    "count",
];
/// The denials of one key for one reason.
pub const DENIAL: &[&str] = &[
    "apiKeyId",
    "denial",
    "lastDeniedAtMicros",
    "address",
    "count",
];
/// The last use of one scope of one key.
pub const SCOPE_USE: &[&str] = &["apiKeyId", "scope", "lastUsedOnMicros"];

/// A member's role.
pub const ROLE: &[&str] = &["role"];

/// The descriptions of a scope.
pub const DESCRIPTIONS: &[&str] = &["descriptions"];

/// The names of a resource.
pub const RESOURCE_NAMES: &[&str] = &["names"];

/// The limits of a plan.
pub const PLAN: &[&str] = &["keyLimits", "workspaceLimits"];

/// The settings of a workspace.
pub const WORKSPACE: &[&str] = &["keyLifetime", "leakPolicy", "plan"];
/// The lifetime policy of a workspace.
pub const KEY_LIFETIME: &[&str] = &["defaultDays", "maxDays", "neverExpires", "existing"];

/// The policy of a workspace for leaked secrets.
pub const LEAK_POLICY: &[&str] = &["reaction", "graceHours"];

/// A batch of workspaces.
pub const WORKSPACES: &[&str] = &["workspaces"];
/// One workspace of a batch.
pub const WORKSPACES_ITEM: &[&str] = &["id"];

/// A batch of members.
pub const MEMBERS: &[&str] = &["members"];
/// One member of a batch.
pub const MEMBERS_ITEM: &[&str] = &["workspaceId", "userId", "role"];

/// Secrets that someone gives back.
pub const REPORTED_SECRETS: &[&str] = &["secrets"];

/// A batch of leaked secrets.
pub const LEAKS: &[&str] = &["leaks"];
/// One leaked secret.
pub const LEAK: &[&str] = &["secret", "url"];

/// The members of a leaked secret in a report of GitHub that are read.
pub const GITHUB_LEAK: &[&str] = &["token", "type", "url"];

/// The keys to disable at once.
pub const KEY_SELECTION: &[&str] = &["workspaceId", "createdBy", "externalId", "dryRun"];

/// The expected member that was probably meant. It may differ from the name in case, `_` and `-`,
/// and by one typing error; a short member may not differ by a typing error, because too many other
/// words do. Returns `None` when several members are equally similar.
pub(crate) fn meant(name: &str, expected: &[&'static str]) -> Option<&'static str> {
    if name.len() > LENGTH_MAX {
        return None;
    }
    let written = normalized(name);
    let distance = |member: &str| {
        let member = normalized(member);
        let errors = strsim::osa_distance(&written, &member);
        if errors > 0 && member.len() <= SHORT_LENGTH_MAX {
            usize::MAX
        } else {
            errors
        }
    };
    let nearest = expected
        .iter()
        .copied()
        .min_by_key(|member| distance(member))?;
    let fewest = distance(nearest);
    let is_alone = expected
        .iter()
        .filter(|member| distance(member) == fewest)
        .count()
        == 1;
    (fewest <= 1 && is_alone).then_some(nearest)
}

fn normalized(name: &str) -> String {
    name.chars()
        .filter(|character| !matches!(character, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_is_understood() {
        let check = |name: &str, want: Option<&str>| {
            assert_eq!(meant(name, DRAFT), want, "{name}");
        };
        check("ipWhiteList", Some("ipWhitelist"));
        check("ip_whitelist", Some("ipWhitelist"));
        check("IP-WHITELIST", Some("ipWhitelist"));
        check("ipWitelist", Some("ipWhitelist"));
        check("ipWhiteslist", Some("ipWhitelist"));
        check("scope", Some("scopes"));
        check("naem", Some("name"));
        check("expires_at", Some("expiresAt"));
        check("external_id", Some("externalId"));
        check("Metadata", Some("metadata"));
        check("descripton", Some("description"));
        check("colour", None);
        check("limit", Some("limits"));
        assert_eq!(meant("on_unavailable", LIMIT), Some("onUnavailable"));
        assert_eq!(meant("Max", LIMIT), Some("max"));
        assert_eq!(meant("costs", QUESTION), Some("cost"));
        assert_eq!(meant("IP", QUESTION), Some("ip"));
        for other in ["id", "op", "i", "ips", "p"] {
            assert_eq!(meant(other, QUESTION), None, "{other}");
        }
        check("workspaceId", None);
        check("id", None);
        check("", None);
        check(&"name".repeat(100), None);
        check("overlapseconds", None);
        assert_eq!(meant("overlapseconds", ROTATION), Some("overlapSeconds"));
        assert_eq!(meant("keyID", DELETION), Some("keyId"));
    }
}
