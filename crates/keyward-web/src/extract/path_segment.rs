use keyward_domain::ApiKeyId;
use percent_encoding::percent_decode_str;

use crate::error::RequestError;

/// One segment of a path, as it was written and decoded.
///
/// It may be any text; it is validated elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathSegment {
    written: String,
    /// `None` when the escapes are not UTF-8.
    decoded: Option<String>,
}

/// The position of the workspace in `/web/v1/workspaces/{workspaceId}/…`.
const WORKSPACE: usize = 4;
/// The position of the key in `/web/v1/workspaces/{workspaceId}/api-keys/{apiKeyId}/…`.
const API_KEY: usize = 6;

impl PathSegment {
    /// The workspace in the path of a matching route.
    pub(crate) fn workspace(path: &str) -> Self {
        Self::nth(path, WORKSPACE)
    }

    /// The key in the path of a matching route.
    pub(crate) fn api_key(path: &str) -> Self {
        Self::nth(path, API_KEY)
    }

    /// The segment after this many slashes. Does not use the router's decoding, which replaces
    /// invalid UTF-8 and keeps `%2F`.
    pub fn nth(path: &str, position: usize) -> Self {
        let written = path.split('/').nth(position).unwrap_or_default();
        let decoded = percent_decode_str(written).decode_utf8();
        Self {
            written: written.to_owned(),
            decoded: decoded.ok().map(std::borrow::Cow::into_owned),
        }
    }

    /// The decoded text, or the written text when it can't be decoded. No name can contain the
    /// latter.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.decoded.as_deref().unwrap_or(&self.written)
    }

    /// Whether a header has the same name, in either form.
    pub(crate) fn is_named_by(&self, header: &[u8]) -> bool {
        header == self.as_str().as_bytes() || header == self.written.as_bytes()
    }
}

/// The key id in a path.
///
/// # Errors
/// [`RequestError::ApiKeyNotFound`] when it is not a valid key id.
pub(crate) fn api_key_id(path: &str) -> Result<ApiKeyId, RequestError> {
    ApiKeyId::parse(PathSegment::api_key(path).as_str())
        .map_err(|_nobody_has_it| RequestError::ApiKeyNotFound)
}

#[cfg(test)]
mod tests {
    use keyward_domain::Mode;

    use super::*;
    use crate::testing::key_id;

    #[test]
    fn either_form_of_the_segment_names_the_workspace() {
        let check = |segment: &str, meant: &str| {
            let path = format!("/web/v1/workspaces/{segment}/api-keys");
            let workspace = PathSegment::workspace(&path);
            assert_eq!(workspace.as_str(), meant, "{segment}");
            assert!(workspace.is_named_by(segment.as_bytes()), "{segment}");
            assert!(workspace.is_named_by(meant.as_bytes()), "{segment}");
            assert!(!workspace.is_named_by(b"ws_2"), "{segment}");
        };
        check("ws_1", "ws_1");
        check("ws%5F1", "ws_1");
        check("a%2Fb", "a/b");
        check("..", "..");
        check("%2E%2E", "..");
        check("a%00b", "a\0b");
        check("%FF", "%FF");
        check("a%2", "a%2");
        check("ws%25", "ws%");
    }

    #[test]
    fn a_path_names_a_key_or_nothing() {
        let id = key_id(Mode::Live);
        let of = |segment: &str| {
            api_key_id(&format!(
                "/web/v1/workspaces/a%2Fb/api-keys/{segment}/rotate"
            ))
        };
        assert_eq!(of(&id.to_string()).unwrap(), id);
        let escaped = id.to_string().replace('_', "%5F");
        assert_eq!(of(&escaped).unwrap(), id);
        for segment in [
            "",
            "%FF",
            "sk_live_",
            &format!("{id}%20"),
            &format!("{id}%"),
        ] {
            let refused = of(segment).unwrap_err();
            assert!(matches!(refused, RequestError::ApiKeyNotFound), "{segment}");
        }
    }
}
