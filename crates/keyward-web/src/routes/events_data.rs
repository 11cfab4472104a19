use serde::Serialize;
use utoipa::ToSchema;

use super::published_event_data::PublishedEventData;

/// The next events.
#[derive(Serialize, ToSchema)]
#[schema(as = Events)]
pub(super) struct EventsData<'a> {
    /// The oldest first.
    pub(super) items: Vec<PublishedEventData<'a>>,
    /// The `after` of the next request.
    #[schema(minimum = 0)]
    pub(super) next: u64,
}
