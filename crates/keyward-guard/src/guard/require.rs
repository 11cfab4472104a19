use std::net::SocketAddr;

use keyward_domain::{Costs, Mode, Question, Scope};

use super::Guard;
use crate::answer::Answer;
use crate::caller::Caller;
use crate::headers::{HeaderFields, client_address, presented_secret};
use crate::verifier::Verdict;

/// Only accepts calls with a key that has all required scopes; handlers behind it can take a
/// [`Caller`]. A denied call gets 401, 403 or 429, with the same response as for gateways (contract §4);
/// an undecided call gets 503.
///
/// With the feature `actix`, it wraps a resource, a scope or an app of actix-web. With the feature
/// `tower`, `Require::layer` returns a layer.
#[derive(Clone)]
pub struct Require {
    guard: Guard,
    scopes: Vec<Scope>,
    mode: Option<Mode>,
    costs: Costs,
}

impl Require {
    pub(super) fn new(guard: Guard, scopes: Vec<Scope>) -> Self {
        Self {
            guard,
            scopes,
            mode: None,
            costs: Costs::default(),
        }
    }

    /// Also requires this mode of the key.
    #[must_use]
    pub fn mode(self, mode: Mode) -> Self {
        Self {
            mode: Some(mode),
            ..self
        }
    }

    /// What each call costs of the limits of its key. A limit that is not named costs one unit.
    #[must_use]
    pub fn costs(self, costs: Costs) -> Self {
        Self { costs, ..self }
    }

    /// Decides about a request from this peer with these headers. Without a peer, the client's
    /// address is unknown, whatever the headers say.
    ///
    /// # Errors
    /// The response to a call that is denied or undecided.
    pub async fn decide(
        &self,
        peer: Option<SocketAddr>,
        headers: &impl HeaderFields,
    ) -> Result<Caller, Answer> {
        let question = Question {
            address: client_address(peer, headers, &self.guard.trusted_proxies),
            scopes: self.scopes.clone(),
            mode: self.mode,
            costs: self.costs.clone(),
        };
        // An empty secret is malformed. So a call without a secret, or with two, is denied.
        let secret = presented_secret(headers).unwrap_or_default();
        let verifier = &self.guard.verifier;
        let verdict = match verifier.at_once(secret, &question) {
            Some(verdict) => Ok(verdict),
            None => verifier.verify(secret, &question).await,
        };
        match verdict {
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
