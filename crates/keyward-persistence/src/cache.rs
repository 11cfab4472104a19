//! Keys that were looked up, for as long as no change can have been missed.

pub(crate) mod invalidations;
pub(crate) mod key_cache;
