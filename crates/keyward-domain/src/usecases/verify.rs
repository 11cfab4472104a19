//! Verifies a secret (contract §4).

use std::sync::Arc;

use crate::key::secret_hash::SecretHash;
use crate::limits::costs::Costs;
use crate::limits::verdict::{LimitState, LimitVerdict};
use crate::ports::{Clock, KeyLookup, Limiter, RepositoryError, UsageRecorder};
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
    /// Judges by the limits of keys.
    pub limiter: Arc<dyn Limiter>,
}

/// A decision, and the key that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The decision.
    pub decision: Decision,
    /// The key that has the secret; `None` when no key has it.
    pub key: Option<Arc<VerificationKey>>,
    /// The limits of the key, if they allow the call: after it, or as they are for an explanation.
    pub limits: Vec<LimitState>,
    /// Whether the key may have been changed more than [`FRESH_MAX`](crate::ports::FRESH_MAX) before the
    /// decision without the decider knowing it.
    pub is_stale: bool,
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
    /// and a denial when a known key is denied. The limits are judged last, so a call that is denied
    /// otherwise costs nothing.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed. The call is then not allowed.
    pub async fn run(
        &self,
        secret: &str,
        question: &Question,
    ) -> Result<Verified, RepositoryError> {
        let mut judged = self.judge(secret, question).await?;
        if let Some(key) = judged.limited() {
            let verdict = self.limiter.judge(&key, &question.costs).await?;
            judged.limit(verdict);
        }
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
        // A text that was looked up before, so it could be a secret.
        let (key, is_stale) = self.key_lookup.cached(&hash).known()?;
        let mut judged = Judged::of(key, hash, question, self.clock.now());
        judged.verified.is_stale = is_stale;
        if let Some(key) = judged.limited() {
            let verdict = self.limiter.judge_now(&key, &question.costs)?;
            judged.limit(verdict);
        }
        self.record(&judged, question);
        Some(judged.verified)
    }

    /// Decides without recording a use or a denial and without any cost, and returns every check with
    /// its outcome. For an unknown secret there is only the first check.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn explain(
        &self,
        secret: &str,
        question: &Question,
    ) -> Result<(Verified, Vec<CheckOutcome>), RepositoryError> {
        let mut judged = self.judge(secret, question).await?;
        let limited = judged.verified.key.as_ref();
        let verdict = match limited.filter(|key| key.limits.is_some()) {
            Some(key) => {
                let asked = self.limiter.judge(key, &Costs::NONE).await?;
                Some(asked.before(&question.costs))
            }
            None => None,
        };
        let is_within_limits = verdict.as_ref().is_none_or(LimitVerdict::is_allowed);
        let checks = match judged.verified.key.as_ref().zip(judged.hash) {
            Some((key, hash)) => {
                let passes = |check: Check| match check {
                    Check::Limits => is_within_limits,
                    Check::Secret
                    | Check::Enabled
                    | Check::NotExpired
                    | Check::Mode
                    | Check::Address
                    | Check::Scopes => check.denial(key, &hash, question, judged.now).is_none(),
                };
                let outcome = |check: Check| CheckOutcome {
                    check,
                    passes: passes(check),
                };
                Check::ALL.into_iter().map(outcome).collect()
            }
            None => vec![CheckOutcome {
                check: Check::Secret,
                passes: false,
            }],
        };
        if let Some(verdict) = verdict
            && judged.verified.decision == Decision::Valid
        {
            judged.limit(verdict);
        }
        Ok((judged.verified, checks))
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
        let (key, is_stale) = match self.key_lookup.cached(&hash).known() {
            Some(known) => known,
            None => (self.key_lookup.find(&hash).await?, false),
        };
        let mut judged = Judged::of(key, hash, question, now);
        judged.verified.is_stale = is_stale;
        Ok(judged)
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
                .used(&hash, key.id, &question.scopes, *now, question.address);
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
        Self {
            verified: Verified {
                decision,
                key: Some(key),
                limits: Vec::new(),
                is_stale: false,
            },
            hash: Some(hash),
            now,
        }
    }

    fn without_key(decision: Decision, now: Timestamp) -> Self {
        Self {
            verified: Verified {
                decision,
                key: None,
                limits: Vec::new(),
                is_stale: false,
            },
            hash: None,
            now,
        }
    }

    /// The key, if only its limits are left to judge.
    fn limited(&self) -> Option<Arc<VerificationKey>> {
        let is_valid = self.verified.decision == Decision::Valid;
        let key = self.verified.key.as_ref().filter(|_key| is_valid)?;
        key.limits.is_some().then(|| Arc::clone(key))
    }

    fn limit(&mut self, verdict: LimitVerdict) {
        self.verified.decision = match verdict {
            LimitVerdict::Allowed(limits) => {
                self.verified.limits = limits;
                Decision::Valid
            }
            reached @ (LimitVerdict::Reached(_) | LimitVerdict::CostAboveLimit(_)) => {
                reached.into()
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::key::api_key::ApiKey;
    use crate::key::scope::ScopeSet;
    use crate::key::stored_secret::StoredSecret;
    use crate::limits::limit::Cost;
    use crate::limits::name::LimitName;
    use crate::limits::set::Limits;
    use crate::ports::{CacheAnswer, MockClock, MockKeyLookup, MockLimiter, MockUsageRecorder};
    use crate::testing::{address, altered, at, key, limit, secret, verification_key};
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
            limiter: Arc::new(MockLimiter::new()),
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
    fn an_answer_from_a_key_without_recent_news_is_marked() {
        let question = Question::default();
        let disabled = altered(key(), |fields| fields.is_disabled = true);
        for (key, decision) in [(key(), Decision::Valid), (disabled, Decision::Disabled)] {
            let stale = || {
                let mut usage_recorder = MockUsageRecorder::new();
                usage_recorder.expect_used().return_const(());
                usage_recorder.expect_denied().return_const(());
                caching(
                    CacheAnswer::StaleHit(verification_key(&key)),
                    usage_recorder,
                )
            };
            let secret = secret(1);
            let cached = stale().run_cached(secret.expose(), &question).unwrap();
            let verified = run(&stale(), secret.expose());
            for verified in [cached, verified] {
                assert_eq!(
                    (verified.decision, verified.is_stale),
                    (decision.clone(), true)
                );
            }
        }
        assert!(!run(&finding(None), secret(1).expose()).is_stale);
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
            scopes: key().fields().scopes.as_slice().to_vec(),
            ..Question::default()
        };
        let mut usage_recorder = MockUsageRecorder::new();
        let asked_from = question.address;
        usage_recorder
            .expect_used()
            .withf(move |hash, id, scopes, now, from| {
                *hash == secret(1).hash()
                    && *id == key().id()
                    && scopes == key().fields().scopes.as_slice()
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

    fn limited() -> ApiKey {
        altered(key(), |fields| {
            let limits = vec![limit("requests", 10, "1m"), limit("tokens", 100, "day")];
            fields.limits = Limits::of(limits).unwrap();
        })
    }

    fn state(name: &str, max: i64, window: &str, remaining: u64) -> LimitState {
        LimitState {
            limit: limit(name, max, window),
            remaining,
            resets_in: Duration::from_secs(7),
        }
    }

    /// A verification of a limited key by a limiter that gives this verdict to these costs.
    fn limiting(verdict: LimitVerdict, costs: Costs, recorder: MockUsageRecorder) -> VerifyApiKey {
        let mut limiter = MockLimiter::new();
        limiter
            .expect_judge()
            .withf(move |key, asked| key.id == limited().id() && *asked == costs)
            .once()
            .returning(move |_, _| Ok(verdict.clone()));
        VerifyApiKey {
            limiter: Arc::new(limiter),
            ..noting(lookup_of(Some(&limited())), recorder)
        }
    }

    fn costing(units: i64) -> Question {
        let name = LimitName::parse("tokens").unwrap();
        Question {
            costs: Costs::of(vec![(name, Cost::of(units).unwrap())]),
            ..Question::default()
        }
    }

    #[test]
    fn limits_are_judged_last_and_a_reached_one_is_a_denial() {
        let requests = state("requests", 10, "1m", 0);
        let tokens = state("tokens", 100, "day", 5);
        for (verdict, decision, denial) in [
            (
                LimitVerdict::Reached(requests.clone()),
                Decision::RateLimited(Box::new(requests.clone())),
                Denial::RateLimited,
            ),
            (
                LimitVerdict::Reached(tokens.clone()),
                Decision::QuotaExceeded(Box::new(tokens.clone())),
                Denial::QuotaExceeded,
            ),
            (
                LimitVerdict::CostAboveLimit(tokens.limit.clone()),
                Decision::CostAboveLimit(Box::new(tokens.limit.clone())),
                Denial::CostAboveLimit,
            ),
        ] {
            let mut recorder = MockUsageRecorder::new();
            recorder
                .expect_denied()
                .withf(move |_, noted, _, _| *noted == denial)
                .once()
                .return_const(());
            let question = costing(6);
            let verify = limiting(verdict, question.costs.clone(), recorder);
            let verified = pollster::block_on(verify.run(secret(1).expose(), &question)).unwrap();
            assert_eq!((verified.decision, verified.limits), (decision, vec![]));
        }
        let mut recorder = MockUsageRecorder::new();
        recorder.expect_used().once().return_const(());
        let allowed = LimitVerdict::Allowed(vec![requests.clone()]);
        let verify = limiting(allowed, Costs::default(), recorder);
        let verified = run(&verify, secret(1).expose());
        assert_eq!(verified.decision, Decision::Valid);
        assert_eq!(verified.limits, [requests]);
    }

    #[test]
    fn a_call_that_is_denied_otherwise_costs_nothing() {
        let disabled = altered(limited(), |fields| fields.is_disabled = true);
        let mut recorder = MockUsageRecorder::new();
        recorder.expect_denied().once().return_const(());
        // The limiter would panic.
        let verify = noting(lookup_of(Some(&disabled)), recorder);
        assert_eq!(
            run(&verify, secret(1).expose()).decision,
            Decision::Disabled
        );
    }

    #[test]
    fn an_explanation_costs_nothing_and_tells_what_the_call_would_get() {
        let states = vec![
            state("requests", 10, "1m", 3),
            state("tokens", 100, "day", 5),
        ];
        for (cost, decision) in [
            (5, Decision::Valid),
            (6, Decision::QuotaExceeded(Box::new(states[1].clone()))),
            (
                101,
                Decision::CostAboveLimit(Box::new(states[1].limit.clone())),
            ),
        ] {
            let allowed = LimitVerdict::Allowed(states.clone());
            let verify = limiting(allowed, Costs::NONE, MockUsageRecorder::new());
            let (secret, question) = (secret(1), costing(cost));
            let explained = pollster::block_on(verify.explain(secret.expose(), &question));
            let (verified, checks) = explained.unwrap();
            let is_valid = decision == Decision::Valid;
            assert_eq!(verified.decision, decision);
            let told = if is_valid { states.as_slice() } else { &[] };
            assert_eq!(verified.limits, told);
            let limits = checks.last().unwrap();
            assert_eq!((limits.check, limits.passes), (Check::Limits, is_valid));
        }
    }

    #[test]
    fn a_limit_that_needs_a_refill_is_no_cached_answer() {
        let mut key_lookup = MockKeyLookup::new();
        let hit = CacheAnswer::Hit(verification_key(&limited()));
        key_lookup.expect_cached().return_const(hit);
        let mut limiter = MockLimiter::new();
        limiter.expect_judge_now().once().return_const(None);
        let verify = VerifyApiKey {
            limiter: Arc::new(limiter),
            ..noting(key_lookup, MockUsageRecorder::new())
        };
        let secret = secret(1);
        assert_eq!(
            verify.run_cached(secret.expose(), &Question::default()),
            None
        );
    }
}
