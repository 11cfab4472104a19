//! The middleware for tower: a layer for services that take an `http::Request`, as in axum, tonic
//! and hyper. Handlers behind it find a [`Caller`](crate::Caller) in the request's extensions.

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
