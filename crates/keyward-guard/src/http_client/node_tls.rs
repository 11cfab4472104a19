use std::fmt;
use std::io;
use std::sync::Arc;

use hyper_rustls::ConfigBuilderExt as _;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

/// How to recognize a node by https, and how the node recognizes this client. By default, the root
/// certificates of this machine count, and this client shows no certificate.
#[derive(Default)]
pub struct NodeTls {
    authorities: Option<RootCertStore>,
    client: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
}

/// The text can't be used for TLS. The error contains nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNodeTls {
    /// There is no certificate of an authority.
    #[error("it must have the certificate of an authority, in PEM")]
    Authorities,
    /// There is no certificate for this client.
    #[error("it must have a certificate, in PEM")]
    Certificate,
    /// There is no private key for this client.
    #[error("it must have a private key, in PEM")]
    Key,
}

impl NodeTls {
    /// Only trusts certificates of these authorities, in PEM: those of a private authority, for example.
    ///
    /// # Errors
    /// [`InvalidNodeTls::Authorities`].
    pub fn trusting(mut self, pem: &[u8]) -> Result<Self, InvalidNodeTls> {
        let certificates = certificates(pem).ok_or(InvalidNodeTls::Authorities)?;
        let mut roots = RootCertStore::empty();
        for certificate in certificates {
            let added = roots.add(certificate);
            added.map_err(|_unhelpful| InvalidNodeTls::Authorities)?;
        }
        self.authorities = Some(roots);
        Ok(self)
    }

    /// Shows this certificate to a node that requires one: the certificate and the intermediate ones, and
    /// the private key, both in PEM.
    ///
    /// # Errors
    /// [`InvalidNodeTls::Certificate`] or [`InvalidNodeTls::Key`].
    pub fn with_certificate(
        mut self,
        certificate: &[u8],
        key: &[u8],
    ) -> Result<Self, InvalidNodeTls> {
        let chain = certificates(certificate).ok_or(InvalidNodeTls::Certificate)?;
        let key = PrivateKeyDer::from_pem_slice(key);
        let key = key.map_err(|_may_hold_a_part_of_it| InvalidNodeTls::Key)?;
        self.client = Some((chain, key));
        Ok(self)
    }

    /// The configuration of connections. Without https, no certificates are loaded.
    ///
    /// # Errors
    /// Why TLS can't be set up; for example, the key is not that of the certificate.
    pub(super) fn config(self, is_https: bool) -> io::Result<ClientConfig> {
        let provider = CryptoProvider::get_default().cloned();
        let provider = provider.unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()));
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?;
        let config = match self.authorities {
            Some(authorities) => config.with_root_certificates(authorities),
            None if is_https => config.with_native_roots()?,
            None => config.with_root_certificates(RootCertStore::empty()),
        };
        match self.client {
            None => Ok(config.with_no_client_auth()),
            Some((chain, key)) => config
                .with_client_auth_cert(chain, key)
                .map_err(io::Error::other),
        }
    }
}

/// Shows no key.
impl fmt::Debug for NodeTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NodeTls")
            .field("has_authorities", &self.authorities.is_some())
            .field("has_certificate", &self.client.is_some())
            .finish()
    }
}

/// At least one certificate.
fn certificates(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    read.ok().filter(|read| !read.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_pem_is_named_and_not_shown() {
        let canary = b"canary";
        let refused = NodeTls::default().trusting(canary).err();
        assert_eq!(refused, Some(InvalidNodeTls::Authorities));
        let refused = NodeTls::default().with_certificate(canary, canary).err();
        assert_eq!(refused, Some(InvalidNodeTls::Certificate));
        let shown = format!("{:?}", NodeTls::default());
        assert_eq!(
            shown,
            "NodeTls { has_authorities: false, has_certificate: false }"
        );
    }
}
