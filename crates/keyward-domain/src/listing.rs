//! Lists of keys: filter, order and page; and a selection of keys of all workspaces.

pub(crate) mod api_key_listing;
pub(crate) mod key_selector;
pub(crate) mod page;
