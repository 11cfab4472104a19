use keyward_page::{ApiUrl, PageSettings, Preset};

use super::{ConfigError, Environment};

/// What an operator configures of the page.
pub(crate) fn settings(environment: &Environment) -> Result<PageSettings, ConfigError> {
    Ok(PageSettings {
        api_url: api_url(environment)?,
        presets: presets(environment)?,
    })
}

fn presets(environment: &Environment) -> Result<Vec<Preset>, ConfigError> {
    const VARIABLE: &str = "KEYWARD_PAGE_PRESETS";
    let text = environment.text(VARIABLE).unwrap_or_default();
    Preset::parse_list(text).map_err(|error| ConfigError::Invalid {
        variable: VARIABLE,
        problem: format!("{text:?} is {error}"),
    })
}

fn api_url(environment: &Environment) -> Result<ApiUrl, ConfigError> {
    const VARIABLE: &str = "KEYWARD_PAGE_API_URL";
    let Some(text) = environment.text(VARIABLE) else {
        return Ok(ApiUrl::default());
    };
    ApiUrl::parse(text).map_err(|error| ConfigError::Invalid {
        variable: VARIABLE,
        problem: format!("{text:?} is {error}"),
    })
}
