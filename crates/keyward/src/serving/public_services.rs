use actix_web::web::ServiceConfig;
use keyward_page::PageState;
use keyward_web::PublicState;

/// The services of the public listener.
#[derive(Clone)]
pub(crate) struct PublicServices {
    /// The JSON API.
    pub(crate) api: PublicState,
    /// The page, unless it is off.
    pub(crate) page: Option<PageState>,
    /// Whether the API's documentation is served.
    pub(crate) has_api_docs: bool,
}

impl PublicServices {
    /// Adds the routes of the page and the documentation.
    pub(crate) fn configure(&self, config: &mut ServiceConfig) {
        if let Some(page) = &self.page {
            keyward_page::configure(page, config);
        }
        if self.has_api_docs {
            keyward_web::api_docs(config);
        }
    }
}
