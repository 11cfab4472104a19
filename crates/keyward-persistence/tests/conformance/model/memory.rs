//! The docs of the ports in their simplest form: lists in memory, under one lock.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use keyward_domain::ports::{
    ApiKeys, AuditEvents, CarriedOut, ChangedApiKey, FieldRules, Housekeeping, Inserted,
    LastReport, NewApiKey, Purgeable, RepositoryError, Saved, SecretTaken, SecretUse, UsageStore,
};
use keyward_domain::{
    ApiKey, ApiKeyFields, ApiKeyFilter, ApiKeyId, ApiKeyListing, AuditEvent, ChainedEvent as _,
    Direction, EventHash, EventPlace, IDEMPOTENCY_SECONDS, Idempotency, LastUse, Page, Pagination,
    RecordedEvent, RepeatableOperation, Scope, SecretHash, SortBy, StoredSecret, Timestamp,
    TrailHead, TrailLine, WorkspaceId,
};

/// Clones share one memory, like the clones of a store.
#[derive(Clone, Default)]
pub(super) struct Memory(Arc<Mutex<Tables>>);

#[derive(Default)]
struct Tables {
    /// Includes deleted keys.
    keys: Vec<ApiKeyFields>,
    events: Vec<RecordedEvent>,
    records: Vec<Record>,
}

struct Record {
    workspace_id: WorkspaceId,
    operation: RepeatableOperation,
    idempotency: Idempotency,
    api_key_id: ApiKeyId,
    created_at: Timestamp,
}

impl Memory {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap()
    }
}

impl Tables {
    fn live(&self, workspace_id: &WorkspaceId) -> impl Iterator<Item = &ApiKeyFields> {
        let workspace_id = workspace_id.clone();
        self.keys
            .iter()
            .filter(move |key| key.deleted_at.is_none() && key.workspace_id == workspace_id)
    }

    fn carried_out(
        &self,
        workspace_id: &WorkspaceId,
        operation: RepeatableOperation,
        once: Option<&Idempotency>,
        now: Timestamp,
    ) -> Option<CarriedOut> {
        let once = once?;
        let record = self.records.iter().find(|record| {
            record.workspace_id == *workspace_id
                && record.operation == operation
                && record.idempotency.key == once.key
                && record.created_at > now.plus_seconds(-IDEMPOTENCY_SECONDS)
        })?;
        Some(if record.idempotency.fingerprint == once.fingerprint {
            CarriedOut::SameRequest(record.api_key_id)
        } else {
            CarriedOut::OtherRequest
        })
    }

    fn before(
        &self,
        operation: RepeatableOperation,
        once: Option<&Idempotency>,
        event: &AuditEvent,
    ) -> Option<CarriedOut> {
        self.carried_out(&event.workspace_id, operation, once, event.occurred_at)
    }

    fn record(
        &mut self,
        operation: RepeatableOperation,
        once: Option<Idempotency>,
        event: AuditEvent,
    ) {
        if let Some(idempotency) = once {
            self.records.retain(|record| {
                record.workspace_id != event.workspace_id
                    || record.operation != operation
                    || record.idempotency.key != idempotency.key
            });
            self.records.push(Record {
                workspace_id: event.workspace_id.clone(),
                operation,
                idempotency,
                api_key_id: event.api_key_id,
                created_at: event.occurred_at,
            });
        }
        let mut of_workspace = self
            .events
            .iter()
            .filter(|e| e.event.workspace_id == event.workspace_id);
        let last = of_workspace.next_back();
        let position = last.map_or(1, |last| last.position + 1);
        let hash = last
            .map_or(EventHash::START, |last| last.hash)
            .then(event.digest());
        self.events.push(RecordedEvent {
            position,
            hash,
            event,
        });
    }
}

impl Tables {
    fn secret_taken(&self, workspace_id: &WorkspaceId, hash: &SecretHash) -> Option<SecretTaken> {
        let has = |key: &&ApiKeyFields| {
            let previous = key.previous_secret.as_ref();
            key.secret.hash == *hash || previous.is_some_and(|old| old.secret.hash == *hash)
        };
        let key = self.keys.iter().find(has)?;
        let is_told = key.workspace_id == *workspace_id && key.deleted_at.is_none();
        Some(SecretTaken {
            key: is_told.then_some(key.id),
        })
    }
}

#[async_trait]
impl ApiKeys for Memory {
    async fn insert(&self, new: NewApiKey) -> Result<Inserted, RepositoryError> {
        let mut tables = self.tables();
        match tables.before(
            RepeatableOperation::Create,
            new.idempotency.as_ref(),
            &new.event,
        ) {
            Some(CarriedOut::SameRequest(id)) => return Ok(Inserted::Replayed(id)),
            Some(CarriedOut::OtherRequest) => return Ok(Inserted::KeyReused),
            None => {}
        }
        let count = tables.live(&new.event.workspace_id).count();
        if count >= usize::try_from(new.key_count_max).unwrap() {
            return Ok(Inserted::LimitReached);
        }
        if let Some(taken) =
            tables.secret_taken(&new.event.workspace_id, &new.key.fields().secret.hash)
        {
            return Ok(Inserted::SecretTaken(taken));
        }
        tables.keys.push(new.key.into_fields());
        tables.record(RepeatableOperation::Create, new.idempotency, new.event);
        Ok(Inserted::Created)
    }

    /// Every scope exists.
    async fn field_rules(
        &self,
        _workspace_id: &WorkspaceId,
        scopes: &BTreeSet<Scope>,
    ) -> Result<FieldRules, RepositoryError> {
        Ok(FieldRules {
            existing_scopes: scopes.clone(),
            ..FieldRules::default()
        })
    }

    async fn carried_out(
        &self,
        workspace_id: &WorkspaceId,
        operation: RepeatableOperation,
        idempotency: &Idempotency,
        now: Timestamp,
    ) -> Result<Option<CarriedOut>, RepositoryError> {
        let once = Some(idempotency);
        let tables = self.tables();
        Ok(tables.carried_out(workspace_id, operation, once, now))
    }

    async fn secret_taken(
        &self,
        workspace_id: &WorkspaceId,
        secret_hash: &SecretHash,
    ) -> Result<Option<SecretTaken>, RepositoryError> {
        Ok(self.tables().secret_taken(workspace_id, secret_hash))
    }

    async fn get(
        &self,
        workspace_id: &WorkspaceId,
        id: ApiKeyId,
    ) -> Result<Option<ApiKey>, RepositoryError> {
        let tables = self.tables();
        let key = tables.live(workspace_id).find(|key| key.id == id);
        Ok(key.cloned().map(ApiKey::from_fields))
    }

    async fn list(
        &self,
        workspace_id: &WorkspaceId,
        listing: &ApiKeyListing,
    ) -> Result<Page<ApiKey>, RepositoryError> {
        let tables = self.tables();
        let keys = tables.live(workspace_id).cloned().map(ApiKey::from_fields);
        let filter = &listing.filter;
        let mut keys: Vec<ApiKey> = keys
            .filter(|key| filter.mode.is_none_or(|mode| key.mode() == mode))
            .filter(|key| {
                filter
                    .status
                    .is_none_or(|status| key.status(listing.now) == status)
            })
            .filter(|key| {
                let external_id = key.fields().annotations.external_id.as_ref();
                let wanted = filter.external_id.as_ref();
                wanted.is_none_or(|wanted| external_id == Some(wanted))
            })
            .filter(|key| {
                filter.search.as_ref().is_none_or(|text| {
                    key.fields().name.folded().contains(&text.folded())
                        || text.ids().is_some_and(|(prefix, mode, ids)| {
                            let id = key.id();
                            (prefix, mode) == (id.prefix(), id.mode()) && ids.contains(&id.uuid())
                        })
                })
            })
            .collect();
        keys.sort_by(|a, b| {
            let ordering = compare(listing.sort.by, a.fields(), b.fields());
            match listing.sort.direction {
                Direction::Ascending => ordering,
                Direction::Descending => ordering.reverse(),
            }
        });
        Ok(part(keys, listing.page))
    }

    async fn count(
        &self,
        _workspace_id: &WorkspaceId,
        _filters: &[ApiKeyFilter],
        _now: Timestamp,
    ) -> Result<Vec<u64>, RepositoryError> {
        unreachable!("the model lists")
    }

    async fn expiring(
        &self,
        after: Timestamp,
        until: Timestamp,
        page: Pagination,
    ) -> Result<Page<ApiKey>, RepositoryError> {
        let tables = self.tables();
        let mut keys: Vec<ApiKeyFields> = tables
            .keys
            .iter()
            .filter(|key| key.deleted_at.is_none())
            .cloned()
            .collect();
        keys.retain(|key| {
            key.expires_at
                .is_some_and(|end| after < end.timestamp() && end.timestamp() <= until)
        });
        keys.sort_by_key(|key| (key.expires_at, key.id.uuid()));
        Ok(part(
            keys.into_iter().map(ApiKey::from_fields).collect(),
            page,
        ))
    }

    async fn save(&self, changed: ChangedApiKey) -> Result<Saved, RepositoryError> {
        let mut tables = self.tables();
        match tables.before(
            RepeatableOperation::Rotate,
            changed.idempotency.as_ref(),
            &changed.event,
        ) {
            Some(CarriedOut::SameRequest(id)) => return Ok(Saved::Replayed(id)),
            Some(CarriedOut::OtherRequest) => return Ok(Saved::KeyReused),
            None => {}
        }
        let mut new = changed.key.into_fields();
        let Some(old) = tables.keys.iter_mut().find(|key| {
            key.id == new.id
                && key.workspace_id == new.workspace_id
                && key.deleted_at.is_none()
                && key.version + 1 == new.version
        }) else {
            return Ok(Saved::Superseded);
        };
        let kept: Vec<StoredSecret> = std::iter::once(old.secret.clone())
            .chain(old.previous_secret.take().map(|previous| previous.secret))
            .collect();
        let last_use = |secret: &StoredSecret| {
            kept.iter()
                .find(|kept| kept.hash == secret.hash)
                .and_then(|kept| kept.last_use)
        };
        new.secret.last_use = last_use(&new.secret);
        if let Some(previous) = &mut new.previous_secret {
            previous.secret.last_use = last_use(&previous.secret);
        }
        new.last_used_at = old.last_used_at;
        *old = new;
        tables.record(
            RepeatableOperation::Rotate,
            changed.idempotency,
            changed.event,
        );
        Ok(Saved::Done)
    }
}

/// "Never used" counts as the earliest, "never expires" as the latest.
fn compare(by: SortBy, a: &ApiKeyFields, b: &ApiKeyFields) -> Ordering {
    let ordering = match by {
        SortBy::CreatedAt => a.created_at.cmp(&b.created_at),
        SortBy::Name => a.name.folded().cmp(&b.name.folded()),
        SortBy::LastUsedAt => a.last_used_at.cmp(&b.last_used_at),
        SortBy::ExpiresAt => {
            let end = |key: &ApiKeyFields| (key.expires_at.is_none(), key.expires_at);
            end(a).cmp(&end(b))
        }
    };
    ordering.then(a.id.uuid().cmp(&b.id.uuid()))
}

fn part<T>(items: Vec<T>, page: Pagination) -> Page<T> {
    let total = u64::try_from(items.len()).unwrap();
    let before = usize::try_from(page.offset()).unwrap();
    let size = usize::try_from(page.size()).unwrap();
    Page {
        items: items.into_iter().skip(before).take(size).collect(),
        total,
    }
}

#[async_trait]
impl AuditEvents for Memory {
    async fn of_key(
        &self,
        workspace_id: &WorkspaceId,
        id: ApiKeyId,
        page: Pagination,
    ) -> Result<Page<RecordedEvent>, RepositoryError> {
        let tables = self.tables();
        let of_key = |recorded: &&RecordedEvent| {
            recorded.event.workspace_id == *workspace_id && recorded.event.api_key_id == id
        };
        let events = tables.events.iter().rev().filter(of_key).cloned();
        Ok(part(events.collect(), page))
    }

    async fn last_reports(
        &self,
        workspace_id: &WorkspaceId,
        ids: &[ApiKeyId],
    ) -> Result<Vec<LastReport>, RepositoryError> {
        let tables = self.tables();
        let report = |id: &ApiKeyId| {
            let mut events = tables.events.iter().rev().map(|recorded| &recorded.event);
            let event = events.find(|event| {
                event.workspace_id == *workspace_id
                    && event.api_key_id == *id
                    && event.reports_current_secret()
            })?;
            let (api_key_id, at) = (*id, event.occurred_at);
            Some(LastReport { api_key_id, at })
        };
        Ok(ids.iter().filter_map(report).collect())
    }

    async fn since(
        &self,
        workspace_id: Option<WorkspaceId>,
        since: Timestamp,
        after: Option<EventPlace>,
        limit: u32,
    ) -> Result<Vec<RecordedEvent>, RepositoryError> {
        let place = |e: &RecordedEvent| e.place();
        let tables = self.tables();
        let mut events: Vec<RecordedEvent> = tables.events.clone();
        events.retain(|e| {
            workspace_id
                .as_ref()
                .is_none_or(|id| e.event.workspace_id == *id)
                && e.event.occurred_at >= since
                && after.as_ref().is_none_or(|after| place(e) > *after)
        });
        events.sort_by_key(place);
        events.truncate(usize::try_from(limit).unwrap());
        Ok(events)
    }

    async fn workspaces_with_events(
        &self,
        after: Option<WorkspaceId>,
        limit: u32,
    ) -> Result<Vec<WorkspaceId>, RepositoryError> {
        let tables = self.tables();
        let ids: BTreeSet<WorkspaceId> = tables
            .events
            .iter()
            .map(|recorded| recorded.event.workspace_id.clone())
            .filter(|id| after.as_ref().is_none_or(|after| id > after))
            .collect();
        Ok(ids
            .into_iter()
            .take(usize::try_from(limit).unwrap())
            .collect())
    }

    async fn lines(
        &self,
        workspace_id: &WorkspaceId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<TrailLine>, RepositoryError> {
        let tables = self.tables();
        let mut events: Vec<RecordedEvent> = tables.events.clone();
        events.retain(|e| e.event.workspace_id == *workspace_id && e.position > after);
        events.truncate(usize::try_from(limit).unwrap());
        let line = |recorded: RecordedEvent| TrailLine {
            position: recorded.position,
            hash: Some(recorded.hash),
            event: Some(recorded.event),
        };
        Ok(events.into_iter().map(line).collect())
    }

    async fn head(&self, workspace_id: &WorkspaceId) -> Result<Option<TrailHead>, RepositoryError> {
        let tables = self.tables();
        let last = tables
            .events
            .iter()
            .rfind(|e| e.event.workspace_id == *workspace_id);
        Ok(last.map(|last| TrailHead {
            event_count: last.position,
            hash: last.hash,
        }))
    }
}

#[async_trait]
impl UsageStore for Memory {
    async fn record(&self, uses: Vec<SecretUse>) -> Result<(), RepositoryError> {
        let mut tables = self.tables();
        for secret_use in uses {
            for key in &mut tables.keys {
                let previous = key
                    .previous_secret
                    .as_mut()
                    .map(|previous| &mut previous.secret);
                let secrets = std::iter::once(&mut key.secret).chain(previous);
                for secret in secrets.filter(|secret| secret.hash == secret_use.secret_hash) {
                    let mut last_use = secret.last_use.unwrap_or(LastUse {
                        at: secret_use.last_used_at,
                        address: secret_use.address,
                        count: 0,
                    });
                    last_use.count += secret_use.count;
                    if secret_use.last_used_at > last_use.at {
                        last_use.at = secret_use.last_used_at;
                        last_use.address = secret_use.address;
                    }
                    secret.last_use = Some(last_use);
                    key.last_used_at = key.last_used_at.max(Some(secret_use.last_used_at));
                }
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Housekeeping for Memory {
    async fn purgeable(
        &self,
        deleted_by: Timestamp,
        recorded_by: Timestamp,
        _counted_by: Timestamp,
        _ended_by: Timestamp,
    ) -> Result<Purgeable, RepositoryError> {
        let tables = self.tables();
        let keys = tables
            .keys
            .iter()
            .filter(|key| key.deleted_at.is_some_and(|at| at <= deleted_by));
        let records = tables
            .records
            .iter()
            .filter(|record| record.created_at <= recorded_by);
        Ok(Purgeable {
            api_keys: u64::try_from(keys.count()).unwrap(),
            idempotency_records: u64::try_from(records.count()).unwrap(),
            denial_counts: 0,
            use_counts: 0,
            ended_sessions: 0,
        })
    }

    async fn purge_api_keys(
        &self,
        deleted_by: Timestamp,
        _limit: u32,
    ) -> Result<Option<u64>, RepositoryError> {
        let purgeable = self.purgeable(deleted_by, deleted_by, deleted_by, deleted_by);
        let purged = purgeable.await?.api_keys;
        let mut tables = self.tables();
        tables
            .keys
            .retain(|key| key.deleted_at.is_none_or(|at| at > deleted_by));
        Ok(Some(purged))
    }

    async fn purge_idempotency_records(
        &self,
        recorded_by: Timestamp,
        _limit: u32,
    ) -> Result<Option<u64>, RepositoryError> {
        let purgeable = self.purgeable(recorded_by, recorded_by, recorded_by, recorded_by);
        let purged = purgeable.await?.idempotency_records;
        let mut tables = self.tables();
        tables
            .records
            .retain(|record| record.created_at > recorded_by);
        Ok(Some(purged))
    }

    /// No operation denies a key.
    async fn purge_denials(
        &self,
        _counted_by: Timestamp,
        _deleted_by: Timestamp,
        _limit: u32,
    ) -> Result<Option<u64>, RepositoryError> {
        Ok(Some(0))
    }

    async fn purge_uses(
        &self,
        _counted_by: Timestamp,
        _deleted_by: Timestamp,
        _limit: u32,
    ) -> Result<Option<u64>, RepositoryError> {
        Ok(Some(0))
    }

    /// No operation signs out, because sessions are independent of keys.
    async fn purge_ended_sessions(
        &self,
        _ended_by: Timestamp,
        _limit: u32,
    ) -> Result<Option<u64>, RepositoryError> {
        Ok(Some(0))
    }
}
