//! A header, a path, a query or a body becomes a typed value, or a failure.

mod accept;
mod bearer;
mod body;
mod content_type;
mod deletion;
mod draft;
mod expected_members;
mod explain;
mod gateway_question;
mod if_match;
mod listing_query;
mod owner_headers;
mod path_segment;
mod query;
mod question;
mod questions;
mod raw_field;
mod rotation;
mod strict_json;
mod update;

pub(crate) use self::{
    bearer::{authenticate, bearer_token},
    body::{json_body, json_body_if_any, read as body},
    deletion::deletion,
    draft::draft,
    explain::explain,
    gateway_question::{Asked, asked_by_headers, asked_by_query},
    listing_query::{listing, page},
    owner_headers::{OptionalHeaders, OwnerHeaders, check_session_headers},
    path_segment::{PathSegment, api_key_id},
    question::question,
    questions::questions,
    rotation::rotation,
    strict_json::object,
    update::update,
};
