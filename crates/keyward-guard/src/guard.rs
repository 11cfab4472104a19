mod require;

use std::sync::Arc;

use ipnetwork::IpNetwork;
use keyward_domain::{InvalidScope, Scope};

pub use self::require::Require;
use crate::verifier::Verifier;

/// The verifier that decides about calls, and the proxies that are trusted to report a client's
/// address.
#[derive(Clone)]
pub struct Guard {
    verifier: Arc<dyn Verifier>,
    trusted_proxies: Arc<[IpNetwork]>,
}

impl Guard {
    /// A guard that trusts no proxy: the client's address is the peer of the connection.
    #[must_use]
    pub fn new(verifier: impl Verifier + 'static) -> Self {
        Self {
            verifier: Arc::new(verifier),
            trusted_proxies: Arc::default(),
        }
    }

    /// Trusts `X-Forwarded-For` from these proxies. The client's address is then the nearest hop
    /// that is not one of them.
    #[must_use]
    pub fn behind(self, trusted_proxies: &[IpNetwork]) -> Self {
        Self {
            trusted_proxies: trusted_proxies.into(),
            ..self
        }
    }

    /// Requires a key with all these scopes.
    ///
    /// # Errors
    /// [`InvalidScope`] when a scope code is invalid. Call this when the service starts, so that it
    /// fails there.
    pub fn require(&self, scopes: &[&str]) -> Result<Require, InvalidScope> {
        let scopes: Result<Vec<Scope>, _> = scopes.iter().map(|code| Scope::parse(code)).collect();
        Ok(Require::new(self.clone(), scopes?))
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use keyward_domain::Question;

    use super::*;
    use crate::verifier::{Undecided, Verdict};

    struct Nobody;

    #[async_trait]
    impl Verifier for Nobody {
        async fn verify(&self, _secret: &str, _: &Question) -> Result<Verdict, Undecided> {
            Err(Undecided("nobody knows".into()))
        }
    }

    #[test]
    fn require_refuses_an_invalid_scope() {
        let guard = Guard::new(Nobody);
        assert!(guard.require(&["payment:read"]).is_ok());
        assert!(guard.require(&["payment:read", "*"]).is_err());
    }
}
