use std::collections::BTreeSet;

use crate::events::event_type::EventType;

/// The types of events that a webhook gets. An empty set is every type, also those that later releases
/// add.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventTypes(BTreeSet<EventType>);

impl EventTypes {
    /// These types.
    #[must_use]
    pub fn of(types: BTreeSet<EventType>) -> Self {
        Self(types)
    }

    /// The chosen types in their order; none when there is no choice.
    pub fn iter(&self) -> impl Iterator<Item = EventType> + '_ {
        self.0.iter().copied()
    }
}
