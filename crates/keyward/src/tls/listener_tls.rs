use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use keyward_domain::Timestamp;
use rustls::ServerConfig;

use super::certificate::Validity;
use super::handshake_failures::HandshakeFailures;
use super::material::{Contents, Fingerprint, TlsError, TlsMaterial};
use crate::config::TlsFiles;

/// The TLS of one listener. Its certificate follows the files; connections that are open keep theirs.
pub(crate) struct ListenerTls {
    /// The listener's name in logs.
    pub(super) listener: &'static str,
    pub(super) files: TlsFiles,
    in_use: RwLock<InUse>,
    /// Whether the files hold something else that can't be used.
    is_outdated: AtomicBool,
    pub(crate) failures: HandshakeFailures,
}

/// What handshakes use.
#[derive(Clone)]
struct InUse {
    fingerprint: Fingerprint,
    config: Arc<ServerConfig>,
    validity: Validity,
}

impl InUse {
    fn of(fingerprint: Fingerprint, material: TlsMaterial) -> Result<Self, TlsError> {
        Ok(Self {
            fingerprint,
            validity: material.validity,
            config: Arc::new(material.server_config()?),
        })
    }
}

impl ListenerTls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`].
    pub(crate) fn read(listener: &'static str, files: &TlsFiles) -> Result<Self, TlsError> {
        let contents = Contents::read(files)?;
        let in_use = InUse::of(contents.fingerprint(), contents.parse(files)?)?;
        Ok(Self {
            listener,
            files: files.clone(),
            in_use: RwLock::new(in_use),
            is_outdated: AtomicBool::new(false),
            failures: HandshakeFailures::of(listener),
        })
    }

    /// When the certificate expires.
    pub(crate) fn expires_at(&self) -> Timestamp {
        self.validity().end
    }

    /// When the certificate is valid.
    pub(crate) fn validity(&self) -> Validity {
        self.in_use().validity
    }

    /// Whether the files were changed to something that can't be used, so that the certificate before
    /// stays.
    pub(crate) fn is_outdated(&self) -> bool {
        self.is_outdated.load(Ordering::Relaxed)
    }

    /// Whether clients must show a certificate.
    pub(crate) fn requires_client_certificates(&self) -> bool {
        self.files.client_ca.is_some()
    }

    /// The configuration of the next handshake.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        self.in_use().config
    }

    pub(super) fn fingerprint(&self) -> Fingerprint {
        self.in_use().fingerprint
    }

    pub(super) fn set_outdated(&self, is_outdated: bool) {
        self.is_outdated.store(is_outdated, Ordering::Relaxed);
    }

    /// Uses what the files hold now.
    ///
    /// # Errors
    /// [`TlsError::Setup`].
    pub(super) fn replace(
        &self,
        fingerprint: Fingerprint,
        material: TlsMaterial,
    ) -> Result<(), TlsError> {
        let new = InUse::of(fingerprint, material)?;
        *self.in_use.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    fn in_use(&self) -> InUse {
        let in_use = self.in_use.read().unwrap_or_else(PoisonError::into_inner);
        in_use.clone()
    }
}
