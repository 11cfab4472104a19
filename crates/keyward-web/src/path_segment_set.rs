use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

/// The characters to escape in a path segment: all but RFC 3986's unreserved characters.
pub const PATH_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
