//! `keyward token`: a session of one's own making, for development.

use keyward_domain::Principal;
use keyward_domain::ports::Clock as _;
use keyward_web::{MintedClaims, mint};

use super::dev::DataFolder;
use crate::cli::TokenArgs;
use crate::config::{self, ConfigError, Environment};
use crate::failure::Failure;
use crate::output;
use crate::system::SystemClock;

pub(super) fn run(environment: &Environment, args: &TokenArgs) -> Result<(), Failure> {
    if config::has_token_keys(environment) {
        return Err(Failure::Config(ConfigError::ProductionKeys));
    }
    let secret = DataFolder::existing(&args.data_dir).existing_signing_secret()?;
    let now = SystemClock.now();
    let seconds = i64::try_from(args.ttl.as_secs()).unwrap_or(i64::MAX);
    let claims = MintedClaims {
        principal: Principal {
            user_id: args.user.clone(),
            portal: args.portal,
        },
        client_hash: args.client_hash.clone(),
        issued_at: now,
        expires_at: now.plus_seconds(seconds),
    };
    let token = mint(&secret, &claims).map_err(|error| Failure::Refused(error.to_string()))?;
    output::line(&token)
}
