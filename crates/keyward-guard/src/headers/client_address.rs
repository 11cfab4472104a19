use std::net::{IpAddr, SocketAddr};

use ipnetwork::IpNetwork;
use keyward_domain::ClientAddress;

use super::fields::{FieldName, HeaderFields};
use super::single_header::SingleHeader;

/// The address of the client that made a request. IP rules are checked against it.
///
/// It is the peer of the connection. If the peer is a trusted proxy, it is the rightmost hop in
/// `X-Forwarded-For` that is not a trusted proxy: each proxy appends the address of its own peer,
/// so an untrusted hop can have written everything to its left.
///
/// Returns `None` only without a peer. When a hop is not an address, the search stops, and the last
/// address found is returned.
#[must_use]
pub fn client_address(
    peer: Option<SocketAddr>,
    headers: &impl HeaderFields,
    trusted_proxies: &[IpNetwork],
) -> Option<ClientAddress> {
    let nearest = peer?.ip().to_canonical();
    let fields: Vec<&[u8]> = headers.fields(FieldName::XForwardedFor).collect();
    Some(first_untrusted(nearest, hops(&fields), trusted_proxies))
}

/// The address of the client of a call that a gateway asks about. The peer is the gateway, so the
/// search starts at the last hop, which the gateway has written. Returns `None` when that is
/// missing or not an address.
#[must_use]
pub fn forwarded_address(
    headers: &impl HeaderFields,
    trusted_proxies: &[IpNetwork],
) -> Option<ClientAddress> {
    let fields: Vec<&[u8]> = headers.fields(FieldName::XForwardedFor).collect();
    let mut hops = hops(&fields);
    let nearest = hops.next().and_then(parse_hop)?;
    Some(first_untrusted(nearest, hops, trusted_proxies))
}

/// The address in `X-Real-IP`, which nginx sets; `None` when it is missing, repeated, or not an
/// address.
#[must_use]
pub fn real_ip(headers: &impl HeaderFields) -> Option<ClientAddress> {
    match SingleHeader::of(headers.fields(FieldName::XRealIp)) {
        SingleHeader::Value(value) => parse_hop(value).map(ClientAddress::vouched_for),
        SingleHeader::Absent | SingleHeader::Repeated => None,
    }
}

/// The hops in reverse order, from the last one to the first.
fn hops<'a>(fields: &'a [&'a [u8]]) -> impl Iterator<Item = &'a [u8]> {
    let fields = fields.iter().rev();
    fields.flat_map(|field| field.rsplit(|byte| *byte == b','))
}

fn first_untrusted<'a>(
    nearest: IpAddr,
    mut further: impl Iterator<Item = &'a [u8]>,
    trusted_proxies: &[IpNetwork],
) -> ClientAddress {
    let is_trusted = |address: IpAddr| {
        trusted_proxies
            .iter()
            .any(|proxies| proxies.contains(address))
    };
    let mut address = nearest;
    while is_trusted(address) {
        match further.next().and_then(parse_hop) {
            Some(hop) => address = hop,
            None => break,
        }
    }
    ClientAddress::vouched_for(address)
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
    use crate::testing::Headers;

    fn forwarded_for(fields: &[&[u8]]) -> Headers {
        Headers::of(
            fields
                .iter()
                .map(|value| (FieldName::XForwardedFor, *value)),
        )
    }

    fn address(peer: &str, fields: &[&[u8]], trusted: &[&str]) -> String {
        let trusted: Vec<IpNetwork> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        let peer = SocketAddr::new(peer.parse().unwrap(), 50_000);
        let found = client_address(Some(peer), &forwarded_for(fields), &trusted).unwrap();
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
        assert!(client_address(None, &forwarded_for(spoofed), &[]).is_none());
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

    #[test]
    fn a_gateway_is_believed_for_the_nearest_hop_and_its_client_for_none() {
        let trusted: Vec<IpNetwork> = vec!["10.0.0.0/8".parse().unwrap()];
        let check = |fields: &[&str], want: Option<&str>| {
            let bytes: Vec<&[u8]> = fields.iter().map(|field| field.as_bytes()).collect();
            let found = forwarded_address(&forwarded_for(&bytes), &trusted);
            let found = found.map(|address| address.ip().to_string());
            assert_eq!(found.as_deref(), want, "{fields:?}");
        };
        check(&["203.0.113.7"], Some("203.0.113.7"));
        check(&["192.168.1.7, 203.0.113.7"], Some("203.0.113.7"));
        check(&["192.168.1.7", "203.0.113.7"], Some("203.0.113.7"));
        check(&["192.168.1.7, 203.0.113.7, 10.1.1.1"], Some("203.0.113.7"));
        check(&["10.1.1.1"], Some("10.1.1.1"));
        check(&["192.168.1.7, unknown"], None);
        check(&["192.168.1.7,"], None);
        check(&[""], None);
        check(&[], None);
    }

    #[test]
    fn x_real_ip_must_be_exactly_one_address() {
        let check = |fields: &[&str], want: Option<&str>| {
            let fields = fields.iter().map(|field| field.as_bytes());
            let headers = Headers::of(fields.map(|value| (FieldName::XRealIp, value)));
            let found = real_ip(&headers).map(|address| address.ip().to_string());
            assert_eq!(found.as_deref(), want, "{headers:?}");
        };
        check(&["203.0.113.7"], Some("203.0.113.7"));
        check(&["::ffff:203.0.113.7"], Some("203.0.113.7"));
        check(&["203.0.113.7", "203.0.113.7"], None);
        check(&["203.0.113.7, 10.0.0.1"], None);
        check(&["unix:"], None);
        check(&[], None);
    }

    proptest! {
        #[test]
        fn any_field_is_read_without_panic(field in proptest::collection::vec(any::<u8>(), 0..60)) {
            address("10.0.0.1", &[&field], &["10.0.0.0/8"]);
        }
    }
}
