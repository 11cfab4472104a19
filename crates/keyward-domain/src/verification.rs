//! May the holder of a secret do this now?

pub(crate) mod decide;
pub(crate) mod denial;
