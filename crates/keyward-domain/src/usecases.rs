//! What can be done, one operation a file. Each reads like its sentence in the contract.

pub mod authorize;
pub mod create;
