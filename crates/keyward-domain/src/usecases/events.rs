use crate::audit::trail::RecordedEvent;
use crate::caller::workspace::SupervisedWorkspace;
use crate::key::id::ApiKeyId;
use crate::listing::page::{Page, Pagination};
use crate::ports::RepositoryError;
use crate::usecases::ManageApiKeys;

impl ManageApiKeys {
    /// One page of the history of a workspace's key, newest first, also after the key's deletion;
    /// `None` when the key never existed.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed.
    pub async fn events(
        &self,
        workspace: &SupervisedWorkspace,
        api_key_id: ApiKeyId,
        page: Pagination,
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
    use crate::caller::workspace::Portal;
    use crate::listing::page::{Page, Pagination};
    use crate::ports::{MockApiKeys, MockAuditEvents};
    use crate::testing::{api_key_id, owned_workspace, user};
    use crate::usecases::testing::World;

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
            let page = Pagination::new(9, 20).unwrap();
            let workspace = owned_workspace(user(Portal::Tenant));
            let manage = world.manage();
            let events = pollster::block_on(manage.events(&workspace, api_key_id(1), page));
            assert_eq!(events.unwrap().is_some(), is_some, "{total}");
        }
    }
}
