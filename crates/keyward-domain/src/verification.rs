//! Verification: may the holder of a secret make this call?

pub(crate) mod decide;
pub(crate) mod denial;
pub(crate) mod generations;
mod memory;
pub(crate) mod shared_values;
pub(crate) mod verification_key;
