use crate::audit::event::AuditAction;
use crate::caller::workspace::SupervisedWorkspace;
use crate::events::found_at::FoundPlaces;
use crate::key::api_key::ApiKey;
use crate::key::id::ApiKeyId;
use crate::listing::page::Pagination;
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;
use crate::usecases::ManageApiKeys;

/// How many of the last events of a key are searched for a report.
const EVENTS: u32 = 50;

/// Someone else knows the current secret of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyExposure {
    /// When it was reported.
    pub at: Timestamp,
    /// Where it was found.
    pub places: FoundPlaces,
    /// Whether the key was disabled. Otherwise it was given an earlier expiry.
    pub was_disabled: bool,
}

impl ManageApiKeys {
    /// Which of these keys of the workspace have a current secret that was reported.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed.
    pub async fn exposed(
        &self,
        workspace: &SupervisedWorkspace,
        keys: &[ApiKey],
    ) -> Result<Vec<ApiKeyId>, RepositoryError> {
        let ids: Vec<ApiKeyId> = keys.iter().map(ApiKey::id).collect();
        let reports = self
            .audit_events
            .last_reports(workspace.workspace_id(), &ids);
        let reports = reports.await?;
        let is_exposed = |key: &&ApiKey| {
            let mut reports = reports.iter();
            reports.any(|report| report.api_key_id == key.id() && concerns(key, report.at))
        };
        Ok(keys.iter().filter(is_exposed).map(ApiKey::id).collect())
    }

    /// The last report of the current secret of a key of the workspace, if it is among the last changes of the
    /// key.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed.
    pub async fn exposure(
        &self,
        workspace: &SupervisedWorkspace,
        key: &ApiKey,
    ) -> Result<Option<KeyExposure>, RepositoryError> {
        let Ok(page) = Pagination::new(0, EVENTS) else {
            return Ok(None);
        };
        let events = self
            .audit_events
            .of_key(workspace.workspace_id(), key.id(), page);
        let events = events.await?.items.into_iter();
        let mut reports = events
            .map(|recorded| recorded.event)
            .filter(|event| event.reports_current_secret() && concerns(key, event.occurred_at));
        Ok(reports.next().map(|event| KeyExposure {
            at: event.occurred_at,
            was_disabled: event.action == AuditAction::Disabled,
            places: event.found_at,
        }))
    }
}

/// Whether a report at this time was about the secret that the key has now.
fn concerns(key: &ApiKey, at: Timestamp) -> bool {
    key.fields().secret.created_at <= at
}

#[cfg(test)]
mod tests {
    use crate::audit::event::AuditEvent;
    use crate::audit::trail::{EventHash, RecordedEvent};
    use crate::caller::caller_name::CallerName;
    use crate::caller::workspace::{Actor, Portal};
    use crate::events::found_at::FoundAt;
    use crate::listing::page::Page;
    use crate::ports::{LastReport, MockApiKeys, MockAuditEvents};
    use crate::testing::{altered, api_key_id, at, key, origin, owned_workspace, user};
    use crate::usecases::testing::World;

    use super::*;

    fn key_with_secret_of(second: i64) -> ApiKey {
        altered(key(), |fields| fields.secret.created_at = at(second))
    }

    fn manage(audit_events: MockAuditEvents) -> ManageApiKeys {
        let world = World {
            audit_events,
            ..World::with(MockApiKeys::new())
        };
        world.manage()
    }

    #[test]
    fn a_key_is_exposed_until_it_has_a_new_secret() {
        for (second, is_exposed) in [(4, true), (5, true), (6, false)] {
            let mut audit_events = MockAuditEvents::new();
            audit_events.expect_last_reports().returning(|_, ids| {
                let (api_key_id, at) = (ids[0], at(5));
                Ok(vec![LastReport { api_key_id, at }])
            });
            let keys = [key_with_secret_of(second)];
            let workspace = owned_workspace(user(Portal::Tenant));
            let manage = manage(audit_events);
            let exposed = pollster::block_on(manage.exposed(&workspace, &keys)).unwrap();
            assert_eq!(!exposed.is_empty(), is_exposed, "{second}");
        }
    }

    fn event(actor: Actor, places: &[&str], action: AuditAction) -> AuditEvent {
        let places = places.iter().filter_map(|place| FoundAt::parse(place));
        AuditEvent {
            workspace_id: key().fields().workspace_id.clone(),
            api_key_id: api_key_id(1),
            action,
            actor,
            origin: origin(),
            occurred_at: at(5),
            before: None,
            after: None,
            found_at: places.collect(),
        }
    }

    fn service(name: &str) -> Actor {
        let name = CallerName::parse(name).unwrap();
        Actor::Service { name }
    }

    #[test]
    fn a_report_is_a_change_by_a_reporter_or_with_a_place() {
        use AuditAction::{Disabled, OverlapEnded, Rotated, Updated};
        const PLACE: &[&str] = &["https://git.example/a"];
        for (actor, places, action, want) in [
            (service("github"), PLACE, Disabled, Some((true, 1))),
            (service("secret-holder"), &[], Disabled, Some((true, 0))),
            (service("scanner-1"), PLACE, Updated, Some((false, 1))),
            (service("scanner-1"), &[], Updated, None),
            (user(Portal::Tenant), &[], Disabled, None),
            (service("github"), PLACE, OverlapEnded, None),
            (service("github"), &[], Rotated, None),
        ] {
            let recorded = RecordedEvent {
                position: 1,
                hash: EventHash::START,
                event: event(actor.clone(), places, action),
            };
            let mut audit_events = MockAuditEvents::new();
            audit_events.expect_of_key().returning(move |_, _, _| {
                let items = vec![recorded.clone()];
                Ok(Page { items, total: 1 })
            });
            let workspace = owned_workspace(user(Portal::Tenant));
            let manage = manage(audit_events);
            let key = key_with_secret_of(1);
            let found = manage.exposure(&workspace, &key);
            let found = pollster::block_on(found).unwrap();
            let told = found.map(|found| (found.was_disabled, found.places.as_slice().len()));
            assert_eq!(told, want, "{actor:?} {action:?}");
        }
    }
}
