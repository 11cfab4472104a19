//! Lists of keys: filter, order and page.

pub(crate) mod api_key_listing;
pub(crate) mod page;
