//! What headers say, and how to write one; whatever they are for.

mod ascii_value;
mod client_address;
mod quality;
mod single_header;
mod split_list;

pub(crate) use self::{
    ascii_value::ascii_header_value,
    client_address::{client_address, forwarded_address, real_ip},
    quality::{QUALITY_MAX, quality},
    single_header::{SingleHeader, visible_ascii},
    split_list::split_unquoted,
};
