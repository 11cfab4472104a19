use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use ipnetwork::IpNetwork;
use keyward_domain::ClientAddress;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// From where a call really came: the peer, or, when the peer is a trusted proxy, the nearest hop
/// of `X-Forwarded-For` that is none. Each proxy writes its hop at the right end; what stands left
/// of the first untrusted hop is whatever that one wrote.
///
/// `None` only where there is no peer. A hop that is no address ends the trail: the last address
/// that is known answers for it.
pub(crate) fn client_address(
    peer: Option<SocketAddr>,
    headers: &HeaderMap,
    trusted_proxies: &[IpNetwork],
) -> Option<ClientAddress> {
    let is_trusted = |address: IpAddr| {
        trusted_proxies
            .iter()
            .any(|proxies| proxies.contains(address))
    };
    let mut address = peer?.ip().to_canonical();
    let fields: Vec<&[u8]> = headers
        .get_all(X_FORWARDED_FOR)
        .map(HeaderValue::as_bytes)
        .collect();
    let mut hops = fields
        .iter()
        .rev()
        .flat_map(|field| field.rsplit(|byte| *byte == b','));
    while is_trusted(address) {
        match hops.next().and_then(parse_hop) {
            Some(hop) => address = hop,
            None => break,
        }
    }
    Some(ClientAddress::vouched_for(address))
}

/// An address, with or without a port.
fn parse_hop(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim();
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    let address = bare
        .parse()
        .or_else(|_| text.parse().map(|with_port: SocketAddr| with_port.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(peer: &str, fields: &[&[u8]], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(X_FORWARDED_FOR, HeaderValue::from_bytes(field).unwrap());
        }
        let trusted: Vec<IpNetwork> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        let peer = SocketAddr::new(peer.parse().unwrap(), 50_000);
        let found = client_address(Some(peer), &headers, &trusted).unwrap();
        found.ip().to_string()
    }

    #[test]
    fn a_client_is_not_believed_about_itself() {
        let spoofed: &[&[u8]] = &[b"203.0.113.7"];
        assert_eq!(address("198.51.100.1", spoofed, &[]), "198.51.100.1");
        assert_eq!(
            address("198.51.100.1", spoofed, &["10.0.0.0/8"]),
            "198.51.100.1"
        );
        assert_eq!(address("::ffff:198.51.100.1", &[], &[]), "198.51.100.1");
        assert!(client_address(None, &HeaderMap::new(), &[]).is_none());
    }

    #[test]
    fn the_rightmost_untrusted_hop_is_the_client() {
        let check = |fields: &[&[u8]], want: &str| {
            let got = address("10.0.0.1", fields, &["10.0.0.0/8", "2001:db8::/32"]);
            assert_eq!(got, want, "{fields:?}");
        };
        check(&[], "10.0.0.1");
        check(&[b"203.0.113.7"], "203.0.113.7");
        check(&[b"6.6.6.6, 203.0.113.7"], "203.0.113.7");
        check(&[b"6.6.6.6, 203.0.113.7, 10.1.2.3"], "203.0.113.7");
        check(&[b"6.6.6.6", b"203.0.113.7,10.1.2.3"], "203.0.113.7");
        check(&[b"203.0.113.7", b"2001:db8::5"], "203.0.113.7");
        check(&[b"::ffff:203.0.113.7"], "203.0.113.7");
        check(&[b"203.0.113.7:4711"], "203.0.113.7");
        check(&[b"[2001:4860::1]:4711"], "2001:4860::1");
        check(&[b"[2001:4860::1]"], "2001:4860::1");
        check(&[b"10.9.9.9, 10.1.2.3"], "10.9.9.9");
    }

    #[test]
    fn a_hop_that_is_no_address_ends_the_trail() {
        let check = |fields: &[&[u8]], want: &str| {
            assert_eq!(
                address("10.0.0.1", fields, &["10.0.0.0/8"]),
                want,
                "{fields:?}"
            );
        };
        check(&[b"203.0.113.7, unknown"], "10.0.0.1");
        check(&[b"203.0.113.7, unknown, 10.1.2.3"], "10.1.2.3");
        check(&[b"203.0.113.7,"], "10.0.0.1");
        check(&[b"\xFF"], "10.0.0.1");
        check(&[b""], "10.0.0.1");
    }

    proptest! {
        #[test]
        fn any_field_is_read_without_panic(field in proptest::collection::vec(any::<u8>(), 0..60)) {
            if HeaderValue::from_bytes(&field).is_ok() {
                address("10.0.0.1", &[&field], &["10.0.0.0/8"]);
            }
        }
    }
}
