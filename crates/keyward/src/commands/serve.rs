//! `keyward serve`: the production server.

use std::sync::Arc;

use keyward_web::TokenError;

use crate::cli::ServeArgs;
use crate::config::{Environment, ServeConfig};
use crate::delivering::Webhooks;
use crate::failure::Failure;
use crate::housekeeping::Housekeeper;
use crate::serving::{Capacity, Inbound, PublicServices, Servers};
use crate::shutdown::Draining;
use crate::telemetry::Logs;
use crate::tls::TlsOfListeners;
use crate::wiring;

pub(super) async fn run(
    environment: &Environment,
    args: &ServeArgs,
    logs: &Logs,
) -> Result<(), Failure> {
    let config = ServeConfig::resolve(environment, &args.listen)?;
    if config.tokens.believes_tokens_for_others() {
        tracing::warn!(
            "token.issuer_or_audience_unchecked: a token that the identity service has signed for \
             another service is accepted here; set KEYWARD_JWT_ISSUER and KEYWARD_JWT_AUDIENCE, or \
             the audiences of each issuer in KEYWARD_ISSUERS_FILE"
        );
    }
    if config.tokens.trusts_plain_http() {
        tracing::warn!(
            "token.keys_by_http: nothing proves that token keys are of the identity service; \
             whoever can answer in its place can sign tokens"
        );
    }
    if config.memberships.trusts_plain_http() {
        tracing::warn!(
            "membership.by_http: nothing proves that roles are of the platform; whoever can answer \
             in its place can make users owners"
        );
    }
    let inbound = Inbound {
        capacity: Capacity::beside(config.store.connections_max)?,
        tls: TlsOfListeners::read(&config.listeners)?,
    };
    inbound.tls.warn_of_expiry();
    let (store, warning) = wiring::open_store(config.store).await?;
    let tokens = wiring::token_verifier(config.tokens, &store)?;
    if let Some(warning) = warning {
        tracing::warn!("schema.ahead: {warning}");
    }
    // The node must start even when the identity service is down. Until its keys are loaded, tokens
    // get 503, and everything else works.
    match tokens.load().await {
        Ok(()) => {}
        Err(TokenError::KeysUnavailable | TokenError::UnknownKey | TokenError::Invalid(_)) => {
            tracing::warn!("token.keys_unavailable: no token can be checked until a key set loads");
        }
    }
    let webhooks = config
        .webhooks
        .as_ref()
        .map(|webhooks| Webhooks::new(webhooks, &store, wiring::clock(&store)))
        .transpose()?;
    let draining = Draining::default();
    let housekeeper = Housekeeper::start(store.clone(), config.housekeeping);
    let node = wiring::Node::start(
        store,
        config.verification,
        logs,
        &inbound,
        &tokens,
        &draining,
        webhooks,
    );
    let users = wiring::users(&node, config.memberships, config.admin_rights)?;
    let github_keys = config.github_keys_url;
    let github_keys = github_keys.map(|url| wiring::github_keys(&node, url));
    let api = wiring::public_state(
        &node,
        tokens,
        &config.trusted_proxies,
        config.allowed_origins,
        (config.key_prefix, config.limits),
        users,
        github_keys.transpose()?,
    );
    let secret_reports = api.secret_reports.clone();
    let public = PublicServices {
        page: config
            .has_page
            .then(|| wiring::page_state(&node, api.clone(), Arc::clone(&config.page))),
        api,
        has_api_docs: config.has_api_docs,
    };
    let internal = wiring::internal_state(
        &node,
        config.internal_callers,
        &config.trusted_proxies,
        &draining,
        (config.key_prefix, config.limits),
    );
    let servers = Servers::bind(&config.listeners, public, internal, inbound, draining)?;
    let result = servers.run(config.shutdown_notice).await;
    if let Some(housekeeper) = housekeeper {
        housekeeper.end().await;
    }
    secret_reports.finish().await;
    node.close().await;
    result
}
