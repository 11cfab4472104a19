/// The maximum size of a page.
pub const PAGE_SIZE_MAX: u32 = 100;

/// A page of a list: its number and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pagination {
    number: u32,
    size: u32,
}

/// The page size is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a page has 1 to 100 entries")]
pub struct InvalidPageSize;

impl Pagination {
    /// The page `number`, counted from 0, with `size` entries.
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

    /// The number of the page, from 0.
    #[must_use]
    pub fn number(self) -> u32 {
        self.number
    }

    /// The maximum number of entries on the page.
    #[must_use]
    pub fn size(self) -> u32 {
        self.size
    }

    /// How many entries come before the page.
    #[must_use]
    pub fn offset(self) -> u64 {
        u64::from(self.number) * u64::from(self.size)
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries of the page, in order.
    pub items: Vec<T>,
    /// How many entries all pages have together.
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
