//! Which keys of a workspace to list, in which order, page by page.

pub(crate) mod api_key_listing;
pub(crate) mod page;
