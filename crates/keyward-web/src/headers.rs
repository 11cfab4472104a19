//! How a header's value is written, and how a list in one is read; whatever they are for. What says who
//! calls, and from where, is read by `keyward-guard`.

mod ascii_value;
mod split_list;

pub(crate) use self::{ascii_value::ascii_header_value, split_list::split_unquoted};
