use crate::api_key_id::ApiKeyId;
use crate::audit_trail::RecordedEvent;
use crate::page::{Page, PageRequest};
use crate::ports::RepositoryError;
use crate::usecases::ManageApiKeys;
use crate::workspace::OwnedWorkspace;

impl ManageApiKeys {
    /// A part of the history of one key of the workspace, newest first, deleted keys included;
    /// `None` when it never had such a key.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store could not say.
    pub async fn events(
        &self,
        workspace: &OwnedWorkspace,
        api_key_id: ApiKeyId,
        page: PageRequest,
    ) -> Result<Option<Page<RecordedEvent>>, RepositoryError> {
        let workspace_id = workspace.workspace_id();
        let events = self
            .audit_events
            .of_key(workspace_id, api_key_id, page)
            .await?;
        Ok((events.total > 0).then_some(events))
    }
}

#[cfg(test)]
mod tests {
    use crate::page::{Page, PageRequest};
    use crate::ports::{MockApiKeys, MockAuditEvents};
    use crate::usecases::testing::{World, api_key_id, owned};
    use crate::workspace::Portal;

    #[test]
    fn a_key_without_any_event_never_was() {
        for (total, is_some) in [(0, false), (3, true)] {
            let mut audit_events = MockAuditEvents::new();
            audit_events.expect_of_key().returning(move |_, _, _| {
                let items = vec![];
                Ok(Page { items, total })
            });
            let world = World {
                audit_events,
                ..World::with(MockApiKeys::new())
            };
            let page = PageRequest::new(9, 20).unwrap();
            let workspace = owned(Portal::Tenant);
            let manage = world.manage();
            let events = pollster::block_on(manage.events(&workspace, api_key_id(), page));
            assert_eq!(events.unwrap().is_some(), is_some, "{total}");
        }
    }
}
