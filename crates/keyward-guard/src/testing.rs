//! Test helpers: headers without a framework, a fake verifier, and the tests that every middleware
//! must pass.

#[cfg(any(feature = "actix", feature = "tower"))]
pub(crate) mod behaviour;
mod caller;
mod headers;
#[cfg(any(feature = "actix", feature = "tower"))]
mod says;

#[cfg(any(feature = "actix", feature = "tower"))]
pub(crate) use self::says::Says;
pub(crate) use self::{caller::caller, headers::Headers};
