use keyward_domain::{Delivery, DeliveryStatus, Language};
use keyward_web::message;

use super::attempt_view::AttemptView;
use super::moment::Moment;
use crate::language::MessageId as M;

/// What became of an event, in words.
pub(crate) struct DeliveryView {
    pub(crate) event_type: &'static str,
    pub(crate) sequence: Option<u64>,
    /// With words and not only a colour.
    pub(crate) status: String,
    pub(crate) icon: &'static str,
    pub(crate) class: &'static str,
    pub(crate) attempts: u32,
    pub(crate) last_attempt: Option<AttemptView>,
    /// When it is tried again.
    pub(crate) due_at: Option<Moment>,
}

impl DeliveryView {
    pub(crate) fn of(delivery: &Delivery, language: Language) -> Self {
        let (id, icon, class) = match delivery.status {
            DeliveryStatus::Pending => (M::DeliveryPending, "wait", "disabled"),
            DeliveryStatus::Delivered => (M::DeliveryDelivered, "check", "active"),
            DeliveryStatus::Failed => (M::DeliveryFailed, "cross", "expired"),
        };
        let last_attempt = delivery.last_attempt.as_ref();
        Self {
            event_type: delivery.event_type.as_str(),
            sequence: delivery.sequence,
            status: message(language, id, &[]),
            icon,
            class,
            attempts: delivery.attempts,
            last_attempt: last_attempt.map(|attempt| AttemptView::of(attempt, language)),
            due_at: delivery.due_at.map(Moment::of),
        }
    }
}
