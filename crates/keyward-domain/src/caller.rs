//! Who asks, and from where.

pub(crate) mod origin;
pub(crate) mod session_id;
pub(crate) mod workspace;
