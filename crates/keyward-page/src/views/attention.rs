use keyward_domain::{ApiKeyFilter, Language, Timestamp, UsageFilter};
use keyward_web::message;

use super::list_query::ListQuery;
use crate::language::MessageId as M;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// What may need attention: a filter of the list, and the number of keys that match it.
pub(crate) struct AttentionCard {
    pub(crate) parameter: &'static str,
    pub(crate) label: String,
    pub(crate) count: u64,
    /// Whether the list shows only these keys.
    pub(crate) is_chosen: bool,
    /// The list with this filter, or without it if it is chosen.
    pub(crate) query: String,
}

/// A card before its keys are counted: the parameter of the list, its value, and its words.
type Kind = (&'static str, &'static str, M);

const KINDS: [Kind; 6] = [
    ("expiresDays", "14", M::FilterExpiring),
    ("neverUsed", "true", M::FilterNeverUsed),
    ("idleDays", "90", M::FilterIdle),
    ("neverExpires", "true", M::FilterNeverExpires),
    ("deniedDays", "7", M::FilterDenied),
    ("hasScopes", "false", M::FilterNoScopes),
];

/// The filters of all cards at `now`, in their order, to count their keys.
pub(crate) fn filters(now: Timestamp) -> [ApiKeyFilter; 6] {
    let any = UsageFilter::default();
    let days = |days: i64| Some(now.plus_seconds(days * DAY_SECONDS));
    let usage = [
        UsageFilter {
            expires_until: days(14),
            ..any
        },
        UsageFilter {
            is_never_used: Some(true),
            ..any
        },
        UsageFilter {
            idle_since: days(-90),
            ..any
        },
        UsageFilter {
            never_expires: Some(true),
            ..any
        },
        UsageFilter {
            denied_since: days(-7),
            ..any
        },
        UsageFilter {
            has_scopes: Some(false),
            ..any
        },
    ];
    usage.map(|usage| ApiKeyFilter {
        usage,
        ..ApiKeyFilter::default()
    })
}

/// The cards with these counts.
pub(crate) fn cards(counts: &[u64], query: &ListQuery, language: Language) -> Vec<AttentionCard> {
    let cards = KINDS.into_iter().zip(counts);
    let cards = cards.map(|((parameter, value, words), count)| {
        // Words without a number of days ignore it.
        let arguments = [("days", value.into())];
        let is_chosen = query.has(parameter, value);
        AttentionCard {
            parameter,
            label: message(language, words, &arguments),
            count: *count,
            is_chosen,
            query: query.with(parameter, (!is_chosen).then(|| value.to_owned())),
        }
    });
    cards.collect()
}

#[cfg(test)]
mod tests {
    use keyward_web::extract;
    use keyward_web::testing::now;

    use super::*;

    #[test]
    fn a_card_counts_the_keys_that_its_link_lists() {
        let cards = cards(
            &[1, 2, 3, 4, 5, 6],
            &ListQuery::of_query(""),
            Language::English,
        );
        assert_eq!(cards.len(), 6);
        for (card, filter) in cards.iter().zip(filters(now())) {
            let listing = extract::listing(card.query.trim_start_matches('?'), now()).unwrap();
            assert_eq!(listing.filter, filter, "{}", card.label);
            assert!(!card.is_chosen);
        }
    }

    #[test]
    fn a_chosen_card_takes_its_filter_off() {
        let query = ListQuery::of_query("neverUsed=true&q=a");
        let cards = cards(&[0; 6], &query, Language::English);
        let chosen: Vec<_> = cards.iter().filter(|card| card.is_chosen).collect();
        assert_eq!(chosen.len(), 1);
        assert_eq!(chosen[0].query, "?q=a");
    }
}
