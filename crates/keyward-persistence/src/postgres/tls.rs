//! TLS to PostgreSQL, according to `sslmode` and `sslrootcert`.

mod certificate;
mod hint;
mod verifier;

use std::path::Path;
use std::sync::Arc;

use keyward_domain::Timestamp;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_postgres_rustls::MakeRustlsConnect;

pub(super) use self::hint::hint;
use self::verifier::{Trust, Verifier};
use crate::database_url::{Certificates, PostgresUrl};
use crate::error::{Cause, StoreError};

/// Configures TLS to a server; `is_remote` means that it is another machine.
pub(super) fn connector(
    certificates: &Certificates,
    is_remote: bool,
) -> Result<MakeRustlsConnect, Cause> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let trust = match certificates {
        Certificates::OfSystem => {
            let config = builder.with_platform_verifier()?.with_no_client_auth();
            return Ok(MakeRustlsConnect::new(config));
        }
        Certificates::OfFile { file, named } => {
            let (roots, trusted) = read(file).map_err(|source| StoreError::RootCertificates {
                file: file.display().to_string(),
                source,
            })?;
            Trust::Roots {
                roots,
                trusted,
                named: *named,
            }
        }
        Certificates::Unverified => {
            tracing::warn!(
                "database.certificate_unverified: sslmode=require encrypts, but does not verify \
                 the certificate of the database; write sslmode=verify-full, with \
                 sslrootcert=FILE for an authority of your own"
            );
            Trust::Any
        }
        Certificates::Any => {
            if is_remote {
                tracing::warn!(
                    "database.unverified: the database is on another machine, and nothing proves \
                     that it is the right one; write sslmode=verify-full, with sslrootcert=FILE \
                     for an authority of your own"
                );
            }
            Trust::Any
        }
    };
    let config = builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier::new(trust, provider)))
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

impl PostgresUrl {
    /// When the first certificate of `sslrootcert` expires; `None` without such a file.
    ///
    /// # Errors
    /// [`StoreError::RootCertificates`].
    pub fn root_certificates_end(&self) -> Result<Option<Timestamp>, StoreError> {
        let Certificates::OfFile { file, named: _ } = &self.certificates else {
            return Ok(None);
        };
        let unusable = |source| StoreError::RootCertificates {
            file: file.display().to_string(),
            source,
        };
        let (_roots, trusted) = read(file).map_err(unusable)?;
        let ends: Result<Vec<Timestamp>, Cause> = trusted.iter().map(certificate::end).collect();
        Ok(ends.map_err(unusable)?.into_iter().min())
    }
}

/// The certificates of a PEM file, as authorities and as such.
fn read(file: &Path) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), Cause> {
    let pem = std::fs::read(file)?;
    let trusted = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>()?;
    if trusted.is_empty() {
        return Err("it holds no certificate in PEM".into());
    }
    let mut roots = RootCertStore::empty();
    for certificate in &trusted {
        roots.add(certificate.clone())?;
    }
    Ok((roots, trusted))
}
