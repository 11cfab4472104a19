//! The text that an API key's secret and a service token's secret share: a prefix, 43 base62
//! characters of 256 random bits, and 6 base62 characters of the CRC-32 (IEEE) of everything before.

use zeroize::Zeroizing;

use crate::key::base62;

const ENTROPY_DIGITS: usize = 43;
const CHECKSUM_DIGITS: usize = 6;

/// The largest 256-bit number. Fixed-width base62 texts sort like their numbers, so one comparison
/// with it checks the range.
pub(super) const ENTROPY_MAX: &[u8; ENTROPY_DIGITS] =
    b"yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1";

/// The bytes of a text after a prefix of this many bytes.
pub(crate) const fn length_with(prefix: usize) -> usize {
    prefix + ENTROPY_DIGITS + CHECKSUM_DIGITS
}

/// Writes the text of a secret. `LENGTH` is at least that of [`length_with`] for the prefix; zeros
/// follow the text.
pub(crate) fn secret_text<const LENGTH: usize>(
    prefix: &str,
    entropy: &Zeroizing<[u8; 32]>,
) -> Zeroizing<[u8; LENGTH]> {
    let mut text = Zeroizing::new([0; LENGTH]);
    let (prefix_bytes, rest) = text.split_at_mut(prefix.len());
    prefix_bytes.copy_from_slice(prefix.as_bytes());
    let (digits, _rest) = rest.split_at_mut(ENTROPY_DIGITS);
    base62::encode(entropy.as_ref(), digits);
    let (covered, rest) = text.split_at_mut(prefix.len() + ENTROPY_DIGITS);
    let (checksum, _unused) = rest.split_at_mut(CHECKSUM_DIGITS);
    checksum.copy_from_slice(&checksum_of(covered));
    text
}

/// Whether the characters after the prefix are in range and have the right checksum. The caller
/// checks the prefix itself.
pub(crate) fn is_well_formed(text: &[u8], prefix: usize) -> bool {
    let Some((covered, checksum)) = text.split_last_chunk::<CHECKSUM_DIGITS>() else {
        return false;
    };
    let Some(entropy) = covered.get(prefix..) else {
        return false;
    };
    entropy.len() == ENTROPY_DIGITS
        && entropy.iter().all(u8::is_ascii_alphanumeric)
        && entropy <= ENTROPY_MAX.as_slice()
        && *checksum == checksum_of(covered)
}

/// The CRC-32 (IEEE) of a text in base62.
pub(super) fn checksum_of(covered: &[u8]) -> [u8; CHECKSUM_DIGITS] {
    let mut digits = [0; CHECKSUM_DIGITS];
    base62::encode(&crc32fast::hash(covered).to_be_bytes(), &mut digits);
    digits
}
