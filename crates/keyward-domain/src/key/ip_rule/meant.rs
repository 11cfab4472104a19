//! Suggests the rule that was probably meant by an invalid text: one with extra characters from
//! copying, or one in another notation. There is no suggestion when several rules could be meant.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{IpRule, bits_of, network_of, unmapped};

/// The suggestion; `None` when no rule, or more than one, could be meant.
pub(super) fn surely_meant(text: &str) -> Option<IpRule> {
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let plain = visible.trim_matches(is_around);
    let (address, prefix) = match plain.split_once('/') {
        None => {
            let address = address(plain).or_else(|| address_with_port(plain))?;
            (address, bits_of(address))
        }
        Some((written, digits)) => {
            let address = address(written.trim_end())?;
            (address, prefix(address, digits.trim_start())?)
        }
    };
    let (address, prefix) = unmapped(address, prefix);
    if prefix == 0 {
        return None;
    }
    network_of(address, prefix).map(IpRule)
}

/// Characters that are invisible on a screen but are copied with the text.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        // Soft hyphen, zero-width space and joiners, direction marks, word joiner, byte order mark.
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}'
    )
}

/// Characters that surround an entry in a list.
fn is_around(character: char) -> bool {
    character.is_whitespace() || matches!(character, ',' | ';' | '"' | '\'' | '`')
}

/// An address, or an IPv6 address in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bracketed = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match bracketed {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => text.parse().ok(),
    }
}

/// An address with a port, which a rule can't have. `None` when the number could also be a prefix
/// after a wrong separator.
fn address_with_port(text: &str) -> Option<IpAddr> {
    let (host, port) = text.rsplit_once(':')?;
    let is_plain = port.bytes().all(|digit| digit.is_ascii_digit()) && !port.starts_with('0');
    let port: u16 = port.parse().ok().filter(|_port| is_plain)?;
    match host.parse::<Ipv4Addr>() {
        Ok(v4) => (port > 32).then_some(IpAddr::V4(v4)),
        Err(_no_ipv4) if host.starts_with('[') => address(host),
        Err(_no_ipv4) => None,
    }
}

/// A prefix length, perhaps written as a netmask, or with a sign or leading zeros.
fn prefix(address: IpAddr, digits: &str) -> Option<u8> {
    if let (IpAddr::V4(_), Ok(mask)) = (address, digits.parse::<Ipv4Addr>()) {
        let ones = mask.to_bits().leading_ones();
        let is_contiguous = mask.to_bits().count_ones() == ones;
        return u8::try_from(ones).ok().filter(|_ones| is_contiguous);
    }
    let number = digits.strip_prefix('+').unwrap_or(digits);
    let is_plain = number.bytes().all(|digit| digit.is_ascii_digit());
    number
        .parse()
        .ok()
        .filter(|prefix| is_plain && *prefix <= bits_of(address))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn meant(text: &str) -> Option<String> {
        let error = IpRule::parse(text).expect_err(text);
        let told = error.to_string();
        let (_, rest) = told.split_once("did you mean ")?;
        Some(rest.trim_end_matches('?').to_owned())
    }

    #[test]
    fn what_comes_along_when_a_list_is_pasted_is_no_part_of_the_rule() {
        for (text, rule) in [
            ("10.0.0.0 /8", "10.0.0.0/8"),
            ("10.0.0.0/ 8", "10.0.0.0/8"),
            ("10.0.0.0 / 8", "10.0.0.0/8"),
            ("10.0.0.0/8 ", "10.0.0.0/8"),
            ("10.0.0.0/8\t", "10.0.0.0/8"),
            ("10.0.0.0/8,", "10.0.0.0/8"),
            ("10.0.0.1;", "10.0.0.1"),
            ("\"10.0.0.1\",", "10.0.0.1"),
            ("'2001:db8::/32'", "2001:db8::/32"),
            (" 10.0.0.1\r\n", "10.0.0.1"),
            ("\u{200B}10.0.0.1", "10.0.0.1"),
            ("10.0.0.1\u{200B}", "10.0.0.1"),
            ("10.0.0.0/8\u{200B}", "10.0.0.0/8"),
            ("10.0.\u{200B}0.0/8", "10.0.0.0/8"),
            ("\u{FEFF}10.0.0.1", "10.0.0.1"),
            ("10.0.0.1\u{A0}", "10.0.0.1"),
            ("\u{3000}10.0.0.1", "10.0.0.1"),
            ("10.0.0.0\u{A0}/8", "10.0.0.0/8"),
            (" 1.2.3.4/24", "1.2.3.0/24"),
        ] {
            assert_eq!(meant(text).as_deref(), Some(rule), "{text:?}");
        }
    }

    #[test]
    fn what_an_address_has_in_a_url_is_no_part_of_the_rule() {
        for (text, rule) in [
            ("[::1]", "::1"),
            ("[::1]:443", "::1"),
            ("[2001:db8::1]:8080", "2001:db8::1"),
            ("[2001:db8::]/32", "2001:db8::/32"),
            ("[::ffff:10.0.0.1]:80", "10.0.0.1"),
            ("10.0.0.1:443", "10.0.0.1"),
            ("10.0.0.1:65535", "10.0.0.1"),
            ("10.0.0.1:8080,", "10.0.0.1"),
        ] {
            assert_eq!(meant(text).as_deref(), Some(rule), "{text:?}");
        }
    }

    #[test]
    fn ambiguous_text_gets_no_suggestion() {
        for text in [
            // Either a port, or a prefix after a wrong separator.
            "10.0.0.0:8",
            "10.0.0.0:32",
            "10.0.0.1:0",
            "10.0.0.1:080",
            "10.0.0.1:65536",
            "10.0.0.1:",
            "10.0.0.1:http",
            "10.0.0.0/8:443",
            "[::1]:443/64",
            "[::1]:",
            "[::1]443",
            // Perhaps a part of a longer address.
            "::1]",
            "[::1",
            "]::1[",
            "[[::1]]",
            "[10.0.0.1]",
            "[]",
            "10.0.0",
            "010.0.0.1",
            "10.0.0.1 10.0.0.2",
            "10.0.0.1,10.0.0.2",
            "10.0.0.0/8/8",
            "10.0.0.0/8 8",
            "10.0.0.0/++8",
            "10.0.0.0/0.0.0.255",
            "10.0.0.0/+0",
            "10.0.0.0/00",
            "10.0.0.0/33",
            "10. 0.0.1",
            "\u{202E}10.0.0.1",
            "fe80::1%eth0",
            "",
            " ",
            "/",
            ",",
        ] {
            assert_eq!(meant(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_prefix_may_be_a_netmask_or_have_a_sign_or_zeros() {
        for (text, rule) in [
            ("1.2.3.4/255.255.255.0", "1.2.3.0/24"),
            ("1.2.3.4/255.255.255.255", "1.2.3.4"),
            ("1.2.3.0 /255.255.255.0", "1.2.3.0/24"),
            ("1.2.3.0/024", "1.2.3.0/24"),
            ("1.2.3.0/+24", "1.2.3.0/24"),
            ("2001:db8::/032", "2001:db8::/32"),
        ] {
            assert_eq!(meant(text).as_deref(), Some(rule), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_hint_is_a_rule_and_never_another_address(
            before in "[ ,;\"'\u{200B}\u{FEFF}]{0,3}",
            address: IpAddr,
            after in "[ ,;\"'\u{200B}\u{FEFF}]{0,3}",
            port in 129..=u16::MAX,
        ) {
            prop_assume!(!before.is_empty() || !after.is_empty());
            let want = IpRule::parse(&address.to_string()).unwrap().to_string();
            let around = format!("{before}{address}{after}");
            prop_assert_eq!(meant(&around), Some(want.clone()));
            let socket = std::net::SocketAddr::new(address, port);
            let around = format!("{before}{socket}{after}");
            prop_assert_eq!(meant(&around), Some(want));
        }

        #[test]
        fn any_text_has_a_hint_or_none(text in "[0-9a-f.:/+ \\[\\],\u{200B}]{0,24}") {
            if let Some(hint) = surely_meant(&text) {
                prop_assert_eq!(IpRule::parse(&hint.to_string()), Ok(hint));
            }
        }
    }
}
