use std::sync::Arc;

use keyward_domain::usecases::VerifyApiKey;
use keyward_web::PublicState;

use crate::request::one_time_link::OneTimeLink;

/// What the page needs.
#[derive(Clone)]
pub struct PageState {
    /// What the API has: the page does the same, under the same checks.
    pub api: PublicState,
    /// The operation of contract §4, for owners who try a key.
    pub verify: VerifyApiKey,
    /// Signs a browser in without a token; only in development.
    pub one_time_link: Option<Arc<OneTimeLink>>,
}

impl PageState {
    /// Whether this is `keyward dev`.
    pub(crate) fn is_development(&self) -> bool {
        self.one_time_link.is_some()
    }
}
