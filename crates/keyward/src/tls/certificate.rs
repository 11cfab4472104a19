//! Reads fields of a certificate.

use keyward_domain::{CallerName, Timestamp};
use rustls::pki_types::CertificateDer;
use x509_cert::Certificate;
use x509_cert::der::oid::db::rfc4519;
use x509_cert::der::{Decode as _, Error};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// When a certificate is valid, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    pub(crate) begin: Timestamp,
    pub(crate) end: Timestamp,
}

impl Validity {
    pub(super) fn of(der: &CertificateDer<'_>) -> Result<Self, Error> {
        let validity = Certificate::from_der(der)?.tbs_certificate.validity;
        let timestamp = |time: x509_cert::time::Time| {
            let seconds = i64::try_from(time.to_unix_duration().as_secs()).ok();
            seconds
                .and_then(Timestamp::from_unix_seconds)
                .unwrap_or(Timestamp::MAX)
        };
        Ok(Self {
            begin: timestamp(validity.not_before),
            end: timestamp(validity.not_after),
        })
    }
}

/// The name of the client that a valid certificate is of: its common name, or else its first DNS name.
/// `None` when that is no name of a caller.
pub(super) fn caller_name(der: &CertificateDer<'_>) -> Option<CallerName> {
    let certificate = Certificate::from_der(der).ok()?.tbs_certificate;
    let attributes = certificate
        .subject
        .0
        .iter()
        .flat_map(|names| names.0.iter());
    let mut common = attributes.filter(|attribute| attribute.oid == rfc4519::COMMON_NAME);
    let name = if let Some(name) = common.next() {
        std::str::from_utf8(name.value.value()).ok()?.to_owned()
    } else {
        let (_is_critical, names) = certificate.get::<SubjectAltName>().ok()??;
        names.0.iter().find_map(dns_name)?
    };
    let name = CallerName::parse(&name).ok()?;
    (!name.is_reserved()).then_some(name)
}

fn dns_name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.as_str().to_owned()),
        GeneralName::OtherName(_)
        | GeneralName::Rfc822Name(_)
        | GeneralName::DirectoryName(_)
        | GeneralName::EdiPartyName(_)
        | GeneralName::UniformResourceIdentifier(_)
        | GeneralName::IpAddress(_)
        | GeneralName::RegisteredId(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, SanType};

    use super::*;

    fn certificate(common: Option<&str>, names: &[&str]) -> CertificateDer<'static> {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name = DistinguishedName::new();
        if let Some(common) = common {
            params.distinguished_name.push(DnType::CommonName, common);
        }
        params.subject_alt_names = names
            .iter()
            .map(|name| match name.split_once("://") {
                Some(_url) => SanType::URI((*name).try_into().unwrap()),
                None => SanType::DnsName((*name).try_into().unwrap()),
            })
            .collect();
        params.not_before = rcgen::date_time_ymd(2026, 1, 2);
        params.not_after = rcgen::date_time_ymd(2027, 1, 2);
        let key = KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().clone()
    }

    #[test]
    fn a_client_is_named_by_its_common_name_or_its_first_dns_name() {
        let spiffe = "spiffe://cluster.local/ns/default/sa/edge";
        let long = "edge.gateways.svc.cluster.local.example";
        for (common, names, expected) in [
            (Some("edge-1"), &["edge.example"][..], Some("edge-1")),
            (
                None,
                &[spiffe, "edge.example", "other"],
                Some("edge.example"),
            ),
            (None, &[spiffe], None),
            (None, &[], None),
            (Some(""), &["edge.example"], None),
            (Some("Edge Gateway"), &["edge.example"], None),
            (Some(long), &[], None),
            (Some("github"), &[], None),
        ] {
            let name = caller_name(&certificate(common, names));
            let name = name.as_ref().map(CallerName::as_str);
            assert_eq!(name, expected, "{common:?} {names:?}");
        }
        assert_eq!(caller_name(&CertificateDer::from(vec![1, 2])), None);
    }

    #[test]
    fn a_certificate_says_when_it_is_valid() {
        let validity = Validity::of(&certificate(None, &[])).unwrap();
        assert_eq!(validity.begin.to_string(), "2026-01-02T00:00:00Z");
        assert_eq!(validity.end.to_string(), "2027-01-02T00:00:00Z");
    }
}
