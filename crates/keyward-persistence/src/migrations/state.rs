use diesel::prelude::*;

use super::Known;

/// The schema of a database compared with this binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// The schemas are equal.
    Current,
    /// The database lacks migrations of this binary.
    Behind {
        /// Their names, in order.
        pending: Vec<String>,
    },
    /// A newer binary has migrated the database, and this binary may still serve it.
    Ahead {
        /// The versions of the migrations that this binary does not have, in order.
        unknown: Vec<String>,
    },
    /// A newer binary has migrated the database, and this binary is too old to serve it.
    TooNew {
        /// The versions of the migrations that this binary does not have, in order.
        unknown: Vec<String>,
        /// The oldest binary that may serve it, if the database has a record of it.
        oldest: Option<OldestBinary>,
    },
}

/// The oldest binary that may serve a database.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct OldestBinary {
    /// The version of a migration. A binary that contains it may serve.
    pub migration: String,
    /// The first release with that migration, to show to people.
    pub release: String,
}

pub(crate) fn is_known(known: &[Known], version: &str) -> bool {
    known.iter().any(|migration| migration.version == version)
}

pub(crate) fn compare(
    known: &[Known],
    applied: Vec<String>,
    oldest: Option<OldestBinary>,
) -> SchemaState {
    let pending: Vec<String> = known
        .iter()
        .filter(|migration| !applied.contains(&migration.version))
        .map(|migration| migration.name.clone())
        .collect();
    let unknown: Vec<String> = applied
        .into_iter()
        .filter(|version| !is_known(known, version))
        .collect();
    let may_serve = oldest
        .as_ref()
        .is_some_and(|oldest| is_known(known, &oldest.migration));
    if !unknown.is_empty() && !may_serve {
        SchemaState::TooNew { unknown, oldest }
    } else if !pending.is_empty() {
        SchemaState::Behind { pending }
    } else if !unknown.is_empty() {
        SchemaState::Ahead { unknown }
    } else {
        SchemaState::Current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_current_behind_ahead_or_too_new() {
        let known: Vec<Known> = ["1", "2"]
            .into_iter()
            .map(|version| Known {
                version: version.to_owned(),
                name: format!("{version}_name"),
            })
            .collect();
        let needs = |migration: &str| {
            Some(OldestBinary {
                migration: migration.to_owned(),
                release: "9.9.9".to_owned(),
            })
        };
        let check = |applied: &[&str], oldest: Option<OldestBinary>, want: SchemaState| {
            let owned = applied.iter().map(|&version| version.to_owned()).collect();
            let state = compare(&known, owned, oldest.clone());
            assert_eq!(state, want, "{applied:?} {oldest:?}");
        };
        let behind = |names: &[&str]| SchemaState::Behind {
            pending: names.iter().map(|&name| name.to_owned()).collect(),
        };
        let unknown = || vec!["3".to_owned()];
        let ahead = || SchemaState::Ahead { unknown: unknown() };
        let too_new = |oldest| SchemaState::TooNew {
            unknown: unknown(),
            oldest,
        };
        check(&["1", "2"], None, SchemaState::Current);
        check(&["1"], None, behind(&["2_name"]));
        check(&[], None, behind(&["1_name", "2_name"]));
        check(&["1", "2", "3"], needs("1"), ahead());
        check(&["1", "2", "3"], needs("2"), ahead());
        check(&["1", "2", "3"], needs("3"), too_new(needs("3")));
        check(&["1", "2", "3"], None, too_new(None));
        check(&["1", "3"], needs("1"), behind(&["2_name"]));
        check(&["1", "3"], needs("3"), too_new(needs("3")));
    }
}
