use async_trait::async_trait;
use keyward_domain::{Decision, Question};

use crate::caller::Caller;

/// Who decides about the holder of a secret.
#[async_trait]
pub trait Verifier: Send + Sync {
    /// Decides (contract §4). Never errs towards allowing.
    async fn verify(&self, secret: &str, question: &Question) -> Result<Verdict, Undecided>;
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The call may pass, and this is whose it is.
    Allowed(Caller),
    /// It may not; never [`Decision::Valid`].
    Denied(Decision),
}

/// Nobody could decide. The cause tells no secret.
#[derive(Debug, thiserror::Error)]
#[error("the call can't be decided about")]
pub struct Undecided(#[source] pub Box<dyn std::error::Error + Send + Sync>);
