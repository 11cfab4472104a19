//! Verifies a secret (contract §4).

use std::sync::Arc;

use crate::key::secret_hash::SecretHash;
use crate::ports::{CacheAnswer, Clock, KeyLookup, RepositoryError, UsageRecorder};
use crate::timestamp::Timestamp;
use crate::verification::decide::{Check, Decision, Question, decide};
use crate::verification::verification_key::VerificationKey;

/// The maximum length of an imported secret, in bytes.
pub const IMPORTED_SECRET_LENGTH_MAX: usize = 512;

/// The use case and its ports.
#[derive(Clone)]
pub struct VerifyApiKey {
    /// Finds keys by their secrets.
    pub key_lookup: Arc<dyn KeyLookup>,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// Records uses and denials.
    pub usage_recorder: Arc<dyn UsageRecorder>,
}

/// A decision, and the key that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The decision.
    pub decision: Decision,
    /// The key that has the secret; `None` when no key has it.
    pub key: Option<Arc<VerificationKey>>,
}

/// One check and its outcome, for a caller that wants an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckOutcome {
    /// What was checked.
    pub check: Check,
    /// Whether the check passed.
    pub passes: bool,
}

impl VerifyApiKey {
    /// Decides about a call with the presented `secret`. Records the use when the call is allowed,
    /// and a denial when a known key is denied.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed. The call is then not allowed.
    pub async fn run(
        &self,
        secret: &str,
        question: &Question,
    ) -> Result<Verified, RepositoryError> {
        let judged = self.judge(secret, question).await?;
        self.record(&judged, question);
        Ok(judged.verified)
    }

    /// The same as [`run`](Self::run) when the answer needs no store, and `None` otherwise. Needs no
    /// memory when the call is allowed.
    #[must_use]
    pub fn run_cached(&self, secret: &str, question: &Question) -> Option<Verified> {
        if secret.len() > IMPORTED_SECRET_LENGTH_MAX {
            return None;
        }
        // A text with a known hash needs no check of its form, imported or not.
        let hash = SecretHash::of(secret.as_bytes());
        let key = match self.key_lookup.cached(&hash) {
            CacheAnswer::Hit(key) => Some(key),
            // It was looked up, so it could be a secret.
            CacheAnswer::NegativeHit => None,
            CacheAnswer::Miss => return None,
        };
        let judged = Judged::of(key, hash, question, self.clock.now());
        self.record(&judged, question);
        Some(judged.verified)
    }

    /// Decides without recording a use or a denial, and returns every check with its outcome. For
    /// an unknown secret there is only the first check.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn explain(
        &self,
        secret: &str,
        question: &Question,
    ) -> Result<(Verified, Vec<CheckOutcome>), RepositoryError> {
        let Judged {
            verified,
            hash,
            now,
        } = self.judge(secret, question).await?;
        let checks = match verified.key.as_ref().zip(hash) {
            Some((key, hash)) => {
                let outcome = |check: Check| CheckOutcome {
                    check,
                    passes: check.denial(key, &hash, question, now).is_none(),
                };
                Check::ALL.into_iter().map(outcome).collect()
            }
            None => vec![CheckOutcome {
                check: Check::Secret,
                passes: false,
            }],
        };
        Ok((verified, checks))
    }

    /// Whether an imported secret could be this text.
    async fn may_be_imported(&self, secret: &str) -> Result<bool, RepositoryError> {
        let fits = (1..=IMPORTED_SECRET_LENGTH_MAX).contains(&secret.len());
        Ok(fits && self.key_lookup.has_imported_secrets().await?)
    }

    async fn judge(&self, secret: &str, question: &Question) -> Result<Judged, RepositoryError> {
        let now = self.clock.now();
        let hash = match SecretHash::of_issued(secret) {
            Some(hash) => hash,
            None if self.may_be_imported(secret).await? => SecretHash::of(secret.as_bytes()),
            None => return Ok(Judged::without_key(Decision::Malformed, now)),
        };
        let key = match self.key_lookup.cached(&hash) {
            CacheAnswer::Hit(key) => Some(key),
            CacheAnswer::NegativeHit => None,
            CacheAnswer::Miss => self.key_lookup.find(&hash).await?,
        };
        Ok(Judged::of(key, hash, question, now))
    }

    fn record(&self, judged: &Judged, question: &Question) {
        let Judged {
            verified,
            hash,
            now,
        } = judged;
        let Some(key) = &verified.key else { return };
        if let Some(denial) = verified.decision.denial() {
            self.usage_recorder
                .denied(key.id, denial, *now, question.address);
        } else if let Some(hash) = hash.filter(|_hash| verified.decision == Decision::Valid) {
            self.usage_recorder
                .used(&hash, key.id, *now, question.address);
        }
    }
}

/// A decision, and what it was based on.
struct Judged {
    verified: Verified,
    /// The hash of the secret, when a key has it.
    hash: Option<SecretHash>,
    now: Timestamp,
}

impl Judged {
    fn of(
        key: Option<Arc<VerificationKey>>,
        hash: SecretHash,
        question: &Question,
        now: Timestamp,
    ) -> Self {
        let Some(key) = key else {
            return Self::without_key(Decision::Unknown, now);
        };
        let decision = decide(&key, &hash, question, now);
        if decision == Decision::Unknown {
            return Self::without_key(decision, now);
        }
        let key = Some(key);
        Self {
            verified: Verified { decision, key },
            hash: Some(hash),
            now,
        }
    }

    fn without_key(decision: Decision, now: Timestamp) -> Self {
        let key = None;
        Self {
            verified: Verified { decision, key },
            hash: None,
            now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::api_key::ApiKey;
    use crate::key::scope::ScopeSet;
    use crate::key::stored_secret::StoredSecret;
    use crate::ports::{MockClock, MockKeyLookup, MockUsageRecorder};
    use crate::testing::{address, altered, at, key, secret, verification_key};
    use crate::verification::denial::Denial;

    /// Expects that nothing is recorded.
    fn verify(key_lookup: MockKeyLookup) -> VerifyApiKey {
        noting(key_lookup, MockUsageRecorder::new())
    }

    /// A cache without any entry.
    fn noting(mut key_lookup: MockKeyLookup, usage_recorder: MockUsageRecorder) -> VerifyApiKey {
        key_lookup.expect_cached().return_const(CacheAnswer::Miss);
        let mut clock = MockClock::new();
        clock.expect_now().return_const(at(0));
        VerifyApiKey {
            key_lookup: Arc::new(key_lookup),
            clock: Arc::new(clock),
            usage_recorder: Arc::new(usage_recorder),
        }
    }

    fn finding(key: Option<&ApiKey>) -> VerifyApiKey {
        verify(lookup_of(key))
    }

    fn lookup_of(key: Option<&ApiKey>) -> MockKeyLookup {
        let key = key.map(verification_key);
        let mut key_lookup = MockKeyLookup::new();
        key_lookup
            .expect_find()
            .withf(|hash| *hash == secret(1).hash())
            .returning(move |_| Ok(key.clone()));
        key_lookup
    }

    fn run(verify: &VerifyApiKey, secret: &str) -> Verified {
        pollster::block_on(verify.run(secret, &Question::default())).unwrap()
    }

    #[test]
    fn a_non_key_is_refused_without_a_look_up() {
        let mut key_lookup = MockKeyLookup::new();
        key_lookup
            .expect_has_imported_secrets()
            .returning(|| Ok(false));
        let verify = verify(key_lookup);
        let mut checksum_off = secret(1).expose().to_owned();
        checksum_off.pop();
        checksum_off.push('!');
        for presented in ["", "sk_live_", &"x".repeat(4_096), &checksum_off] {
            let verified = run(&verify, presented);
            assert_eq!(verified.decision, Decision::Malformed);
            assert_eq!(verified.key, None);
        }
    }

    #[test]
    fn any_text_that_could_be_an_imported_secret_is_looked_up_when_there_are_any() {
        let known = "gü from elsewhere";
        let imported = altered(key(), |fields| {
            fields.secret = StoredSecret::imported(SecretHash::of(known.as_bytes()), at(0));
        });
        let mut key_lookup = MockKeyLookup::new();
        key_lookup
            .expect_has_imported_secrets()
            .returning(|| Ok(true));
        key_lookup.expect_find().returning(move |hash| {
            let is_known = *hash == SecretHash::of(known.as_bytes());
            Ok(is_known.then(|| verification_key(&imported)))
        });
        let mut usage_recorder = MockUsageRecorder::new();
        usage_recorder.expect_used().return_const(());
        usage_recorder.expect_denied().return_const(());
        let verify = noting(key_lookup, usage_recorder);
        assert!(run(&verify, known).key.is_some());
        for (presented, decision) in [
            ("gü from elsewhere ", Decision::Unknown),
            ("x", Decision::Unknown),
            (&"x".repeat(512), Decision::Unknown),
            (&"x".repeat(513), Decision::Malformed),
            ("", Decision::Malformed),
        ] {
            assert_eq!(run(&verify, presented).decision, decision, "{presented}");
        }
    }

    #[test]
    fn a_store_that_cannot_say_whether_secrets_were_imported_allows_nothing() {
        let mut key_lookup = MockKeyLookup::new();
        key_lookup
            .expect_has_imported_secrets()
            .returning(|| Err(RepositoryError::Unavailable("gone".into())));
        let verify = verify(key_lookup);
        let question = Question::default();
        let asked = verify.run("x", &question);
        assert!(pollster::block_on(asked).is_err());
    }

    /// Answers each question from the cache. A call of `find` would panic.
    fn caching(answer: CacheAnswer, usage_recorder: MockUsageRecorder) -> VerifyApiKey {
        let mut key_lookup = MockKeyLookup::new();
        key_lookup.expect_cached().once().return_const(answer);
        noting(key_lookup, usage_recorder)
    }

    #[test]
    fn a_cached_answer_needs_no_store_and_is_recorded_once() {
        let (secret, question) = (secret(1), Question::default());
        let mut usage_recorder = MockUsageRecorder::new();
        usage_recorder.expect_used().once().return_const(());
        let verify = caching(CacheAnswer::Hit(verification_key(&key())), usage_recorder);
        let verified = verify.run_cached(secret.expose(), &question).unwrap();
        assert_eq!(verified.decision, Decision::Valid);

        let disabled = altered(key(), |fields| fields.is_disabled = true);
        let mut usage_recorder = MockUsageRecorder::new();
        usage_recorder.expect_denied().once().return_const(());
        let verify = caching(
            CacheAnswer::Hit(verification_key(&disabled)),
            usage_recorder,
        );
        let verified = pollster::block_on(verify.run(secret.expose(), &question));
        assert_eq!(verified.unwrap().decision, Decision::Disabled);

        let verify = caching(CacheAnswer::NegativeHit, MockUsageRecorder::new());
        let verified = verify.run_cached(secret.expose(), &question).unwrap();
        assert_eq!((verified.decision, verified.key), (Decision::Unknown, None));
    }

    #[test]
    fn what_the_cache_does_not_know_is_no_answer() {
        let question = Question::default();
        let verify = caching(CacheAnswer::Miss, MockUsageRecorder::new());
        assert_eq!(verify.run_cached(secret(1).expose(), &question), None);
        // Another text may be an imported secret, which only the store can tell.
        let verify = finding(None);
        assert_eq!(verify.run_cached("x", &question), None);
    }

    #[test]
    fn a_secret_that_no_key_has_is_unknown() {
        let verified = run(&finding(None), secret(1).expose());
        assert_eq!(verified.decision, Decision::Unknown);
    }

    #[test]
    fn a_key_is_told_of_only_to_the_holder_of_a_right_secret() {
        let disabled = altered(key(), |fields| fields.is_disabled = true);
        let mut usage_recorder = MockUsageRecorder::new();
        usage_recorder.expect_denied().once().return_const(());
        let verify = noting(lookup_of(Some(&disabled)), usage_recorder);
        let verified = run(&verify, secret(1).expose());
        assert_eq!(verified.decision, Decision::Disabled);
        assert_eq!(verified.key, Some(verification_key(&disabled)));

        let rotated = altered(key(), |fields| {
            fields.secret = StoredSecret::of(&secret(9), at(0));
            fields.is_disabled = true;
        });
        let verified = run(&finding(Some(&rotated)), secret(1).expose());
        assert_eq!(verified.decision, Decision::Unknown);
        assert_eq!(verified.key, None);
    }

    #[test]
    fn an_allowed_use_is_noted_and_an_explained_one_is_not() {
        let question = Question {
            address: Some(address("10.0.0.1")),
            ..Question::default()
        };
        let mut usage_recorder = MockUsageRecorder::new();
        let asked_from = question.address;
        usage_recorder
            .expect_used()
            .withf(move |hash, id, now, from| {
                *hash == secret(1).hash()
                    && *id == key().id()
                    && *now == at(0)
                    && *from == asked_from
            })
            .once()
            .return_const(());
        let verify = noting(lookup_of(Some(&key())), usage_recorder);
        let presented = secret(1);
        let explained = verify.explain(presented.expose(), &question);
        assert_eq!(
            pollster::block_on(explained).unwrap().0.decision,
            Decision::Valid
        );
        let verified = pollster::block_on(verify.run(presented.expose(), &question));
        assert_eq!(verified.unwrap().decision, Decision::Valid);
    }

    #[test]
    fn a_denial_of_a_key_is_noted_and_an_explained_one_is_not() {
        let question = Question {
            address: Some(address("10.0.0.1")),
            ..Question::default()
        };
        let mut usage_recorder = MockUsageRecorder::new();
        let asked_from = question.address;
        usage_recorder
            .expect_denied()
            .withf(move |id, denial, now, from| {
                *id == key().id()
                    && *denial == Denial::NoScopes
                    && *now == at(0)
                    && *from == asked_from
            })
            .once()
            .return_const(());
        let unable = altered(key(), |fields| fields.scopes = ScopeSet::default());
        let verify = noting(lookup_of(Some(&unable)), usage_recorder);
        let presented = secret(1);
        let explained = pollster::block_on(verify.explain(presented.expose(), &question));
        assert_eq!(explained.unwrap().0.decision, Decision::NoScopes);
        let verified = pollster::block_on(verify.run(presented.expose(), &question));
        assert_eq!(verified.unwrap().decision, Decision::NoScopes);
    }

    #[test]
    fn an_explanation_has_every_check() {
        let disabled = altered(key(), |fields| {
            fields.is_disabled = true;
            fields.scopes = ScopeSet::default();
        });
        let verify = finding(Some(&disabled));
        let question = Question::default();
        let explained = pollster::block_on(verify.explain(secret(1).expose(), &question));
        let (verified, checks) = explained.unwrap();
        assert_eq!(verified.decision, Decision::Disabled);
        let failed: Vec<Check> = checks
            .iter()
            .filter(|outcome| !outcome.passes)
            .map(|outcome| outcome.check)
            .collect();
        assert_eq!(checks.len(), Check::ALL.len());
        assert_eq!(failed, [Check::Enabled, Check::Scopes]);
    }

    #[test]
    fn a_store_that_cannot_say_allows_nothing() {
        let mut key_lookup = MockKeyLookup::new();
        key_lookup
            .expect_find()
            .returning(|_| Err(RepositoryError::Unavailable("gone".into())));
        let verify = verify(key_lookup);
        let (secret, question) = (secret(1), Question::default());
        let asked = verify.run(secret.expose(), &question);
        assert!(pollster::block_on(asked).is_err());
    }
}
