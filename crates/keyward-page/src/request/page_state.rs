use std::sync::Arc;

use keyward_domain::usecases::{ReadWorkspaceSettings, VerifyApiKey};
use keyward_web::PublicState;

use crate::request::one_time_link::OneTimeLink;
use crate::settings::PageSettings;

/// The dependencies of the page.
#[derive(Clone)]
pub struct PageState {
    /// The dependencies of the API: the page uses the same use cases and checks.
    pub api: PublicState,
    /// The use case of contract §4, to test a key on the page.
    pub verify: VerifyApiKey,
    /// What operators have set for workspaces.
    pub workspace_settings: ReadWorkspaceSettings,
    /// What the operator has configured.
    pub settings: Arc<PageSettings>,
    /// The link that signs a browser in without a token; only in development.
    pub one_time_link: Option<Arc<OneTimeLink>>,
}

impl PageState {
    /// Whether this is `keyward dev`.
    pub(crate) fn is_development(&self) -> bool {
        self.one_time_link.is_some()
    }
}
