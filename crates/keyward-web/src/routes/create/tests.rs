//! The handler behind the real app, with the domain's mocks for a world. The same rules are held
//! against real stores and sockets by the binary's tests.

mod created;
mod logs;
mod order;
mod refused;
mod request_id;
