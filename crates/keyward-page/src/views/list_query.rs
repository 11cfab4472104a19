use keyward_domain::{ApiKeyListing, Direction, Language, Sort, SortBy};
use keyward_web::message;

use crate::language::MessageId as M;

/// The parameters of a list, in the order of its address.
const PARAMETERS: [&str; 13] = [
    "q",
    "status",
    "mode",
    "externalId",
    "neverUsed",
    "hasUnusedScopes",
    "idleDays",
    "deniedDays",
    "neverExpires",
    "expiresDays",
    "hasScopes",
    "sort",
    "size",
];

/// The parameters that the form of the list offers.
const OFFERED: [&str; 4] = ["q", "status", "mode", "sort"];

/// The parameters that select no keys.
const NO_FILTERS: [&str; 2] = ["sort", "size"];

/// The query of a list, as it was submitted and is linked to. It is valid: the list was read with it.
pub(crate) struct ListQuery(Vec<(&'static str, String)>);

/// A filter that is in use, and how to take it off.
pub(crate) struct ChosenFilter {
    pub(crate) words: String,
    /// "Remove the filter: …".
    pub(crate) removal: String,
    /// The list without it.
    pub(crate) query: String,
}

/// The head of a column by which the list can be sorted.
pub(crate) struct SortHead {
    pub(crate) id: &'static str,
    pub(crate) label: String,
    /// "Sort by: …".
    pub(crate) action: String,
    /// The list in this order, or in the opposite one if it is sorted by this column.
    pub(crate) query: String,
    /// The value of `aria-sort`; `None` when the list is sorted by another column.
    pub(crate) direction: Option<&'static str>,
}

impl ListQuery {
    /// The parameters with a value.
    pub(crate) fn of_query(query: &str) -> Self {
        let value = |name: &'static str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            let (_, value) = pairs.find(|(field, _)| field == name)?;
            (!value.is_empty()).then(|| (name, value.into_owned()))
        };
        Self(PARAMETERS.into_iter().filter_map(value).collect())
    }

    /// The value of a parameter; empty when it is missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        let mut pairs = self.0.iter();
        let pair = pairs.find(|(field, _)| *field == name);
        pair.map_or("", |(_, value)| value)
    }

    /// The parameters that the form does not offer, but keeps.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &(&'static str, String)> {
        let pairs = self.0.iter();
        pairs.filter(|(name, _)| !OFFERED.contains(name))
    }

    /// The query of another page of the same list.
    pub(crate) fn page(&self, page: u32) -> String {
        let page = (page > 0).then(|| ("page", page.to_string()));
        written(self.0.iter().cloned().chain(page))
    }

    /// The query with this parameter, or without it. It begins with the first page.
    pub(crate) fn with(&self, name: &'static str, value: Option<String>) -> String {
        let others = self.0.iter().filter(|(field, _)| *field != name);
        let given = value.map(|value| (name, value));
        written(others.cloned().chain(given))
    }

    /// Whether a parameter has this value.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.text(name) == value
    }

    /// The query without any filter.
    pub(crate) fn without_filters(&self) -> String {
        let others = self.0.iter().filter(|(name, _)| NO_FILTERS.contains(name));
        written(others.cloned())
    }

    /// The filters that are in use.
    pub(crate) fn filters(&self, language: Language) -> Vec<ChosenFilter> {
        let filters = self.0.iter().filter_map(|(name, value)| {
            let words = filter_words(name, value, language)?;
            let removal = [("filter", words.clone().into())];
            Some(ChosenFilter {
                removal: message(language, M::RemoveFilter, &removal),
                words,
                query: self.with(name, None),
            })
        });
        filters.collect()
    }

    /// The head of a column.
    pub(crate) fn head(&self, by: SortBy, now: Sort, language: Language) -> SortHead {
        let (id, label, first) = match by {
            SortBy::Name => ("sort-name", M::ColumnKey, Direction::Ascending),
            SortBy::LastUsedAt => ("sort-last-used", M::LastUsed, Direction::Descending),
            SortBy::ExpiresAt => ("sort-expires", M::FieldExpires, Direction::Ascending),
            SortBy::CreatedAt => ("sort-created", M::CreatedAt, Direction::Descending),
        };
        let is_now = now.by == by;
        let next = match now.direction {
            Direction::Ascending if is_now => Direction::Descending,
            Direction::Descending if is_now => Direction::Ascending,
            Direction::Ascending | Direction::Descending => first,
        };
        let next = match next {
            Direction::Ascending => "asc",
            Direction::Descending => "desc",
        };
        let label = message(language, label, &[]);
        let column = [("column", label.clone().into())];
        SortHead {
            id,
            action: message(language, M::SortByColumn, &column),
            label,
            query: self.with("sort", Some(format!("{},{next}", by.as_str()))),
            direction: is_now.then_some(match now.direction {
                Direction::Ascending => "ascending",
                Direction::Descending => "descending",
            }),
        }
    }

    /// The page before this one.
    pub(crate) fn before(&self, listing: &ApiKeyListing) -> Option<String> {
        let page = listing.page.number().checked_sub(1)?;
        Some(self.page(page))
    }

    /// The page after this one.
    pub(crate) fn after(&self, listing: &ApiKeyListing, total: u64) -> Option<String> {
        let shown = listing.page.offset() + u64::from(listing.page.size());
        (shown < total).then(|| self.page(listing.page.number().saturating_add(1)))
    }
}

fn written(pairs: impl Iterator<Item = (&'static str, String)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    format!("?{}", query.finish())
}

/// A filter in words; `None` for a parameter that selects no keys.
fn filter_words(name: &str, value: &str, language: Language) -> Option<String> {
    let with = |id, argument| message(language, id, &[(argument, value.to_owned().into())]);
    let plain = |id| message(language, id, &[]);
    let either = |id, otherwise| plain(if value == "true" { id } else { otherwise });
    Some(match name {
        "q" => with(M::FilterSearch, "text"),
        "status" => plain(match value {
            "DISABLED" => M::StatusDisabled,
            "EXPIRED" => M::StatusExpired,
            _ => M::StatusActive,
        }),
        "mode" => value.to_owned(),
        "externalId" => with(M::FilterExternalId, "id"),
        "neverUsed" => either(M::FilterNeverUsed, M::FilterUsed),
        "hasUnusedScopes" => either(M::FilterUnusedScopes, M::FilterNoUnusedScopes),
        "idleDays" => with(M::FilterIdle, "days"),
        "deniedDays" => with(M::FilterDenied, "days"),
        "neverExpires" => either(M::FilterNeverExpires, M::FilterExpires),
        "expiresDays" => with(M::FilterExpiring, "days"),
        "hasScopes" => either(M::FilterScopes, M::FilterNoScopes),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_taken_off_and_the_others_stay() {
        let query = ListQuery::of_query("page=3&q=a+b&idleDays=90&sort=name&status=&x=1");
        let filters = query.filters(Language::English);
        let shown = filters
            .iter()
            .map(|filter| (filter.words.as_str(), filter.query.as_str()));
        let want = [
            ("Search: a b", "?idleDays=90&sort=name"),
            ("Idle for 90+ days", "?q=a+b&sort=name"),
        ];
        assert_eq!(shown.collect::<Vec<_>>(), want);
        assert_eq!(query.page(4), "?q=a+b&idleDays=90&sort=name&page=4");
        assert_eq!(query.page(0), "?q=a+b&idleDays=90&sort=name");
        assert_eq!(query.without_filters(), "?sort=name");
        let kept: Vec<_> = query.kept().map(|(name, _)| *name).collect();
        assert_eq!(kept, ["idleDays"]);
    }

    #[test]
    fn every_filter_has_words_and_no_other_parameter() {
        for parameter in PARAMETERS {
            let words = filter_words(parameter, "true", Language::English);
            assert_eq!(
                words.is_none(),
                NO_FILTERS.contains(&parameter),
                "{parameter}"
            );
        }
    }

    #[test]
    fn a_head_sorts_by_its_column_and_then_the_other_way_round() {
        let query = ListQuery::of_query("mode=LIVE&sort=name,asc");
        let head = |by| query.head(by, Sort::parse("name,asc").unwrap(), Language::English);
        let name = head(SortBy::Name);
        assert_eq!(name.query, "?mode=LIVE&sort=name%2Cdesc");
        assert_eq!(name.direction, Some("ascending"));
        let last_used = head(SortBy::LastUsedAt);
        assert_eq!(last_used.query, "?mode=LIVE&sort=lastUsedAt%2Cdesc");
        assert_eq!(last_used.direction, None);
    }
}
