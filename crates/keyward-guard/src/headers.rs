//! Reads the credential and the client's address from the headers of a request, and writes the
//! headers about limits. The guard and a Keyward node both use this code, so that they always agree.

mod client_address;
mod credential;
mod fields;
mod rate_limit;
mod single_header;
mod text;

pub use self::{
    client_address::{client_address, forwarded_address, real_ip},
    credential::{BearerTokenError, bearer_token, presented_secret},
    fields::{FieldName, HeaderFields},
    rate_limit::{reset_seconds, write_rate_limit, write_rate_limit_policy},
    single_header::SingleHeader,
    text::{header_text, visible_ascii},
};
