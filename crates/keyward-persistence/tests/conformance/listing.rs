use std::collections::BTreeSet;

use keyward_domain::ports::{
    ApiKeys as _, Denials as _, KeyDenials, ScopeUse, ScopeUses as _, UsageStore as _,
};
use keyward_domain::testing::{at, origin, scope, used_once, workspace_id};
use keyward_domain::{
    ApiKey, ApiKeyFilter, ApiKeyId, ApiKeyListing, Change, Denial, Direction, ExternalId, Mode,
    OwnedWorkspace, Pagination, RawDraft, RawField, SearchText, Sort, SortBy, Status, UsageFilter,
    WorkspaceId,
};

use crate::subject::{Subject, draft, from_draft, new_key, newest_first, on_both_stores, rotation};

fn names(keys: &[ApiKey]) -> String {
    let names: Vec<&str> = keys.iter().map(|key| key.fields().name.as_str()).collect();
    names.join(", ")
}

async fn sorted(subject: &Subject, workspace: &OwnedWorkspace, sort: &str) -> String {
    let listing = ApiKeyListing {
        sort: Sort::parse(sort).unwrap(),
        ..newest_first(0, 100)
    };
    let page = subject.store.list(workspace.workspace_id(), &listing).await;
    names(&page.unwrap().items)
}

/// The names of the keys that match a filter at second 100, oldest first. Their number must be the
/// total, and so must their count, which is asked for beside the count of all keys.
async fn filtered(subject: &Subject, workspace: &OwnedWorkspace, filter: ApiKeyFilter) -> String {
    let filters = [ApiKeyFilter::default(), filter.clone()];
    let counts = subject
        .store
        .count(workspace.workspace_id(), &filters, at(100));
    let counts = counts.await.unwrap();
    let listing = ApiKeyListing {
        filter,
        sort: Sort::parse("createdAt").unwrap(),
        page: Pagination::new(0, 100).unwrap(),
        now: at(100),
    };
    let page = subject
        .store
        .list(workspace.workspace_id(), &listing)
        .await
        .unwrap();
    assert_eq!(page.total, u64::try_from(page.items.len()).unwrap());
    assert_eq!(counts[1], page.total);
    assert!(counts[0] >= page.total);
    names(&page.items)
}

async fn searched(subject: &Subject, workspace: &OwnedWorkspace, text: &str) -> String {
    let search = Some(SearchText::parse(text).unwrap());
    filtered(
        subject,
        workspace,
        ApiKeyFilter {
            search,
            ..ApiKeyFilter::default()
        },
    )
    .await
}

/// A key with this name, creation time and expiry.
async fn create(
    subject: &Subject,
    workspace: &OwnedWorkspace,
    second: i64,
    name: &str,
    end: Option<i64>,
) -> ApiKey {
    let expires_at = end.map_or(RawField::Absent, |end| RawField::Value(at(end).to_string()));
    let raw = RawDraft {
        expires_at,
        ..draft(name)
    };
    let new = from_draft(workspace, at(second), raw, origin());
    let key = new.key.clone();
    subject.insert(new).await;
    key
}

on_both_stores! {
    async fn keys_are_listed_newest_first_page_by_page(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for (second, name) in [(2, "third"), (0, "first"), (1, "second"), (3, "fourth")] {
            create(subject, &workspace, second, name, None).await;
        }
        let check = async |number, size, want: &str| {
            let page = subject.listed(workspace.workspace_id(), number, size).await;
            assert_eq!((names(&page.items).as_str(), page.total), (want, 4));
        };
        check(0, 100, "fourth, third, second, first").await;
        check(0, 3, "fourth, third, second").await;
        check(1, 3, "first").await;
        check(2, 3, "").await;
        check(u32::MAX, 100, "").await;
    }

    async fn keys_are_sorted_by_each_member_both_ways(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for (second, name, end, used) in [
            (0, "beta", Some(300), Some(20)),
            (1, "Alpha", None, None),
            (2, "ÄTHER", Some(200), Some(10)),
            (3, "alpha", Some(250), None),
        ] {
            let key = create(subject, &workspace, second, name, end).await;
            if let Some(used) = used {
                let secret_hash = key.fields().secret.hash;
                let uses = vec![used_once(secret_hash, at(used))];
                subject.store.record(uses).await.unwrap();
            }
        }
        for (sort, want) in [
            ("createdAt", "beta, Alpha, ÄTHER, alpha"),
            ("createdAt,desc", "alpha, ÄTHER, Alpha, beta"),
            ("name", "Alpha, alpha, beta, ÄTHER"),
            ("name,desc", "ÄTHER, beta, alpha, Alpha"),
            // "Never used" counts as the earliest, "never expires" as the latest.
            ("lastUsedAt", "Alpha, alpha, ÄTHER, beta"),
            ("lastUsedAt,desc", "beta, ÄTHER, alpha, Alpha"),
            ("expiresAt", "ÄTHER, alpha, beta, Alpha"),
            ("expiresAt,desc", "Alpha, beta, alpha, ÄTHER"),
        ] {
            assert_eq!(sorted(subject, &workspace, sort).await, want, "{sort}");
        }
    }

    async fn keys_that_are_alike_have_one_order_on_every_page(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let mut ids = Vec::new();
        for _ in 0..10 {
            ids.push(subject.created(&workspace).await.id());
        }
        ids.sort();
        for by in SortBy::ALL {
            for direction in [Direction::Ascending, Direction::Descending] {
                let mut seen: Vec<ApiKeyId> = Vec::new();
                for number in 0..5 {
                    let sort = Sort { by, direction };
                    let listing = ApiKeyListing { sort, ..newest_first(number, 2) };
                    let page = subject.store.list(workspace.workspace_id(), &listing).await.unwrap();
                    seen.extend(page.items.iter().map(ApiKey::id));
                }
                if direction == Direction::Descending {
                    seen.reverse();
                }
                assert_eq!(seen, ids, "{by:?} {direction:?}");
            }
        }
    }

    async fn status_is_judged_at_the_listings_instant(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        create(subject, &workspace, 0, "endless", None).await;
        create(subject, &workspace, 1, "lasting", Some(101)).await;
        create(subject, &workspace, 2, "ending now", Some(100)).await;
        let off = create(subject, &workspace, 3, "off", None).await;
        subject.change(&workspace, &off, &Change::Disable, at(4)).await;
        let off = create(subject, &workspace, 5, "off and past", Some(50)).await;
        subject.change(&workspace, &off, &Change::Disable, at(6)).await;
        let gone = create(subject, &workspace, 7, "gone", None).await;
        subject.change(&workspace, &gone, &Change::Delete, at(8)).await;
        for (status, want) in [
            (Some(Status::Active), "endless, lasting"),
            (Some(Status::Expired), "ending now"),
            (Some(Status::Disabled), "off, off and past"),
            (Some(Status::Deleted), ""),
            (None, "endless, lasting, ending now, off, off and past"),
        ] {
            let filter = ApiKeyFilter { status, ..ApiKeyFilter::default() };
            assert_eq!(filtered(subject, &workspace, filter).await, want, "{status:?}");
        }
    }

    async fn keys_are_found_by_mode(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        create(subject, &workspace, 0, "live", None).await;
        let sandbox = RawDraft { mode: RawField::Value(2), ..draft("test") };
        subject.insert(from_draft(&workspace, at(1), sandbox, origin())).await;
        for (mode, want) in [(Mode::Live, "live"), (Mode::Test, "test")] {
            let filter = ApiKeyFilter { mode: Some(mode), ..ApiKeyFilter::default() };
            assert_eq!(filtered(subject, &workspace, filter).await, want);
        }
    }

    async fn keys_are_found_by_a_part_of_the_name_whatever_its_case(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for (second, name) in ["Größe", "GRÖSSE", "50%", "a_b", "ab", r"c:\x", "Ключ"].iter().enumerate() {
            create(subject, &workspace, i64::try_from(second).unwrap(), name, None).await;
        }
        for (text, want) in [
            ("grö", "Größe, GRÖSSE"),
            ("RÖ", "Größe, GRÖSSE"),
            ("%", "50%"),
            ("_", "a_b"),
            ("a_b", "a_b"),
            (r"\", r"c:\x"),
            ("КЛЮЧ", "Ключ"),
            ("nothing like it", ""),
            ("' OR 1=1 --", ""),
        ] {
            assert_eq!(searched(subject, &workspace, text).await, want, "{text}");
        }
    }

    async fn keys_are_found_by_the_beginning_of_the_id(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = create(subject, &workspace, 0, "first", None).await;
        create(subject, &workspace, 100_000, "much later", None).await;
        let id = key.id().to_string();
        assert_eq!(searched(subject, &workspace, &id).await, "first");
        assert_eq!(searched(subject, &workspace, id.split_at(16).0).await, "first");
        assert_eq!(searched(subject, &workspace, "sk_live_").await, "first, much later");
        assert_eq!(searched(subject, &workspace, "sk_test_").await, "");
        assert_eq!(searched(subject, &workspace, &id.replace("live", "test")).await, "");
    }

    async fn filters_are_all_meant_at_once(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let off = create(subject, &workspace, 0, "key one", None).await;
        subject.change(&workspace, &off, &Change::Disable, at(1)).await;
        create(subject, &workspace, 2, "key two", None).await;
        create(subject, &workspace, 3, "other", None).await;
        let filter = ApiKeyFilter {
            status: Some(Status::Active),
            mode: Some(Mode::Live),
            search: Some(SearchText::parse("KEY").unwrap()),
            external_id: None,
            usage: UsageFilter::default(),
        };
        assert_eq!(filtered(subject, &workspace, filter).await, "key two");
    }

    async fn keys_are_found_by_their_external_id(subject: &Subject) {
        let (workspace, other) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        let mut first = None;
        for (second, (workspace, name, external_id)) in [
            (&workspace, "one", Some("customer-1")),
            (&workspace, "two", Some("CUSTOMER-1")),
            (&workspace, "three", Some("customer-1")),
            (&workspace, "four", Some("customer-10")),
            (&workspace, "five", None),
            (&other, "theirs", Some("customer-1")),
        ].into_iter().enumerate() {
            let mut raw = draft(name);
            raw.annotations.external_id =
                external_id.map_or(RawField::Absent, |id| RawField::Value(id.to_owned()));
            let new = from_draft(workspace, at(i64::try_from(second).unwrap()), raw, origin());
            first.get_or_insert(new.key.clone());
            subject.insert(new).await;
        }
        let found = async |id: &str| {
            let external_id = Some(ExternalId::parse(id).unwrap());
            let filter = ApiKeyFilter { external_id, ..ApiKeyFilter::default() };
            filtered(subject, &workspace, filter).await
        };
        assert_eq!(found("customer-1").await, "one, three");
        assert_eq!(found("CUSTOMER-1").await, "two");
        assert_eq!(found("customer-").await, "");
        assert_eq!(found("customer-_").await, "");
        subject.change(&workspace, &first.unwrap(), &Change::Delete, at(9)).await;
        assert_eq!(found("customer-1").await, "three");
    }

    async fn keys_are_found_by_how_they_are_used(subject: &Subject) {
        const DAY: i64 = 86_400;
        let workspace = subject.workspace("ws_1").await;
        let key = async |second: i64, name: &str, end| create(subject, &workspace, second, name, end).await;
        let unused = key(0, "unused", None).await;
        let old = key(1, "used long ago", Some(100 * DAY)).await;
        let recent = key(2, "used lately", Some(100 * DAY)).await;
        let young = key(9 * DAY, "young", None).await;
        for (key, at_second) in [(&old, DAY), (&recent, 9 * DAY)] {
            let uses = vec![used_once(key.fields().secret.hash, at(at_second))];
            subject.store.record(uses).await.unwrap();
        }
        for (key, second) in [(&unused, 2 * DAY), (&young, 9 * DAY)] {
            let denied = KeyDenials {
                api_key_id: key.id(),
                denial: Denial::Expired,
                last_denied_at: at(second),
                address: None,
                count: 1,
            };
            subject.store.record_denials(vec![denied]).await.unwrap();
        }
        let found = async |usage: UsageFilter| {
            let filter = ApiKeyFilter { usage, ..ApiKeyFilter::default() };
            filtered(subject, &workspace, filter).await
        };
        let any = UsageFilter::default();
        assert_eq!(found(UsageFilter { is_never_used: Some(true), ..any }).await, "unused, young");
        assert_eq!(
            found(UsageFilter { is_never_used: Some(false), ..any }).await,
            "used long ago, used lately"
        );
        for (second, want) in [
            (0, "unused"),
            (DAY - 1, "unused"),
            (DAY, "unused, used long ago"),
            (9 * DAY, "unused, used long ago, used lately, young"),
        ] {
            let idle_since = Some(at(second));
            assert_eq!(found(UsageFilter { idle_since, ..any }).await, want, "idle since {second}");
        }
        for (second, want) in [
            (2 * DAY + 1, "unused, young"),
            (3 * DAY, "young"),
            (10 * DAY, ""),
        ] {
            let denied_since = Some(at(second));
            assert_eq!(found(UsageFilter { denied_since, ..any }).await, want, "denied since {second}");
        }
        assert_eq!(found(UsageFilter { never_expires: Some(true), ..any }).await, "unused, young");
        assert_eq!(
            found(UsageFilter { never_expires: Some(false), ..any }).await,
            "used long ago, used lately"
        );
        for (second, want) in [
            (100 * DAY - 1, ""),
            (100 * DAY, "used long ago, used lately"),
        ] {
            let expires_until = Some(at(second));
            assert_eq!(found(UsageFilter { expires_until, ..any }).await, want, "until {second}");
        }
        let several = UsageFilter {
            is_never_used: Some(true),
            idle_since: Some(at(DAY)),
            never_expires: Some(true),
            ..any
        };
        assert_eq!(found(several).await, "unused");
        let rotated = rotation(at(10 * DAY), 0);
        subject.change(&workspace, &recent, &rotated, at(10 * DAY)).await;
        assert_eq!(
            found(UsageFilter { is_never_used: Some(false), ..any }).await,
            "used long ago, used lately",
            "the use of an ended secret counts"
        );
    }

    async fn keys_are_found_by_scopes_that_were_never_used(subject: &Subject) {
        let (workspace, other) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        let (read, write) = ("payment:read", "payment:write");
        let mut keys = Vec::new();
        for (second, (workspace, name, codes)) in [
            (&workspace, "all used", vec![write, read]),
            (&workspace, "half used", vec![read, write]),
            (&workspace, "unused", vec![read]),
            (&workspace, "without scopes", vec![]),
            (&other, "theirs", vec![read]),
        ].into_iter().enumerate() {
            let codes = codes.into_iter().map(|code| RawField::Value(code.to_owned()));
            let raw = RawDraft { scopes: RawField::Value(codes.collect()), ..draft(name) };
            let new = from_draft(workspace, at(i64::try_from(second).unwrap()), raw, origin());
            keys.push(new.key.clone());
            subject.insert(new).await;
        }
        let used = |key: &ApiKey, code: &str| ScopeUse {
            api_key_id: key.id(),
            scope: scope(code),
            last_used_on: at(0).truncated_to_days(),
        };
        let all = vec![used(&keys[0], read), used(&keys[0], write), used(&keys[1], write)];
        subject.store.record_scope_uses(all).await.unwrap();
        let found = async |has_unused_scopes: bool| {
            let has_unused_scopes = Some(has_unused_scopes);
            let usage = UsageFilter { has_unused_scopes, ..UsageFilter::default() };
            filtered(subject, &workspace, ApiKeyFilter { usage, ..ApiKeyFilter::default() }).await
        };
        assert_eq!(found(true).await, "half used, unused");
        assert_eq!(found(false).await, "all used, without scopes");
        for (has_scopes, want) in [(true, "all used, half used, unused"), (false, "without scopes")] {
            let usage = UsageFilter { has_scopes: Some(has_scopes), ..UsageFilter::default() };
            let filter = ApiKeyFilter { usage, ..ApiKeyFilter::default() };
            assert_eq!(filtered(subject, &workspace, filter).await, want);
        }
        subject.store.record_scope_uses(vec![used(&keys[1], read)]).await.unwrap();
        assert_eq!(found(true).await, "unused");
    }

    async fn a_listing_is_of_one_workspace(subject: &Subject) {
        let (first, second) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        create(subject, &first, 0, "mine", None).await;
        let theirs = create(subject, &second, 0, "theirs", None).await;
        let page = subject.listed(first.workspace_id(), 0, 20).await;
        assert_eq!((names(&page.items).as_str(), page.total), ("mine", 1));
        assert_eq!(searched(subject, &first, &theirs.id().to_string()).await, "");
        assert_eq!(searched(subject, &first, "theirs").await, "");
    }

    async fn an_unknown_workspace_has_an_empty_page(subject: &Subject) {
        let page = subject.listed(&workspace_id("nobody"), 0, 20).await;
        assert_eq!((page.items.len(), page.total), (0, 0));
    }

    async fn no_key_is_skipped_while_others_are_created(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let mut before = BTreeSet::new();
        for _ in 0..40 {
            before.insert(subject.created(&workspace).await.id());
        }
        for sort in ["createdAt,desc", "createdAt,asc"] {
            let (store, creator) = (subject.store.clone(), workspace.clone());
            let creating = tokio::spawn(async move {
                for second in 1..100 {
                    store.insert(new_key(&creator, at(second))).await.unwrap();
                }
            });
            let mut seen = BTreeSet::new();
            for number in 0.. {
                let sort = Sort::parse(sort).unwrap();
                let listing = ApiKeyListing { sort, ..newest_first(number, 7) };
                let page = subject.store.list(workspace.workspace_id(), &listing).await.unwrap();
                if page.items.is_empty() {
                    break;
                }
                seen.extend(page.items.iter().map(ApiKey::id));
            }
            creating.await.unwrap();
            assert!(seen.is_superset(&before), "{sort}");
        }
    }

    /// The same store, with many more keys in other workspaces than in the listed one.
    async fn a_listing_uses_the_index_of_its_workspace(subject: &Subject) {
        for id in ["ws_1", "ws_2"] {
            let workspace = subject.workspace(id).await;
            subject.created(&workspace).await;
        }
        subject.execute(
            &copies("ws_2", "randomblob(16)", "randomblob(32)"),
            &copies("ws_2", "gen_random_uuid()", "sha256(n::text::bytea)"),
        ).await;
        subject.execute_on_both(
            "INSERT INTO secret_uses (secret_hash, api_key_id, last_used_at, use_count)
             SELECT secret_hash, id, created_at, 1 FROM api_keys",
        ).await;
        let denials = |hour: &str| format!(
            "INSERT INTO key_denials (hour, last_denied_at, denial_count, api_key_id, decision)
             SELECT {hour}, {hour}, 1, id, 'EXPIRED' FROM api_keys",
        );
        subject.execute(
            &denials("created_at - created_at % 3600000000"),
            &denials("date_trunc('hour', created_at)"),
        ).await;
        let days = |day: &str| format!(
            "INSERT INTO scope_uses (last_used_on, api_key_id, scope)
             SELECT {day}, id, 'payment:read' FROM api_keys",
        );
        subject.execute(
            &days("created_at - created_at % 86400000000"),
            &days("date_trunc('day', created_at, 'UTC')"),
        ).await;
        subject.execute_on_both("ANALYZE").await;
        let workspace: WorkspaceId = workspace_id("ws_1");
        for by in SortBy::ALL {
            let sort = Sort { by, direction: Direction::Descending };
            let listing = ApiKeyListing { sort, ..newest_first(0, 20) };
            let plan = subject.store.explain_list(&workspace, &listing).await.unwrap();
            let indexes: &[&str] = match by {
                SortBy::CreatedAt => &["api_keys_newest_first"],
                SortBy::Name => &["api_keys_by_name"],
                SortBy::LastUsedAt | SortBy::ExpiresAt => {
                    &["api_keys_newest_first", "api_keys_by_name", "api_keys_by_last_use"]
                }
            };
            assert!(indexes.iter().any(|index| plan.contains(index)), "{by:?}: {plan}");
            let is_whole_table = ["Seq Scan", "SCAN api_keys", "SCAN secret_uses", "Hash Join", "Hash Left Join"];
            assert!(!is_whole_table.iter().any(|scan| plan.contains(scan)), "{by:?}: {plan}");
        }
        let since = Some(at(0));
        for usage in [
            UsageFilter { is_never_used: Some(true), ..UsageFilter::default() },
            UsageFilter { idle_since: since, ..UsageFilter::default() },
            UsageFilter { denied_since: since, ..UsageFilter::default() },
            UsageFilter { never_expires: Some(true), ..UsageFilter::default() },
            UsageFilter { expires_until: since, ..UsageFilter::default() },
            UsageFilter { has_scopes: Some(false), ..UsageFilter::default() },
            UsageFilter { has_unused_scopes: Some(true), ..UsageFilter::default() },
            UsageFilter { has_unused_scopes: Some(false), ..UsageFilter::default() },
        ] {
            let filter = ApiKeyFilter { usage, ..ApiKeyFilter::default() };
            let listing = ApiKeyListing { filter, ..newest_first(0, 20) };
            let plan = subject.store.explain_list(&workspace, &listing).await.unwrap();
            let is_whole_table = [
                "Seq Scan",
                "SCAN api_keys",
                "SCAN secret_uses",
                "SCAN key_denials",
                "SCAN scope_uses",
                "Hash Join",
                "Hash Semi Join",
                "hashed SubPlan",
            ];
            assert!(!is_whole_table.iter().any(|scan| plan.contains(scan)), "{usage:?}: {plan}");
        }
    }

    async fn an_external_id_has_an_index(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        subject.created(&workspace).await;
        subject.execute(
            &copies("ws_1", "randomblob(16)", "randomblob(32)"),
            &copies("ws_1", "gen_random_uuid()", "sha256(n::text::bytea)"),
        ).await;
        subject.execute(
            "UPDATE api_keys SET external_id = hex(id)",
            "UPDATE api_keys SET external_id = id::text",
        ).await;
        subject.execute_on_both("ANALYZE").await;
        let external_id = Some(ExternalId::parse("customer-1").unwrap());
        let filter = ApiKeyFilter { external_id, ..ApiKeyFilter::default() };
        let listing = ApiKeyListing { filter, ..newest_first(0, 20) };
        let plan = subject.store.explain_list(workspace.workspace_id(), &listing).await.unwrap();
        assert!(plan.contains("api_keys_by_external_id"), "{plan}");
    }
}

/// Ten thousand copies of a workspace's key.
fn copies(workspace: &str, id: &str, hash: &str) -> String {
    format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10000)
         INSERT INTO api_keys (id, mode, workspace_id, name, name_folded, scopes, ip_allowlist,
             is_disabled, secret_hash, secret_hint, secret_created_at, created_at, version)
         SELECT {id}, mode, workspace_id, name, name_folded, scopes, ip_allowlist,
             is_disabled, {hash}, secret_hint, secret_created_at, created_at, version
         FROM api_keys, numbers WHERE workspace_id = '{workspace}'"
    )
}
