//! `keyward dev`: serves with a generated configuration.

mod data_folder;

use std::sync::Arc;
use std::time::Duration;

use ipnetwork::IpNetwork;
use keyward_domain::ports::{Clock as _, MemberChange, WorkspaceDirectory as _};
use keyward_domain::{AdminRights, Portal, Principal, Role, UserId, WorkspaceId};
use keyward_page::{OneTimeLink, PageState};
use keyward_persistence::{DatabaseUrl, Store, StoreConfig};
use keyward_web::{HmacSecret, IssuerConfig, KeySource, MintedClaims, TokenConfig, mint};
use keyward_webhooks::AllowedNetworks;
use serde::Serialize;
use zeroize::Zeroizing;

pub(super) use self::data_folder::DataFolder;
use super::by_operator;
use crate::cli::DevArgs;
use crate::config::{
    self, Endpoint, Environment, Listeners, MembershipsConfig, VerificationConfig, WebhookConfig,
    WorkspaceLimits,
};
use crate::delivering::Webhooks;
use crate::failure::Failure;
use crate::serving::{Capacity, Inbound, PublicServices, Servers};
use crate::shutdown::Draining;
use crate::system::{self, SystemClock};
use crate::telemetry::Logs;
use crate::tls::TlsOfListeners;
use crate::{output, wiring};

const WORKSPACE: &str = "ws_demo";
const USER: &str = "user_demo";
const CLIENT_HASH: &str = "demo-device";
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// The contents of `dev.json`, for scripts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DevFile<'a> {
    public_url: String,
    /// The link that opens the page and signs in, once.
    page_url: String,
    internal_url: String,
    workspace_id: &'static str,
    user_id: &'static str,
    client_hash: &'static str,
    token: &'a str,
}

pub(super) async fn run(
    environment: &Environment,
    args: &DevArgs,
    logs: &Logs,
) -> Result<(), Failure> {
    let listeners = Listeners::resolve(environment, &args.listen)?;
    let [Endpoint::Tcp(_)] = listeners.internal.endpoints.as_slice() else {
        let problem = "keyward dev prints URLs: give its internal listener one address and port";
        return Err(Failure::Refused(problem.to_owned()));
    };
    let [_one] = listeners.public.endpoints.as_slice() else {
        let problem = "keyward dev prints URLs: give its public listener one address and port";
        return Err(Failure::Refused(problem.to_owned()));
    };
    if listeners.public.tls.is_some() || listeners.internal.tls.is_some() {
        let problem =
            "keyward dev serves without TLS: unset KEYWARD_PUBLIC_TLS_* and KEYWARD_INTERNAL_TLS_*";
        return Err(Failure::Refused(problem.to_owned()));
    }
    let internal_callers = config::internal_callers(environment, &listeners.internal)?;
    let allowed_origins = config::allowed_origins(environment)?;
    let page_settings = config::page::settings(environment)?;
    let keys = (config::key_prefix(environment)?, WorkspaceLimits::default());
    let folder = DataFolder::create(&args.data_dir)?;
    let secret = folder.signing_secret()?;
    let token = demo_token(&secret)?;
    // A separate session, so that signing out on the page does not end the session of the banner's
    // token.
    let link_token = demo_token(&secret)?;
    let mut store = StoreConfig::new(DatabaseUrl::Sqlite(folder.database()));
    store.key_lifetime = config::key_lifetime(environment)?;
    let inbound = Inbound {
        capacity: Capacity::beside(store.connections_max)?,
        tls: TlsOfListeners::default(),
    };
    let store = Store::open(store).await?;
    store.migrate().await?;
    seed(&store).await?;

    let issuer = IssuerConfig::new(KeySource::Hs256(secret, Vec::new()));
    let config = TokenConfig::AnyIssuer(Box::new(issuer));
    let tokens = wiring::token_verifier(config, &store)?;
    let draining = Draining::default();
    let verification = VerificationConfig::resolve(environment)?;
    let webhooks = WebhookConfig {
        key: folder.webhook_key()?,
        networks: AllowedNetworks {
            of_deployment: Vec::new(),
            of_workspaces: vec![loopback("127.0.0.0/8")?, loopback("::1")?],
        },
    };
    let webhooks = Webhooks::new(&webhooks, &store, wiring::clock(&store))?;
    let node = wiring::Node::start(
        store,
        verification,
        logs,
        &inbound,
        &tokens,
        &draining,
        Some(webhooks),
    );
    let link = OneTimeLink::new(random_hex()?, WORKSPACE, CLIENT_HASH, link_token);
    let page = link.path_and_query();
    let users = wiring::users(&node, MembershipsConfig::Store, AdminRights::None)?;
    let api = wiring::public_state(&node, tokens, &[], allowed_origins, keys, users, None);
    let secret_reports = api.secret_reports.clone();
    let public = PublicServices {
        page: Some(PageState {
            one_time_link: Some(Arc::new(link)),
            ..wiring::page_state(&node, api.clone(), Arc::new(page_settings))
        }),
        api,
        has_api_docs: true,
    };
    let internal = wiring::internal_state(&node, internal_callers, &[], &draining, keys);
    let servers = Servers::bind(&listeners, public, internal, inbound, draining)?;

    let file = DevFile {
        public_url: format!("http://{}", servers.public_addrs()),
        page_url: format!("http://{}{page}", servers.public_addrs()),
        internal_url: format!("http://{}", servers.internal_addrs()),
        workspace_id: WORKSPACE,
        user_id: USER,
        client_hash: CLIENT_HASH,
        token: &token,
    };
    folder.write_dev_file(&file)?;
    // Write earlier log lines before the banner.
    logs.flush();
    output::line(&banner(&folder, &file))?;
    let result = servers.run(Duration::ZERO).await;
    secret_reports.finish().await;
    node.close().await;
    result
}

/// Adds the demo workspace with its owner. A role that was changed since then is kept.
async fn seed(store: &Store) -> Result<(), Failure> {
    let workspace = WorkspaceId::parse(WORKSPACE).map_err(invalid_demo)?;
    let user = UserId::parse(USER).map_err(invalid_demo)?;
    let by = by_operator(store)?;
    store.add_workspace(&workspace, by.clone()).await?;
    match store.add_member(&workspace, &user, Role::Owner, by).await? {
        MemberChange::Done | MemberChange::Refused => Ok(()),
        MemberChange::UnknownWorkspace => Err(Failure::Refused(
            "the demo workspace was removed just now".to_owned(),
        )),
    }
}

fn demo_token(secret: &HmacSecret) -> Result<Zeroizing<String>, Failure> {
    let now = SystemClock.now();
    let claims = MintedClaims {
        id: Some(random_hex()?.to_string()),
        principal: Principal {
            user_id: UserId::parse(USER).map_err(invalid_demo)?,
            portal: Some(Portal::Partner),
        },
        client_hash: Some(CLIENT_HASH.to_owned()),
        issued_at: now,
        expires_at: now.plus_seconds(DAY_SECONDS),
    };
    mint(secret, &claims)
        .map(Zeroizing::new)
        .map_err(|e| Failure::Refused(e.to_string()))
}

/// Receivers of a development server are on the same machine.
fn loopback(network: &str) -> Result<IpNetwork, Failure> {
    network
        .parse()
        .map_err(|error: ipnetwork::IpNetworkError| invalid_demo(error))
}

fn random_hex() -> Result<Zeroizing<String>, Failure> {
    system::random_hex().map_err(|e| Failure::Refused(e.to_string()))
}

fn invalid_demo(error: impl std::error::Error) -> Failure {
    Failure::Refused(error.to_string())
}

fn banner(folder: &DataFolder, file: &DevFile<'_>) -> String {
    let DevFile {
        public_url,
        page_url,
        internal_url,
        workspace_id,
        user_id,
        client_hash,
        token,
    } = file;
    let data = folder.path().display();
    format!(
        "\
Keyward {version}, for development only

  public     {public_url}
  internal   {internal_url}
  data       {data}  (dev.json has all of this for scripts)
  workspace  {workspace_id}, owned by {user_id}
  token      {token}
             (lasts a day; another one: keyward token --user {user_id} --portal PARTNER)

Open the page, signed in as the owner (the link works once):

  {page_url}

Or create an API key:

curl -i '{public_url}/web/v1/workspaces/{workspace_id}/api-keys' \\
  -H 'Content-Type: application/json' \\
  -H 'Accept: application/json' \\
  -H 'Accept-Language: en' \\
  -H 'X-Client-Hash: {client_hash}' \\
  -H 'X-Workspace-Id: {workspace_id}' \\
  -H 'Authorization: Bearer {token}' \\
  -d '{{\"name\":\"Production Key\",\"scopes\":[\"payment:read\",\"payment:write\"],\"ipWhitelist\":[\"192.168.1.0/24\"]}}'

Press Ctrl-C to stop.",
        version = env!("CARGO_PKG_VERSION"),
    )
}
