//! The history of keys and of the deployment.

pub(crate) mod deployment_event;
pub(crate) mod digest;
pub(crate) mod event;
pub(crate) mod trail;
