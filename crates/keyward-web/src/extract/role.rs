use keyward_domain::{RawField, Role};

use super::body_members::BodyMembers;
use super::finish::finish;
use crate::error::RequestError;
use crate::json::JsonObject;
use crate::language::MessageId;
use crate::members;
use crate::problem::Problem;

const ROLE: &str = "role";

/// The role in a body (contract §9).
///
/// # Errors
/// [`RequestError::Invalid`] with every problem.
pub(crate) fn role(object: JsonObject) -> Result<Role, RequestError> {
    let mut body = BodyMembers::of(object, members::ROLE);
    match role_of(&body.text(ROLE), ROLE) {
        Ok(role) => finish(role, body, Vec::new(), members::ROLE),
        Err(problem) => finish(Role::Viewer, body, vec![problem], members::ROLE),
    }
}

/// A member's role.
pub(super) fn role_of(
    written: &RawField<String>,
    field: impl Into<std::borrow::Cow<'static, str>>,
) -> Result<Role, Problem> {
    let message = match written {
        RawField::Absent | RawField::Null => MessageId::Required,
        RawField::WrongType => MessageId::RoleInvalid,
        RawField::Value(text) => match Role::parse(text) {
            Some(role) => return Ok(role),
            None => MessageId::RoleInvalid,
        },
    };
    Err(Problem::new(field, message))
}
