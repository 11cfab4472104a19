//! Reads fields of a certificate.

use std::time::Duration;

use keyward_domain::Timestamp;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, Error};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::der::oid::db::{rfc4519, rfc5912};

use crate::error::Cause;

/// Fails unless the certificate is valid at `now`.
pub(super) fn verify_validity(der: &CertificateDer<'_>, now: UnixTime) -> Result<(), Error> {
    let certificate = Certificate::from_der(der)
        .map_err(|_unreadable| Error::InvalidCertificate(CertificateError::BadEncoding))?;
    let validity = certificate.tbs_certificate.validity;
    let now = Duration::from_secs(now.as_secs());
    if now < validity.not_before.to_unix_duration() {
        Err(Error::InvalidCertificate(CertificateError::NotValidYet))
    } else if now > validity.not_after.to_unix_duration() {
        Err(Error::InvalidCertificate(CertificateError::Expired))
    } else {
        Ok(())
    }
}

/// The last instant at which the certificate is valid.
pub(super) fn end(der: &CertificateDer<'_>) -> Result<Timestamp, Cause> {
    let certificate = Certificate::from_der(der)?;
    let end = certificate.tbs_certificate.validity.not_after;
    let seconds = i64::try_from(end.to_unix_duration().as_secs())?;
    Ok(Timestamp::from_unix_seconds(seconds).unwrap_or(Timestamp::MAX))
}

/// Whether the certificate has no alternative names and its common name is the server's name. libpq
/// accepts such certificates, which the PostgreSQL manual shows how to create; other clients no
/// longer do.
pub(super) fn is_of_common_name(der: &CertificateDer<'_>, server: &ServerName<'_>) -> bool {
    let Ok(certificate) = Certificate::from_der(der) else {
        return false;
    };
    let tbs = certificate.tbs_certificate;
    let extensions = tbs.extensions.unwrap_or_default();
    if extensions
        .iter()
        .any(|extension| extension.extn_id == rfc5912::ID_CE_SUBJECT_ALT_NAME)
    {
        return false;
    }
    let attributes = tbs.subject.0.iter().flat_map(|names| names.0.iter());
    let common = attributes.filter(|attribute| attribute.oid == rfc4519::COMMON_NAME);
    let server = server.to_str();
    let mut names = common.filter_map(|name| std::str::from_utf8(name.value.value()).ok());
    names.next().is_some_and(|name| is_same(name, &server))
}

/// A leading `*.` stands for one label.
fn is_same(name: &str, server: &str) -> bool {
    let wildcard = || {
        let domain = name.strip_prefix("*.")?;
        let (label, rest) = server.split_once('.')?;
        Some(!label.is_empty() && domain.contains('.') && domain.eq_ignore_ascii_case(rest))
    };
    name.eq_ignore_ascii_case(server) || wildcard().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::pem::PemObject as _;

    use super::*;

    /// Self-signed for CN=db.example.com, from 2026-11-25 to 2126-11-01, without alternative names:
    /// `openssl req -new -x509 -days 36500 -nodes -subj /CN=db.example.com`.
    const SELF_SIGNED: &str = include_str!("testing/self-signed.pem");

    fn certificate() -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(SELF_SIGNED.as_bytes()).unwrap()
    }

    #[test]
    fn a_certificate_is_valid_between_its_dates() {
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let verify = |seconds| verify_validity(&certificate(), at(seconds));
        let refused = |error| Err(Error::InvalidCertificate(error));
        assert_eq!(verify(0), refused(CertificateError::NotValidYet));
        assert_eq!(verify(2_000_000_000), Ok(()));
        assert_eq!(verify(7_000_000_000), refused(CertificateError::Expired));
    }

    #[test]
    fn a_certificate_says_when_it_ends() {
        assert_eq!(
            end(&certificate()).unwrap().to_string(),
            "2126-11-01T14:44:44Z"
        );
    }

    #[test]
    fn the_common_name_counts_where_there_is_no_other() {
        let is_of = |name: &str| {
            let name = ServerName::try_from(name.to_owned()).unwrap();
            is_of_common_name(&certificate(), &name)
        };
        assert!(is_of("db.example.com"));
        assert!(is_of("DB.example.com"));
        assert!(!is_of("db.example.org"));
        assert!(!is_of("10.0.0.1"));
    }

    #[test]
    fn a_wildcard_stands_for_one_label() {
        assert!(is_same("*.example.com", "db.example.com"));
        for (name, server) in [
            ("*.example.com", "example.com"),
            ("*.example.com", "a.db.example.com"),
            ("*.com", "example.com"),
            ("*", "db"),
            ("db*.example.com", "db1.example.com"),
            ("*.example.com", ".example.com"),
        ] {
            assert!(!is_same(name, server), "{name} {server}");
        }
    }
}
