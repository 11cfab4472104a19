//! The middleware for actix-web. A [`Require`](crate::Require) wraps a resource, a scope or an app;
//! its handlers can take a [`Caller`](crate::Caller) as an argument.

mod answer;
mod caller;
mod fields;
mod require;
#[cfg(test)]
mod tests;

pub use self::require::Guarded;
