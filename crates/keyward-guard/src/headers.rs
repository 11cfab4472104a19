//! Reads the credential and the client's address from the headers of a request. The guard and a
//! Keyward node both use this code, so that they always agree.

mod client_address;
mod credential;
mod fields;
mod single_header;
mod text;

pub use self::{
    client_address::{client_address, forwarded_address, real_ip},
    credential::{BearerTokenError, bearer_token, presented_secret},
    fields::{FieldName, HeaderFields},
    single_header::SingleHeader,
    text::{header_text, visible_ascii},
};
