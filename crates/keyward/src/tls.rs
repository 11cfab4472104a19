//! TLS of the listeners: their certificates, which follow their files, and handshakes.

mod certificate;
mod follow;
mod handshake;
mod handshake_failures;
mod listener_tls;
mod material;

use std::sync::Arc;

use keyward_domain::ports::Clock as _;

pub(crate) use self::follow::Following;
pub(crate) use self::handshake::{Protocol, Secured};
pub(crate) use self::listener_tls::ListenerTls;
pub(crate) use self::material::{TlsError, TlsMaterial};
use crate::config::{ListenerConfig, Listeners};
use crate::system::SystemClock;

/// The TLS of both listeners; `None` for one that serves without.
#[derive(Clone, Default)]
pub(crate) struct TlsOfListeners {
    pub(crate) public: Option<Arc<ListenerTls>>,
    pub(crate) internal: Option<Arc<ListenerTls>>,
}

impl TlsOfListeners {
    /// Reads the files of both.
    ///
    /// # Errors
    /// [`TlsError`].
    pub(crate) fn read(listeners: &Listeners) -> Result<Self, TlsError> {
        let read = |name, listener: &ListenerConfig| {
            let files = listener.tls.as_ref();
            let tls = files.map(|files| ListenerTls::read(name, files).map(Arc::new));
            tls.transpose()
        };
        Ok(Self {
            public: read("public", &listeners.public)?,
            internal: read("internal", &listeners.internal)?,
        })
    }

    /// Logs a certificate that is over, or has not begun. It is served nevertheless: nobody is helped by a
    /// node that does not start.
    pub(crate) fn warn_of_expiry(&self) {
        let now = SystemClock.now();
        for (listener, tls) in self.each() {
            let validity = tls.validity();
            if now < validity.begin || now > validity.end {
                tracing::error!(
                    listener,
                    begins_at = %validity.begin,
                    expires_at = %validity.end,
                    "tls.certificate_invalid: clients refuse it"
                );
            }
        }
    }

    /// Each with the name of its listener.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&'static str, &Arc<ListenerTls>)> {
        let both = [("public", &self.public), ("internal", &self.internal)];
        both.into_iter()
            .filter_map(|(name, tls)| Some((name, tls.as_ref()?)))
    }
}
