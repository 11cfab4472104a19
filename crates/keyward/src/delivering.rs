//! The server's background delivery of events to webhooks.

use std::sync::Arc;

use keyward_domain::ports::{Clock, EventEncoder, WebhookSender};
use keyward_domain::usecases::ManageWebhooks;
use keyward_persistence::{Store, StoreClock};
use keyward_web::WebhookMessages;
use keyward_webhooks::{Deliverer, DeliveryCounts, HttpSender};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::{ConfigError, WebhookConfig};
use crate::shutdown::Draining;
use crate::system::SystemSecrets;

/// What webhooks need, before a node delivers to them.
pub(crate) struct Webhooks {
    sender: Arc<dyn WebhookSender>,
    encoder: Arc<dyn EventEncoder>,
    clock: Arc<StoreClock>,
    /// The operations on webhooks.
    pub(crate) manage: ManageWebhooks,
    /// What this node has delivered.
    pub(crate) counts: Arc<DeliveryCounts>,
}

impl Webhooks {
    pub(crate) fn new(
        config: &WebhookConfig,
        store: &Store,
        clock: StoreClock,
    ) -> Result<Self, ConfigError> {
        let clock = Arc::new(clock);
        let shared: Arc<dyn Clock> = Arc::<StoreClock>::clone(&clock);
        let sender = |keeps_connections| {
            let clock = Arc::clone(&shared);
            HttpSender::new(
                config.key.clone(),
                &config.networks,
                clock,
                keeps_connections,
            )
        };
        let encoder: Arc<dyn EventEncoder> = Arc::new(WebhookMessages::new(Arc::clone(&shared)));
        Ok(Self {
            manage: ManageWebhooks {
                webhooks: Arc::new(store.clone()),
                // The workers of the listener have a runtime each, to which connections would belong.
                sender: Arc::new(sender(false)?),
                encoder: Arc::clone(&encoder),
                secrets: Arc::new(SystemSecrets),
                clock: Arc::clone(&shared),
            },
            sender: Arc::new(sender(true)?),
            encoder,
            clock,
            counts: Arc::default(),
        })
    }

    /// Delivers until the shutdown begins. `head` is the position of the last published event.
    pub(crate) fn start(
        &self,
        store: &Store,
        head: watch::Receiver<u64>,
        draining: &Draining,
    ) -> JoinHandle<()> {
        let deliverer = Deliverer {
            deliveries: Arc::new(store.clone()),
            sender: Arc::clone(&self.sender),
            encoder: Arc::clone(&self.encoder),
            clock: Arc::<StoreClock>::clone(&self.clock),
            counts: Arc::clone(&self.counts),
        };
        let draining = draining.clone();
        tokio::spawn(async move { deliverer.run_until(draining.begun(), head).await })
    }
}
