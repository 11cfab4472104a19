//! The caller and its address.

pub(crate) mod caller_name;
pub(crate) mod claimed_roles;
pub(crate) mod known_roles;
pub(crate) mod origin;
pub(crate) mod permission;
pub(crate) mod service_secret;
pub(crate) mod service_token;
pub(crate) mod session_id;
pub(crate) mod workspace;
