use keyward_domain::{ApiKeyId, ExternalId, KeySelector, UserId, WorkspaceId};

use super::admin_path::invalid_id;
use super::external_id::invalid_external_id;
use super::listing_query::{SIZE, size};
use super::query::Query;
use crate::error::RequestError;
use crate::language::MessageId;
use crate::problem::Problem;

const WORKSPACE_ID: &str = "workspaceId";
const CREATED_BY: &str = "createdBy";
const EXTERNAL_ID: &str = "externalId";
const AFTER: &str = "after";

/// A part of the keys that a query selects in all workspaces, in the order of their ids (contract §9).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KeySearch {
    /// The keys.
    pub(crate) selector: KeySelector,
    /// Only keys after this id.
    pub(crate) after: Option<ApiKeyId>,
    /// The maximum number of keys.
    pub(crate) size: u32,
}

/// Reads a search for keys.
///
/// # Errors
/// [`RequestError::Invalid`] with every invalid parameter; also when nothing is selected.
pub(crate) fn key_search(query: &str) -> Result<KeySearch, RequestError> {
    let mut query = Query::read(query, &[WORKSPACE_ID, CREATED_BY, EXTERNAL_ID, AFTER, SIZE]);
    let workspace_id = query.take(WORKSPACE_ID, |text| {
        WorkspaceId::parse(text).map_err(|_invalid| invalid_id(WORKSPACE_ID))
    });
    let created_by = query.take(CREATED_BY, |text| {
        UserId::parse(text).map_err(|_invalid| invalid_id(CREATED_BY))
    });
    let external_id = query.take(EXTERNAL_ID, |text| {
        ExternalId::parse(text).map_err(|_invalid| invalid_external_id(EXTERNAL_ID))
    });
    let after = query.take(AFTER, |text| {
        ApiKeyId::parse(text).map_err(|_invalid| Problem::new(AFTER, MessageId::KeyIdInvalid))
    });
    let size = size(&mut query);
    let mut problems = query.into_problems();
    match KeySelector::new(workspace_id, created_by, external_id) {
        Some(selector) if problems.is_empty() => Ok(KeySearch {
            selector,
            after,
            size,
        }),
        Some(_) => Err(RequestError::Invalid(problems)),
        None => {
            if problems.is_empty() {
                problems.push(Problem::new(EXTERNAL_ID, MessageId::SelectorRequired));
            }
            Err(RequestError::Invalid(problems))
        }
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::Mode;

    use super::*;
    use crate::testing::key_id;

    #[test]
    fn a_search_selects_by_workspace_creator_or_external_id() {
        let id = key_id(Mode::Live);
        let query = format!("workspaceId=w&createdBy=u&externalId=c%2F1&after={id}&size=100");
        let selector = KeySelector::new(
            WorkspaceId::parse("w").ok(),
            UserId::parse("u").ok(),
            ExternalId::parse("c/1").ok(),
        );
        let expected = KeySearch {
            selector: selector.unwrap(),
            after: Some(id),
            size: 100,
        };
        assert_eq!(key_search(&query).unwrap(), expected);
        let only = key_search("externalId=c").unwrap();
        assert_eq!((only.after, only.size), (None, 20));
    }

    #[test]
    fn a_search_for_everything_or_nonsense_is_refused() {
        for (query, fields) in [
            ("", &["externalId"][..]),
            ("size=5", &["externalId"]),
            ("externalId=", &["externalId"]),
            ("externalId=a+b", &["externalId"]),
            (
                "createdBy=a%20b&workspaceId=%00",
                &["workspaceId", "createdBy"],
            ),
            ("externalId=a&externalId=a", &["externalId"]),
            ("externalId=a&after=x", &["after"]),
            ("externalId=a&size=101", &["size"]),
            ("externalId=a&page=1", &["page"]),
        ] {
            let refused = key_search(query).unwrap_err();
            let found: Vec<String> = refused
                .problems()
                .iter()
                .map(|problem| problem.field.to_string())
                .collect();
            let mut found = found;
            let mut fields = fields.to_vec();
            found.sort_unstable();
            fields.sort_unstable();
            assert_eq!(found, fields, "{query}");
        }
    }
}
