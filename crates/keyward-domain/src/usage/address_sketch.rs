use std::fmt;
use std::net::IpAddr;

use crate::caller::origin::ClientAddress;

/// Estimates how many distinct addresses there were, in 64 bits.
///
/// Each address sets one bit by its hash, so sketches of several nodes and hours are merged by OR.
/// The estimate is by linear counting (Whang et al., 1990): exact for one address, and about 15 %
/// off for many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AddressSketch(u64);

impl AddressSketch {
    /// The largest estimate. More addresses can't be told apart.
    pub const ESTIMATE_MAX: u32 = 250;

    /// The sketch of one address; empty without one.
    #[must_use]
    pub fn of(address: Option<ClientAddress>) -> Self {
        Self(address.map_or(0, |address| 1 << place(address.ip())))
    }

    /// Restores a sketch from its stored bits.
    #[must_use]
    pub fn from_bits(bits: i64) -> Self {
        Self(u64::from_ne_bytes(bits.to_ne_bytes()))
    }

    /// The bits to store.
    #[must_use]
    pub fn bits(self) -> i64 {
        i64::from_ne_bytes(self.0.to_ne_bytes())
    }

    /// Parses the text of [`Display`](fmt::Display): 16 hexadecimal digits in lower case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
        let is_text = text.len() == 16 && text.bytes().all(is_digit);
        let bits = u64::from_str_radix(text, 16).ok().filter(|_| is_text);
        bits.map(Self)
    }

    /// The addresses of both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// About how many distinct addresses there were, at most [`ESTIMATE_MAX`](Self::ESTIMATE_MAX).
    #[must_use]
    pub fn estimate(self) -> u32 {
        // The rounded estimate -64 ln(z / 64) for z bits that are not set.
        const ESTIMATES: [u32; 65] = [
            250, 250, 222, 196, 177, 163, 151, 142, 133, 126, 119, 113, 107, 102, 97, 93, 89, 85,
            81, 78, 74, 71, 68, 65, 63, 60, 58, 55, 53, 51, 48, 46, 44, 42, 40, 39, 37, 35, 33, 32,
            30, 28, 27, 25, 24, 23, 21, 20, 18, 17, 16, 15, 13, 12, 11, 10, 9, 7, 6, 5, 4, 3, 2, 1,
            0,
        ];
        let unset = usize::try_from(self.0.count_zeros()).unwrap_or(0);
        let estimate = ESTIMATES.get(unset).copied();
        estimate.unwrap_or(Self::ESTIMATE_MAX)
    }
}

/// All bits as a number, for a node or a guard (contract §10).
impl fmt::Display for AddressSketch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The bit of an address, from 0 to 63. It must be the same on all nodes, in all releases.
fn place(ip: IpAddr) -> u32 {
    let bytes = match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    };
    // The remainder of the CRC alone would spread neighbours too evenly. The first six bits of the
    // product are as good as random.
    let product = crc32fast::hash(&bytes).wrapping_mul(0x9E37_79B1);
    let mixed = (product ^ (product >> 15)).wrapping_mul(0x85EB_CA77);
    mixed >> 26
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(addresses: impl Iterator<Item = u32>) -> AddressSketch {
        let of = |bits| {
            AddressSketch::of(Some(ClientAddress::vouched_for(IpAddr::V4(
                std::net::Ipv4Addr::from_bits(bits),
            ))))
        };
        addresses.fold(AddressSketch::default(), |all, address| all.or(of(address)))
    }

    #[test]
    fn every_estimate_is_the_formulas() {
        for set in 0..=64_u32 {
            let bits = if set == 64 { u64::MAX } else { (1 << set) - 1 };
            let unset = f64::from(64 - set);
            let formula = (-64.0 * (unset / 64.0).ln()).round().min(250.0);
            let estimate = f64::from(AddressSketch(bits).estimate());
            assert!(
                (estimate - formula).abs() < 0.5,
                "{set}: {estimate}, not {formula}"
            );
        }
    }

    #[test]
    fn no_address_and_one_are_exact() {
        assert_eq!(AddressSketch::of(None).estimate(), 0);
        assert_eq!(sketch([7, 7, 7].into_iter()).estimate(), 1);
    }

    #[test]
    fn all_sixty_four_places_are_used() {
        assert_eq!(sketch(0..4_000).estimate(), AddressSketch::ESTIMATE_MAX);
    }

    /// Stored sketches and guards in other languages depend on these values (contract §10).
    #[test]
    fn the_bit_of_an_address_never_changes() {
        for (address, bits) in [
            ("203.0.113.7", "0000000002000000"),
            ("10.0.0.1", "0000000000000004"),
            ("2001:db8::7", "0000000000040000"),
        ] {
            let ip: IpAddr = address.parse().unwrap();
            let sketch = AddressSketch::of(Some(ClientAddress::vouched_for(ip)));
            assert_eq!(sketch.to_string(), bits, "{address}");
            assert_eq!(AddressSketch::parse(bits), Some(sketch));
        }
        for text in [
            "",
            "1",
            "+000000000000001",
            "000000000000000G",
            "00000000000000000",
            "000000000000000A",
        ] {
            assert_eq!(AddressSketch::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_stored_sketch_is_the_same() {
        let all = sketch(0..30);
        assert_eq!(AddressSketch::from_bits(all.bits()), all);
        assert_eq!(AddressSketch::from_bits(-1).estimate(), 250);
    }

    /// Within four standard deviations of linear counting.
    #[test]
    fn neighbours_are_counted_well_enough() {
        for first in [
            [10, 0, 0, 0],
            [100, 64, 0, 0],
            [172, 16, 0, 0],
            [192, 168, 1, 0],
            [198, 51, 100, 0],
            [203, 0, 113, 0],
        ] {
            let first = u32::from_be_bytes(first);
            for count in 1..=150 {
                let estimate = f64::from(sketch(first..first + count).estimate());
                let (count, slots) = (f64::from(count), 64.0);
                let load: f64 = count / slots;
                let deviation = (slots * (load.exp() - load - 1.0)).sqrt();
                let error = (estimate - count).abs();
                assert!(error <= 4.0 * deviation + 1.0, "{estimate} for {count}");
            }
        }
    }
}
