//! `keyward token`: creates a session token for development.

use keyward_domain::Principal;
use keyward_domain::ports::Clock as _;
use keyward_web::{MintedClaims, mint};

use super::dev::DataFolder;
use crate::cli::TokenArgs;
use crate::config::{self, ConfigError, Environment};
use crate::failure::Failure;
use crate::output;
use crate::system::{self, SystemClock};

pub(super) fn run(environment: &Environment, args: &TokenArgs) -> Result<(), Failure> {
    if config::has_token_keys(environment) {
        return Err(Failure::Config(ConfigError::ProductionKeys));
    }
    let secret = DataFolder::existing(&args.data_dir).existing_signing_secret()?;
    let now = SystemClock.now();
    let seconds = i64::try_from(args.ttl.as_secs()).unwrap_or(i64::MAX);
    let claims = MintedClaims {
        id: Some(system::random_hex().map_err(refused)?.to_string()),
        principal: Principal {
            user_id: args.user.clone(),
            portal: Some(args.portal),
        },
        client_hash: args.client_hash.clone(),
        issued_at: now,
        expires_at: now.plus_seconds(seconds),
    };
    let token = mint(&secret, &claims).map_err(refused)?;
    output::line(&token)
}

fn refused(error: impl std::error::Error) -> Failure {
    Failure::Refused(error.to_string())
}
