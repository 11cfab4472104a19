//! Two adapters of the port `Memberships`, for platforms that keep the roles of users themselves: in
//! the token, or behind an HTTP interface. The third is the store.

mod claimed;
mod platform;

pub use self::{
    claimed::ClaimedMemberships,
    platform::{
        InvalidPlatformToken, PlatformClientError, PlatformConfig, PlatformMemberships,
        PlatformToken,
    },
};
