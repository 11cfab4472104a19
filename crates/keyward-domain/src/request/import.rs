use std::collections::BTreeSet;

use crate::key::lifetime_policy::LifetimePolicy;
use crate::key::scope::Scope;
use crate::key::secret_hash::SecretHash;
use crate::limits::set::Limits;
use crate::request::draft::{ApiKeyDraft, RawDraft};
use crate::request::raw_field::RawField;
use crate::request::violation::{Fault, Field, Violation};
use crate::timestamp::Timestamp;

/// A request for a new key whose secret was made elsewhere, as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawImport {
    /// The key.
    pub draft: RawDraft,
    /// The hash of its secret.
    pub secret_hash: RawField<String>,
}

impl RawImport {
    /// Checks every field, as [`RawDraft::parse`] does.
    ///
    /// # Errors
    /// All violations at once.
    pub fn parse(
        self,
        now: Timestamp,
        existing: &BTreeSet<Scope>,
        lifetime: &LifetimePolicy,
        plan: &Limits,
    ) -> Result<(ApiKeyDraft, SecretHash), Vec<Violation>> {
        let secret_hash = match self.secret_hash {
            RawField::Absent | RawField::Null => Err(Fault::Required),
            RawField::WrongType => Err(Fault::NotText),
            RawField::Value(text) => SecretHash::parse(&text).map_err(Fault::from),
        };
        let secret_hash = secret_hash.map_err(|fault| Violation {
            field: Field::SecretHash,
            fault,
        });
        match (self.draft.parse(now, existing, lifetime, plan), secret_hash) {
            (Ok(draft), Ok(secret_hash)) => Ok((draft, secret_hash)),
            (draft, secret_hash) => {
                let mut violations = draft.err().unwrap_or_default();
                violations.extend(secret_hash.err());
                Err(violations)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    fn parse(secret_hash: RawField<String>, name: &str) -> Result<SecretHash, Vec<String>> {
        let import = RawImport {
            draft: RawDraft {
                name: RawField::Value(name.to_owned()),
                ..RawDraft::default()
            },
            secret_hash,
        };
        let parsed = import.parse(
            at(0),
            &BTreeSet::new(),
            &LifetimePolicy::default(),
            &Limits::default(),
        );
        parsed
            .map(|(_, hash)| hash)
            .map_err(|found| found.iter().map(|one| one.field.to_string()).collect())
    }

    #[test]
    fn an_import_needs_a_hash_and_all_faults_are_found_at_once() {
        let hash = SecretHash::of(b"abc");
        let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned();
        assert_eq!(parse(RawField::Value(hex.clone()), "Key"), Ok(hash));
        assert_eq!(
            parse(RawField::Value(hex), ""),
            Err(vec!["name".to_owned()])
        );
        for secret_hash in [
            RawField::Absent,
            RawField::Null,
            RawField::WrongType,
            RawField::Value("abc".to_owned()),
        ] {
            let both = vec!["name".to_owned(), "secretHash".to_owned()];
            assert_eq!(parse(secret_hash.clone(), ""), Err(both));
            assert_eq!(
                parse(secret_hash, "Key"),
                Err(vec!["secretHash".to_owned()])
            );
        }
    }
}
