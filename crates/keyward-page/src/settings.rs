use std::fmt;

use keyward_domain::Scope;

use crate::brand::Brand;

/// What an operator configures of the page.
#[derive(Debug, Default)]
pub struct PageSettings {
    /// How it looks.
    pub brand: Brand,
    /// The API that the keys are for; examples call it.
    pub api_url: ApiUrl,
    /// Choices of permissions that the form of a new key offers.
    pub presets: Vec<Preset>,
}

/// A named choice of permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name, as the page shows it.
    pub name: String,
    /// Its scopes. Those that do not exist are ignored.
    pub scopes: Vec<Scope>,
}

/// The text is not a list of presets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a list of at most 8 presets, such as Payments=payment:read payment:write; Reports=report:read"
)]
pub struct InvalidPresets;

impl Preset {
    /// Parses presets that are separated by semicolons.
    ///
    /// # Errors
    /// [`InvalidPresets`].
    pub fn parse_list(text: &str) -> Result<Vec<Self>, InvalidPresets> {
        let presets = text
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let presets = presets.map(|preset| {
            let (name, scopes) = preset.split_once('=').ok_or(InvalidPresets)?;
            let name = name.trim();
            let scopes = scopes.split_whitespace().map(Scope::parse);
            let scopes: Result<Vec<Scope>, _> = scopes.collect();
            let is_name =
                (1..=40).contains(&name.chars().count()) && !name.chars().any(char::is_control);
            match scopes {
                Ok(scopes) if is_name && !scopes.is_empty() => Ok(Self {
                    name: name.to_owned(),
                    scopes,
                }),
                _ => Err(InvalidPresets),
            }
        });
        let presets: Vec<Self> = presets.collect::<Result<_, _>>()?;
        if presets.len() <= 8 {
            Ok(presets)
        } else {
            Err(InvalidPresets)
        }
    }
}

/// The URL of the platform's API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiUrl(String);

/// The text is not the URL of an API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an http or https URL of at most 200 plain characters, such as https://api.example.com/v1"
)]
pub struct InvalidApiUrl;

impl ApiUrl {
    /// Parses the URL. Its characters have no meaning in the code of the examples.
    ///
    /// # Errors
    /// [`InvalidApiUrl`].
    pub fn parse(text: &str) -> Result<Self, InvalidApiUrl> {
        let rest = text.strip_prefix("https://");
        let rest = rest.or_else(|| text.strip_prefix("http://"));
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/._~%-[]".contains(&byte);
        let is_valid = rest.is_some_and(|rest| {
            rest.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[')
                && rest.bytes().all(is_plain)
        });
        if is_valid && text.len() <= 200 {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidApiUrl)
        }
    }

    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ApiUrl {
    /// An example, which is nobody's.
    fn default() -> Self {
        Self("https://api.example.com/".to_owned())
    }
}

impl fmt::Display for ApiUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_have_names_and_scopes() {
        let read =
            Preset::parse_list("Payments = payment:read  payment:write; 支払い=refund:read;")
                .unwrap();
        let shown = read
            .iter()
            .map(|preset| (preset.name.as_str(), preset.scopes.len()));
        assert_eq!(shown.collect::<Vec<_>>(), [("Payments", 2), ("支払い", 1)]);
        assert_eq!(Preset::parse_list("").unwrap(), []);
        let many = "A=a:b;".repeat(9);
        for text in ["Payments", "=a:b", "A=", "A=a", "A=a:b,c:d", &many] {
            assert_eq!(Preset::parse_list(text), Err(InvalidPresets), "{text}");
        }
    }

    #[test]
    fn the_url_of_an_api_is_plain() {
        for text in [
            "https://api.example.com",
            "http://[::1]:8080/v1/",
            "https://a.b/c%20d",
        ] {
            assert_eq!(ApiUrl::parse(text).unwrap().as_str(), text);
        }
        let long = format!("https://a.example/{}", "x".repeat(200));
        for text in [
            "",
            "api.example.com",
            "ftp://a",
            "https://",
            "https:///a",
            "https://a\"b",
            "https://a b",
            "https://a'$(x)",
            &long,
        ] {
            assert_eq!(ApiUrl::parse(text), Err(InvalidApiUrl), "{text}");
        }
    }
}
