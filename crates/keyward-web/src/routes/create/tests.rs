//! Tests the handler in the real app, with mocks of the domain. The binary's tests check the same
//! rules with real stores and sockets.

mod created;
mod limits;
mod logs;
mod order;
mod refused;
mod request_id;
