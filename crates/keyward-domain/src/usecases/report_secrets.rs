//! Ends secrets that someone else knows (contract §13).

use std::sync::Arc;

use crate::caller::origin::Origin;
use crate::caller::workspace::{Actor, WorkspaceId};
use crate::events::notice::{Exposure, ExposureSource, FoundAt, Notice, NoticeKind, Reaction};
use crate::key::api_key::ApiKey;
use crate::key::id::ApiKeyId;
use crate::key::secret_hash::SecretHash;
use crate::key::secret_hint::SecretHint;
use crate::key::status::Status;
use crate::ports::{EventLog, KeyLookup, RepositoryError};
use crate::usecases::verify::IMPORTED_SECRET_LENGTH_MAX;
use crate::usecases::{ChangeError, ManageApiKeys, Precondition, Target, authorize};

/// How often a key is looked at again after a concurrent change.
const ATTEMPTS_MAX: u32 = 16;

/// Ends secrets that someone else knows: disables the key, or ends the overlap of its rotation when
/// only the old secret is known.
#[derive(Clone)]
pub struct ReportSecrets {
    /// Finds the keys.
    pub key_lookup: Arc<dyn KeyLookup>,
    /// Changes them.
    pub keys: ManageApiKeys,
    /// Where notices go.
    pub event_log: Arc<dyn EventLog>,
}

/// A reported secret that a key has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedSecret {
    hash: SecretHash,
    workspace_id: WorkspaceId,
    api_key_id: ApiKeyId,
}

/// Who reports secrets, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretReport {
    /// Who the audit trail names.
    pub actor: Actor,
    /// Who says so.
    pub source: ExposureSource,
    /// The address and the request id.
    pub origin: Origin,
    /// Where the secrets were found; `None` when it is not known.
    pub url: Option<FoundAt>,
}

impl ReportedSecret {
    /// The workspace of the key.
    #[must_use]
    pub fn workspace_id(&self) -> &WorkspaceId {
        &self.workspace_id
    }

    /// The key that has it.
    #[must_use]
    pub fn api_key_id(&self) -> ApiKeyId {
        self.api_key_id
    }
}

impl ReportSecrets {
    /// The secret, if a key has it. White space around it does not count.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed.
    pub async fn find(&self, text: &str) -> Result<Option<ReportedSecret>, RepositoryError> {
        let text = text.trim();
        let hash = match SecretHash::of_issued(text) {
            Some(hash) => hash,
            None if self.may_be_imported(text).await? => SecretHash::of(text.as_bytes()),
            None => return Ok(None),
        };
        let key = self.key_lookup.find(&hash).await?;
        Ok(key.map(|key| ReportedSecret {
            hash,
            workspace_id: WorkspaceId::clone(&key.workspace_id),
            api_key_id: key.id,
        }))
    }

    /// Ends the secret, and puts a notice for the owner into the outbox. A secret that is not valid
    /// only causes the notice. `None` when the key no longer has the secret. A key that was rotated
    /// meanwhile keeps its new secret.
    ///
    /// # Errors
    /// [`ChangeError`]. The same report can be repeated.
    pub async fn end(
        &self,
        found: &ReportedSecret,
        report: &SecretReport,
    ) -> Result<Option<Reaction>, ChangeError> {
        for _attempt in 1..ATTEMPTS_MAX {
            match self.end_once(found, report).await {
                Err(ChangeError::ChangedBySomeoneElse) => {}
                done => return done,
            }
        }
        self.end_once(found, report).await
    }

    async fn end_once(
        &self,
        found: &ReportedSecret,
        report: &SecretReport,
    ) -> Result<Option<Reaction>, ChangeError> {
        let workspace = authorize::of_reported_secret(&report.actor, found.workspace_id.clone());
        let Some(key) = self.keys.get(&workspace, found.api_key_id).await? else {
            return Ok(None);
        };
        let now = self.keys.clock.now();
        let precondition = Precondition::Versions(vec![key.fields().version]);
        let target = Target {
            workspace: &workspace,
            api_key_id: found.api_key_id,
            precondition: &precondition,
            origin: &report.origin,
        };
        let Some((secret_hint, is_previous)) = hint_of(&key, &found.hash) else {
            return Ok(None);
        };
        let reaction = if is_previous && key.fields().live_previous_secret(now).is_some() {
            self.keys.end_overlap(target).await?;
            Reaction::PreviousSecretEnded
        } else if !is_previous && key.status(now) == Status::Active {
            self.keys.disable(target.supervised()).await?;
            Reaction::Disabled
        } else {
            Reaction::None
        };
        let exposure = Exposure {
            secret_hint,
            is_previous,
            source: report.source,
            url: report.url.clone(),
            address: report.origin.address,
            reaction,
        };
        let notice = Notice {
            workspace_id: found.workspace_id.clone(),
            api_key_id: found.api_key_id,
            occurred_at: now,
            kind: NoticeKind::Exposed(exposure),
        };
        self.event_log.notice(vec![notice]).await?;
        Ok(Some(reaction))
    }

    async fn may_be_imported(&self, text: &str) -> Result<bool, RepositoryError> {
        let fits = (1..=IMPORTED_SECRET_LENGTH_MAX).contains(&text.len());
        Ok(fits && self.key_lookup.has_imported_secrets().await?)
    }
}

/// The hint of the secret with this hash, and whether it is the old one of a rotation.
fn hint_of(key: &ApiKey, hash: &SecretHash) -> Option<(SecretHint, bool)> {
    let fields = key.fields();
    if fields.secret.hash == *hash {
        return Some((fields.secret.hint, false));
    }
    let previous = fields.previous_secret.as_ref()?;
    (previous.secret.hash == *hash).then_some((previous.secret.hint, true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::event::AuditAction;
    use crate::caller::caller_name::CallerName;
    use crate::key::stored_secret::{PreviousSecret, StoredSecret};
    use crate::ports::{MockApiKeys, MockEventLog, MockKeyLookup, Saved};
    use crate::testing::{altered, at, key, origin, secret, verification_key};
    use crate::usecases::testing::World;

    fn report() -> SecretReport {
        SecretReport {
            actor: Actor::Service {
                name: CallerName::secret_holder(),
            },
            source: ExposureSource::Holder,
            origin: origin(),
            url: None,
        }
    }

    fn in_overlap() -> ApiKey {
        altered(key(), |fields| {
            fields.previous_secret = Some(PreviousSecret {
                secret: StoredSecret::of(&secret(7), at(0)),
                ends_at: at(1_000_000),
            });
        })
    }

    /// Reports a secret of a key. Returns the reaction, and the actions that were recorded.
    fn reported(key: &ApiKey, number: u64) -> (Option<Reaction>, Vec<AuditAction>) {
        let actions = Arc::new(std::sync::Mutex::new(Vec::new()));
        let (saved, stored) = (Arc::clone(&actions), key.clone());
        let mut api_keys = MockApiKeys::new();
        api_keys
            .expect_get()
            .returning(move |_, _| Ok(Some(stored.clone())));
        api_keys.expect_save().returning(move |changed| {
            assert_eq!(changed.event.actor, report().actor);
            assert_eq!(changed.events_per_minute_max, None, "never refused");
            saved.lock().unwrap().push(changed.event.action);
            Ok(Saved::Done)
        });
        let mut key_lookup = MockKeyLookup::new();
        let found = verification_key(key);
        key_lookup
            .expect_find()
            .returning(move |_| Ok(Some(Arc::clone(&found))));
        let mut event_log = MockEventLog::new();
        event_log.expect_notice().returning(|notices| {
            assert_eq!(notices.len(), 1);
            Ok(1)
        });
        let reports = ReportSecrets {
            key_lookup: Arc::new(key_lookup),
            keys: World::with(api_keys).manage(),
            event_log: Arc::new(event_log),
        };
        let text = format!(" {}\n", secret(number).expose());
        let found = pollster::block_on(reports.find(&text)).unwrap().unwrap();
        let reaction = pollster::block_on(reports.end(&found, &report())).unwrap();
        let actions = actions.lock().unwrap().clone();
        (reaction, actions)
    }

    #[test]
    fn the_key_of_the_current_secret_is_disabled() {
        let number = 1;
        let key = altered(key(), |fields| {
            fields.secret = StoredSecret::of(&secret(number), at(0));
        });
        let want = (Some(Reaction::Disabled), vec![AuditAction::Disabled]);
        assert_eq!(reported(&key, number), want);
    }

    #[test]
    fn only_the_old_secret_of_a_rotation_is_ended() {
        let want = (
            Some(Reaction::PreviousSecretEnded),
            vec![AuditAction::OverlapEnded],
        );
        assert_eq!(reported(&in_overlap(), 7), want);
    }

    #[test]
    fn a_secret_that_is_not_valid_only_causes_a_notice() {
        let disabled = altered(key(), |fields| {
            fields.secret = StoredSecret::of(&secret(1), at(0));
            fields.is_disabled = true;
        });
        assert_eq!(reported(&disabled, 1), (Some(Reaction::None), vec![]));
    }

    #[test]
    fn a_secret_that_was_rotated_away_meanwhile_is_nothing_any_more() {
        assert_eq!(reported(&in_overlap(), 99), (None, vec![]));
    }

    #[test]
    fn a_text_that_is_no_secret_is_not_looked_up() {
        let mut key_lookup = MockKeyLookup::new();
        key_lookup
            .expect_has_imported_secrets()
            .returning(|| Ok(false));
        let reports = ReportSecrets {
            key_lookup: Arc::new(key_lookup),
            keys: World::with(MockApiKeys::new()).manage(),
            event_log: Arc::new(MockEventLog::new()),
        };
        for text in ["", "hunter2", "sk_live_1234", &"x".repeat(5_000)] {
            assert_eq!(pollster::block_on(reports.find(text)).unwrap(), None);
        }
    }
}
