use async_trait::async_trait;
use keyward_domain::{Decision, Question};

use crate::caller::Caller;

/// Decides about calls with a secret.
#[async_trait]
pub trait Verifier: Send + Sync {
    /// The same as [`verify`](Self::verify) when it can be told without waiting, and `None`
    /// otherwise. Needs no memory when the call is allowed.
    fn at_once(&self, _secret: &str, _question: &Question) -> Option<Verdict> {
        None
    }

    /// Decides about a call with this secret (contract §4). A call that can't be decided is never
    /// allowed.
    async fn verify(&self, secret: &str, question: &Question) -> Result<Verdict, Undecided>;
}

/// The decision about a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The call is allowed; this is its caller.
    Allowed(Caller),
    /// The call is denied. Never [`Decision::Valid`].
    Denied(Decision),
}

/// The call could not be decided. The cause must not contain the secret.
#[derive(Debug, thiserror::Error)]
#[error("the call could not be decided")]
pub struct Undecided(#[source] pub Box<dyn std::error::Error + Send + Sync>);
