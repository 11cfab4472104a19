use keyward_domain::{RawDraft, RawField};

use super::body_members::BodyMembers;
use super::draft::draft_of;
use crate::json::JsonObject;
use crate::members;

/// The body of a service that creates a key (contract §9).
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NewKey {
    /// A key that gets a new secret.
    Draft(RawDraft),
    /// A key whose secret the service has made, and the hash of the secret.
    Import(RawDraft, RawField<String>),
}

/// Reads the members of a new key. Without `secretHash`, or with null, it gets a new secret.
pub(crate) fn new_key(object: JsonObject) -> NewKey {
    let mut body = BodyMembers::of(object, members::NEW_KEY);
    let secret_hash = body.text("secretHash");
    let draft = draft_of(body);
    match secret_hash {
        RawField::Absent | RawField::Null => NewKey::Draft(draft),
        RawField::WrongType | RawField::Value(_) => NewKey::Import(draft, secret_hash),
    }
}
