use keyward_domain::{Direction, ExternalId, SortBy};
use proptest::prelude::*;

use super::*;
use crate::testing::now;

fn fields(refused: RequestError) -> Vec<String> {
    let RequestError::Invalid(problems) = refused else {
        panic!("{refused:?}");
    };
    problems
        .into_iter()
        .map(|problem| problem.field.into_owned())
        .collect()
}

#[test]
fn nothing_asked_for_is_the_first_twenty_newest_first() {
    let want = ApiKeyListing {
        filter: ApiKeyFilter::default(),
        sort: Sort {
            by: SortBy::CreatedAt,
            direction: Direction::Descending,
        },
        page: Pagination::new(0, 20).unwrap(),
        now: now(),
    };
    for query in [
        "",
        "page=&size=&sort=&status=&mode=&q=&externalId=&neverUsed=&hasUnusedScopes=&idleDays=&deniedDays=&neverExpires=&expiresDays=&hasScopes=",
        "&",
        "page=0&size=20",
    ] {
        assert_eq!(listing(query, now()).unwrap(), want, "{query}");
    }
}

#[test]
fn everything_can_be_asked_for_at_once() {
    let query = "page=4294967295&size=100&sort=name,asc&status=DISABLED&mode=TEST&q=Prod+key&externalId=a%2Bb%26\
                 &neverUsed=false&hasUnusedScopes=true&idleDays=90&deniedDays=1&neverExpires=true\
                 &expiresDays=14&hasScopes=false";
    let listing = listing(query, now()).unwrap();
    assert_eq!(listing.page, Pagination::new(u32::MAX, 100).unwrap());
    assert_eq!(
        (listing.sort.by, listing.sort.direction),
        (SortBy::Name, Direction::Ascending)
    );
    let want = ApiKeyFilter {
        status: Some(Status::Disabled),
        mode: Some(Mode::Test),
        search: Some(SearchText::parse("Prod key").unwrap()),
        external_id: Some(ExternalId::parse("a+b&").unwrap()),
        usage: UsageFilter {
            is_never_used: Some(false),
            has_unused_scopes: Some(true),
            idle_since: Some(now().plus_seconds(-90 * 86_400)),
            denied_since: Some(now().plus_seconds(-86_400)),
            never_expires: Some(true),
            expires_until: Some(now().plus_seconds(14 * 86_400)),
            has_scopes: Some(false),
        },
    };
    assert_eq!(listing.filter, want);
}

#[test]
fn each_parameter_has_its_values_and_no_others() {
    let bad: [(&str, &[&str]); 14] = [
        ("neverUsed", &["1", "TRUE", "yes", "%20true"]),
        ("hasUnusedScopes", &["1", "True", "no"]),
        ("neverExpires", &["0", "no", "null"]),
        ("idleDays", &["0", "3651", "-1", "1.5", "x", "90d"]),
        ("hasScopes", &["0", "yes"]),
        ("expiresDays", &["0", "3651", "-1", "14d"]),
        ("deniedDays", &["0", "3651", "+7", "a"]),
        (
            "page",
            &[
                "-1",
                "1.5",
                "x",
                "4294967296",
                "%20",
                "%2B1",
                "+1",
                "0x1",
                "%D9%A1",
            ],
        ),
        (
            "size",
            &["0", "101", "-1", "x", "%2B5", "5+", "99999999999999999999"],
        ),
        (
            "sort",
            &[
                "id",
                "createdAt,",
                "createdAt,DESC",
                "name,asc,desc",
                "createdAt desc",
                "createdAt,up",
                "CREATEDAT",
                "createdAt;DROP%20TABLE",
            ],
        ),
        ("status", &["DELETED", "active", "ACTIVE,DISABLED", "1"]),
        ("mode", &["1", "live", "LIVE,TEST", "PROD"]),
        ("q", &["+", "%E3%80%80"]),
        ("externalId", &["+", "a+b", "a%20", "%C3%A4"]),
    ];
    for (parameter, values) in bad {
        for value in values {
            let query = format!("{parameter}={value}");
            assert_eq!(
                fields(listing(&query, now()).unwrap_err()),
                [parameter],
                "{query}"
            );
        }
    }
    let too_long = format!("q={}", "x".repeat(129));
    assert_eq!(fields(listing(&too_long, now()).unwrap_err()), ["q"]);
    let too_long = format!("externalId={}", "x".repeat(256));
    assert_eq!(
        fields(listing(&too_long, now()).unwrap_err()),
        ["externalId"]
    );
    for status in ["ACTIVE", "DISABLED", "EXPIRED"] {
        let listing = listing(&format!("status={status}"), now()).unwrap();
        assert_eq!(listing.filter.status, Status::parse(status));
    }
    for sort in ["createdAt", "name", "lastUsedAt", "expiresAt"] {
        let listing = listing(&format!("sort={sort},desc"), now()).unwrap();
        assert_eq!(listing.sort, Sort::parse(&format!("{sort},desc")).unwrap());
    }
    let listing = listing("page=007", now()).unwrap();
    assert_eq!(listing.page, Pagination::new(7, 20).unwrap());
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let query = "limit=5&page=x&size=0&sort=id&status=DELETED&mode=1&q=+&q=a";
    assert_eq!(
        fields(listing(query, now()).unwrap_err()),
        ["limit", "q", "page", "size", "sort", "status", "mode", "q"]
    );
}

#[test]
fn a_trail_is_paged_and_nothing_else() {
    assert_eq!(page("").unwrap(), Pagination::new(0, 20).unwrap());
    assert_eq!(
        page("size=1&page=7").unwrap(),
        Pagination::new(7, 1).unwrap()
    );
    assert_eq!(
        fields(page("sort=name&size=0").unwrap_err()),
        ["sort", "size"]
    );
}

proptest! {
    #[test]
    fn any_query_is_read_without_panic(
        query in "((page|size|sort|status|mode|q|x)?=?(%|\\+|[0-9]|createdAt|,|desc|ACTIVE|LIVE|é|&)){0,12}"
    ) {
        let _ = listing(&query, now());
        let _ = page(&query);
    }
}
