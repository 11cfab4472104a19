/// What serving and the operators' commands need, as `docs/postgres-role.sql` grants it.
pub(super) const RIGHTS: [(&str, &[&str]); 27] = [
    ("workspaces", ALL),
    ("members", ALL),
    ("scopes", ALL),
    ("plans", ALL),
    ("api_keys", ALL),
    ("secret_uses", ALL),
    ("key_denials", ALL),
    ("key_uses", ALL),
    ("scope_uses", ALL),
    ("limit_ledgers", ALL),
    ("idempotency_records", ALL),
    ("webhooks", ALL),
    ("webhook_deliveries", ALL),
    ("ended_sessions", &["SELECT", "INSERT", "DELETE"]),
    ("ended_secrets", &["SELECT"]),
    ("service_tokens", &["SELECT", "INSERT", "UPDATE"]),
    ("resources", &["SELECT", "INSERT", "UPDATE"]),
    ("audit_events", &["SELECT", "INSERT"]),
    ("deployment_events", &["SELECT", "INSERT"]),
    ("deployment_trail", &["SELECT", "UPDATE"]),
    ("outbox", &["SELECT", "INSERT", "DELETE"]),
    ("published_events", &["SELECT", "INSERT", "DELETE"]),
    ("webhook_events", &["SELECT"]),
    ("event_sequences", &["SELECT", "INSERT", "UPDATE"]),
    ("event_log", &["SELECT", "UPDATE"]),
    ("__diesel_schema_migrations", &["SELECT"]),
    ("schema_compatibility", &["SELECT"]),
];

const ALL: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE"];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_rights_are_those_of_the_documented_role() {
        let script = include_str!("../../../../docs/postgres-role.sql");
        let mut granted = BTreeSet::new();
        for statement in script.split(';') {
            let words = statement.split_whitespace().collect::<Vec<_>>().join(" ");
            let Some((privileges, rest)) = words
                .rsplit_once("GRANT ")
                .and_then(|(_comments, grant)| grant.split_once(" ON "))
            else {
                continue;
            };
            let Some((relations, _role)) = rest.split_once(" TO keyward_serve") else {
                continue;
            };
            for relation in relations.split(", ") {
                for privilege in privileges.split(", ") {
                    granted.insert((relation.to_owned(), privilege.to_owned()));
                }
            }
        }
        granted.retain(|(_relation, privilege)| ALL.contains(&privilege.as_str()));
        let wanted: BTreeSet<_> = RIGHTS
            .iter()
            .flat_map(|(relation, privileges)| {
                privileges
                    .iter()
                    .map(|privilege| ((*relation).to_owned(), (*privilege).to_owned()))
            })
            .collect();
        assert_eq!(wanted, granted);
    }
}
