//! Verification: may the holder of a secret make this call?

pub(crate) mod decide;
pub(crate) mod denial;
pub(crate) mod generations;
pub(crate) mod verification_key;
