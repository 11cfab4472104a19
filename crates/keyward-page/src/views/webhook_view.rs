use keyward_domain::usecases::WebhookWithKeys;
use keyward_domain::{DisabledReason, EventType, Language, Status, Timestamp};
use keyward_web::message;

use super::key_view::StatusView;
use super::moment::Moment;
use crate::language::MessageId as M;

/// A webhook as it is shown on a page, without its secret.
pub(crate) struct WebhookView {
    pub(crate) id: String,
    /// Its page.
    pub(crate) url: String,
    /// Where events are sent.
    pub(crate) receiver: String,
    /// The same without the query, in which receivers put passwords.
    pub(crate) address: String,
    /// The chosen types; empty for all.
    pub(crate) event_types: Vec<&'static str>,
    pub(crate) encoding: &'static str,
    pub(crate) status: StatusView,
    /// Why it is disabled.
    pub(crate) reason: Option<String>,
    pub(crate) disabled_at: Option<Moment>,
    pub(crate) failing_since: Option<Moment>,
    pub(crate) created_at: Moment,
    pub(crate) public_key: String,
    /// Until when messages are also signed with the old keys.
    pub(crate) old_keys_until: Option<Moment>,
}

impl WebhookView {
    /// The webhook at `now`.
    pub(crate) fn of(
        WebhookWithKeys { webhook, keys }: &WebhookWithKeys,
        url: String,
        (language, now): (Language, Timestamp),
    ) -> Self {
        let settings = &webhook.settings;
        let status = match settings.disabled {
            Some(_) => Status::Disabled,
            None => Status::Active,
        };
        let old_keys_until = webhook.previous_secret_until.filter(|until| now < *until);
        Self {
            id: webhook.id.to_string(),
            url,
            receiver: settings.url.as_str().to_owned(),
            address: settings.url.without_query().to_owned(),
            event_types: settings.event_types.iter().map(EventType::as_str).collect(),
            encoding: settings.encoding.as_str(),
            status: StatusView::of(status, language),
            reason: settings
                .disabled
                .map(|reason| message(language, of_reason(reason), &[])),
            disabled_at: webhook.disabled_at.map(Moment::of),
            failing_since: webhook.failing_since.map(Moment::of),
            created_at: Moment::of(webhook.created_at),
            public_key: keys.public_key.clone(),
            old_keys_until: old_keys_until.map(Moment::of),
        }
    }
}

fn of_reason(reason: DisabledReason) -> M {
    match reason {
        DisabledReason::Failing => M::DisabledFailing,
        DisabledReason::Gone => M::DisabledGone,
    }
}
