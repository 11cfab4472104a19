//! A header, a path or a body becomes a typed value, or a failure.

mod accept;
mod bearer;
mod body;
mod client_address;
mod content_type;
mod draft;
mod member;
mod once;
mod owner_headers;
mod strict_json;
mod unquoted;
mod workspace_path;

pub(crate) use self::{
    bearer::authenticate, body::read_body, client_address::client_address,
    content_type::is_plain_json, draft::draft, member::Member, once::Once,
    owner_headers::OwnerHeaders, strict_json::object, workspace_path::WorkspaceInPath,
};
