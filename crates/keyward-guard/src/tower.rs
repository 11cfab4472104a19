//! The middleware for tower: a layer for everything that serves `http::Request`, such as axum, tonic and
//! hyper. Handlers behind it find a [`Caller`](crate::Caller) in the extensions of the request.

mod answer;
mod fields;
mod layer;
mod service;
#[cfg(test)]
mod tests;

pub use self::{
    layer::{Peer, RequireLayer},
    service::{Guarded, GuardedBody},
};
