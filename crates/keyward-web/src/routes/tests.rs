//! Rules for every operation of contract §3, tested in the real app with mocks of the domain.

mod conditional;
mod ended;
mod logs;
mod order;
mod refused;
