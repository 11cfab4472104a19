//! The caller and its address.

pub(crate) mod origin;
pub(crate) mod session_id;
pub(crate) mod workspace;
