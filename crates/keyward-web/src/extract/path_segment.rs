use keyward_domain::ApiKeyId;
use percent_encoding::percent_decode_str;

use crate::error::RequestError;

/// What one segment of a path names, as it was written and as it was meant.
///
/// It may be anything: whether there can be such a thing is not decided here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathSegment {
    written: String,
    /// `None` when the escapes are not UTF-8.
    decoded: Option<String>,
}

/// Where the workspace stands in `/web/v1/workspaces/{workspaceId}/…`.
const WORKSPACE: usize = 4;
/// Where the key stands in `/web/v1/workspaces/{workspaceId}/api-keys/{apiKeyId}/…`.
const API_KEY: usize = 6;

impl PathSegment {
    /// The workspace, in the path of a request that matched a route under one.
    pub(crate) fn workspace(path: &str) -> Self {
        Self::nth(path, WORKSPACE)
    }

    /// The key, in the path of a request that matched a route under one.
    pub(crate) fn api_key(path: &str) -> Self {
        Self::nth(path, API_KEY)
    }

    /// The segment that comes after so many slashes. The router's own decoding is not used: it mends what is not UTF-8, and keeps `%2F`.
    pub fn nth(path: &str, position: usize) -> Self {
        let written = path.split('/').nth(position).unwrap_or_default();
        let decoded = percent_decode_str(written).decode_utf8();
        Self {
            written: written.to_owned(),
            decoded: decoded.ok().map(std::borrow::Cow::into_owned),
        }
    }

    /// The name that was meant; where that can't be told, what was written, which nothing is
    /// called.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.decoded.as_deref().unwrap_or(&self.written)
    }

    /// Whether a header names the same thing, in either form.
    pub(crate) fn is_named_by(&self, header: &[u8]) -> bool {
        header == self.as_str().as_bytes() || header == self.written.as_bytes()
    }
}

/// The key that a path is about.
///
/// # Errors
/// [`RequestError::ApiKeyNotFound`] when no key can be called that.
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
