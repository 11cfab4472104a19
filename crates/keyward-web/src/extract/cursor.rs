use super::admin_path::invalid_id;
use super::listing_query::{SIZE, size};
use super::query::Query;
use crate::error::RequestError;

const AFTER: &str = "after";

/// A part of a list in the order of ids (contract §9).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cursor<T> {
    /// Only entries after this id.
    pub(crate) after: Option<T>,
    /// The maximum number of entries.
    pub(crate) size: u32,
}

/// The part of a list that a query asks for.
///
/// # Errors
/// [`RequestError::Invalid`] with every invalid parameter.
pub(crate) fn cursor<T>(
    query: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Cursor<T>, RequestError> {
    let mut query = Query::read(query, &[AFTER, SIZE]);
    let after = query.take(AFTER, |text| parse(text).ok_or_else(|| invalid_id(AFTER)));
    let size = size(&mut query);
    let problems = query.into_problems();
    if problems.is_empty() {
        Ok(Cursor { after, size })
    } else {
        Err(RequestError::Invalid(problems))
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::WorkspaceId;

    use super::*;

    #[test]
    fn a_part_begins_after_an_id_and_has_1_to_100_entries() {
        let read = |query: &str| cursor(query, |text| WorkspaceId::parse(text).ok());
        let part = |after: Option<&str>, size| Cursor {
            after: after.map(|id| WorkspaceId::parse(id).unwrap()),
            size,
        };
        assert_eq!(read("").unwrap(), part(None, 20));
        assert_eq!(
            read("after=a%2Fb&size=100").unwrap(),
            part(Some("a/b"), 100)
        );
        for (query, field) in [
            ("size=0", "size"),
            ("size=101", "size"),
            ("size=x", "size"),
            ("after=a+b", "after"),
            ("after=a&after=b", "after"),
            ("page=0", "page"),
        ] {
            let refused = read(query).unwrap_err();
            assert_eq!(refused.problems()[0].field, field, "{query}");
        }
    }
}
