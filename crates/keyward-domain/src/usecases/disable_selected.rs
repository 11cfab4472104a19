//! Disables many keys at once, in one workspace or in all (contract §9).

use crate::caller::origin::Origin;
use crate::caller::service_token::ServiceCaller;
use crate::caller::workspace::WorkspaceId;
use crate::key::id::ApiKeyId;
use crate::listing::key_selector::KeySelector;
use crate::ports::{RepositoryError, SelectedKeys};
use crate::usecases::{ChangeError, ManageApiKeys, Precondition, Target, authorize};

/// How many keys one request disables.
pub const SELECTED_KEYS_MAX: u32 = 1_000;

/// The keys that were disabled, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisabledKeys {
    /// The keys, each with its workspace, in the order of their ids.
    pub keys: Vec<(WorkspaceId, ApiKeyId)>,
    /// The keys that could not be read. They stay as they are, and are denied at verification.
    pub unreadable: Vec<(WorkspaceId, ApiKeyId)>,
    /// Whether more keys may be selected: repeat the request.
    pub has_more: bool,
}

impl ManageApiKeys {
    /// Disables the selected keys that are enabled, one by one, at most [`SELECTED_KEYS_MAX`].
    /// An unreadable key does not affect the others. After an error the disabled ones stay
    /// disabled, and the same request continues. With `is_dry_run`, nothing changes.
    ///
    /// # Errors
    /// [`ChangeError`] of the first key that could not be disabled.
    pub async fn disable_selected(
        &self,
        selected: &dyn SelectedKeys,
        service: &ServiceCaller,
        selector: &KeySelector,
        origin: &Origin,
        is_dry_run: bool,
    ) -> Result<DisabledKeys, ChangeError> {
        let found = selected.enabled_keys(selector, SELECTED_KEYS_MAX).await?;
        let has_more = u32::try_from(found.len()).is_ok_and(|count| count >= SELECTED_KEYS_MAX);
        if is_dry_run {
            return Ok(DisabledKeys {
                keys: found,
                unreadable: Vec::new(),
                has_more,
            });
        }
        let (mut keys, mut unreadable) = (Vec::with_capacity(found.len()), Vec::new());
        for (workspace_id, api_key_id) in found {
            let workspace = authorize::of_selected_key(service, workspace_id.clone());
            let target = Target {
                workspace: &workspace,
                api_key_id,
                precondition: &Precondition::Anything,
                origin,
            };
            match self.disable(target.supervised()).await {
                Ok(()) => keys.push((workspace_id, api_key_id)),
                // It was deleted in the meantime.
                Err(ChangeError::NotFound) => {}
                Err(ChangeError::Repository(RepositoryError::Corrupt(_))) => {
                    unreadable.push((workspace_id, api_key_id));
                }
                Err(error) => return Err(error),
            }
        }
        // The same unreadable keys are selected again: repeating ends when nothing else is left.
        let has_more = has_more && !keys.is_empty();
        Ok(DisabledKeys {
            keys,
            unreadable,
            has_more,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::caller_name::CallerName;
    use crate::caller::workspace::Actor;
    use crate::ports::{MockApiKeys, MockSelectedKeys, Saved};
    use crate::testing::{key, origin};
    use crate::usecases::testing::World;

    fn run(api_keys: MockApiKeys, is_dry_run: bool) -> DisabledKeys {
        let workspace_id = WorkspaceId::parse("ws_1").unwrap();
        let mut selected = MockSelectedKeys::new();
        let found = (workspace_id.clone(), key().id());
        selected
            .expect_enabled_keys()
            .returning(move |_, _| Ok(vec![found.clone()]));
        let service = ServiceCaller::new(CallerName::parse("ops").unwrap());
        let selector = KeySelector::new(Some(workspace_id), None, None).unwrap();
        let manage = World::with(api_keys).manage();
        let origin = origin();
        let disabling =
            manage.disable_selected(&selected, &service, &selector, &origin, is_dry_run);
        pollster::block_on(disabling).unwrap()
    }

    #[test]
    fn each_key_is_disabled_under_the_name_of_the_token() {
        let mut api_keys = MockApiKeys::new();
        api_keys.expect_get().returning(|_, _| Ok(Some(key())));
        api_keys.expect_save().times(1).returning(|changed| {
            assert!(changed.key.fields().is_disabled);
            let name = CallerName::parse("ops").unwrap();
            assert_eq!(changed.event.actor, Actor::Service { name });
            assert_eq!(changed.events_per_minute_max, None);
            Ok(Saved::Done)
        });
        let disabled = run(api_keys, false);
        assert_eq!(disabled.keys.len(), 1);
        assert!(!disabled.has_more);
    }

    #[test]
    fn a_dry_run_changes_nothing() {
        assert_eq!(run(MockApiKeys::new(), true).keys.len(), 1);
    }

    #[test]
    fn a_key_that_is_gone_is_not_counted() {
        let mut api_keys = MockApiKeys::new();
        api_keys.expect_get().returning(|_, _| Ok(None));
        assert_eq!(run(api_keys, false).keys, []);
    }

    #[test]
    fn an_unreadable_key_is_named_and_does_not_stop_the_others() {
        let mut api_keys = MockApiKeys::new();
        api_keys
            .expect_get()
            .returning(|_, _| Err(RepositoryError::Corrupt("bad column".into())));
        let disabled = run(api_keys, false);
        assert_eq!(disabled.keys, []);
        assert_eq!(disabled.unreadable.len(), 1);
        assert!(!disabled.has_more);
    }

    #[test]
    fn nothing_selects_everything() {
        assert_eq!(KeySelector::new(None, None, None), None);
    }
}
