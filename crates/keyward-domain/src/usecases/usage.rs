use crate::caller::workspace::SupervisedWorkspace;
use crate::key::id::ApiKeyId;
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;
use crate::usage::alarm::Alarm;
use crate::usage::period::UsagePeriod;
use crate::usage::raised_alarm::ALARM_SECONDS;
use crate::usage::report::{Usage, UsageReport};
use crate::usage::scope_last_use::ScopeLastUse;
use crate::usecases::ManageApiKeys;

impl ManageApiKeys {
    /// How a key of the workspace was used in the period, the alarms of the last days, its limits, and its
    /// scopes; `None` when the workspace has no such key.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed.
    pub async fn usage(
        &self,
        workspace: &SupervisedWorkspace,
        api_key_id: ApiKeyId,
        period: UsagePeriod,
    ) -> Result<Option<Usage>, RepositoryError> {
        let workspace_id = workspace.workspace_id();
        let Some(key) = self.api_keys.get(workspace_id, api_key_id).await? else {
            return Ok(None);
        };
        let (from, before) = (period.from(), period.before());
        let uses = self
            .hourly_uses
            .hourly_uses_of_key(workspace_id, api_key_id, from, before);
        let uses = uses.await?;
        let denials = self
            .denials
            .denials_of_key(workspace_id, api_key_id, from, before);
        let report = UsageReport::of(period, uses, denials.await?);
        let lately = self.clock.now().plus_seconds(-ALARM_SECONDS);
        let lately = self
            .denials
            .denials_of_key(workspace_id, api_key_id, lately, Timestamp::MAX);
        let alarms = Alarm::raised_by(&lately.await?);
        let limits = self.limit_uses.limit_uses(workspace_id, api_key_id).await?;
        let uses = self.scope_uses.scope_uses_of_key(workspace_id, api_key_id);
        let scopes = ScopeLastUse::of(&key.fields().scopes, &uses.await?);
        Ok(Some(Usage {
            report,
            alarms,
            limits,
            scopes,
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::caller::workspace::Portal;
    use crate::ports::{
        KeyUses, MockApiKeys, MockDenials, MockHourlyUses, MockLimitUses, MockScopeUses, ScopeUse,
    };
    use crate::testing::{api_key_id, at, key, owned_workspace, user};
    use crate::usage::address_sketch::AddressSketch;
    use crate::usage::period::{UsagePeriod, UsageUnit};
    use crate::usecases::testing::World;

    #[test]
    fn only_a_key_of_the_workspace_has_a_report() {
        for is_there in [false, true] {
            let mut api_keys = MockApiKeys::new();
            api_keys
                .expect_get()
                .returning(move |_, _| Ok(is_there.then(key)));
            let mut manage = World::with(api_keys).manage();
            let mut hourly_uses = MockHourlyUses::new();
            hourly_uses
                .expect_hourly_uses_of_key()
                .returning(|_, api_key_id, from, _| {
                    let addresses = AddressSketch::default();
                    let (hour, count) = (from, 3);
                    Ok(vec![KeyUses {
                        api_key_id,
                        hour,
                        addresses,
                        count,
                    }])
                });
            let mut denials = MockDenials::new();
            denials
                .expect_denials_of_key()
                .returning(|_, _, _, _| Ok(vec![]));
            let mut limit_uses = MockLimitUses::new();
            limit_uses.expect_limit_uses().returning(|_, _| Ok(vec![]));
            let mut scope_uses = MockScopeUses::new();
            scope_uses
                .expect_scope_uses_of_key()
                .returning(|_, api_key_id| {
                    Ok(vec![ScopeUse {
                        api_key_id,
                        scope: key().fields().scopes.as_slice()[0].clone(),
                        last_used_on: at(0).truncated_to_days(),
                    }])
                });
            manage.scope_uses = Arc::new(scope_uses);
            manage.hourly_uses = Arc::new(hourly_uses);
            manage.limit_uses = Arc::new(limit_uses);
            manage.denials = Arc::new(denials);
            let period = UsagePeriod::new(None, None, UsageUnit::Day, at(0)).unwrap();
            let workspace = owned_workspace(user(Portal::Tenant));
            let usage = manage.usage(&workspace, api_key_id(1), period);
            let usage = pollster::block_on(usage).unwrap();
            let told =
                usage.map(|usage| (usage.report.total().allowed, usage.scopes[0].last_used_on));
            let want = (3, Some(at(0).truncated_to_days()));
            assert_eq!(told, is_there.then_some(want));
        }
    }
}
