use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use keyward_domain::ports::{Clock, SigningKeys, WebhookSender};
use keyward_domain::{
    ANSWER_LENGTH_MAX, Attempt, DeliveryFailure, MessageContent, Outcome, Webhook, WebhookMessage,
};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

use crate::addresses::{AllowedAddresses, AllowedNetworks, Encryption};
use crate::failure::failure;
use crate::master_key::MasterKey;
use crate::resolver::CheckedResolver;
use crate::signer::Signer;

/// The time limit of an attempt, without the body of the answer.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(15);

/// The time limit for reading the beginning of the body.
const BODY_TIMEOUT: Duration = Duration::from_secs(2);

/// The time limit for opening a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The maximum number of bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 4 * ANSWER_LENGTH_MAX;

/// Sends messages over HTTP. It follows no redirect, uses no proxy, and connects only to allowed
/// addresses: with https, or with http in a network that the operator allows.
pub struct HttpSender {
    of_deployment: Clients,
    of_workspaces: Clients,
    signer: Signer,
    clock: Arc<dyn Clock>,
}

/// The clients for some webhooks.
struct Clients {
    secure: Client,
    plain: Client,
    allowed: AllowedAddresses,
}

/// The HTTP client can't be built: the system has no trusted certificates, for example.
#[derive(Debug, thiserror::Error)]
#[error("the client for webhooks can't be built")]
pub struct SenderUnavailable(#[from] reqwest::Error);

impl HttpSender {
    /// Creates a sender. With `keeps_connections`, it must only be used on one runtime.
    ///
    /// # Errors
    /// [`SenderUnavailable`].
    pub fn new(
        key: MasterKey,
        networks: &AllowedNetworks,
        clock: Arc<dyn Clock>,
        keeps_connections: bool,
    ) -> Result<Self, SenderUnavailable> {
        let of_deployment = AllowedAddresses::of_deployment(networks);
        let of_workspaces = AllowedAddresses::of_workspaces(networks);
        Ok(Self {
            of_deployment: Clients::new(of_deployment, keeps_connections)?,
            of_workspaces: Clients::new(of_workspaces, keeps_connections)?,
            signer: Signer::new(key),
            clock,
        })
    }

    fn clients(&self, webhook: &Webhook) -> &Clients {
        match webhook.workspace_id {
            Some(_) => &self.of_workspaces,
            None => &self.of_deployment,
        }
    }

    async fn outcome(&self, webhook: &Webhook, message: WebhookMessage) -> Outcome {
        let (content_type, body) = match message.content {
            MessageContent::Json(text) => ("application/json", Some(text)),
            MessageContent::SecurityEvent(claims) => (
                "application/secevent+jwt",
                self.signer.security_event_token(webhook, &claims),
            ),
        };
        let url = Url::parse(webhook.settings.url.as_str());
        let (Ok(url), Some(body)) = (url, body) else {
            return Outcome::Failed(DeliveryFailure::Unreadable);
        };
        let clients = self.clients(webhook);
        if !clients.may_send_to(&url) {
            return Outcome::Failed(DeliveryFailure::AddressRefused);
        }
        let client = clients.of(&url);
        let now = self.clock.now();
        let signatures = self
            .signer
            .signatures(webhook, &message.id, now, body.as_bytes());
        let request = client
            .post(url)
            .header(CONTENT_TYPE, HeaderValue::from_static(content_type))
            .header("webhook-id", message.id)
            .header("webhook-timestamp", now.unix_seconds().to_string())
            .header("webhook-signature", signatures)
            .body(body);
        match tokio::time::timeout(ATTEMPT_TIMEOUT, request.send()).await {
            Ok(Ok(response)) => answered(response).await,
            Ok(Err(error)) => Outcome::Failed(failure(&error)),
            Err(_late) => Outcome::Failed(DeliveryFailure::TimedOut),
        }
    }
}

impl Clients {
    fn new(allowed: AllowedAddresses, keeps_connections: bool) -> reqwest::Result<Self> {
        let client = |encryption: Encryption| {
            let resolver = CheckedResolver {
                allowed: allowed.clone(),
                encryption,
            };
            Client::builder()
                .https_only(encryption == Encryption::Tls)
                .no_proxy()
                .redirect(Policy::none())
                .dns_resolver(Arc::new(resolver))
                .connect_timeout(CONNECT_TIMEOUT)
                .pool_max_idle_per_host(if keeps_connections { 8 } else { 0 })
                .user_agent(concat!("keyward/", env!("CARGO_PKG_VERSION")))
                .build()
        };
        Ok(Self {
            secure: client(Encryption::Tls)?,
            plain: client(Encryption::Plain)?,
            allowed,
        })
    }

    fn of(&self, url: &Url) -> &Client {
        match encryption(url) {
            Encryption::Tls => &self.secure,
            Encryption::Plain => &self.plain,
        }
    }

    /// Whether the host may be connected to. A name is only known when it is resolved.
    fn may_send_to(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let address: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
        address.map_or(true, |address| {
            self.allowed.contains(address, encryption(url))
        })
    }
}

fn encryption(url: &Url) -> Encryption {
    if url.scheme() == "https" {
        Encryption::Tls
    } else {
        Encryption::Plain
    }
}

#[async_trait]
impl WebhookSender for HttpSender {
    async fn send(&self, webhook: &Webhook, message: WebhookMessage) -> Attempt {
        let at = self.clock.now();
        let begun = Instant::now();
        let outcome = self.outcome(webhook, message).await;
        Attempt {
            at,
            duration: begun.elapsed(),
            outcome,
        }
    }

    fn may_send_to(&self, webhook: &Webhook) -> bool {
        let url = Url::parse(webhook.settings.url.as_str());
        url.is_ok_and(|url| self.clients(webhook).may_send_to(&url))
    }

    fn signing_keys(&self, webhook: &Webhook) -> SigningKeys {
        self.signer.keys(webhook)
    }
}

/// The status, and the beginning of the body. The rest is not read: the connection is closed. The status
/// counts, whatever becomes of the body.
async fn answered(mut response: Response) -> Outcome {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    let reading = async {
        while body.len() < ANSWER_BYTES_MAX
            && let Ok(Some(chunk)) = response.chunk().await
        {
            body.extend_from_slice(&chunk);
        }
    };
    // What has come by then is shown.
    drop(tokio::time::timeout(BODY_TIMEOUT, reading).await);
    body.truncate(ANSWER_BYTES_MAX);
    Outcome::Answered {
        status,
        answer: shown(&String::from_utf8_lossy(&body)),
    }
}

/// The beginning of an answer as one line.
fn shown(answer: &str) -> String {
    let characters = answer
        .chars()
        .map(|one| if one.is_control() { ' ' } else { one });
    let shown: String = characters.take(ANSWER_LENGTH_MAX).collect();
    shown.trim().to_owned()
}

#[cfg(test)]
mod tests;
