use super::body_members::BodyMembers;
use crate::error::RequestError;
use crate::problem::Problem;

/// The value of a body, unless there is any problem: those found so far, and unexpected members.
pub(super) fn finish<T>(
    value: T,
    members: BodyMembers,
    mut problems: Vec<Problem>,
    expected: &[&'static str],
) -> Result<T, RequestError> {
    let unexpected = members.into_unexpected().into_iter();
    problems.extend(unexpected.map(|unexpected| Problem::of(&unexpected.into(), expected)));
    if problems.is_empty() {
        Ok(value)
    } else {
        Err(RequestError::Invalid(problems))
    }
}
