//! The cache of looked-up keys. A key is valid in it while no change can have been missed.

pub(crate) mod invalidations;
pub(crate) mod key_cache;
