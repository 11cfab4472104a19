//! Entry points for the fuzz targets only.

use keyward_domain::RawDraft;

use crate::{extract, json};

/// The draft in a body of contract §1, or `None` when the body is not one JSON object.
#[must_use]
pub fn create_body(bytes: &[u8]) -> Option<RawDraft> {
    json::object(bytes).ok().map(extract::draft)
}
