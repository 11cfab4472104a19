//! What has no type of its own in the handlers: bodies are read member by member, so that every
//! mistake in them can be told.
#![expect(dead_code, reason = "these types describe, and are never made")]

mod answers;
mod parameters;
mod requests;
mod words;

pub(crate) use self::{
    answers::{Done, Refusal, Success, Verdict, Verdicts},
    parameters::{ListingParams, PageParams},
    requests::{ApiKeyChange, NamedApiKey, NewApiKey, Question, Questions, Rotation},
    words::{actions, decisions, modes, statuses},
};
