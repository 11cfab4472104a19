//! The use cases over mocks of all ports.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ManageApiKeys;
use crate::key::lifetime_policy::LifetimePolicy;
use crate::key::prefix::KeyPrefix;
use crate::ports::{
    FieldRules, MockApiKeys, MockAuditEvents, MockClock, MockDenials, MockHourlyUses,
    MockKeyLifetimes, MockLimitUses, MockScopeCatalogue, MockScopeUses, MockSecrets,
};
use crate::testing::{api_key_id_with, at, scope, secret_with};

pub(super) struct World {
    pub(super) api_keys: MockApiKeys,
    pub(super) audit_events: MockAuditEvents,
    pub(super) secrets: MockSecrets,
    pub(super) policy: LifetimePolicy,
}

impl World {
    /// The catalogue has `payment:read`, there is no lifetime policy, new secrets are number 5, and
    /// it is always second 0.
    pub(super) fn with(api_keys: MockApiKeys) -> Self {
        let mut secrets = MockSecrets::new();
        secrets
            .expect_new_secret()
            .returning(|prefix, mode| Ok(secret_with(prefix, mode, 5)));
        secrets
            .expect_new_id()
            .returning(|prefix, mode, now| Ok(api_key_id_with(prefix, mode, now, 6)));
        Self {
            api_keys,
            audit_events: MockAuditEvents::new(),
            secrets,
            policy: LifetimePolicy::default(),
        }
    }

    pub(super) fn manage(mut self) -> ManageApiKeys {
        let lifetime_policy = self.policy;
        self.api_keys.expect_field_rules().returning(move |_, _| {
            Ok(FieldRules {
                existing_scopes: BTreeSet::from([scope("payment:read")]),
                lifetime_policy,
                ..FieldRules::default()
            })
        });
        let mut clock = MockClock::new();
        clock.expect_now().return_const(at(0));
        ManageApiKeys {
            api_keys: Arc::new(self.api_keys),
            audit_events: Arc::new(self.audit_events),
            hourly_uses: Arc::new(MockHourlyUses::new()),
            limit_uses: Arc::new(MockLimitUses::new()),
            denials: Arc::new(MockDenials::new()),
            scope_uses: Arc::new(MockScopeUses::new()),
            scope_catalogue: Arc::new(MockScopeCatalogue::new()),
            key_lifetimes: Arc::new(MockKeyLifetimes::new()),
            secrets: Arc::new(self.secrets),
            clock: Arc::new(clock),
            key_prefix: KeyPrefix::default(),
            key_count_max: 7,
            changes_per_minute_max: Some(9),
        }
    }
}
