mod meant;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnetwork::{IpNetwork, Ipv4Network, Ipv6Network};

use self::meant::surely_meant;

/// The maximum number of IP rules of a key.
pub const IP_RULES_MAX: usize = 100;

/// One address or CIDR block from which a key may be used (contract §1).
///
/// Always canonical: no host bits, never a whole address family, and IPv4 for IPv4-mapped IPv6 (RFC
/// 4291, section 2.5.5.2). `Display` writes the canonical text: a block of one address as the
/// address alone, IPv6 as in RFC 5952.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IpRule(IpNetwork);

/// Why a text is not an IP rule, with a suggestion where only one rule can be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IpRuleError {
    /// Neither an address nor a CIDR block.
    #[error("not an IP address or CIDR block{}", suggest(.suggestion.as_ref()))]
    Malformed {
        /// The rule that is probably meant, if there is only one.
        suggestion: Option<IpRule>,
    },
    /// A prefix that is not a plain decimal number within the address's bits.
    #[error("the prefix must be a number from 1 to {bits}{}", suggest(.suggestion.as_ref()))]
    BadPrefix {
        /// How many bits an address of this family has: 32 or 128.
        bits: u8,
        /// The rule that is probably meant, if there is only one.
        suggestion: Option<IpRule>,
    },
    /// A `/0` block. It would be no restriction at all.
    #[error("/0 allows every address; leave the list empty for no restriction")]
    EveryAddress,
    /// Bits set beyond the prefix.
    #[error("bits are set beyond the prefix; did you mean {suggestion}?")]
    HostBitsSet {
        /// The block that contains the address.
        suggestion: IpRule,
    },
}

fn suggest(suggestion: Option<&IpRule>) -> String {
    suggestion.map_or_else(String::new, |rule| format!("; did you mean {rule}?"))
}

impl IpRule {
    /// Parses an address or a CIDR block, strictly: no leading zeros, netmasks, zone ids, brackets
    /// or spaces.
    ///
    /// # Errors
    /// [`IpRuleError`], with a suggestion where only one rule can be meant.
    pub fn parse(text: &str) -> Result<Self, IpRuleError> {
        let malformed = || IpRuleError::Malformed {
            suggestion: surely_meant(text),
        };
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_any| malformed())?;
        let bits = bits_of(address);
        let prefix = match prefix {
            None => bits,
            Some(digits) => parse_prefix(digits, bits).ok_or_else(|| IpRuleError::BadPrefix {
                bits,
                suggestion: surely_meant(text),
            })?,
        };
        Self::canonical(address, prefix).unwrap_or_else(|| Err(malformed()))
    }

    /// `None` when the prefix is longer than the address.
    fn canonical(address: IpAddr, prefix: u8) -> Option<Result<Self, IpRuleError>> {
        let (address, prefix) = unmapped(address, prefix);
        if prefix == 0 {
            return Some(Err(IpRuleError::EveryAddress));
        }
        let network = network_of(address, prefix)?;
        Some(if network.ip() == address {
            Ok(Self(network))
        } else {
            Err(IpRuleError::HostBitsSet {
                suggestion: Self(network),
            })
        })
    }

    /// Restores a rule from a stored network.
    ///
    /// # Errors
    /// [`IpRuleError`] when the network is not canonical. A stored rule always is.
    pub fn from_network(network: IpNetwork) -> Result<Self, IpRuleError> {
        let malformed = IpRuleError::Malformed { suggestion: None };
        Self::canonical(network.ip(), network.prefix()).unwrap_or(Err(malformed))
    }

    /// The rule as a network, to store it.
    #[must_use]
    pub fn network(self) -> IpNetwork {
        self.0
    }

    /// Whether the rule contains `address`. IPv4-mapped IPv6 counts as IPv4.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        self.0.contains(address.to_canonical())
    }
}

impl fmt::Display for IpRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix() == bits_of(self.0.ip()) {
            write!(f, "{}", self.0.ip())
        } else {
            write!(f, "{}/{}", self.0.ip(), self.0.prefix())
        }
    }
}

fn bits_of(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// A plain decimal number from 0 to `bits`, with no sign and no leading zero.
fn parse_prefix(digits: &str, bits: u8) -> Option<u8> {
    let plain = digits.bytes().all(|digit| digit.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'));
    digits
        .parse()
        .ok()
        .filter(|prefix| plain && *prefix <= bits)
}

/// Converts IPv4-mapped IPv6 to the IPv4 block that it stands for.
fn unmapped(address: IpAddr, prefix: u8) -> (IpAddr, u8) {
    match (address.to_canonical(), prefix.checked_sub(96)) {
        (IpAddr::V4(v4), Some(prefix)) if address.is_ipv6() => (IpAddr::V4(v4), prefix),
        (_, _) => (address, prefix),
    }
}

/// The block of `prefix` bits around `address`; `None` when the prefix is out of range.
fn network_of(address: IpAddr, prefix: u8) -> Option<IpNetwork> {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX
                .checked_shl(32_u32.checked_sub(prefix.into())?)
                .unwrap_or(0);
            let base = Ipv4Addr::from_bits(v4.to_bits() & mask);
            Ipv4Network::new(base, prefix).ok().map(IpNetwork::V4)
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX
                .checked_shl(128_u32.checked_sub(prefix.into())?)
                .unwrap_or(0);
            let base = Ipv6Addr::from_bits(v6.to_bits() & mask);
            Ipv6Network::new(base, prefix).ok().map(IpNetwork::V6)
        }
    }
}

/// All IP rules of a key without repeats, in the order of their first occurrence.
///
/// An empty list means no restriction (contract §1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IpAllowlist(Box<[IpRule]>);

impl IpAllowlist {
    /// The rules in order.
    #[must_use]
    pub fn as_slice(&self) -> &[IpRule] {
        &self.0
    }

    /// Whether a call from `address` is allowed. A list with rules does not allow an unknown
    /// address.
    #[must_use]
    pub fn allows(&self, address: Option<IpAddr>) -> bool {
        self.0.is_empty()
            || address.is_some_and(|address| self.0.iter().any(|rule| rule.contains(address)))
    }
}

/// Repeats collapse; the first occurrence keeps its place.
impl FromIterator<IpRule> for IpAllowlist {
    fn from_iter<I: IntoIterator<Item = IpRule>>(rules: I) -> Self {
        let mut list = Vec::new();
        for rule in rules {
            if !list.contains(&rule) {
                list.push(rule);
            }
        }
        Self(list.into_boxed_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rule(text: &str) -> IpRule {
        IpRule::parse(text).unwrap()
    }

    #[test]
    fn ip_rules_are_canonical_on_output() {
        let check = |text: &str, want: &str| assert_eq!(rule(text).to_string(), want, "{text}");
        check("192.168.1.100", "192.168.1.100");
        check("192.168.1.100/32", "192.168.1.100");
        check("192.168.1.0/24", "192.168.1.0/24");
        check("2001:DB8::0/32", "2001:db8::/32");
        check("2001:db8:0:0:0:0:0:1", "2001:db8::1");
        check("::ffff:10.0.0.1", "10.0.0.1");
        check("::ffff:10.0.0.0/104", "10.0.0.0/8");
        check("::1", "::1");
        check("0.0.0.0/1", "0.0.0.0/1");
    }

    #[test]
    fn what_is_no_ip_rule_says_what_was_meant() {
        let check = |text: &str, want: &str| {
            assert_eq!(IpRule::parse(text).unwrap_err().to_string(), want, "{text}");
        };
        let malformed = "not an IP address or CIDR block";
        check(
            "1.2.3.4/24",
            "bits are set beyond the prefix; did you mean 1.2.3.0/24?",
        );
        check(
            "2001:db8::1/32",
            "bits are set beyond the prefix; did you mean 2001:db8::/32?",
        );
        check(
            "::ffff:10.0.0.1/104",
            "bits are set beyond the prefix; did you mean 10.0.0.0/8?",
        );
        for text in ["0.0.0.0/0", "::/0", "::ffff:0.0.0.0/96", "1.2.3.4/0"] {
            check(
                text,
                "/0 allows every address; leave the list empty for no restriction",
            );
        }
        check("1.2.3.4/33", "the prefix must be a number from 1 to 32");
        check("::1/129", "the prefix must be a number from 1 to 128");
        check("1.2.3.0/", "the prefix must be a number from 1 to 32");
        check("1.2.3.0/-1", "the prefix must be a number from 1 to 32");
        check(
            "1.2.3.0/024",
            "the prefix must be a number from 1 to 32; did you mean 1.2.3.0/24?",
        );
        check(
            "1.2.3.0/+24",
            "the prefix must be a number from 1 to 32; did you mean 1.2.3.0/24?",
        );
        check(
            "1.2.3.4/255.255.255.0",
            "the prefix must be a number from 1 to 32; did you mean 1.2.3.0/24?",
        );
        check(
            "1.2.3.0/255.0.255.0",
            "the prefix must be a number from 1 to 32",
        );
        check(
            " 1.2.3.4",
            "not an IP address or CIDR block; did you mean 1.2.3.4?",
        );
        check(
            "[::1]",
            "not an IP address or CIDR block; did you mean ::1?",
        );
        for text in [
            "",
            "/",
            "01.2.3.4",
            "1.2.3",
            "1.2.3.4.5",
            "256.1.1.1",
            "fe80::1%eth0",
            "1.2.3.4-1.2.3.9",
            "example.com",
            "1.2.3.0 /24x",
            "*",
            "any",
            "0x7f.0.0.1",
            "::ffff:1.2.3.256",
        ] {
            check(text, malformed);
        }
    }

    #[test]
    fn an_empty_allowlist_restricts_nothing() {
        assert!(IpAllowlist::default().allows(None));
        assert!(IpAllowlist::default().allows(Some(IpAddr::V4(Ipv4Addr::LOCALHOST))));
    }

    #[test]
    fn with_rules_an_unknown_address_is_refused() {
        let list: IpAllowlist = [rule("10.0.0.0/8")].into_iter().collect();
        assert!(!list.allows(None));
        assert!(list.allows(Some("10.1.2.3".parse().unwrap())));
        assert!(list.allows(Some("::ffff:10.1.2.3".parse().unwrap())));
        assert!(!list.allows(Some("11.0.0.1".parse().unwrap())));
        assert!(!list.allows(Some("::a01:203".parse().unwrap())));
    }

    #[test]
    fn repeated_ip_rules_collapse_after_canonicalization() {
        let list: IpAllowlist = [
            "10.0.0.1",
            "::ffff:10.0.0.1",
            "2001:DB8::/32",
            "10.0.0.1/32",
            "2001:db8:0::/32",
        ]
        .into_iter()
        .map(rule)
        .collect();
        assert_eq!(list.as_slice(), [rule("10.0.0.1"), rule("2001:db8::/32")]);
    }

    /// Compares the first `prefix` bits one by one: slow, but obviously correct.
    fn naive_contains(base: &[u8], prefix: usize, address: &[u8]) -> bool {
        let bit = |bytes: &[u8], at: usize| bytes[at / 8] >> (7 - at % 8) & 1;
        base.len() == address.len() && (0..prefix).all(|at| bit(base, at) == bit(address, at))
    }

    proptest! {
        #[test]
        fn v4_rules_agree_with_the_naive_model(base: u32, prefix in 1..=32_u8, flip in 0..32_u32, other: u32) {
            let base = base & (u32::MAX << (32 - prefix));
            let text = format!("{}/{prefix}", Ipv4Addr::from_bits(base));
            for address in [base, base ^ (1 << flip), other] {
                let ip = Ipv4Addr::from_bits(address);
                let want = naive_contains(&base.to_be_bytes(), prefix.into(), &ip.octets());
                prop_assert_eq!(rule(&text).contains(ip.into()), want);
                prop_assert_eq!(rule(&text).contains(ip.to_ipv6_mapped().into()), want);
            }
        }

        #[test]
        fn v6_rules_agree_with_the_naive_model(base: u128, prefix in 1..=128_u8, flip in 0..128_u32, other: u128) {
            let base = base & (u128::MAX << (128 - prefix));
            prop_assume!(base >> 32 != 0xFFFF);
            let text = format!("{}/{prefix}", Ipv6Addr::from_bits(base));
            for address in [base, base ^ (1 << flip), other] {
                let ip = Ipv6Addr::from_bits(address);
                prop_assume!(ip.to_ipv4_mapped().is_none());
                let want = naive_contains(&base.to_be_bytes(), prefix.into(), &ip.octets());
                prop_assert_eq!(rule(&text).contains(ip.into()), want);
            }
        }

        #[test]
        fn ip_rules_round_trip(address: IpAddr, prefix in 1..=128_u8) {
            let prefix = prefix.min(bits_of(address));
            let parsed = match IpRule::parse(&format!("{address}/{prefix}")) {
                Ok(rule) | Err(IpRuleError::HostBitsSet { suggestion: rule }) => rule,
                Err(IpRuleError::EveryAddress) => return Ok(()),
                Err(other) => return Err(TestCaseError::fail(other.to_string())),
            };
            prop_assert_eq!(IpRule::parse(&parsed.to_string()), Ok(parsed));
            prop_assert_eq!(IpRule::from_network(parsed.network()), Ok(parsed));
        }

        #[test]
        fn any_text_is_read_without_panic(text in "[0-9a-f.:/%\\[\\] ]{0,44}") {
            let _ = IpRule::parse(&text);
        }
    }
}
