use std::error::Error;
use std::io;

use rustls::CertificateError;

const ISSUER: &str = "; write sslrootcert=FILE (with sslmode=verify-full) to name the certificate of \
                      its authority, or its own where it is self-signed; or have the system trust \
                      that authority (SSL_CERT_FILE)";
const NAME: &str =
    "; connect by a name that the certificate is of, or have one made that is of this name";

/// Advice for a TLS error, to append to it; empty when there is none.
pub(in super::super) fn hint(error: &(dyn Error + 'static)) -> &'static str {
    match rejected(error) {
        Some(CertificateError::UnknownIssuer | CertificateError::BadSignature) => ISSUER,
        Some(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => NAME,
        // The server presents an authority's certificate, which is usually a self-signed one.
        Some(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => ISSUER,
        _ => "",
    }
}

/// Why the server's certificate was rejected, from the causes of an error.
fn rejected<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e CertificateError> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        // The source of an I/O error skips the error that it wraps.
        let held = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .and_then(|held| held.downcast_ref());
        if let Some(rustls::Error::InvalidCertificate(why)) = held.or(error.downcast_ref()) {
            return Some(why);
        }
        cause = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_issuer_is_answered_with_how_to_name_it() {
        let told = |why: CertificateError| {
            let error = rustls::Error::InvalidCertificate(why);
            let error = io::Error::new(io::ErrorKind::InvalidData, error);
            hint(&error)
        };
        assert!(told(CertificateError::UnknownIssuer).contains("sslrootcert"));
        assert!(told(CertificateError::UnknownIssuer).contains("SSL_CERT_FILE"));
        assert_eq!(told(CertificateError::Revoked), "");
        assert_eq!(hint(&io::Error::other("something else")), "");
    }
}
