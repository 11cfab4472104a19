//! What tests need: headers without a framework, verifiers that say what a test wants, and the rules that
//! every middleware holds.

#[cfg(any(feature = "actix", feature = "tower"))]
pub(crate) mod behaviour;
mod caller;
mod headers;
#[cfg(any(feature = "actix", feature = "tower"))]
mod says;

#[cfg(any(feature = "actix", feature = "tower"))]
pub(crate) use self::says::Says;
pub(crate) use self::{caller::caller, headers::Headers};
