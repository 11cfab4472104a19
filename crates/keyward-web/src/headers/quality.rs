/// The maximum quality, in thousandths.
pub(crate) const QUALITY_MAX: u16 = 1_000;

/// A quality value in thousandths: `0` or `1` with at most three decimals, not above 1 (RFC 9110,
/// section 12.4.2).
pub(crate) fn quality(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = decimals.bytes().all(|digit| digit.is_ascii_digit());
    if decimals.len() > 3 || !all_digits {
        return None;
    }
    let thousandths: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(QUALITY_MAX),
        _ => None,
    }
}
