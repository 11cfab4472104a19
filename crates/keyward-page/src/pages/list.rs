//! The list of a workspace's keys.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use keyward_domain::{ApiKey, ApiKeyListing, Language, Mode, SortBy};
use keyward_web::{RequestError, extract, message};

use super::find::{found, secret_in};
use super::respond::Call;
use crate::language::MessageId as M;
use crate::layout::notice::Notice;
use crate::layout::page::{Page, html};
use crate::request::page_request::{PageRequest, Supervisor};
use crate::views::attention::{self, AttentionCard};
use crate::views::catalogue::Catalogue;
use crate::views::key_row::KeyRow;
use crate::views::list_query::{ChosenFilter, ListQuery, SortHead};
use crate::views::number::grouped;
use crate::views::sparkline::first_day;

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    page: Page,
    query: ListQuery,
    keys: Vec<KeyRow>,
    heads: Heads,
    cards: Vec<AttentionCard>,
    filters: Vec<ChosenFilter>,
    /// The list without filters.
    all_query: String,
    /// A sentence about which of the matching keys are shown.
    count: String,
    /// "Selected keys: #", where a script writes the number.
    selected_count: String,
    /// A secret of a new key, shortened.
    example: String,
    /// Whether the workspace has no key and there is no filter.
    is_empty: bool,
    previous_query: Option<String>,
    next_query: Option<String>,
}

/// The columns by which the list can be sorted.
struct Heads {
    name: SortHead,
    last_used: SortHead,
    expires: SortHead,
    created: SortHead,
}

/// `GET /workspaces/{workspaceId}/keys`.
pub(crate) async fn list(call: Call) -> HttpResponse {
    call.show(carry_out).await
}

async fn carry_out(
    page_request: &PageRequest<'_>,
    user: &Supervisor,
) -> Result<HttpResponse, RequestError> {
    let (context, state) = (&page_request.context, page_request.state);
    let language = context.language;
    let asked = page_request.query();
    let is_notice = Notice::of_query(&asked).is_some();
    let asked = if is_notice { "" } else { asked.as_str() };
    let query = ListQuery::of_query(asked);
    if let Some(secret) = secret_in(query.text("q")) {
        return found(page_request, user, &secret, true).await;
    }
    let listing = extract::listing(asked, context.now())?;
    let now = listing.now;
    let keys = &state.api.keys;
    let catalogue = Catalogue::read(keys.scope_catalogue.as_ref(), language).await?;
    let found = keys.list(&user.workspace, &listing).await?;
    let is_empty = found.total == 0 && listing.filter.is_open();
    let ids: Vec<_> = found.items.iter().map(ApiKey::id).collect();
    let daily = keys
        .daily_uses(&user.workspace, &ids, first_day(now))
        .await?;
    let counts = if is_empty {
        vec![]
    } else {
        let filters = attention::filters(now);
        keys.count(&user.workspace, &filters, now).await?
    };
    let exposed = keys.exposed(&user.workspace, &found.items).await?;
    let rows = found.items.iter().map(|key| {
        let url = page_request.links.key(user.workspace_id(), key.id());
        KeyRow {
            is_exposed: exposed.contains(&key.id()),
            ..KeyRow::of(key, url, &catalogue, &daily, (language, now))
        }
    });
    let head = |by| query.head(by, listing.sort, language);
    let template = ListPage {
        page: Page::titled(page_request, M::ApiKeys),
        keys: rows.collect(),
        heads: Heads {
            name: head(SortBy::Name),
            last_used: head(SortBy::LastUsedAt),
            expires: head(SortBy::ExpiresAt),
            created: head(SortBy::CreatedAt),
        },
        cards: attention::cards(&counts, &query, language),
        filters: query.filters(language),
        all_query: query.without_filters(),
        count: range(&listing, found.items.len(), found.total, language),
        selected_count: message(language, M::SelectedCount, &[("count", "#".into())]),
        example: format!("{}…", keys.key_prefix.lead(Mode::Live)),
        is_empty,
        previous_query: query.before(&listing),
        next_query: query.after(&listing, found.total),
        query,
    };
    Ok(html(page_request, StatusCode::OK, &template))
}

/// "Keys 21–40 of 57"; without any, that no key matches.
fn range(listing: &ApiKeyListing, shown: usize, total: u64, language: Language) -> String {
    let Some(shown) = u64::try_from(shown).ok().filter(|shown| *shown > 0) else {
        return message(language, M::NoneFits, &[]);
    };
    let before = listing.page.offset();
    let arguments = [
        ("first", grouped(before + 1, language).into()),
        ("last", grouped(before + shown, language).into()),
        ("total", grouped(total, language).into()),
    ];
    message(language, M::KeyRange, &arguments)
}
