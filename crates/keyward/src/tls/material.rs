use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{InconsistentKeys, RootCertStore, ServerConfig};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::certificate::Validity;
use crate::config::TlsFiles;

/// The protocols that a client may choose, the preferred one first.
const PROTOCOLS: [&[u8]; 2] = [HTTP_2, b"http/1.1"];
pub(super) const HTTP_2: &[u8] = b"h2";

/// Files that can't be used. No message contains anything of the key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("can't read {}: {source}", file.display())]
    Unreadable {
        file: PathBuf,
        source: std::io::Error,
    },
    #[error("{} has no certificate in PEM", .0.display())]
    NoCertificate(PathBuf),
    #[error("{} has a certificate that can't be read", .0.display())]
    MalformedCertificate(PathBuf),
    #[error("{} has no private key in PEM", .0.display())]
    NoKey(PathBuf),
    #[error("{} has a private key that can't be used: {source}", file.display())]
    UnusableKey {
        file: PathBuf,
        source: rustls::Error,
    },
    #[error("the key in {} is not that of the certificate in {}", key.display(), certificate.display())]
    OtherKey { key: PathBuf, certificate: PathBuf },
    #[error("{} has a certificate of no authority", .0.display())]
    NoAuthority(PathBuf),
    #[error("TLS can't be set up: {0}")]
    Setup(#[from] rustls::Error),
}

/// What the files of a listener hold.
pub(crate) struct TlsMaterial {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    client_authorities: Option<RootCertStore>,
    /// When the certificate of the listener is valid.
    pub(crate) validity: Validity,
}

/// The contents of the files, to tell whether they have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint([u8; 32]);

/// The bytes of the files.
pub(super) struct Contents {
    certificate: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
    client_ca: Option<Vec<u8>>,
}

impl Contents {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError::Unreadable`].
    pub(super) fn read(files: &TlsFiles) -> Result<Self, TlsError> {
        Ok(Self {
            certificate: bytes(&files.certificate)?,
            key: Zeroizing::new(bytes(&files.key)?),
            client_ca: files.client_ca.as_deref().map(bytes).transpose()?,
        })
    }

    pub(super) fn fingerprint(&self) -> Fingerprint {
        let mut hash = Sha256::new();
        for part in [&self.certificate, &*self.key]
            .into_iter()
            .chain(&self.client_ca)
        {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        Fingerprint(hash.finalize().into())
    }

    /// What they mean.
    ///
    /// # Errors
    /// All but [`TlsError::Unreadable`].
    pub(super) fn parse(&self, files: &TlsFiles) -> Result<TlsMaterial, TlsError> {
        let chain = certificates(&self.certificate, &files.certificate)?;
        let validity = chain.first().map(Validity::of);
        let validity =
            validity.ok_or_else(|| TlsError::NoCertificate(files.certificate.clone()))?;
        let validity = validity
            .map_err(|_unhelpful| TlsError::MalformedCertificate(files.certificate.clone()))?;
        let key = PrivateKeyDer::from_pem_slice(&self.key);
        let key = key.map_err(|_may_hold_a_part_of_it| TlsError::NoKey(files.key.clone()))?;
        let client_ca = self.client_ca.as_deref().zip(files.client_ca.as_deref());
        let client_authorities = client_ca
            .map(|(pem, file)| authorities(pem, file))
            .transpose()?;
        let material = TlsMaterial {
            chain,
            key,
            client_authorities,
            validity,
        };
        material.check_key(files)?;
        Ok(material)
    }
}

impl TlsMaterial {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`].
    pub(crate) fn read(files: &TlsFiles) -> Result<Self, TlsError> {
        Contents::read(files)?.parse(files)
    }

    /// The certificate of the listener.
    pub(crate) fn certificate(&self) -> Option<&CertificateDer<'static>> {
        self.chain.first()
    }

    fn check_key(&self, files: &TlsFiles) -> Result<(), TlsError> {
        let unusable = |source| TlsError::UnusableKey {
            file: files.key.clone(),
            source,
        };
        let provider = aws_lc_rs::default_provider();
        let key = self.key.clone_key();
        let key = provider.key_provider.load_private_key(key);
        let certified = rustls::sign::CertifiedKey::new(self.chain.clone(), key.map_err(unusable)?);
        match certified.keys_match() {
            Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(()),
            Err(rustls::Error::InconsistentKeys(_)) => Err(TlsError::OtherKey {
                key: files.key.clone(),
                certificate: files.certificate.clone(),
            }),
            Err(_malformed) => Err(TlsError::MalformedCertificate(files.certificate.clone())),
        }
    }

    /// The configuration of handshakes.
    ///
    /// # Errors
    /// [`TlsError::Setup`].
    pub(super) fn server_config(self) -> Result<ServerConfig, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?;
        let has_client_authorities = self.client_authorities.is_some();
        let builder = match self.client_authorities {
            None => builder.with_no_client_auth(),
            Some(authorities) => {
                builder.with_client_cert_verifier(client_verifier(authorities, provider)?)
            }
        };
        let mut config = builder.with_single_cert(self.chain, self.key)?;
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).into();
        if has_client_authorities {
            // A resumed session would not verify the client's certificate again.
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
        }
        Ok(config)
    }
}

/// Clients without a certificate pass the handshake, because probes have none. Their other requests are
/// refused.
fn client_verifier(
    authorities: RootCertStore,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn rustls::server::danger::ClientCertVerifier>, TlsError> {
    WebPkiClientVerifier::builder_with_provider(Arc::new(authorities), provider)
        .allow_unauthenticated()
        .build()
        .map_err(|error| TlsError::Setup(rustls::Error::General(error.to_string())))
}

fn bytes(file: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(file).map_err(|source| TlsError::Unreadable {
        file: file.to_owned(),
        source,
    })
}

fn certificates(pem: &[u8], file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let read = read.map_err(|_unhelpful| TlsError::MalformedCertificate(file.to_owned()))?;
    if read.is_empty() {
        return Err(TlsError::NoCertificate(file.to_owned()));
    }
    Ok(read)
}

fn authorities(pem: &[u8], file: &Path) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(pem, file)? {
        let added = roots.add(certificate);
        added.map_err(|_unhelpful| TlsError::NoAuthority(file.to_owned()))?;
    }
    Ok(roots)
}
