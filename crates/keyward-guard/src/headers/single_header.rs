/// A header that must not be repeated: two values are two opinions, and neither is taken.
#[derive(Clone, Copy, Debug)]
pub enum SingleHeader<V> {
    /// Not there.
    Absent,
    /// There more than once.
    Repeated,
    /// There once, with whatever value.
    Value(V),
}

impl<V> SingleHeader<V> {
    /// Looks at all values of the header.
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
