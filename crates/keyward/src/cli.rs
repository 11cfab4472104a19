//! The command line, and its help texts.

#![expect(clippy::doc_markdown, reason = "these docs are the help texts")]

mod audit;
mod config;
mod doctor;
mod events;
mod format;
mod key_lifetime;
mod keys;
mod leak_policy;
mod limit;
mod plans;
mod restore;
mod scopes;
mod service_tokens;
mod webhooks;
mod workspace_plan;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use keyward_domain::{Portal, Role, UserId, WorkspaceId};

pub(crate) use self::audit::{AuditCommand, ExportFormat};
pub(crate) use self::config::ConfigCommand;
pub(crate) use self::doctor::{DoctorArgs, DoctorCommand, DoctorGatewayArgs};
pub(crate) use self::events::EventsCommand;
pub(crate) use self::format::Format;
pub(crate) use self::key_lifetime::SetKeyLifetimeArgs;
pub(crate) use self::keys::{
    DenialsArgs, DisableArgs, KeyArgs, KeysCommand, KeysCreateArgs, KeysListArgs, ModeArg,
    RotateArgs, SetLimitsArgs, UsageArgs,
};
pub(crate) use self::leak_policy::SetLeakPolicyArgs;
#[cfg(test)]
pub(crate) use self::limit::parse_limit;
pub(crate) use self::plans::{PlanArgs, PlansCommand, PlansSetArgs};
pub(crate) use self::restore::{BackupArgs, RestoreCheckArgs, RestoreCommand};
pub(crate) use self::scopes::{ScopesCommand, SetResourceNameArgs};
pub(crate) use self::service_tokens::ServiceTokensCommand;
pub(crate) use self::webhooks::{WebhookArgs, WebhookOwnerArgs, WebhooksCommand};
pub(crate) use self::workspace_plan::SetPlanArgs;
use crate::listen_addr::ListenAddrs;

/// The self-hosted API-key service for SaaS and payments platforms.
#[derive(Debug, Parser)]
#[command(name = "keyward", version, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Try it:
  keyward dev                        a server with a demo workspace, a token and a ready curl

Run it:
  export DATABASE_URL='postgres://keyward@db/keyward?sslmode=verify-full'
  keyward migrate
  keyward workspaces add ws_1
  keyward members add --workspace ws_1 --role OWNER user_1
  export KEYWARD_JWT_ISSUER=https://id.example.com KEYWARD_JWT_AUDIENCE=keyward
  keyward serve

Exit codes: 0 ok, 1 failed, 2 usage, 3 configuration, 4 dependency unreachable, 5 schema";

const SERVE_HELP: &str = "\
Environment (a flag overrides its variable; NAME_FILE reads a secret from a file):
  DATABASE_URL                     postgres://… or sqlite:PATH (also DATABASE_URL_FILE); required
  KEYWARD_JWT_ISSUER               required `iss` of tokens; recommended with a JWKS. When none of the
                                   next three is set, the JWKS is found by OpenID Connect Discovery
                                   from this URL
  KEYWARD_JWT_JWKS_URL             the URL of the identity service's JWKS (RS256, ES256, EdDSA)
  KEYWARD_JWT_JWKS_FILE            or: a JWKS file
  KEYWARD_JWT_SECRET               or: an HS256 secret of at least 32 bytes (also _FILE)
  KEYWARD_JWT_PREVIOUS_SECRET      another HS256 secret that counts while the secret is replaced
                                   (also _FILE)
  KEYWARD_JWT_ALLOW_HTTP           on, to fetch keys by http:// from other machines as well, inside a
                                   cluster whose network is trusted [default: off]
  KEYWARD_JWT_AUDIENCE             accepted `aud` of tokens, several by commas; recommended with a JWKS
  KEYWARD_JWT_USER_CLAIM           the claim with the user's id [default: sub]
  KEYWARD_JWT_PORTAL_CLAIM         the claim with the portal [default: portal]
  KEYWARD_JWT_PARTNER_VALUES       values of that claim that mean PARTNER, by commas; all others mean not
                                   PARTNER [default: the claim is SYSTEM, TENANT, PARTNER or CONSUMER]
  KEYWARD_JWT_CLIENT_HASH_CLAIM    the claim with the device [default: clientHash]
                                   A claim is a name (https://example.com/portal), or a JSON Pointer
                                   that begins with / (/realm_access/roles)
  KEYWARD_JWT_LEEWAY_SECONDS       allowed clock difference, 0 to 30 [default: 30]
  KEYWARD_ISSUERS_FILE             instead of all KEYWARD_JWT_*: a JSON file with several issuers, see
                                   docs/operations.md
  KEYWARD_MEMBERSHIPS              where the roles of users come from: store, claim or http
                                   [default: store]
  KEYWARD_JWT_ROLES_CLAIM          with claim: the claim with the user's roles by workspace
  KEYWARD_JWT_OWNER_VALUES         with claim: texts that mean OWNER, by commas [default: OWNER]
  KEYWARD_JWT_ADMIN_VALUES         with claim: texts that mean ADMIN, by commas [default: ADMIN]
  KEYWARD_MEMBERSHIPS_URL          with http: the URL before /workspaces/{id}/members/{user}
  KEYWARD_MEMBERSHIPS_TOKEN        with http: a bearer token for the platform (also _FILE)
  KEYWARD_MEMBERSHIPS_DEADLINE_MILLISECONDS
                                   with http: time limit of a question, 100 to 10000 [default: 2000]
  KEYWARD_MEMBERSHIPS_CACHE_SECONDS
                                   with http: how long an answer is used again, 0 to 5 [default: 0]
  KEYWARD_MEMBERSHIPS_ALLOW_HTTP   with http: on, to ask http:// on other machines as well
                                   [default: off]
  KEYWARD_ADMIN_MAY_DISABLE        on, so that the role ADMIN may list and read keys with their
                                   history and usage, and disable them
                                   [default: off]
  KEYWARD_PUBLIC_ADDR              an address and port, or several by commas; [::]:8080 is for IPv4
                                   too [default: 127.0.0.1:8080]
  KEYWARD_PUBLIC_TLS_CERTIFICATE_FILE
                                   its certificate with the intermediate ones, in PEM; a change of
                                   this and the next files takes effect within seconds
                                   [default: none, and no TLS]
  KEYWARD_PUBLIC_TLS_KEY_FILE      the private key of the certificate, in PEM
  KEYWARD_INTERNAL_ADDR            the same, or a Unix socket such as unix:/run/keyward.sock
                                   [default: 127.0.0.1:8081]
  KEYWARD_INTERNAL_TLS_CERTIFICATE_FILE
                                   its certificate with the intermediate ones, in PEM; not for Unix
                                   sockets [default: none, and no TLS]
  KEYWARD_INTERNAL_TLS_KEY_FILE    the private key of the certificate, in PEM
  KEYWARD_INTERNAL_TLS_CLIENT_CA_FILE
                                   authorities, in PEM, one of which must have issued the certificate
                                   of each client; its common name, or else its first DNS name, is
                                   the caller's name in logs and metrics [default: none]
  KEYWARD_INTERNAL_SOCKET_MODE     permissions of the Unix socket [default: 0660]
  KEYWARD_INTERNAL_SOCKET_GROUP    group of the Unix socket [default: that of the process]
  KEYWARD_INTERNAL_TOKEN           bearer token for callers of the internal listener
                                   (also KEYWARD_INTERNAL_TOKEN_FILE); required unless the
                                   listener is on loopback only, or requires client certificates
  KEYWARD_INTERNAL_TOKENS          or: up to 16 tokens with names for logs and metrics, as
                                   NAME:TOKEN, separated by commas or line breaks (also _FILE);
                                   more callers have service tokens: keyward service-tokens
  KEYWARD_TRUSTED_PROXIES          CIDR blocks of proxies whose X-Forwarded-For is trusted,
                                   separated by commas
  KEYWARD_ALLOWED_ORIGINS          origins whose pages may call the API from a browser, sign a
                                   browser in to the page and frame it, separated by commas, such
                                   as https://portal.example.com [default: none]
  KEYWARD_GITHUB_KEYS_URL          where GitHub publishes the keys of its secret scanning, so that it
                                   can report leaked secrets to /public/v1/leaks:
                                   https://api.github.com/meta/public_keys/secret_scanning
                                   [default: none, and no such path]
  KEYWARD_PAGE                     on, or off to serve no page [default: on]
  KEYWARD_PAGE_API_URL             the API that the keys are for, in the examples of the page
                                   [default: https://api.example.com/]
  KEYWARD_PAGE_BRAND_NAME          the platform's name on the page [default: Keyward]
  KEYWARD_PAGE_BRAND_LOGO_FILE     its logo, an SVG or PNG image of at most 32 KiB
  KEYWARD_PAGE_BRAND_ACCENT        its colour, such as #0a6b4f
  KEYWARD_PAGE_BRAND_BACK_URL      the portal, to which the page links back
  KEYWARD_PAGE_PRESETS             choices of permissions for new keys on the page, such as
                                   Payments=payment:read payment:write; Reports=report:read
                                   [default: none]
  KEYWARD_API_DOCS                 on, or off to serve no /docs and /openapi.json [default: on]
  KEYWARD_KEY_PREFIX               the first word of new key ids and secrets, as acme in acme_live_…;
                                   choose it before the first key, see docs/secret-scanning.md
                                   [default: sk]
  KEYWARD_KEYS_PER_WORKSPACE_MAX   [default: 1000]
  KEYWARD_CHANGES_PER_MINUTE_MAX   changes per minute to a workspace's keys, 0 for no limit;
                                   disabling and deleting is never refused [default: 120]
  KEYWARD_KEY_LIFETIME_DEFAULT_DAYS  days after which a new key without an expiry expires, 1 to
                                   3650 [default: none]
  KEYWARD_KEY_LIFETIME_MAX_DAYS    the latest expiry of a key, in days from the creation of its
                                   secret, 1 to 3650; the same on all nodes, like the next two
                                   [default: none]
  KEYWARD_KEY_NEVER_EXPIRES        on, or off to require an expiry [default: off with a maximum]
  KEYWARD_KEY_LIFETIME_EXISTING    report: keys with an older secret go on working; refuse: they are
                                   EXPIRED [default: report]. A workspace may have its own policy:
                                   keyward workspaces set-key-lifetime
  KEYWARD_CACHE_MEBIBYTES          memory for cached keys [default: 64]
  KEYWARD_CACHE_STALENESS_SECONDS  how long cached keys are used when changes may have been
                                   missed, 0 to 60; the same on all nodes [default: 1]
  KEYWARD_LAST_USE_SECONDS         interval for writing last uses, and counts of uses and denials
                                   [default: 10]
  KEYWARD_DATABASE_CONNECTIONS_MAX connections to PostgreSQL, from 2; three more are for probes and
                                   the change feed [default: 16]
  KEYWARD_LISTEN_URL               direct URL of PostgreSQL, when DATABASE_URL leads through a pooler
                                   in transaction mode (also KEYWARD_LISTEN_URL_FILE)
  KEYWARD_CLOCK_OFFSET_MAX_SECONDS maximum difference between this machine's clock and the
                                   database's for the node to be ready [default: 60]
  KEYWARD_SHUTDOWN_NOTICE_SECONDS  how long both listeners still answer after SIGTERM while /readyz
                                   fails, 0 to 600; as long as your load balancer needs to notice
                                   [default: 5]
  KEYWARD_DELETED_KEYS_DAYS        days after which a deleted key is purged [default: 90]
  KEYWARD_USAGE_DAYS               days after which counts of uses and denials are purged, 1 to 3650
                                   [default: 90]
  KEYWARD_WEBHOOK_KEY              at least 32 characters, from which the keys of webhooks are derived;
                                   without it, there are no webhooks. All nodes need the same one
  KEYWARD_WEBHOOK_KEY_FILE         file with this key
  KEYWARD_WEBHOOK_NETWORKS         private networks that webhooks of the deployment may be in, such as
                                   10.0.0.0/8, also with http; separated by commas
  KEYWARD_WEBHOOK_OWNER_NETWORKS   the same for all webhooks: every owner can send requests there
  KEYWARD_HOUSEKEEPING_SECONDS     interval of the purge, which also removes expired idempotency
                                   records, old counts of uses and denials, and ended sessions; 0 for
                                   never
                                   [default: 600]
  KEYWARD_LOG                      log filter, such as info or keyward=debug [default: info]
  KEYWARD_LOG_FILE                 or: a file with this filter; a change takes effect within seconds

On SIGTERM, /readyz fails first. After the notice, both listeners stop accepting. Requests in progress
get up to 20 s to end, so give the process 25 s more than the notice. SIGINT ends without notice.";

const STORE_HELP: &str = "\
The store is the one that DATABASE_URL (or DATABASE_URL_FILE) names. For the development server's:
  export DATABASE_URL=sqlite:keyward-data/keyward.db";

const COMPLETIONS_HELP: &str = "\
Examples:
  keyward completions bash > /etc/bash_completion.d/keyward
  keyward completions zsh > /usr/local/share/zsh/site-functions/_keyward
  keyward completions fish > /etc/fish/completions/keyward.fish";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve without configuration: a demo workspace, its owner's token and a ready curl
    ///
    /// Creates the data folder (a SQLite store, a signing secret, and dev.json for scripts) and
    /// serves until interrupted. Not for production: anyone who can read the folder can sign
    /// tokens.
    Dev(DevArgs),
    /// Serve in production; everything must be configured, and the schema must allow this binary
    #[command(after_help = SERVE_HELP)]
    Serve(ServeArgs),
    /// Migrate the store's schema, or show its state
    #[command(after_help = STORE_HELP)]
    Migrate(MigrateArgs),
    /// Check everything that a node needs: configuration, store, tokens, clocks, listeners, files
    ///
    /// Each finding says what to do. The exit code is that of the first failed check, 0 when there are
    /// only warnings.
    Doctor(DoctorArgs),
    /// Show the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Create a development token and print only the token
    ///
    /// Signs with the development server's secret. Refuses when production token keys are
    /// configured (KEYWARD_JWT_*, KEYWARD_ISSUERS_FILE): then the platform's identity service issues the tokens.
    Token(TokenArgs),
    /// Add, list and remove workspaces, and set their plans, how long their keys may be used, and
    /// what happens to those that leak
    #[command(after_help = STORE_HELP, subcommand)]
    Workspaces(WorkspacesCommand),
    /// Manage plans: the limits that workspaces have in common
    #[command(after_help = STORE_HELP, subcommand)]
    Plans(PlansCommand),
    /// Add, list and remove members of a workspace, and change their roles
    #[command(after_help = STORE_HELP, subcommand)]
    Members(MembersCommand),
    /// Add, list and remove the scopes that keys can have
    #[command(after_help = STORE_HELP, subcommand)]
    Scopes(ScopesCommand),
    /// Create, list and revoke the tokens of services that call the internal listener
    #[command(after_help = STORE_HELP, subcommand)]
    ServiceTokens(ServiceTokensCommand),
    /// Manage API keys as an operator; the audit trail records the operator
    #[command(after_help = STORE_HELP, subcommand)]
    Keys(KeysCommand),
    /// Verify that the audit trail is intact, or export it
    #[command(after_help = STORE_HELP, subcommand)]
    Audit(AuditCommand),
    /// Show what happened, as receivers of events learn it
    #[command(after_help = STORE_HELP, subcommand)]
    Events(EventsCommand),
    /// Manage webhooks, to which events are sent
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// Back up a SQLite store while it is in use, to a new file
    ///
    /// The copy is consistent, checked for damage, and synced to the disk. A copy of the file alone
    /// loses what is in its -wal file. PostgreSQL has pg_dump and base backups.
    #[command(after_help = STORE_HELP)]
    Backup(BackupArgs),
    /// Check a store that was restored from a backup
    #[command(after_help = STORE_HELP, subcommand)]
    Restore(RestoreCommand),
    /// Purge data that is no longer needed
    ///
    /// Removes keys that were deleted long enough ago, old counts of uses and denials, idempotency
    /// records after a day, and ended sessions after their token's expiry. Works in small batches
    /// beside a running server. It can be interrupted and run again. The audit trail always stays.
    #[command(after_help = STORE_HELP)]
    Purge(PurgeArgs),
    /// Print the OpenAPI description of the public listener, as it serves it at /openapi.json
    #[command(name = "openapi")]
    OpenApi,
    /// Print the completions of a shell
    #[command(after_help = COMPLETIONS_HELP)]
    Completions {
        /// The shell
        #[arg(value_name = "SHELL", value_enum)]
        shell: Shell,
    },
    /// Write the man pages of all commands to a folder
    #[command(after_help = "\
Example:
  keyward man-pages /usr/local/share/man/man1")]
    ManPages {
        /// An existing folder
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
    /// Print the version
    Version,
}

#[derive(Debug, Args)]
pub(crate) struct DevArgs {
    /// Folder of the store, the signing secret and dev.json
    #[arg(long, value_name = "DIR", default_value = "keyward-data")]
    pub(crate) data_dir: PathBuf,
    #[command(flatten)]
    pub(crate) listen: ListenArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) listen: ListenArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ListenArgs {
    /// Listener for browsers and HTTP clients [env: KEYWARD_PUBLIC_ADDR] [default: 127.0.0.1:8080]
    ///
    /// Several are separated by commas. Port 0 selects a free port. [::]:8080 is for IPv4 too, unless an
    /// IPv4 address with this port is listed.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) public_addr: Option<ListenAddrs>,
    /// Listener for gateways and operators [env: KEYWARD_INTERNAL_ADDR] [default: 127.0.0.1:8081]
    ///
    /// Never expose it to the internet. Several are separated by commas. Port 0 selects a free port.
    /// unix:/run/keyward.sock is a Unix socket.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) internal_addr: Option<ListenAddrs>,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct MigrateArgs {
    #[command(subcommand)]
    pub(crate) command: Option<MigrateCommand>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum MigrateCommand {
    /// Apply pending migrations (the default); safe to repeat and to run concurrently
    Up,
    /// Show the state of the schema and which binaries may serve it; exit code 5 unless this one
    /// may
    Status,
}

#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// The user: the `sub` claim
    #[arg(long, value_name = "USER", value_parser = UserId::parse)]
    pub(crate) user: UserId,
    /// The portal of the session: SYSTEM, TENANT, PARTNER or CONSUMER
    #[arg(long, value_name = "PORTAL", value_parser = parse_portal)]
    pub(crate) portal: Portal,
    /// Bind the token to clients that send this X-Client-Hash
    #[arg(long, value_name = "HASH")]
    pub(crate) client_hash: Option<String>,
    /// How long the token is valid
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = humantime::parse_duration)]
    pub(crate) ttl: Duration,
    /// The development server's data folder
    #[arg(long, value_name = "DIR", default_value = "keyward-data")]
    pub(crate) data_dir: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WorkspacesCommand {
    /// Add a workspace to Keyward
    Add {
        /// The platform's id of the workspace
        #[arg(value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
        workspace: WorkspaceId,
    },
    /// List all workspaces
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Set a workspace's own policy for the lifetime of its keys
    ///
    /// It replaces the deployment's policy (KEYWARD_KEY_LIFETIME_…) as a whole. A lifetime counts from
    /// the creation of a key's current secret, so a rotation renews it.
    #[command(after_help = "\
Examples:
  keyward workspaces set-key-lifetime ws_1 --default-days 30 --max-days 90
  keyward keys over-lifetime --workspace ws_1
  keyward workspaces set-key-lifetime ws_1 --default-days 30 --max-days 90 --existing refuse
  keyward workspaces set-key-lifetime ws_1 --clear")]
    SetKeyLifetime(SetKeyLifetimeArgs),
    /// Set what happens to a workspace's keys when their secrets leak
    ///
    /// It counts when GitHub or a scanner reports the current secret of an active key. Without a
    /// policy, the key is disabled.
    #[command(after_help = "\
Examples:
  keyward workspaces set-leak-policy ws_1 --reaction notify
  keyward workspaces set-leak-policy ws_1 --reaction expire --grace-hours 24
  keyward workspaces set-leak-policy ws_1 --clear")]
    SetLeakPolicy(SetLeakPolicyArgs),
    /// Give a workspace a plan, or take it away
    ///
    /// The plan's limits count at once, on every node. See `keyward plans`.
    #[command(after_help = "\
Examples:
  keyward workspaces set-plan ws_1 pro
  keyward workspaces set-plan ws_1 --clear")]
    SetPlan(SetPlanArgs),
    /// Remove a workspace that never had a key
    Remove {
        /// The platform's id of the workspace
        #[arg(value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
        workspace: WorkspaceId,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum MembersCommand {
    /// Add a member
    Add {
        #[command(flatten)]
        member: MemberArgs,
        /// OWNER, ADMIN, OPERATOR or VIEWER; only an OWNER manages keys
        #[arg(long, value_name = "ROLE", value_parser = parse_role)]
        role: Role,
    },
    /// List the members of a workspace
    List {
        /// The workspace
        #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
        workspace: WorkspaceId,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Remove a member
    Remove {
        #[command(flatten)]
        member: MemberArgs,
    },
    /// Change a member's role; it takes effect at the next request
    SetRole {
        #[command(flatten)]
        member: MemberArgs,
        /// OWNER, ADMIN, OPERATOR or VIEWER; only an OWNER manages keys
        #[arg(long, value_name = "ROLE", value_parser = parse_role)]
        role: Role,
    },
}

#[derive(Debug, Args)]
pub(crate) struct MemberArgs {
    /// The workspace
    #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
    pub(crate) workspace: WorkspaceId,
    /// The platform's id of the user: the token's `sub`
    #[arg(value_name = "USER", value_parser = UserId::parse)]
    pub(crate) user: UserId,
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct OutputArgs {
    /// The output format
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: Format,
}

#[derive(Debug, Args)]
pub(crate) struct PurgeArgs {
    /// Remove keys that were deleted longer ago than this [default: KEYWARD_DELETED_KEYS_DAYS, or 90
    /// days]
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub(crate) deleted_for: Option<Duration>,
    /// Remove counts of uses and denials in hours that began longer ago than this [default:
    /// KEYWARD_USAGE_DAYS, or 90 days]
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub(crate) counted_for: Option<Duration>,
    /// Only show how much would be removed
    #[arg(long)]
    pub(crate) dry_run: bool,
}

fn parse_role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "must be OWNER, ADMIN, OPERATOR or VIEWER".to_owned())
}

fn parse_portal(text: &str) -> Result<Portal, String> {
    Portal::parse(text).ok_or_else(|| "must be SYSTEM, TENANT, PARTNER or CONSUMER".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_tree_is_consistent() {
        Cli::command().debug_assert();
    }

    /// A flag's value is visible in the machine's process list and the shell's history.
    #[test]
    fn no_flag_takes_a_secret() {
        fn check(command: &clap::Command) {
            for arg in command.get_arguments() {
                let name = arg.get_id().as_str();
                for word in ["secret", "password", "token", "database_url"] {
                    assert!(!name.contains(word), "{} {name}", command.get_name());
                }
            }
            command.get_subcommands().for_each(check);
        }
        check(&Cli::command());
    }
}
