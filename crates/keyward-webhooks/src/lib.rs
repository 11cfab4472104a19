//! Delivers events to webhooks, as the [Standard Webhooks] specification says (contract §14).
//!
//! [`HttpSender`] signs one message and sends it once. [`Deliverer`] takes deliveries that are due from the
//! store, sends them, and records what came of it; any number of nodes can run one.
//!
//! [Standard Webhooks]: https://www.standardwebhooks.com/

mod addresses;
mod counts;
mod deliverer;
mod failure;
mod master_key;
mod resolver;
mod sender;
mod signer;

pub use self::{
    addresses::AllowedNetworks,
    counts::DeliveryCounts,
    deliverer::Deliverer,
    master_key::{MasterKey, MasterKeyTooShort},
    sender::{HttpSender, SenderUnavailable},
};
