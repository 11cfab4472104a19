//! The webhooks of a workspace, and of the deployment (contract §14).

use std::sync::Arc;

use crate::audit::deployment_event::Authorship;
use crate::caller::origin::Origin;
use crate::caller::workspace::{Actor, OwnedWorkspace, WorkspaceId};
use crate::events::event_id::EventId;
use crate::ports::{
    Clock, EntropyUnavailable, EventEncoder, RepositoryError, Secrets, SigningKeys, WebhookAdded,
    WebhookSender, Webhooks,
};
use crate::request::violation::{Field, Violation};
use crate::request::webhook::RawWebhook;
use crate::webhooks::attempt::Attempt;
use crate::webhooks::delivery::Delivery;
use crate::webhooks::url::InvalidWebhookUrl;
use crate::webhooks::webhook::{SECRET_OVERLAP_SECONDS, Webhook};
use crate::webhooks::webhook_id::WebhookId;

/// The operations on webhooks.
#[derive(Clone)]
pub struct ManageWebhooks {
    /// The webhooks.
    pub webhooks: Arc<dyn Webhooks>,
    /// Signs and sends.
    pub sender: Arc<dyn WebhookSender>,
    /// Writes messages.
    pub encoder: Arc<dyn EventEncoder>,
    /// Creates ids.
    pub secrets: Arc<dyn Secrets>,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

/// Whose webhooks an operation is about, and who carries it out.
#[derive(Clone, Debug)]
pub struct WebhookCaller {
    workspace_id: Option<WorkspaceId>,
    actor: Actor,
    origin: Origin,
}

/// A webhook, and its keys.
#[derive(Debug)]
pub struct WebhookWithKeys {
    /// The webhook.
    pub webhook: Webhook,
    /// Its current keys. The secret is shown only after a creation and a rotation.
    pub keys: SigningKeys,
}

/// Why an operation on webhooks failed.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// Some fields are invalid: all violations.
    #[error("the request is invalid")]
    Invalid(Vec<Violation>),
    /// There is no such webhook.
    #[error("there is no such webhook")]
    NotFound,
    /// There is no such workspace.
    #[error("there is no such workspace")]
    UnknownWorkspace,
    /// There are [`WEBHOOKS_MAX`](crate::WEBHOOKS_MAX) already.
    #[error("there are too many webhooks")]
    LimitReached,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// The operating system provided no random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyUnavailable),
}

impl WebhookCaller {
    /// The owner of a workspace, for its webhooks.
    #[must_use]
    pub fn owner(workspace: &OwnedWorkspace, origin: Origin) -> Self {
        Self {
            workspace_id: Some(workspace.workspace_id().clone()),
            actor: workspace.actor().clone(),
            origin,
        }
    }

    /// An operator, for the webhooks of a workspace, or for those of the deployment.
    #[must_use]
    pub fn operator(workspace_id: Option<WorkspaceId>, origin: Origin) -> Self {
        Self {
            workspace_id,
            actor: Actor::Operator,
            origin,
        }
    }
}

impl ManageWebhooks {
    /// Every webhook, the oldest first.
    ///
    /// # Errors
    /// [`WebhookError::Repository`].
    pub async fn list(&self, caller: &WebhookCaller) -> Result<Vec<WebhookWithKeys>, WebhookError> {
        let webhooks = self.webhooks.list(caller.workspace_id.clone()).await?;
        Ok(webhooks
            .into_iter()
            .map(|one| self.with_keys(one))
            .collect())
    }

    /// One webhook.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`] or [`WebhookError::Repository`].
    pub async fn get(
        &self,
        caller: &WebhookCaller,
        id: WebhookId,
    ) -> Result<WebhookWithKeys, WebhookError> {
        let webhook = self.webhooks.get(caller.workspace_id.clone(), id).await?;
        self.found(webhook)
    }

    /// Adds a webhook.
    ///
    /// # Errors
    /// [`WebhookError`]. Nothing was added, unless the outcome is unknown.
    pub async fn add(
        &self,
        caller: &WebhookCaller,
        raw: RawWebhook,
    ) -> Result<WebhookWithKeys, WebhookError> {
        let settings = raw.parse(caller.workspace_id.is_some());
        let settings = settings.map_err(WebhookError::Invalid)?;
        let now = self.clock.now();
        let webhook = Webhook {
            id: self.secrets.webhook_id(now)?,
            workspace_id: caller.workspace_id.clone(),
            settings,
            created_at: now,
            previous_secret_until: None,
            failing_since: None,
            disabled_at: None,
        };
        if !self.sender.may_send_to(&webhook) {
            return Err(WebhookError::Invalid(vec![Violation {
                field: Field::Url,
                fault: InvalidWebhookUrl.into(),
            }]));
        }
        let by = self.authorship(caller);
        match self.webhooks.add(webhook.clone(), by).await? {
            WebhookAdded::Done => Ok(self.with_keys(webhook)),
            WebhookAdded::LimitReached => Err(WebhookError::LimitReached),
            WebhookAdded::UnknownWorkspace => Err(WebhookError::UnknownWorkspace),
        }
    }

    /// Removes a webhook and its deliveries.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`] or [`WebhookError::Repository`].
    pub async fn remove(&self, caller: &WebhookCaller, id: WebhookId) -> Result<(), WebhookError> {
        let by = self.authorship(caller);
        let removal = self.webhooks.remove(caller.workspace_id.clone(), id, by);
        if removal.await? {
            Ok(())
        } else {
            Err(WebhookError::NotFound)
        }
    }

    /// Enables a webhook that was disabled; no effect when it is enabled.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`] or [`WebhookError::Repository`].
    pub async fn enable(
        &self,
        caller: &WebhookCaller,
        id: WebhookId,
    ) -> Result<WebhookWithKeys, WebhookError> {
        let by = self.authorship(caller);
        let enabled = self.webhooks.enable(caller.workspace_id.clone(), id, by);
        self.found(enabled.await?)
    }

    /// Gives a webhook new keys. For a day, messages are signed with the old ones too.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`] or [`WebhookError::Repository`].
    pub async fn rotate(
        &self,
        caller: &WebhookCaller,
        id: WebhookId,
    ) -> Result<WebhookWithKeys, WebhookError> {
        let by = self.authorship(caller);
        let until = by.occurred_at.plus_seconds(SECRET_OVERLAP_SECONDS);
        let workspace_id = caller.workspace_id.clone();
        let rotated = self.webhooks.rotate(workspace_id, id, until, by).await?;
        self.found(rotated)
    }

    /// Sends a test message at once, also to a disabled webhook, and returns what came of it.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`] or [`WebhookError::Repository`].
    pub async fn test(
        &self,
        caller: &WebhookCaller,
        id: WebhookId,
    ) -> Result<Attempt, WebhookError> {
        let WebhookWithKeys { webhook, .. } = self.get(caller, id).await?;
        let message_id = EventId::of_test(webhook.id, self.clock.now());
        let message = self.encoder.test_message(&webhook, message_id);
        Ok(self.sender.send(&webhook, message).await)
    }

    /// Sends the events after `after` again: a sequence for a webhook of a workspace, a position for one
    /// of the deployment. Returns how many.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`] or [`WebhookError::Repository`].
    pub async fn replay(
        &self,
        caller: &WebhookCaller,
        id: WebhookId,
        after: u64,
    ) -> Result<u64, WebhookError> {
        let workspace_id = caller.workspace_id.clone();
        let replayed = self
            .webhooks
            .replay(workspace_id, id, after, self.clock.now())
            .await?;
        replayed.ok_or(WebhookError::NotFound)
    }

    /// The deliveries of a webhook, the latest event first, from below `before`: a sequence for a webhook of
    /// a workspace, a position for one of the deployment.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`] or [`WebhookError::Repository`].
    pub async fn deliveries(
        &self,
        caller: &WebhookCaller,
        id: WebhookId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Delivery>, WebhookError> {
        let workspace_id = caller.workspace_id.clone();
        let deliveries = self.webhooks.deliveries(workspace_id, id, before, limit);
        deliveries.await?.ok_or(WebhookError::NotFound)
    }

    fn found(&self, webhook: Option<Webhook>) -> Result<WebhookWithKeys, WebhookError> {
        let webhook = webhook.ok_or(WebhookError::NotFound)?;
        Ok(self.with_keys(webhook))
    }

    fn with_keys(&self, webhook: Webhook) -> WebhookWithKeys {
        let keys = self.sender.signing_keys(&webhook);
        WebhookWithKeys { webhook, keys }
    }

    fn authorship(&self, caller: &WebhookCaller) -> Authorship {
        Authorship {
            actor: caller.actor.clone(),
            origin: caller.origin.clone(),
            occurred_at: self.clock.now(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::{MockClock, MockEventEncoder, MockSecrets, MockWebhookSender, MockWebhooks};
    use crate::request::raw_field::RawField;
    use crate::testing::{at, origin, webhook, webhook_id, workspace_id};
    use crate::webhooks::attempt::{DeliveryFailure, Outcome};
    use crate::webhooks::message::{MessageContent, WebhookMessage};

    fn manage(webhooks: MockWebhooks) -> ManageWebhooks {
        let mut sender = MockWebhookSender::new();
        sender
            .expect_may_send_to()
            .returning(|webhook| !webhook.settings.url.as_str().contains("127.0.0.1"));
        sender
            .expect_signing_keys()
            .returning(|webhook| SigningKeys {
                secret: format!("whsec_{}", webhook.settings.secret_generation),
                public_key: "whpk_".to_owned(),
            });
        sender.expect_send().returning(|_, _| Attempt {
            at: at(0),
            duration: std::time::Duration::ZERO,
            outcome: Outcome::Failed(DeliveryFailure::TimedOut),
        });
        let mut encoder = MockEventEncoder::new();
        encoder
            .expect_test_message()
            .returning(|_, id| WebhookMessage {
                id: id.to_string(),
                content: MessageContent::Json("{}".to_owned()),
            });
        let mut clock = MockClock::new();
        clock.expect_now().returning(|| at(100));
        let mut secrets = MockSecrets::new();
        secrets.expect_webhook_id().returning(|_| Ok(webhook_id(1)));
        ManageWebhooks {
            webhooks: Arc::new(webhooks),
            sender: Arc::new(sender),
            encoder: Arc::new(encoder),
            secrets: Arc::new(secrets),
            clock: Arc::new(clock),
        }
    }

    fn operator() -> WebhookCaller {
        WebhookCaller::operator(Some(workspace_id("ws_1")), origin())
    }

    fn raw() -> RawWebhook {
        RawWebhook {
            url: RawField::Value("https://hooks.example.com/keyward".to_owned()),
            ..RawWebhook::default()
        }
    }

    #[test]
    fn a_new_webhook_is_stored_with_its_author_and_shows_its_secret() {
        let mut webhooks = MockWebhooks::new();
        webhooks
            .expect_add()
            .withf(|webhook, by| {
                webhook.created_at == at(100)
                    && by.occurred_at == at(100)
                    && by.actor == Actor::Operator
            })
            .returning(|_, _| Ok(WebhookAdded::Done));
        let added = pollster::block_on(manage(webhooks).add(&operator(), raw())).unwrap();
        assert_eq!(added.webhook.id, webhook_id(1));
        assert_eq!(added.keys.secret, "whsec_0");
        assert!(!format!("{added:?}").contains("whsec_"));
    }

    #[test]
    fn nothing_invalid_reaches_the_store() {
        let refused = RawWebhook {
            url: RawField::Value("https://127.0.0.1/".to_owned()),
            ..RawWebhook::default()
        };
        let adding = manage(MockWebhooks::new());
        let added = pollster::block_on(adding.add(&operator(), refused));
        assert!(matches!(added, Err(WebhookError::Invalid(found)) if found[0].field == Field::Url));
        let adding = manage(MockWebhooks::new());
        let added = pollster::block_on(adding.add(&operator(), RawWebhook::default()));
        assert!(matches!(added, Err(WebhookError::Invalid(found)) if found.len() == 1));
    }

    #[test]
    fn the_outcomes_of_the_store_are_errors() {
        for (outcome, want) in [
            (WebhookAdded::LimitReached, "there are too many webhooks"),
            (WebhookAdded::UnknownWorkspace, "there is no such workspace"),
        ] {
            let mut webhooks = MockWebhooks::new();
            webhooks.expect_add().returning(move |_, _| Ok(outcome));
            let added = pollster::block_on(manage(webhooks).add(&operator(), raw()));
            assert_eq!(added.unwrap_err().to_string(), want);
        }
        let mut webhooks = MockWebhooks::new();
        webhooks.expect_get().returning(|_, _| Ok(None));
        webhooks.expect_remove().returning(|_, _, _| Ok(false));
        webhooks.expect_enable().returning(|_, _, _| Ok(None));
        webhooks.expect_replay().returning(|_, _, _, _| Ok(None));
        webhooks
            .expect_deliveries()
            .returning(|_, _, _, _| Ok(None));
        webhooks.expect_rotate().returning(|_, _, _, _| Ok(None));
        let manage = manage(webhooks);
        let (caller, id) = (operator(), webhook_id(2));
        pollster::block_on(async {
            for outcome in [
                manage.get(&caller, id).await.map(drop),
                manage.remove(&caller, id).await,
                manage.enable(&caller, id).await.map(drop),
                manage.rotate(&caller, id).await.map(drop),
                manage.test(&caller, id).await.map(drop),
                manage.replay(&caller, id, 0).await.map(drop),
                manage.deliveries(&caller, id, None, 1).await.map(drop),
            ] {
                assert!(matches!(outcome, Err(WebhookError::NotFound)));
            }
        });
    }

    #[test]
    fn the_old_secret_signs_for_a_day_after_a_rotation() {
        let mut webhooks = MockWebhooks::new();
        webhooks
            .expect_rotate()
            .withf(|_, _, until, _| *until == at(100 + 86_400))
            .returning(|_, _, _, _| {
                let mut webhook = webhook();
                webhook.settings.secret_generation = 1;
                Ok(Some(webhook))
            });
        let rotated = pollster::block_on(manage(webhooks).rotate(&operator(), webhook_id(1)));
        assert_eq!(rotated.unwrap().keys.secret, "whsec_1");
    }

    #[test]
    fn a_test_message_is_sent_at_once() {
        let mut webhooks = MockWebhooks::new();
        webhooks.expect_get().returning(|_, _| Ok(Some(webhook())));
        let tested = pollster::block_on(manage(webhooks).test(&operator(), webhook_id(1)));
        assert!(!tested.unwrap().outcome.is_success());
    }
}
