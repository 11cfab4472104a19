//! The middleware for actix-web: a [`Require`](crate::Require) wraps a resource, a scope or an app, and
//! handlers behind it take a [`Caller`](crate::Caller).

mod answer;
mod caller;
mod fields;
mod require;
#[cfg(test)]
mod tests;

pub use self::require::Guarded;
