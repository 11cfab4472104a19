/// A header that must not be repeated. When there are two values, neither is used, even if they are
/// equal.
#[derive(Clone, Copy, Debug)]
pub enum SingleHeader<V> {
    /// The header is missing.
    Absent,
    /// The header is present more than once.
    Repeated,
    /// The only value; it may be empty.
    Value(V),
}

impl<V> SingleHeader<V> {
    /// The result for these values of the header.
    pub fn of(values: impl IntoIterator<Item = V>) -> Self {
        let mut values = values.into_iter();
        match (values.next(), values.next()) {
            (None, _) => Self::Absent,
            (Some(value), None) => Self::Value(value),
            (Some(_), Some(_)) => Self::Repeated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_is_taken_and_no_second_opinion() {
        assert!(matches!(SingleHeader::<u8>::of([]), SingleHeader::Absent));
        assert!(matches!(SingleHeader::of([1]), SingleHeader::Value(1)));
        assert!(matches!(SingleHeader::of([1, 1]), SingleHeader::Repeated));
        assert!(matches!(
            SingleHeader::of([1, 2, 3]),
            SingleHeader::Repeated
        ));
    }
}
