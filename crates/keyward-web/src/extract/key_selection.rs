use keyward_domain::{ExternalId, KeySelector, RawField, UserId, WorkspaceId};

use super::admin_path::invalid_id;
use super::body_members::BodyMembers;
use super::external_id::invalid_external_id;
use super::finish::finish;
use crate::error::RequestError;
use crate::json::{Json, JsonObject};
use crate::language::MessageId;
use crate::members;
use crate::problem::Problem;

const WORKSPACE_ID: &str = "workspaceId";
const CREATED_BY: &str = "createdBy";
const EXTERNAL_ID: &str = "externalId";
const DRY_RUN: &str = "dryRun";

/// The keys to disable at once (contract §9).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KeySelection {
    /// The keys.
    pub(crate) selector: KeySelector,
    /// Whether nothing is to be changed.
    pub(crate) is_dry_run: bool,
}

/// Reads a selection of keys.
///
/// # Errors
/// [`RequestError::Invalid`] with every problem; also when nothing is selected.
pub(crate) fn key_selection(object: JsonObject) -> Result<KeySelection, RequestError> {
    let mut body = BodyMembers::of(object, members::KEY_SELECTION);
    let mut problems = Vec::new();
    let workspace_id = optional(
        &body.text(WORKSPACE_ID),
        WORKSPACE_ID,
        &mut problems,
        |text| WorkspaceId::parse(text).map_err(|_invalid| invalid_id(WORKSPACE_ID)),
    );
    let created_by = optional(&body.text(CREATED_BY), CREATED_BY, &mut problems, |text| {
        UserId::parse(text).map_err(|_invalid| invalid_id(CREATED_BY))
    });
    let external_id = optional(
        &body.text(EXTERNAL_ID),
        EXTERNAL_ID,
        &mut problems,
        |text| ExternalId::parse(text).map_err(|_invalid| invalid_external_id(EXTERNAL_ID)),
    );
    let is_dry_run = flag(&mut body, DRY_RUN, &mut problems);
    let selector = KeySelector::new(workspace_id, created_by, external_id);
    if selector.is_none() && problems.is_empty() {
        problems.push(Problem::new("body", MessageId::SelectorRequired));
    }
    let selection = selector.map(|selector| KeySelection {
        selector,
        is_dry_run,
    });
    let selection = finish(selection, body, problems, members::KEY_SELECTION)?;
    // Without a selector there is a problem.
    selection.ok_or(RequestError::Invalid(Vec::new()))
}

/// A member that is true or false; false when it is missing or null.
pub(super) fn flag(
    body: &mut BodyMembers,
    name: &'static str,
    problems: &mut Vec<Problem>,
) -> bool {
    match body.take(name) {
        None | Some(Json::Null) => false,
        Some(Json::Bool(is_set)) => is_set,
        Some(Json::Number(_) | Json::Text(_) | Json::List(_) | Json::Object(_)) => {
            problems.push(Problem::new(name, MessageId::FlagInvalid));
            false
        }
    }
}

fn optional<T>(
    written: &RawField<String>,
    field: &'static str,
    problems: &mut Vec<Problem>,
    parse: impl FnOnce(&str) -> Result<T, Problem>,
) -> Option<T> {
    match written {
        RawField::Absent | RawField::Null => None,
        RawField::WrongType => {
            problems.push(Problem::new(field, MessageId::NotText));
            None
        }
        RawField::Value(text) => parse(text).map_err(|problem| problems.push(problem)).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::object;

    #[test]
    fn a_selection_names_a_workspace_a_user_or_an_external_id_and_nothing_else() {
        let read = |body: &str| {
            let read = key_selection(object(body.as_bytes()).unwrap());
            read.map_err(|failure| {
                let problems = failure.problems().iter();
                problems
                    .map(|problem| problem.field.to_string())
                    .collect::<Vec<_>>()
            })
        };
        let selected = |workspace: Option<&str>, user: Option<&str>, is_dry_run| {
            let workspace = workspace.map(|id| WorkspaceId::parse(id).unwrap());
            let user = user.map(|id| UserId::parse(id).unwrap());
            let selector = KeySelector::new(workspace, user, None).unwrap();
            Ok(KeySelection {
                selector,
                is_dry_run,
            })
        };
        assert_eq!(
            read(r#"{"createdBy":"u"}"#),
            selected(None, Some("u"), false)
        );
        assert_eq!(
            read(r#"{"workspaceId":"w","createdBy":null,"dryRun":true}"#),
            selected(Some("w"), None, true)
        );
        assert_eq!(
            read(r#"{"workspaceId":"w","createdBy":"u","dryRun":null}"#),
            selected(Some("w"), Some("u"), false)
        );
        let by_external_id = read(r#"{"externalId":"c/1","createdBy":null}"#).unwrap();
        assert_eq!(
            by_external_id.selector.external_id().unwrap().as_str(),
            "c/1"
        );
        for (body, fields) in [
            (r#"{"externalId":"a b"}"#, &["externalId"][..]),
            (r#"{"externalId":""}"#, &["externalId"]),
            (r#"{"externalId":["c"]}"#, &["externalId"]),
            ("{}", &["body"]),
            (r#"{"dryRun":true}"#, &["body"]),
            (r#"{"workspaceId":null}"#, &["body"]),
            (r#"{"workspaceId":1}"#, &["workspaceId"]),
            (r#"{"createdBy":"a b"}"#, &["createdBy"]),
            (r#"{"createdBy":"u","dryRun":"true"}"#, &["dryRun"]),
            (r#"{"createdBy":"u","dry_run":true}"#, &["dry_run"]),
            (r#"{"createdBy":"u","createdBy":"v"}"#, &["createdBy"]),
        ] {
            let found = read(body).unwrap_err();
            assert_eq!(found, fields, "{body}");
        }
    }
}
