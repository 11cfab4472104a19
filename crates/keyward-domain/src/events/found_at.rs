/// The most places that an event of the trail names.
const PLACES_MAX: usize = 10;

/// The address of a place where a secret was found: at most 2,048 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundAt(String);

impl FoundAt {
    /// The address; `None` when the text is none. It is written by a stranger.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_web = text.starts_with("https://") || text.starts_with("http://");
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        (is_web && is_plain && text.len() <= 2_048).then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
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
        Self(places.into_iter().take(PLACES_MAX).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_places_are_recorded() {
        let place = |number| FoundAt::parse(&format!("https://a.example/{number}")).unwrap();
        let places: FoundPlaces = (0..11).map(place).collect();
        let want: Vec<FoundAt> = (0..10).map(place).collect();
        assert_eq!(places.as_slice(), want);
    }
}
