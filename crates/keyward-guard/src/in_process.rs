use async_trait::async_trait;
use keyward_domain::usecases::{Verified, VerifyApiKey};
use keyward_domain::{Decision, Question};

use crate::caller::Caller;
use crate::verifier::{Undecided, Verdict, Verifier};

/// Decides in this process, with its own store and cache instead of a node.
#[derive(Clone)]
pub struct InProcessVerifier(
    /// The use case and its ports.
    pub VerifyApiKey,
);

/// A call that is allowed without a key is a contradiction, and `None`.
fn verdict(verified: Verified) -> Option<Verdict> {
    let caller = |key| Caller::from(key).marked(verified.is_stale);
    match (verified.decision, verified.key) {
        (Decision::Valid, key) => key.map(|key| Verdict::Allowed(caller(key))),
        (decision, _) => Some(Verdict::Denied(decision)),
    }
}

#[async_trait]
impl Verifier for InProcessVerifier {
    fn at_once(&self, secret: &str, question: &Question) -> Option<Verdict> {
        self.0.run_cached(secret, question).and_then(verdict)
    }

    async fn verify(&self, secret: &str, question: &Question) -> Result<Verdict, Undecided> {
        let verified = self.0.run(secret, question).await;
        let verified = verified.map_err(|error| Undecided(error.into()))?;
        verdict(verified).ok_or_else(|| Undecided("allowed without a key".into()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use keyward_domain::ports::{
        CacheAnswer, MockClock, MockKeyLookup, MockLimiter, MockUsageRecorder, RepositoryError,
    };
    use keyward_domain::testing::{altered, at, key, secret, verification_key};
    use keyward_domain::{Annotations, ExternalId, Metadata, Mode, VerificationKey};

    use super::*;
    use crate::testing::caller;

    type Found = fn() -> Result<Option<Arc<VerificationKey>>, RepositoryError>;

    async fn asked(found: Found, question: &Question) -> Result<Verdict, Undecided> {
        let mut key_lookup = MockKeyLookup::new();
        key_lookup.expect_cached().return_const(CacheAnswer::Miss);
        key_lookup.expect_find().returning(move |_hash| found());
        let mut clock = MockClock::new();
        clock.expect_now().return_const(at(0));
        let mut usage_recorder = MockUsageRecorder::new();
        usage_recorder.expect_used().return_const(());
        usage_recorder.expect_denied().return_const(());
        let verifier = InProcessVerifier(VerifyApiKey {
            key_lookup: Arc::new(key_lookup),
            clock: Arc::new(clock),
            usage_recorder: Arc::new(usage_recorder),
            limiter: Arc::new(MockLimiter::new()),
        });
        verifier.verify(secret(1).expose(), question).await
    }

    #[tokio::test]
    async fn a_key_that_may_passes_as_its_caller() {
        let found: Found = || {
            Ok(Some(verification_key(&altered(key(), |fields| {
                fields.annotations = Annotations {
                    description: None,
                    external_id: Some(ExternalId::parse("customer-4711").unwrap()),
                    metadata: Metadata::parse([("plan", "gold")]).unwrap(),
                };
            }))))
        };
        let question = Question {
            scopes: caller().scopes().to_vec(),
            ..Question::default()
        };
        let verdict = asked(found, &question).await.unwrap();
        assert_eq!(verdict, Verdict::Allowed(caller()));
        let test = Question {
            mode: Some(Mode::Test),
            ..question
        };
        let verdict = asked(found, &test).await.unwrap();
        assert_eq!(verdict, Verdict::Denied(Decision::WrongMode));
    }

    #[tokio::test]
    async fn nobodys_secret_is_denied_and_an_outage_decides_nothing() {
        let question = Question::default();
        let verdict = asked(|| Ok(None), &question).await.unwrap();
        assert_eq!(verdict, Verdict::Denied(Decision::Unknown));
        let outage: Found = || Err(RepositoryError::Unavailable("down".into()));
        assert!(asked(outage, &question).await.is_err());
    }
}
