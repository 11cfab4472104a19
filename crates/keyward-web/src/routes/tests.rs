//! What holds for every operation of contract §3. The handlers are behind the real app, with the
//! domain's mocks for a world.

mod conditional;
mod ended;
mod logs;
mod order;
mod refused;
