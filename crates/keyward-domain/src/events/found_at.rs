use crate::key::secret_hash::SecretHash;

/// The maximum length of an address, in characters.
const LENGTH_MAX: usize = 2_048;

/// The most places that an event of the trail names.
pub const FOUND_PLACES_MAX: usize = 10;

/// What stands for a secret.
const MASK: &str = "***";

/// The address of a place where a secret was found: at most 2,048 visible ASCII characters. It names no user,
/// and contains no secret of a key: the history keeps it for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundAt(String);

impl FoundAt {
    /// The address without its user information, and with masked secrets; `None` when the text is none. It is
    /// written by a stranger.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_plain || text.len() > LENGTH_MAX {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        if scheme != "https" && scheme != "http" {
            return None;
        }
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_user, host)| host);
        let mut address = format!("{scheme}://{host}{path}");
        for secret in issued_secrets(&address.clone()) {
            address = address.replace(secret, MASK);
        }
        Self::of_unencoded(address, |decoded| issued_secrets(decoded).next().is_none())
    }

    /// The same address with this secret masked, which has any form; `None` when it contains the secret in
    /// another encoding.
    #[must_use]
    pub fn without(self, secret: &str) -> Option<Self> {
        if secret.is_empty() {
            return Some(self);
        }
        let address = self.0.replace(secret, MASK);
        Self::of_unencoded(address, |decoded| !decoded.contains(secret))
    }

    /// The address, if it is right as it is and when it is decoded.
    fn of_unencoded(address: String, is_right: impl Fn(&str) -> bool) -> Option<Self> {
        let decoded = percent_decoded(&address);
        let is_right = is_right(&decoded) && address.len() <= LENGTH_MAX;
        is_right.then_some(Self(address))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The parts that have the form of an issued secret.
fn issued_secrets(text: &str) -> impl Iterator<Item = &str> {
    let runs = text.split(|one: char| !one.is_ascii_alphanumeric() && one != '_');
    runs.filter(|run| SecretHash::of_issued(run).is_some())
}

/// The text with `%41` as `A` (RFC 3986, section 2.1).
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_digits| *first == b'%');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The places where a secret was found, as an event of the trail records them: at most 10, the first
/// ones of the report. None for an event that no report has caused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundPlaces(Vec<FoundAt>);

impl FoundPlaces {
    /// The places in their order.
    #[must_use]
    pub fn as_slice(&self) -> &[FoundAt] {
        &self.0
    }
}

/// Leaves out the places after the tenth.
impl FromIterator<FoundAt> for FoundPlaces {
    fn from_iter<I: IntoIterator<Item = FoundAt>>(places: I) -> Self {
        Self(places.into_iter().take(FOUND_PLACES_MAX).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::secret;

    fn parsed(text: &str) -> Option<String> {
        FoundAt::parse(text).map(|place| place.0)
    }

    #[test]
    fn an_address_of_the_web_is_a_place() {
        for place in [
            "https://github.com/a/b/blob/main/.env#L1",
            "http://[::1]:80/?p=a;b=c@d",
            "https://a.example",
        ] {
            assert_eq!(parsed(place).as_deref(), Some(place));
        }
        let long = format!("https://a.example/{}", "a".repeat(2_048));
        for text in [
            "",
            "a.example",
            "ftp://a.example",
            "https://a b",
            "https://ä",
            &long,
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn no_secret_is_recorded_with_its_place() {
        let issued = secret(1);
        let issued = issued.expose();
        let place =
            format!("https://me:{issued}@git.example.com/{issued}?key={issued}&a=1#{issued}");
        let want = "https://git.example.com/***?key=***&a=1#***";
        assert_eq!(parsed(&place).as_deref(), Some(want));
        assert_eq!(parsed(want).as_deref(), Some(want), "it stays the same");
        let encoded = issued.replacen('_', "%5F", 1);
        assert_eq!(parsed(&format!("https://a.example/{encoded}")), None);

        let place = |text: &str| FoundAt::parse(text).unwrap();
        let masked = place("https://a.example/?k=old-s3cret+x").without("old-s3cret+x");
        assert_eq!(masked, Some(place("https://a.example/?k=***")));
        let encoded = place("https://a.example/?k=old-s3cret%2Bx");
        assert_eq!(encoded.without("old-s3cret+x"), None);
        let other = place("https://a.example/?k=1%&l=%zz%");
        assert_eq!(other.clone().without("old"), Some(other));
    }

    #[test]
    fn ten_places_are_recorded() {
        let place = |number| FoundAt::parse(&format!("https://a.example/{number}")).unwrap();
        let places: FoundPlaces = (0..11).map(place).collect();
        let want: Vec<FoundAt> = (0..10).map(place).collect();
        assert_eq!(places.as_slice(), want);
    }
}
