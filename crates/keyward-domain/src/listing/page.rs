/// The most entries that one page may have.
pub const PAGE_SIZE_MAX: u32 = 100;

/// Which part of a listing is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pagination {
    number: u32,
    size: u32,
}

/// A page that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a page has 1 to 100 entries")]
pub struct InvalidPageSize;

impl Pagination {
    /// The page `number`, counted from 0, of `size` entries each.
    ///
    /// # Errors
    /// [`InvalidPageSize`] when `size` is not 1 to 100.
    pub fn new(number: u32, size: u32) -> Result<Self, InvalidPageSize> {
        if (1..=PAGE_SIZE_MAX).contains(&size) {
            Ok(Self { number, size })
        } else {
            Err(InvalidPageSize)
        }
    }

    /// Which page, from 0.
    #[must_use]
    pub fn number(self) -> u32 {
        self.number
    }

    /// How many entries it may have.
    #[must_use]
    pub fn size(self) -> u32 {
        self.size
    }

    /// How many entries come before it.
    #[must_use]
    pub fn offset(self) -> u64 {
        u64::from(self.number) * u64::from(self.size)
    }
}

/// One part of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries of this part, in order.
    pub items: Vec<T>,
    /// How many entries all parts have.
    pub total: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_1_to_100_entries() {
        assert_eq!(
            Pagination::new(u32::MAX, 100).unwrap().offset(),
            429_496_729_500
        );
        for size in [0, 101] {
            assert_eq!(Pagination::new(0, size), Err(InvalidPageSize));
        }
    }
}
