//! A guard for other actix-web services: who calls needs a key, and all that the key must be able to
//! do. It asks a Keyward node over HTTP ([`HttpVerifier`]) or decides in process
//! ([`InProcessVerifier`]), and never lets pass what can't be decided.
//!
//! ```no_run
//! use actix_web::{App, HttpServer, web};
//! use keyward_web::guard::{Caller, Guard, HttpVerifier, HttpVerifierConfig};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let keyward = HttpVerifier::new(HttpVerifierConfig::at("http://127.0.0.1:8081"))?;
//! let guard = Guard::new(keyward);
//! let reads = guard.require(&["payment:read"])?;
//! HttpServer::new(move || {
//!     let greet = async |caller: Caller| format!("Hello {}", caller.name);
//!     App::new().service(web::resource("/payments").wrap(reads.clone()).get(greet))
//! })
//! .bind("127.0.0.1:9000")?
//! .run()
//! .await?;
//! # Ok(())
//! # }
//! ```

mod caller;
mod http_verifier;
mod in_process;
mod require;
mod verdict_data;
mod verifier;

use std::sync::Arc;

use ipnetwork::IpNetwork;
use keyward_domain::{InvalidScope, Scope};

pub use self::{
    caller::Caller,
    http_verifier::{HttpVerifier, HttpVerifierConfig, HttpVerifierError},
    in_process::InProcessVerifier,
    require::Require,
    verifier::{Undecided, Verdict, Verifier},
};

/// Who decides, and whose word counts for where a call comes from.
#[derive(Clone)]
pub struct Guard {
    verifier: Arc<dyn Verifier>,
    trusted_proxies: Arc<[IpNetwork]>,
}

impl Guard {
    /// A guard that takes the peer of a connection for the caller.
    #[must_use]
    pub fn new(verifier: impl Verifier + 'static) -> Self {
        Self {
            verifier: Arc::new(verifier),
            trusted_proxies: Arc::default(),
        }
    }

    /// Believes `X-Forwarded-For` of these proxies: the caller is the nearest hop that is none of
    /// them.
    #[must_use]
    pub fn behind(self, trusted_proxies: &[IpNetwork]) -> Self {
        Self {
            trusted_proxies: trusted_proxies.into(),
            ..self
        }
    }

    /// What a resource, a scope or an app is wrapped in: lets pass whose key can do all of this.
    ///
    /// # Errors
    /// [`InvalidScope`] for a code that no scope can have; to be found when a service starts.
    pub fn require(&self, scopes: &[&str]) -> Result<Require, InvalidScope> {
        let scopes: Result<Vec<Scope>, _> = scopes.iter().map(|code| Scope::parse(code)).collect();
        Ok(Require::new(self.clone(), scopes?))
    }
}

#[cfg(test)]
mod tests;
