//! The pages of one key: each part has its own address.

pub(crate) mod activity;
pub(crate) mod history;
pub(crate) mod overview;
pub(crate) mod use_it;

use keyward_domain::{ApiKey, Status, Usage, UsagePeriod, UsageUnit};
use keyward_web::RequestError;

use crate::layout::notice::{Done, Notice};
use crate::layout::page::Page;
use crate::request::page_request::{PageRequest, Supervisor};
use crate::views::catalogue::Catalogue;
use crate::views::exposure_view::ExposureView;
use crate::views::key_view::KeyView;

/// What all parts show of the key, and what they are made of.
struct KeyPage {
    key: ApiKey,
    catalogue: Catalogue,
    page: Page,
    view: KeyView,
}

impl KeyPage {
    async fn read(page_request: &PageRequest<'_>, user: &Supervisor) -> Result<Self, RequestError> {
        let (context, state) = (&page_request.context, page_request.state);
        let key = page_request.key(user).await?;
        let catalogue = state.api.keys.scope_catalogue.as_ref();
        let catalogue = Catalogue::read(catalogue, context.language).await?;
        let mut page = Page::new(page_request, key.fields().name.as_str().to_owned());
        if !is_true_of(page_request, &key) {
            page.notice = None;
        }
        let url = page_request.links.key(user.workspace_id(), key.id());
        let asked = (context.language, context.now());
        let mut view = KeyView::of(&key, url, &catalogue, asked);
        let exposure = state.api.keys.exposure(&user.workspace, &key).await?;
        view.exposure =
            exposure.map(|exposure| ExposureView::of(&exposure, &key, view.may_rotate, asked));
        Ok(Self {
            key,
            catalogue,
            page,
            view,
        })
    }

    /// The uses of the key, by hour or by day, in the usual period.
    async fn usage(
        &self,
        page_request: &PageRequest<'_>,
        user: &Supervisor,
        unit: UsageUnit,
    ) -> Result<(UsagePeriod, Usage), RequestError> {
        let period = UsagePeriod::new(None, None, unit, page_request.context.now());
        let period = period.map_err(|_reversed| RequestError::ApiKeyNotFound)?;
        let keys = &page_request.state.api.keys;
        let usage = keys.usage(&user.workspace, self.key.id(), period).await?;
        Ok((period, usage.ok_or(RequestError::ApiKeyNotFound)?))
    }
}

/// Whether the key still is as the notice says; someone may have changed it since.
fn is_true_of(page_request: &PageRequest<'_>, key: &ApiKey) -> bool {
    let now = page_request.context.now();
    let notice = Notice::of_query(page_request.request.query_string());
    notice.is_none_or(|notice| match notice.done() {
        Done::Disabled => key.status(now) == Status::Disabled,
        Done::Enabled => key.status(now) != Status::Disabled,
        Done::OverlapEnded => key.fields().live_previous_secret(now).is_none(),
        Done::Saved | Done::Deleted | Done::WebhookEnabled | Done::WebhookRemoved => true,
    })
}
