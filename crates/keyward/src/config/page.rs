use std::fs;

use keyward_page::{ApiUrl, Brand, PageSettings, Preset};

use super::{ConfigError, Environment};

/// What an operator configures of the page.
pub(crate) fn settings(environment: &Environment) -> Result<PageSettings, ConfigError> {
    Ok(PageSettings {
        brand: brand(environment)?,
        api_url: api_url(environment)?,
        presets: presets(environment)?,
    })
}

fn presets(environment: &Environment) -> Result<Vec<Preset>, ConfigError> {
    const VARIABLE: &str = "KEYWARD_PAGE_PRESETS";
    let text = environment.value(VARIABLE).unwrap_or_default();
    Preset::parse_list(text).map_err(|error| ConfigError::Invalid {
        variable: VARIABLE,
        problem: format!("{text:?} is {error}"),
    })
}

fn api_url(environment: &Environment) -> Result<ApiUrl, ConfigError> {
    const VARIABLE: &str = "KEYWARD_PAGE_API_URL";
    let Some(text) = environment.value(VARIABLE) else {
        return Ok(ApiUrl::default());
    };
    ApiUrl::parse(text).map_err(|error| ConfigError::Invalid {
        variable: VARIABLE,
        problem: format!("{text:?} is {error}"),
    })
}

/// The name, the logo, the colour and the link of the platform.
fn brand(environment: &Environment) -> Result<Brand, ConfigError> {
    let mut brand = Brand::default();
    let invalid = |variable, problem: String| ConfigError::Invalid { variable, problem };
    if let Some(name) = environment.value("KEYWARD_PAGE_BRAND_NAME") {
        let named = brand.name(name);
        brand = named.map_err(|error| invalid("KEYWARD_PAGE_BRAND_NAME", error.to_string()))?;
    }
    if let Some(accent) = environment.value("KEYWARD_PAGE_BRAND_ACCENT") {
        let coloured = brand.accent(accent);
        let problem = |error| format!("{accent:?} is {error}");
        brand = coloured.map_err(|error| invalid("KEYWARD_PAGE_BRAND_ACCENT", problem(error)))?;
    }
    if let Some(url) = environment.value("KEYWARD_PAGE_BRAND_BACK_URL") {
        let linked = brand.back_url(url);
        let problem = |error| format!("{url:?} is {error}");
        brand = linked.map_err(|error| invalid("KEYWARD_PAGE_BRAND_BACK_URL", problem(error)))?;
    }
    if let Some(path) = environment.value("KEYWARD_PAGE_BRAND_LOGO_FILE") {
        const VARIABLE: &str = "KEYWARD_PAGE_BRAND_LOGO_FILE";
        let bytes = fs::read(path);
        let bytes = bytes.map_err(|error| invalid(VARIABLE, format!("{path}: {error}")))?;
        let shown = brand.logo(bytes);
        brand = shown.map_err(|error| invalid(VARIABLE, format!("{path} is {error}")))?;
    }
    Ok(brand)
}
