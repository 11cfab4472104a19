use percent_encoding::percent_decode_str;

/// The workspace that a path names, as it was written and as it was meant.
///
/// It may be anything: whether a workspace can have such an id is not decided here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WorkspaceInPath {
    written: String,
    /// `None` when the escapes are not UTF-8.
    decoded: Option<String>,
}

/// Where the workspace stands in `/web/v1/workspaces/{workspaceId}/…`.
const SEGMENT: usize = 4;

impl WorkspaceInPath {
    /// Reads the path of a request that matched a route under a workspace. The router's own
    /// decoding is not used: it mends what is not UTF-8, and keeps `%2F`.
    pub(crate) fn read(path: &str) -> Self {
        let written = path.split('/').nth(SEGMENT).unwrap_or_default();
        let decoded = percent_decode_str(written).decode_utf8();
        Self {
            written: written.to_owned(),
            decoded: decoded.ok().map(std::borrow::Cow::into_owned),
        }
    }

    /// The id that was meant; where that can't be told, what was written, which no workspace has.
    pub(crate) fn as_str(&self) -> &str {
        self.decoded.as_deref().unwrap_or(&self.written)
    }

    /// Whether a header names the same workspace, in either form.
    pub(crate) fn is_named_by(&self, header: &[u8]) -> bool {
        header == self.as_str().as_bytes() || header == self.written.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_form_of_the_segment_names_the_workspace() {
        let check = |segment: &str, meant: &str| {
            let path = format!("/web/v1/workspaces/{segment}/api-keys");
            let workspace = WorkspaceInPath::read(&path);
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
}
