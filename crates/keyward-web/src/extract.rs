//! Extractors: a header, a path, a query or a body becomes a typed value, or a failure.

mod accept;
mod bearer;
mod body;
mod body_members;
mod content_type;
mod deletion;
mod draft;
mod explain;
mod gateway_question;
mod if_match;
mod listing_query;
mod owner_headers;
mod path_segment;
mod query;
mod question;
mod questions;
mod rotation;
mod update;

pub(crate) use self::{
    bearer::{authenticate, bearer_token},
    body::{json_body, json_body_if_any},
    deletion::deletion,
    draft::draft,
    explain::explain,
    gateway_question::{Asked, asked_by_headers, asked_by_query},
    owner_headers::{OptionalHeaders, OwnerHeaders, check_session_headers},
    path_segment::api_key_id,
    question::question,
    questions::questions,
    rotation::rotation,
    update::update,
};
pub use self::{
    body::read as body,
    listing_query::{listing, page},
    path_segment::PathSegment,
};
