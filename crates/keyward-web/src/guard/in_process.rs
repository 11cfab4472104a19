use async_trait::async_trait;
use keyward_domain::usecases::{Verified, VerifyApiKey};
use keyward_domain::{Decision, Question};

use super::{Caller, Undecided, Verdict, Verifier};

/// Decides by itself, with a store and a cache in the same process.
#[derive(Clone)]
pub struct InProcessVerifier(
    /// The operation and what it needs.
    pub VerifyApiKey,
);

#[async_trait]
impl Verifier for InProcessVerifier {
    async fn verify(&self, secret: &str, question: &Question) -> Result<Verdict, Undecided> {
        let verified = self.0.run(secret, question).await;
        let Verified { decision, key } = verified.map_err(|error| Undecided(error.into()))?;
        match (decision, key) {
            (Decision::Valid, Some(key)) => Ok(Verdict::Allowed(Caller::from(key.fields()))),
            (Decision::Valid, None) => Err(Undecided("allowed without a key".into())),
            (decision, _) => Ok(Verdict::Denied(decision)),
        }
    }
}
