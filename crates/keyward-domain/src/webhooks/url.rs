use std::fmt;

/// The maximum length of the URL of a webhook.
pub const WEBHOOK_URL_LENGTH_MAX: usize = 2_048;

/// Where events are sent: an absolute `http` or `https` URL of at most 2,048 visible ASCII characters,
/// without user, password and fragment (contract §14).
///
/// Its host may still be one that nothing may be sent to. That is decided for the address, whenever a
/// connection is opened.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(String);

/// The text is no URL of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an absolute http or https URL without user, password and fragment")]
pub struct InvalidWebhookUrl;

impl WebhookUrl {
    /// Parses a URL.
    ///
    /// # Errors
    /// [`InvalidWebhookUrl`] for any other text.
    pub fn parse(text: &str) -> Result<Self, InvalidWebhookUrl> {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .ok_or(InvalidWebhookUrl)?;
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !br#"#\"<>^`{|}"#.contains(&byte);
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let is_valid = text.len() <= WEBHOOK_URL_LENGTH_MAX
            && text.bytes().all(is_plain)
            && is_authority(authority);
        is_valid
            .then(|| Self(text.to_owned()))
            .ok_or(InvalidWebhookUrl)
    }

    /// Whether the connection is encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URL without its query, in which receivers put passwords.
    #[must_use]
    pub fn without_query(&self) -> &str {
        self.0.split('?').next().unwrap_or_default()
    }
}

/// A host name, an IPv4 address or an IPv6 address in brackets, and perhaps a port.
fn is_authority(text: &str) -> bool {
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    if let Some(rest) = text.strip_prefix('[') {
        let Some((address, port)) = rest.split_once(']') else {
            return false;
        };
        return address.parse::<std::net::Ipv6Addr>().is_ok()
            && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port));
    }
    let (host, port) = text.split_once(':').unwrap_or((text, "80"));
    let is_label = |label: &str| {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        !label.is_empty() && label.len() <= 63 && label.bytes().all(is_inner)
    };
    host.len() <= 253 && host.split('.').all(is_label) && is_port(port)
}

/// Without its query, so that a password in it is in no log.
impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.without_query())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absolute_url_is_a_webhook_url() {
        for text in [
            "https://hooks.example.com",
            "https://hooks.example.com/keyward?token=a%20b&x=1",
            "https://hooks.example.com:8443/",
            "http://10.0.0.7:9000/in",
            "https://[2001:db8::7]:8443/in",
            "https://my_host/",
        ] {
            assert_eq!(WebhookUrl::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn any_other_text_is_refused() {
        let long = format!("https://a.example/{}", "a".repeat(WEBHOOK_URL_LENGTH_MAX));
        for text in [
            "",
            "https://",
            "https:///path",
            "ftp://a.example",
            "HTTPS://a.example",
            "//a.example",
            "https://user@a.example/",
            "https://user:password@a.example/",
            "https://a.example/#part",
            "https://a.example/\\in",
            "https://a.example\\@b.example/",
            "https://a..example/",
            "https://a.example:0/",
            "https://a.example:99999/",
            "https://a.example:/",
            "https://[::1/",
            "https://[nothing]/",
            "https://[::1]x/",
            "https://a.example/a b",
            "https://a.example/\n",
            "https://ü.example/",
            &long,
        ] {
            assert_eq!(WebhookUrl::parse(text), Err(InvalidWebhookUrl), "{text:?}");
        }
    }

    #[test]
    fn its_query_is_not_shown() {
        let url = WebhookUrl::parse("https://a.example/in?token=secret").unwrap();
        assert_eq!(format!("{url:?}"), "https://a.example/in");
    }
}
