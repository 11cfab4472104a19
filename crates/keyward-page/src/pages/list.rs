//! The list of a workspace's keys.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use keyward_domain::{ApiKeyListing, Mode};
use keyward_web::{RequestError, extract, message};

use super::respond::Call;
use crate::language::MessageId as M;
use crate::layout::notice::Notice;
use crate::layout::page::{Page, html};
use crate::request::page_request::{PageRequest, Supervisor};
use crate::views::catalogue::Catalogue;
use crate::views::key_view::KeyView;

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    page: Page,
    filter: Filter,
    keys: Vec<KeyView>,
    /// A sentence with the number of matching keys.
    count: String,
    /// A secret of a new key, shortened.
    example: String,
    /// Whether the workspace has no key and there is no filter.
    is_empty: bool,
    previous_url: Option<String>,
    next_url: Option<String>,
}

/// The filter as it was submitted.
struct Filter {
    search: String,
    status: String,
    mode: String,
    sort: String,
    /// The parameters that the form does not offer, by name; only those that were submitted.
    others: Vec<(&'static str, String)>,
}

/// Parameters of lists that the form does not offer, but keeps.
const OTHERS: [&str; 7] = [
    "externalId",
    "neverUsed",
    "hasUnusedScopes",
    "idleDays",
    "deniedDays",
    "neverExpires",
    "size",
];

impl Filter {
    fn of_query(query: &str) -> Self {
        let text = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs
                .find(|(field, _)| field == name)
                .map_or_else(String::new, |(_, value)| value.into_owned())
        };
        Self {
            search: text("q"),
            status: text("status"),
            mode: text("mode"),
            sort: text("sort"),
            others: OTHERS
                .into_iter()
                .map(|name| (name, text(name)))
                .filter(|(_name, value)| !value.is_empty())
                .collect(),
        }
    }

    /// The query of another page of the same list.
    fn query(&self, page: u32) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let offered = [
            ("q", &self.search),
            ("status", &self.status),
            ("mode", &self.mode),
            ("sort", &self.sort),
        ];
        let others = self.others.iter().map(|(name, value)| (*name, value));
        for (name, value) in offered.into_iter().chain(others) {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if page > 0 {
            query.append_pair("page", &page.to_string());
        }
        format!("?{}", query.finish())
    }
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
    let query = page_request.request.query_string();
    let asked = if Notice::of_query(query).is_some() {
        ""
    } else {
        query
    };
    let listing = extract::listing(asked, context.now())?;
    let catalogue = Catalogue::read(state.api.keys.scope_catalogue.as_ref(), language).await?;
    let found = state.api.keys.list(&user.workspace, &listing).await?;
    let keys = found.items.iter().map(|key| {
        let url = page_request.links.key(user.workspace_id(), key.id());
        KeyView::of(key, url, &catalogue, (language, listing.now))
    });
    let filter = Filter::of_query(asked);
    let template = ListPage {
        page: Page::titled(page_request, M::ApiKeys),
        keys: keys.collect(),
        count: message(
            language,
            M::KeyCount,
            &[("count", found.total.to_string().into())],
        ),
        example: format!("{}…", state.api.keys.key_prefix.lead(Mode::Live)),
        is_empty: found.total == 0 && listing.filter.is_open(),
        previous_url: page_before(&listing).map(|page| filter.query(page)),
        next_url: page_after(&listing, found.total).map(|page| filter.query(page)),
        filter,
    };
    Ok(html(page_request, StatusCode::OK, &template))
}

fn page_before(listing: &ApiKeyListing) -> Option<u32> {
    listing.page.number().checked_sub(1)
}

fn page_after(listing: &ApiKeyListing, total: u64) -> Option<u32> {
    let shown = listing.page.offset() + u64::from(listing.page.size());
    (shown < total).then(|| listing.page.number().saturating_add(1))
}
