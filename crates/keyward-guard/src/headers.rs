//! What the headers of a request say of its caller. This is the one reader of them: the guard and a
//! Keyward node read alike.

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
