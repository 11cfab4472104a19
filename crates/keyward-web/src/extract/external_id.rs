use keyward_domain::EXTERNAL_ID_LENGTH_MAX;

use crate::language::MessageId;
use crate::problem::Problem;

/// The problem of a text that is no external id.
pub(super) fn invalid_external_id(field: &'static str) -> Problem {
    let max = EXTERNAL_ID_LENGTH_MAX.to_string().into();
    Problem::with(field, MessageId::ExternalIdInvalid, vec![("max", max)])
}
