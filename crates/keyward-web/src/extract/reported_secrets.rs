use keyward_domain::RawField;

use super::body_members::BodyMembers;
use super::finish::finish;
use super::local_keys::too_many;
use crate::error::RequestError;
use crate::json::JsonObject;
use crate::language::MessageId;
use crate::members;
use crate::problem::Problem;

/// The maximum number of secrets in a report.
const SECRETS_MAX: usize = 1_000;

const SECRETS: &str = "secrets";

/// The texts that someone reports as secrets: 1 to 1,000, of any form (contract §13).
///
/// # Errors
/// [`RequestError::Invalid`] with all problems.
pub(crate) fn reported_secrets(object: JsonObject) -> Result<Vec<String>, RequestError> {
    let mut body = BodyMembers::of(object, members::REPORTED_SECRETS);
    let mut problems = Vec::new();
    let mut secrets = Vec::new();
    match body.texts(SECRETS) {
        RawField::Value(written) if written.len() > SECRETS_MAX => {
            problems.push(too_many(SECRETS, SECRETS_MAX));
        }
        RawField::Value(written) if !written.is_empty() => {
            for (at, written) in written.into_iter().enumerate() {
                match written {
                    RawField::Value(secret) => secrets.push(secret),
                    RawField::Absent | RawField::Null | RawField::WrongType => {
                        let field = format!("{SECRETS}[{at}]");
                        problems.push(Problem::new(field, MessageId::NotText));
                    }
                }
            }
        }
        RawField::Value(_) | RawField::Absent | RawField::Null => {
            problems.push(Problem::new(SECRETS, MessageId::Required));
        }
        RawField::WrongType => problems.push(Problem::new(SECRETS, MessageId::NotList)),
    }
    finish(secrets, body, problems, members::REPORTED_SECRETS)
}
