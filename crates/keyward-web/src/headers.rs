//! Writes header values, and reads lists in them. `keyward-guard` reads the credential and the
//! client's address.

mod ascii_value;
mod quality;
mod split_list;

pub(crate) use self::{
    ascii_value::{ascii_header_value, ascii_header_values},
    quality::{QUALITY_MAX, quality},
    split_list::split_unquoted,
};
