use keyward_domain::{ApiKeyId, WebhookId};
use keyward_web::PATH_SEGMENT;
use percent_encoding::utf8_percent_encode;

/// The links of one page. They are relative, so that no path prefix needs to be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Links {
    root: String,
}

impl Links {
    /// The links of the page at this path.
    pub(crate) fn from(path: &str) -> Self {
        let depth = path.matches('/').count().saturating_sub(1);
        let root = if depth == 0 {
            "./".to_owned()
        } else {
            "../".repeat(depth)
        };
        Self { root }
    }

    /// The front door; a path from there is appended to it.
    pub(crate) fn root(&self) -> &str {
        &self.root
    }

    /// The list of a workspace's keys.
    pub(crate) fn keys(&self, workspace_id: &str) -> String {
        format!("{}{}", self.root, keys_path(workspace_id))
    }

    /// One key.
    pub(crate) fn key(&self, workspace_id: &str, api_key_id: ApiKeyId) -> String {
        format!("{}/{api_key_id}", self.keys(workspace_id))
    }

    /// The page that tests a key.
    pub(crate) fn try_key(&self, workspace_id: &str) -> String {
        let workspace = utf8_percent_encode(workspace_id, PATH_SEGMENT);
        format!("{}workspaces/{workspace}/try", self.root)
    }

    /// What operators have set for a workspace.
    pub(crate) fn settings(&self, workspace_id: &str) -> String {
        let workspace = utf8_percent_encode(workspace_id, PATH_SEGMENT);
        format!("{}workspaces/{workspace}/settings", self.root)
    }

    /// The list of a workspace's webhooks.
    pub(crate) fn webhooks(&self, workspace_id: &str) -> String {
        let workspace = utf8_percent_encode(workspace_id, PATH_SEGMENT);
        format!("{}workspaces/{workspace}/webhooks", self.root)
    }

    /// One webhook.
    pub(crate) fn webhook(&self, workspace_id: &str, webhook_id: WebhookId) -> String {
        format!("{}/{webhook_id}", self.webhooks(workspace_id))
    }
}

/// The list of a workspace's keys, as a path from the front door.
pub(crate) fn keys_path(workspace_id: &str) -> String {
    let workspace = utf8_percent_encode(workspace_id, PATH_SEGMENT);
    format!("workspaces/{workspace}/keys")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_climb_to_the_root_whatever_stands_before_it() {
        for (path, root) in [
            ("/", "./"),
            ("/sign-in", "./"),
            ("/workspaces/ws_1/keys", "../../"),
            ("/workspaces/a%2Fb/keys/sk_live_1/edit", "../../../../"),
        ] {
            assert_eq!(Links::from(path).root(), root, "{path}");
        }
        let links = Links::from("/workspaces/a%2Fb/keys");
        assert_eq!(links.keys("a/b"), "../../workspaces/a%2Fb/keys");
        assert_eq!(links.webhooks("a/b"), "../../workspaces/a%2Fb/webhooks");
    }
}
