use clap::{Args, Subcommand};
use keyward_domain::{WebhookId, WorkspaceId};

use super::OutputArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum WebhooksCommand {
    /// List the webhooks of a workspace, or those of the deployment
    List {
        #[command(flatten)]
        owner: WebhookOwnerArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Add a webhook
    ///
    /// Prints its id to stderr, and its secret to stdout. The secret is not shown again.
    #[command(after_help = "\
Examples:
  keyward webhooks add https://hooks.example.com/keyward
  keyward webhooks add https://hooks.example.com/keyward --workspace ws_1 --type api_key.exposed")]
    Add {
        /// Where events are sent: an http or https URL
        #[arg(value_name = "URL")]
        url: String,
        #[command(flatten)]
        owner: WebhookOwnerArgs,
        /// Send only events of this type; may be repeated
        #[arg(long = "type", value_name = "TYPE")]
        types: Vec<String>,
        /// The form of the messages: KEYWARD, or CAEP for security event tokens
        #[arg(long, value_name = "ENCODING", default_value = "KEYWARD")]
        encoding: String,
    },
    /// Remove a webhook and its deliveries
    Remove(WebhookArgs),
    /// Give a webhook new keys, and print the new secret
    ///
    /// For 24 hours, messages are signed with the old keys too.
    Rotate(WebhookArgs),
    /// Enable a webhook that was disabled because of its failures
    Enable(WebhookArgs),
    /// Send a test message from this machine now, and show the answer
    Test(WebhookArgs),
    /// Send published events again, as if they were new
    #[command(after_help = "\
Example:
  keyward webhooks replay whk_0352LgEZNa95dBFUcIVbVc --after 1200")]
    Replay {
        #[command(flatten)]
        webhook: WebhookArgs,
        /// Only events after this position; with a workspace, after this sequence
        #[arg(long, value_name = "NUMBER")]
        after: u64,
    },
    /// Show what became of the latest events
    Deliveries {
        #[command(flatten)]
        webhook: WebhookArgs,
        /// Show at most this many
        #[arg(long, value_name = "NUMBER", default_value_t = 20)]
        limit: u32,
        #[command(flatten)]
        output: OutputArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct WebhookOwnerArgs {
    /// The workspace; without it, the webhooks of the deployment, which get all events
    #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
    pub(crate) workspace: Option<WorkspaceId>,
}

#[derive(Debug, Args)]
pub(crate) struct WebhookArgs {
    /// The id of the webhook
    #[arg(value_name = "WEBHOOK", value_parser = WebhookId::parse)]
    pub(crate) id: WebhookId,
    #[command(flatten)]
    pub(crate) owner: WebhookOwnerArgs,
}
