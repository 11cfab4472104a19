//! The cache of looked-up keys. A key is valid in it while no change can have been missed. And the
//! cache of service tokens, each for one second.

pub(crate) mod batch_lookup;
pub(crate) mod change_log;
pub(crate) mod invalidations;
pub(crate) mod key_cache;
pub(crate) mod service_token_cache;
