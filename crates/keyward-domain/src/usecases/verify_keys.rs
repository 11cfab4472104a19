//! Whether the keys of a workspace are what their history says.

use std::collections::BTreeMap;

use crate::audit::event::{AuditEvent, AuditedFields};
use crate::audit::trail::TrailFault;
use crate::caller::workspace::WorkspaceId;
use crate::key::api_key::ApiKey;
use crate::key::id::ApiKeyId;
use crate::listing::api_key_listing::{ApiKeyFilter, ApiKeyListing, Sort};
use crate::listing::page::{PAGE_SIZE_MAX, Pagination};
use crate::ports::{ApiKeys, AuditEvents, RepositoryError};
use crate::timestamp::Timestamp;

/// How often a key is compared again because it was changed in the meantime.
const ATTEMPTS_MAX: u32 = 8;

/// What all events of each key together say about it, and when the last one occurred.
#[derive(Debug, Default)]
pub(super) struct LastEvents {
    keys: BTreeMap<ApiKeyId, Said>,
    faults: Vec<TrailFault>,
    /// The position of the last event that was applied.
    position: u64,
}

#[derive(Clone, Debug)]
struct Said {
    at: Timestamp,
    fields: AuditedFields,
}

impl Said {
    fn nothing() -> Self {
        Self {
            at: Timestamp::MIN,
            fields: AuditedFields::default().or_none_given(),
        }
    }

    /// Applies the next event. Returns whether the key's state before it agrees with the earlier
    /// events.
    fn take(&mut self, event: AuditEvent) -> bool {
        // Clocks of nodes differ, so an event may have an earlier time than the event before it.
        self.at = self.at.max(event.occurred_at);
        self.forget_ended_overlap();
        let is_so = event.before.is_none_or(|mut before| {
            before.forget_overlap_ended_by(self.at);
            before.agrees_with(&self.fields)
        });
        if let Some(after) = event.after {
            self.fields.update(after);
        }
        self.forget_ended_overlap();
        is_so
    }

    /// No event records that an overlap has ended by itself.
    fn forget_ended_overlap(&mut self) {
        self.fields.forget_overlap_ended_by(self.at);
    }

    fn is_of_a_deleted_key(&self) -> bool {
        self.fields.state.is_none_or(|state| state.is_deleted)
    }

    /// The fault of the key; `None` when it agrees with its events.
    fn fault(said: Option<&Self>, key: Option<&ApiKey>, id: ApiKeyId) -> Option<TrailFault> {
        let lives_on = said.filter(|said| !said.is_of_a_deleted_key());
        match (said, lives_on, key) {
            (_, None, None) => None,
            (_, Some(_), None) => Some(TrailFault::KeyMissing { api_key_id: id }),
            (None, _, Some(_)) => Some(TrailFault::KeyUnrecorded { api_key_id: id }),
            (Some(said), _, Some(key)) => {
                let stored = AuditedFields::from(key.fields().audited(said.at));
                let is_so = said.fields == stored.or_none_given();
                (!is_so).then_some(TrailFault::KeyDiffers { api_key_id: id })
            }
        }
    }
}

impl LastEvents {
    /// Applies the next event of the trail.
    pub(super) fn take(&mut self, position: u64, event: AuditEvent) {
        self.position = position;
        let api_key_id = event.api_key_id;
        let said = self.keys.entry(api_key_id).or_insert_with(Said::nothing);
        if !said.take(event) {
            self.faults.push(TrailFault::KeyDiffered {
                api_key_id,
                position,
            });
        }
    }

    /// Compares the events with the current keys. Concurrent changes are safe.
    pub(super) async fn compare(
        mut self,
        api_keys: &dyn ApiKeys,
        audit_events: &dyn AuditEvents,
        workspace_id: &WorkspaceId,
    ) -> Result<Vec<TrailFault>, RepositoryError> {
        let mut suspects = Vec::new();
        for number in 0.. {
            let Ok(page) = Pagination::new(number, PAGE_SIZE_MAX) else {
                break;
            };
            let listing = ApiKeyListing {
                filter: ApiKeyFilter::default(),
                sort: Sort::default(),
                page,
                // The filter has no status.
                now: Timestamp::MAX,
            };
            let keys = match api_keys.list(workspace_id, &listing).await {
                Ok(keys) => keys.items,
                Err(RepositoryError::Corrupt(_)) => return Ok(vec![TrailFault::KeysUnreadable]),
                Err(error) => return Err(error),
            };
            for key in &keys {
                let said = self.keys.remove(&key.id());
                if Said::fault(said.as_ref(), Some(key), key.id()).is_some() {
                    suspects.push((key.id(), said));
                }
            }
            if keys.is_empty() {
                break;
            }
        }
        let gone = self.keys.into_iter();
        let gone = gone.filter(|(_id, said)| !said.is_of_a_deleted_key());
        suspects.extend(gone.map(|(id, said)| (id, Some(said))));
        let mut faults = self.faults;
        for (id, said) in suspects {
            // A concurrent create moves a key to the next page. That key is listed twice, and its
            // events are already taken the second time.
            let position = if said.is_some() { self.position } else { 0 };
            let suspect = Suspect {
                workspace_id,
                id,
                said,
                position,
            };
            faults.extend(suspect.look_again(api_keys, audit_events).await?);
        }
        Ok(faults)
    }
}

/// A key that differs from its events as far as they were read.
struct Suspect<'a> {
    workspace_id: &'a WorkspaceId,
    id: ApiKeyId,
    said: Option<Said>,
    /// The position up to which its events were read.
    position: u64,
}

impl Suspect<'_> {
    /// The fault of the key, when the key and its events are read at the same state.
    async fn look_again(
        mut self,
        api_keys: &dyn ApiKeys,
        audit_events: &dyn AuditEvents,
    ) -> Result<Option<TrailFault>, RepositoryError> {
        let mut fault = None;
        for _attempt in 0..ATTEMPTS_MAX {
            let key = api_keys.get(self.workspace_id, self.id).await?;
            let has_changed = self.read_on(audit_events).await?;
            fault = Said::fault(self.said.as_ref(), key.as_ref(), self.id);
            if !has_changed {
                break;
            }
        }
        Ok(fault)
    }

    /// Reads the events that were recorded in the meantime. Returns whether there are any.
    async fn read_on(&mut self, audit_events: &dyn AuditEvents) -> Result<bool, RepositoryError> {
        let mut newer = Vec::new();
        for number in 0.. {
            let Ok(page) = Pagination::new(number, PAGE_SIZE_MAX) else {
                break;
            };
            let events = audit_events.of_key(self.workspace_id, self.id, page);
            let events = events.await?.items;
            let oldest = events.last().map_or(0, |event| event.position);
            let known = self.position;
            newer.extend(events.into_iter().filter(|event| event.position > known));
            if oldest <= known {
                break;
            }
        }
        // A concurrent event moves one event from the first to the second page.
        newer.sort_by_key(|event| event.position);
        newer.dedup_by_key(|event| event.position);
        let Some(last) = newer.last() else {
            return Ok(false);
        };
        self.position = last.position;
        let said = self.said.get_or_insert_with(Said::nothing);
        for event in newer {
            said.take(event.event);
        }
        Ok(true)
    }
}
