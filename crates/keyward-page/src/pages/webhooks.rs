//! The webhooks of a workspace, for its owner: one file per page or action.

pub(crate) mod create;
pub(crate) mod detail;
pub(crate) mod enable;
pub(crate) mod list;
pub(crate) mod remove;
pub(crate) mod replay;
pub(crate) mod rotate;
pub(crate) mod secret;
pub(crate) mod test_message;

use keyward_domain::usecases::{ManageWebhooks, WebhookCaller, WebhookWithKeys};
use keyward_web::RequestError;

use crate::request::page_request::{Owner, PageRequest};
use crate::views::webhook_view::WebhookView;

/// The operations on webhooks, for the owner of a workspace.
struct Operations<'a> {
    webhooks: &'a ManageWebhooks,
    caller: WebhookCaller,
}

impl<'a> Operations<'a> {
    /// # Errors
    /// [`RequestError::NoSuchResource`] when the deployment has no webhooks.
    fn of(page_request: &PageRequest<'a>, owner: &Owner) -> Result<Self, RequestError> {
        let webhooks = page_request.state.api.webhooks.as_ref();
        Ok(Self {
            webhooks: webhooks.ok_or(RequestError::NoSuchResource)?,
            caller: WebhookCaller::owner(&owner.workspace, owner.origin.clone()),
        })
    }
}

/// A webhook as the owner sees it now.
fn view(page_request: &PageRequest<'_>, owner: &Owner, webhook: &WebhookWithKeys) -> WebhookView {
    let context = &page_request.context;
    let id = webhook.webhook.id;
    let url = page_request.links.webhook(owner.workspace_id(), id);
    WebhookView::of(webhook, url, (context.language, context.now()))
}
