//! Fixed-width base62 over `0-9A-Za-z`.
//!
//! The alphabet is in ASCII order, so texts of the same width sort like their numbers.

use std::fmt;

use uuid::Uuid;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The longest number that is written has 256 bits.
const LIMBS_MAX: usize = 8;

/// So many digits are divided off at once. Their values must fit into a limb.
const GROUP_DIGITS: usize = 5;
const GROUP_VALUES: u64 = 62_u64.pow(5);

/// Writes the big-endian number `bytes`, at most 32 of them, into `digits`, most significant first.
///
/// `digits` must be wide enough for every number of that many bytes; digits that do not fit are
/// lost.
pub(crate) fn encode(bytes: &[u8], digits: &mut [u8]) {
    // 32-bit limbs need a quarter of the divisions that bytes would need.
    let mut limbs = [0_u32; LIMBS_MAX];
    let chunks = bytes.rchunks(4).rev();
    let count = chunks.len();
    for (limb, chunk) in limbs.iter_mut().zip(chunks) {
        let add = |number, byte: &u8| (number << 8) | u32::from(*byte);
        *limb = chunk.iter().fold(0, add);
    }
    let quotient = limbs.get_mut(..count).unwrap_or_default();
    for group in digits.rchunks_mut(GROUP_DIGITS) {
        let mut remainder = 0_u64;
        for limb in quotient.iter_mut() {
            let value = (remainder << 32) | u64::from(*limb);
            // When the remainder is below the divisor, the quotient fits into 32 bits.
            *limb = u32::try_from(value / GROUP_VALUES).unwrap_or(u32::MAX);
            remainder = value % GROUP_VALUES;
        }
        for digit in group.iter_mut().rev() {
            let at = usize::try_from(remainder % 62).unwrap_or(0);
            *digit = ALPHABET.get(at).copied().unwrap_or(b'0');
            remainder /= 62;
        }
    }
    zeroize::Zeroize::zeroize(&mut limbs);
}

/// Parses `digits` as a 128-bit number; `None` for an invalid digit or a number that is too big.
pub(crate) fn decode_u128(digits: &[u8]) -> Option<u128> {
    digits.iter().try_fold(0_u128, |number, digit| {
        let value = ALPHABET.iter().position(|letter| letter == digit)?;
        number
            .checked_mul(62)?
            .checked_add(u128::try_from(value).ok()?)
    })
}

/// Every UUID has so many digits.
pub(crate) const UUID_DIGITS: usize = 22;

/// Parses all 22 digits of a UUID.
pub(crate) fn decode_uuid(digits: &str) -> Option<Uuid> {
    let is_whole = digits.len() == UUID_DIGITS;
    let number = decode_u128(digits.as_bytes()).filter(|_number| is_whole);
    number.map(Uuid::from_u128)
}

/// Writes the 22 digits of a UUID.
pub(crate) fn write_uuid(uuid: Uuid, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut digits = [0; UUID_DIGITS];
    encode(uuid.as_bytes(), &mut digits);
    // Always ASCII.
    f.write_str(std::str::from_utf8(&digits).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(bytes: &[u8], width: usize) -> String {
        let mut digits = vec![0; width];
        encode(bytes, &mut digits);
        String::from_utf8(digits).unwrap()
    }

    #[test]
    fn known_values() {
        assert_eq!(encoded(&0_u128.to_be_bytes(), 22), "0".repeat(22));
        assert_eq!(encoded(&61_u32.to_be_bytes(), 6), "00000z");
        assert_eq!(encoded(&62_u32.to_be_bytes(), 6), "000010");
        assert_eq!(
            encoded(&u128::MAX.to_be_bytes(), 22),
            "7n42DGM5Tflk9n8mt7Fhc7"
        );
        assert_eq!(decode_u128(b"zzzzzzzzzzzzzzzzzzzzzz"), None);
        assert_eq!(decode_u128(b"00000000000000000000-0"), None);
    }

    proptest! {
        #[test]
        fn round_trips(number: u128) {
            let text = encoded(&number.to_be_bytes(), 22);
            prop_assert_eq!(decode_u128(text.as_bytes()), Some(number));
        }

        #[test]
        fn sorts_as_numbers(a: u128, b: u128) {
            let text = |n: u128| encoded(&n.to_be_bytes(), 22);
            prop_assert_eq!(text(a).cmp(&text(b)), a.cmp(&b));
        }
    }
}
