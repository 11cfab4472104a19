use std::net::SocketAddr;

use keyward_domain::{Mode, Question, Scope};

use super::Guard;
use crate::answer::Answer;
use crate::caller::Caller;
use crate::headers::{HeaderFields, client_address, presented_secret};
use crate::verifier::Verdict;

/// Lets pass whose key can do all that is required; the handlers behind it may take a [`Caller`].
/// Denies with 401 or 403 as gateways are answered (contract §4), and with 503 when nobody can decide.
///
/// With the feature `actix` it is what a resource, a scope or an app of actix-web is wrapped in. With the
/// feature `tower`, `Require::layer` makes a layer of it.
#[derive(Clone)]
pub struct Require {
    guard: Guard,
    scopes: Vec<Scope>,
    mode: Option<Mode>,
}

impl Require {
    pub(super) fn new(guard: Guard, scopes: Vec<Scope>) -> Self {
        Self {
            guard,
            scopes,
            mode: None,
        }
    }

    /// Only keys of this mode pass.
    #[must_use]
    pub fn mode(self, mode: Mode) -> Self {
        Self {
            mode: Some(mode),
            ..self
        }
    }

    /// Decides about a request with these headers, which came from this peer. Without a peer the caller's
    /// address is unknown, whatever the headers say.
    ///
    /// # Errors
    /// The answer to a call that may not pass, or that nobody can decide about.
    pub async fn decide(
        &self,
        peer: Option<SocketAddr>,
        headers: &impl HeaderFields,
    ) -> Result<Caller, Answer> {
        let question = Question {
            address: client_address(peer, headers, &self.guard.trusted_proxies),
            scopes: self.scopes.clone(),
            mode: self.mode,
        };
        // No secret, or two, is none that a key can have.
        let secret = presented_secret(headers).unwrap_or_default();
        match self.guard.verifier.verify(secret, &question).await {
            Ok(Verdict::Allowed(caller)) => Ok(caller),
            Ok(Verdict::Denied(decision)) => Err(Answer::denied(&decision)),
            Err(undecided) => {
                let undecided: &dyn std::error::Error = &undecided;
                tracing::error!(undecided, "guard.undecided");
                Err(Answer::undecided())
            }
        }
    }
}
