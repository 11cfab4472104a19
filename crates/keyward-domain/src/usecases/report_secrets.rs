//! Ends secrets that someone else knows (contract §13).

use std::sync::Arc;

use crate::caller::origin::Origin;
use crate::caller::workspace::{Actor, WorkspaceId};
use crate::events::found_at::FoundAt;
use crate::events::notice::{Exposure, ExposureSource, Notice, NoticeKind, Reaction};
use crate::key::api_key::ApiKey;
use crate::key::change::{Applied, Change};
use crate::key::id::ApiKeyId;
use crate::key::leak_policy::{GracePeriod, LeakPolicy};
use crate::key::secret_hash::SecretHash;
use crate::key::secret_hint::SecretHint;
use crate::key::status::Status;
use crate::ports::{ChangedApiKey, EventLog, KeyLookup, RepositoryError, WorkspaceDirectory};
use crate::request::update::ApiKeyUpdate;
use crate::timestamp::Timestamp;
use crate::usecases::change::Contended;
use crate::usecases::verify::IMPORTED_SECRET_LENGTH_MAX;
use crate::usecases::{ChangeError, ManageApiKeys};

/// How often a key is looked at again after a concurrent change.
const ATTEMPTS_MAX: u32 = 16;

/// Ends secrets that someone else knows: ends the overlap of a rotation when only the old secret is
/// known; otherwise does with the key what the policy of its workspace says.
#[derive(Clone)]
pub struct ReportSecrets {
    /// Finds the keys.
    pub key_lookup: Arc<dyn KeyLookup>,
    /// Changes them.
    pub keys: ManageApiKeys,
    /// Has the policies of workspaces.
    pub directory: Arc<dyn WorkspaceDirectory>,
    /// Where notices go that no change causes.
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
}

/// A reported secret that is to be ended, once, whatever the number of places where it was found.
#[derive(Clone, Debug)]
pub struct SecretEnding {
    secret: ReportedSecret,
    places: Vec<Option<FoundAt>>,
    indexes: Vec<usize>,
    tried: Option<Tried>,
}

/// A change whose outcome may be unknown.
#[derive(Clone, Debug)]
struct Tried {
    /// The key after it.
    key: ApiKey,
    reaction: Reaction,
    notices: Vec<Notice>,
}

impl SecretEnding {
    /// The secret.
    #[must_use]
    pub fn secret(&self) -> &ReportedSecret {
        &self.secret
    }

    /// Where the secret stands in the report, from 0.
    #[must_use]
    pub fn indexes(&self) -> &[usize] {
        &self.indexes
    }
}

/// What the texts of a report are.
#[derive(Debug, Default)]
pub struct FoundSecrets {
    /// The secrets of keys, each once.
    pub endings: Vec<SecretEnding>,
    /// Whether each text is the secret of a key, in their order, also of one that can't be read.
    pub are_known: Vec<bool>,
    /// Why the key of a secret can't be read, for each such text. It is denied at verification.
    pub unreadable: Vec<RepositoryError>,
}

impl FoundSecrets {
    /// Takes the results of [`ReportSecrets::find`], each with the place where the text was found, if it is
    /// known.
    ///
    /// # Errors
    /// The first [`RepositoryError`] other than [`RepositoryError::Corrupt`].
    pub fn collect(
        texts: impl IntoIterator<
            Item = (
                Result<Option<ReportedSecret>, RepositoryError>,
                Option<FoundAt>,
            ),
        >,
    ) -> Result<Self, RepositoryError> {
        let mut found = Self::default();
        for (index, (secret, place)) in texts.into_iter().enumerate() {
            found.are_known.push(!matches!(secret, Ok(None)));
            match secret {
                Ok(Some(secret)) => found.add(secret, place, index),
                Ok(None) => {}
                Err(error @ RepositoryError::Corrupt(_)) => found.unreadable.push(error),
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    fn add(&mut self, secret: ReportedSecret, place: Option<FoundAt>, index: usize) {
        let known = self.endings.iter_mut().find(|one| one.secret == secret);
        let Some(ending) = known else {
            self.endings.push(SecretEnding {
                secret,
                places: vec![place],
                indexes: vec![index],
                tried: None,
            });
            return;
        };
        if !ending.places.contains(&place) {
            ending.places.push(place);
        }
        ending.indexes.push(index);
    }
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

    /// Ends the secret, and puts a notice for the owner into the outbox for each place where it was found, in
    /// one transaction. A secret that is not valid only causes notices. `None` when the key no longer has the
    /// secret. A key that was rotated meanwhile keeps its new secret.
    ///
    /// # Errors
    /// [`ChangeError`]. It can be called again with the same ending: what was done after all is not done
    /// twice.
    pub async fn end(
        &self,
        ending: &mut SecretEnding,
        report: &SecretReport,
    ) -> Result<Option<Reaction>, ChangeError> {
        for _attempt in 0..ATTEMPTS_MAX {
            let secret = &ending.secret;
            let key = self
                .keys
                .api_keys
                .get(&secret.workspace_id, secret.api_key_id);
            let Some(key) = key.await? else {
                return Ok(None);
            };
            if let Some(tried) = ending
                .tried
                .take_if(|tried| is_same_change(&tried.key, &key))
            {
                // They are there, unless someone else made the same change.
                self.event_log.notice(tried.notices).await?;
                return Ok(Some(tried.reaction));
            }
            let Some((secret_hint, is_previous)) = hint_of(&key, &secret.hash) else {
                return Ok(None);
            };
            let now = self.keys.clock.now();
            let (reaction, change) = self
                .reaction(&key, is_previous, &secret.workspace_id, report, now)
                .await?;
            let notice = |place: &Option<FoundAt>| Notice {
                workspace_id: secret.workspace_id.clone(),
                api_key_id: secret.api_key_id,
                occurred_at: now,
                kind: NoticeKind::Exposed(Exposure {
                    secret_hint,
                    is_previous,
                    source: report.source,
                    url: place.clone(),
                    address: report.origin.address,
                    reaction,
                }),
            };
            let notices: Vec<Notice> = ending.places.iter().map(notice).collect();
            let applied = match &change {
                Some(change) => key.apply_as(change, &report.actor, now, report.origin.clone())?,
                None => Applied::NoEffect,
            };
            let Applied::Changed(changed) = applied else {
                self.event_log.notice(notices).await?;
                return Ok(Some(reaction));
            };
            let (key, mut event) = *changed;
            event.found_at = ending.places.iter().flatten().cloned().collect();
            ending.tried = Some(Tried {
                key: key.clone(),
                reaction,
                notices: notices.clone(),
            });
            let changed = ChangedApiKey {
                key,
                event,
                idempotency: None,
                events_per_minute_max: None,
                notices,
            };
            if self.keys.save(changed).await? {
                return Ok(Some(reaction));
            }
        }
        Err(RepositoryError::Unavailable(Box::new(Contended)).into())
    }

    /// What happens to the key, and the change of it, if any.
    async fn reaction(
        &self,
        key: &ApiKey,
        is_previous: bool,
        workspace_id: &WorkspaceId,
        report: &SecretReport,
        now: Timestamp,
    ) -> Result<(Reaction, Option<Change>), RepositoryError> {
        // The policy for lifetimes does not count: it may change, and the secret would be valid again.
        let fields = key.fields();
        if is_previous && fields.overlap(now).is_some() {
            return Ok((Reaction::PreviousSecretEnded, Some(Change::EndOverlap)));
        }
        if is_previous || fields.state().status(now) != Status::Active {
            return Ok((Reaction::None, None));
        }
        Ok(match self.policy(workspace_id, report).await? {
            LeakPolicy::Notify => (Reaction::Notified, None),
            LeakPolicy::Disable => (Reaction::Disabled, Some(Change::Disable)),
            LeakPolicy::Expire(grace) => expire(key, grace, now),
        })
    }

    /// What happens to the key. Someone who has the secret can always stop it.
    async fn policy(
        &self,
        workspace_id: &WorkspaceId,
        report: &SecretReport,
    ) -> Result<LeakPolicy, RepositoryError> {
        match report.source {
            ExposureSource::Holder => Ok(LeakPolicy::Disable),
            ExposureSource::GitHub | ExposureSource::Scanner => {
                match self.directory.workspace(workspace_id).await {
                    Ok(workspace) => {
                        let policy = workspace.and_then(|workspace| workspace.leak_policy);
                        Ok(policy.unwrap_or_default())
                    }
                    // A secret that leaked must not stay valid because a row is damaged.
                    Err(RepositoryError::Corrupt(_)) => Ok(LeakPolicy::default()),
                    Err(error) => Err(error),
                }
            }
        }
    }

    async fn may_be_imported(&self, text: &str) -> Result<bool, RepositoryError> {
        let fits = (1..=IMPORTED_SECRET_LENGTH_MAX).contains(&text.len());
        Ok(fits && self.key_lookup.has_imported_secrets().await?)
    }
}

/// Lets the key expire after the grace period, unless it already does so earlier.
fn expire(key: &ApiKey, grace: GracePeriod, now: Timestamp) -> (Reaction, Option<Change>) {
    let end = grace.end(now);
    let own = key.fields().expires_at;
    if let Some(earlier) = own.filter(|expiry| *expiry <= end) {
        return (Reaction::Expiring(earlier), None);
    }
    let update = Change::Update(ApiKeyUpdate {
        expires_at: Some(Some(end)),
        ..ApiKeyUpdate::default()
    });
    (Reaction::Expiring(end), Some(update))
}

/// Whether the key is as the change would have left it.
fn is_same_change(tried: &ApiKey, key: &ApiKey) -> bool {
    let (tried, key) = (tried.fields(), key.fields());
    let at = key.created_at;
    tried.version == key.version && tried.audited(at) == key.audited(at)
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
    use crate::caller::workspace::Workspace;
    use crate::key::expiry::Expiry;
    use crate::key::lifetime::Lifetime;
    use crate::key::lifetime_policy::{ExistingKeys, LifetimePolicy};
    use crate::key::stored_secret::{PreviousSecret, StoredSecret};
    use crate::ports::{MockApiKeys, MockEventLog, MockKeyLookup, MockWorkspaceDirectory, Saved};
    use crate::testing::{altered, at, expiry, key, origin, secret, verification_key};
    use crate::usecases::testing::World;

    const HOUR: i64 = 3_600;

    fn report(source: ExposureSource) -> SecretReport {
        SecretReport {
            actor: Actor::Service {
                name: CallerName::secret_holder(),
            },
            source,
            origin: origin(),
        }
    }

    /// With this secret, and this expiry.
    fn active(number: u64, expires_at: Option<Expiry>) -> ApiKey {
        altered(key(), |fields| {
            fields.secret = StoredSecret::of(&secret(number), at(0));
            fields.expires_at = expires_at;
        })
    }

    fn expire(hours: i64) -> LeakPolicy {
        LeakPolicy::Expire(GracePeriod::from_hours(hours).unwrap())
    }

    /// A workspace with this policy, which can be read, or not.
    fn directory(leak_policy: Result<Option<LeakPolicy>, ()>) -> MockWorkspaceDirectory {
        let mut directory = MockWorkspaceDirectory::new();
        directory.expect_workspace().returning(move |id| {
            let leak_policy =
                leak_policy.map_err(|()| RepositoryError::Corrupt("damaged".into()))?;
            Ok(Some(Workspace {
                id: id.clone(),
                created_at: at(0),
                key_count: 1,
                key_lifetime: None,
                leak_policy,
                plan: None,
            }))
        });
        directory
    }

    fn in_overlap() -> ApiKey {
        altered(key(), |fields| {
            fields.previous_secret = Some(PreviousSecret {
                secret: StoredSecret::of(&secret(7), at(0)),
                ends_at: at(1_000_000),
            });
        })
    }

    /// Its holder reports a secret of a key.
    fn reported(key: &ApiKey, number: u64) -> (Option<Reaction>, Vec<AuditAction>) {
        let (reaction, saved) = reported_by(ExposureSource::Holder, Ok(None), key, number);
        (
            reaction,
            saved.into_iter().map(|(action, _)| action).collect(),
        )
    }

    /// Someone reports a secret of a key. Returns the reaction, and what was saved: actions, with the
    /// expiry of the key.
    fn reported_by(
        source: ExposureSource,
        policy: Result<Option<LeakPolicy>, ()>,
        key: &ApiKey,
        number: u64,
    ) -> (Option<Reaction>, Vec<(AuditAction, Option<Expiry>)>) {
        let actions = Arc::new(std::sync::Mutex::new(Vec::new()));
        let (saved, stored) = (Arc::clone(&actions), key.clone());
        let mut api_keys = MockApiKeys::new();
        api_keys
            .expect_get()
            .returning(move |_, _| Ok(Some(stored.clone())));
        api_keys.expect_save().returning(move |changed| {
            assert_eq!(changed.event.actor, report(source).actor);
            assert_eq!(changed.events_per_minute_max, None, "never refused");
            let places = changed.event.found_at.as_slice();
            assert_eq!(places.len(), 1, "the trail says where it was found");
            assert_eq!(changed.notices.len(), 2, "one for each place");
            let expires_at = changed.key.fields().expires_at;
            saved
                .lock()
                .unwrap()
                .push((changed.event.action, expires_at));
            Ok(Saved::Done)
        });
        let mut key_lookup = MockKeyLookup::new();
        let found = verification_key(key);
        key_lookup
            .expect_find()
            .returning(move |_| Ok(Some(Arc::clone(&found))));
        let mut event_log = MockEventLog::new();
        event_log.expect_notice().returning(|notices| {
            assert_eq!(notices.len(), 2);
            Ok(2)
        });
        // No key may be so old.
        let lifetime = Lifetime::from_days(1).ok();
        let reports = ReportSecrets {
            key_lookup: Arc::new(key_lookup),
            keys: World {
                policy: LifetimePolicy::new(None, lifetime, false, ExistingKeys::Report).unwrap(),
                ..World::with(api_keys)
            }
            .manage(),
            directory: Arc::new(directory(policy)),
            event_log: Arc::new(event_log),
        };
        let text = format!(" {}\n", secret(number).expose());
        let found = pollster::block_on(reports.find(&text)).unwrap().unwrap();
        let place = || FoundAt::parse("https://git.example.com/a");
        let texts = [
            (Ok(Some(found.clone())), None),
            (Ok(None), place()),
            (Ok(Some(found)), place()),
        ];
        let mut found = FoundSecrets::collect(texts).unwrap();
        assert_eq!(found.are_known, [true, false, true]);
        assert_eq!(found.unreadable.len(), 0);
        let [ending] = found.endings.as_mut_slice() else {
            panic!("the secret is ended once");
        };
        assert_eq!(ending.indexes(), [0, 2]);
        let reaction = pollster::block_on(reports.end(ending, &report(source))).unwrap();
        let actions = actions.lock().unwrap().clone();
        (reaction, actions)
    }

    #[test]
    fn the_key_of_the_current_secret_is_disabled() {
        let want = (Some(Reaction::Disabled), vec![AuditAction::Disabled]);
        assert_eq!(reported(&active(1, None), 1), want);
    }

    #[test]
    fn the_policy_of_the_workspace_decides_about_the_current_secret() {
        let (never, early) = (active(1, None), active(1, Some(expiry(HOUR))));
        let late = active(1, Some(expiry(99 * HOUR)));
        let disabled = || (Reaction::Disabled, vec![(AuditAction::Disabled, None)]);
        let day = expiry(24 * HOUR);
        let ends = || {
            (
                Reaction::Expiring(day),
                vec![(AuditAction::Updated, Some(day))],
            )
        };
        let month = expiry(720 * HOUR);
        for source in [ExposureSource::GitHub, ExposureSource::Scanner] {
            for (policy, key, (reaction, saved)) in [
                (Ok(None), &never, disabled()),
                (Err(()), &never, disabled()),
                (Ok(Some(LeakPolicy::Disable)), &never, disabled()),
                (
                    Ok(Some(LeakPolicy::Notify)),
                    &never,
                    (Reaction::Notified, vec![]),
                ),
                (Ok(Some(expire(24))), &never, ends()),
                (Ok(Some(expire(24))), &late, ends()),
                (
                    Ok(Some(expire(24))),
                    &early,
                    (Reaction::Expiring(expiry(HOUR)), vec![]),
                ),
                (
                    Ok(Some(expire(720))),
                    &never,
                    (
                        Reaction::Expiring(month),
                        vec![(AuditAction::Updated, Some(month))],
                    ),
                ),
            ] {
                let got = reported_by(source, policy, key, 1);
                assert_eq!(got, (Some(reaction), saved), "{policy:?}");
            }
        }
    }

    /// The policy for lifetimes can be changed, and the secret would be valid again.
    #[test]
    fn a_secret_that_only_a_lifetime_policy_has_ended_is_ended_for_good() {
        let too_old = |key: ApiKey| {
            altered(key, |fields| {
                fields.secret.created_at = at(-10 * 24 * HOUR);
                fields.lifetime_max = Lifetime::from_days(1).ok();
            })
        };
        let key = too_old(active(1, None));
        assert_eq!(key.status(at(0)), Status::Expired);
        let want = (Some(Reaction::Disabled), vec![AuditAction::Disabled]);
        assert_eq!(reported(&key, 1), want);
        let day = expiry(24 * HOUR);
        let ends = (
            Some(Reaction::Expiring(day)),
            vec![(AuditAction::Updated, Some(day))],
        );
        assert_eq!(
            reported_by(ExposureSource::Scanner, Ok(Some(expire(24))), &key, 1),
            ends
        );
        let old = altered(in_overlap(), |fields| {
            fields.lifetime_max = Lifetime::from_days(1).ok();
            let previous = fields.previous_secret.as_mut().unwrap();
            previous.secret.created_at = at(-10 * 24 * HOUR);
        });
        assert_eq!(old.fields().live_previous_secret(at(0)), None);
        let want = Some(Reaction::PreviousSecretEnded);
        assert_eq!(reported(&old, 7).0, want);
    }

    #[test]
    fn a_change_whose_outcome_was_unknown_is_not_taken_for_another_ones() {
        let stored = Arc::new(std::sync::Mutex::new(active(1, None)));
        let mut api_keys = MockApiKeys::new();
        let seen = Arc::clone(&stored);
        api_keys
            .expect_get()
            .returning(move |_, _| Ok(Some(seen.lock().unwrap().clone())));
        api_keys.expect_save().once().returning(move |changed| {
            assert_eq!(changed.notices.len(), 1);
            *stored.lock().unwrap() = changed.key;
            Err(RepositoryError::OutcomeUnknown("the answer is lost".into()))
        });
        let mut event_log = MockEventLog::new();
        event_log.expect_notice().once().returning(|notices| {
            let [notice] = notices.as_slice() else {
                panic!("{notices:?}");
            };
            let NoticeKind::Exposed(exposure) = &notice.kind else {
                panic!("{notice:?}");
            };
            assert_eq!(exposure.reaction, Reaction::Disabled, "the same notice");
            Ok(0)
        });
        let reports = ReportSecrets {
            key_lookup: Arc::new(MockKeyLookup::new()),
            keys: World::with(api_keys).manage(),
            directory: Arc::new(MockWorkspaceDirectory::new()),
            event_log: Arc::new(event_log),
        };
        let secret = ReportedSecret {
            hash: SecretHash::of_issued(secret(1).expose()).unwrap(),
            workspace_id: key().fields().workspace_id.clone(),
            api_key_id: key().id(),
        };
        let mut found = FoundSecrets::collect([(Ok(Some(secret)), None)]).unwrap();
        let mut end = || {
            let report = report(ExposureSource::Holder);
            pollster::block_on(reports.end(&mut found.endings[0], &report))
        };
        let lost = end();
        assert!(
            matches!(
                lost,
                Err(ChangeError::Repository(RepositoryError::OutcomeUnknown(_)))
            ),
            "{lost:?}"
        );
        assert_eq!(end().unwrap(), Some(Reaction::Disabled));
    }

    #[test]
    fn a_holder_stops_the_key_whatever_the_policy_is() {
        for policy in [LeakPolicy::Notify, expire(24)] {
            let got = reported_by(
                ExposureSource::Holder,
                Ok(Some(policy)),
                &active(1, None),
                1,
            );
            let want = vec![(AuditAction::Disabled, None)];
            assert_eq!(got, (Some(Reaction::Disabled), want), "{policy:?}");
        }
    }

    #[test]
    fn only_the_old_secret_of_a_rotation_is_ended() {
        let want = (
            Some(Reaction::PreviousSecretEnded),
            vec![AuditAction::OverlapEnded],
        );
        assert_eq!(reported(&in_overlap(), 7), want);
        let notify = Ok(Some(LeakPolicy::Notify));
        let (reaction, saved) = reported_by(ExposureSource::GitHub, notify, &in_overlap(), 7);
        assert_eq!(
            (reaction, saved.len()),
            (want.0, 1),
            "whatever the policy is"
        );
    }

    #[test]
    fn a_secret_that_is_not_valid_only_causes_a_notice() {
        let disabled = altered(key(), |fields| {
            fields.secret = StoredSecret::of(&secret(1), at(0));
            fields.is_disabled = true;
        });
        let expired = active(1, Some(expiry(0)));
        for key in [disabled, expired] {
            assert_eq!(reported(&key, 1), (Some(Reaction::None), vec![]));
            for policy in [LeakPolicy::Notify, LeakPolicy::Disable, expire(24)] {
                let got = reported_by(ExposureSource::GitHub, Ok(Some(policy)), &key, 1);
                assert_eq!(got, (Some(Reaction::None), vec![]), "{policy:?}");
            }
        }
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
            directory: Arc::new(MockWorkspaceDirectory::new()),
            event_log: Arc::new(MockEventLog::new()),
        };
        for text in ["", "hunter2", "sk_live_1234", &"x".repeat(5_000)] {
            assert_eq!(pollster::block_on(reports.find(text)).unwrap(), None);
        }
    }
}
