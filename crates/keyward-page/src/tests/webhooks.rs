//! The pages about webhooks.

mod acting;
mod adding;
mod deliveries;
mod reaching;

use keyward_domain::ports::MockWebhooks;
use keyward_domain::testing::{at, webhook_url};
use keyward_domain::{DisabledReason, Webhook};

use super::*;

const LIST: &str = "/workspaces/ws_1/webhooks";
const NEW: &str = "/workspaces/ws_1/webhooks/new/secret";
const HOSTILE: &str = "<script>alert(1)</script>\"'&";

fn whsec() -> String {
    format!("whsec_{}=", "s".repeat(43))
}

fn disabled() -> Webhook {
    let mut webhook = webhook();
    webhook.settings.url = webhook_url("https://hooks.example.com/in?token=canary");
    webhook.settings.disabled = Some(DisabledReason::Failing);
    webhook.disabled_at = Some(at(90));
    webhook.failing_since = Some(at(30));
    webhook
}

fn assert_has(answer: &Answer, parts: &[&str]) {
    for part in parts {
        assert!(answer.text.contains(part), "{part}: {}", answer.text);
    }
}

fn assert_has_not(answer: &Answer, parts: &[&str]) {
    for part in parts {
        assert!(!answer.text.contains(part), "{part}: {}", answer.text);
    }
}
