mod questions;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use keyward_domain::ports::{Memberships, RepositoryError, WorkspaceDirectory};
use keyward_domain::{KnownRoles, Role, UserId, WorkspaceId};
use percent_encoding::utf8_percent_encode;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use self::questions::Questions;
use crate::auth::TrustedUrl;
use crate::json::StrictObject;
use crate::path_segment_set::PATH_SEGMENT;

/// The maximum number of concurrent questions. Others wait, within their deadline.
const CONCURRENT_MAX: usize = 64;

/// The maximum size of an answer.
const ANSWER_LENGTH_MAX: usize = 4 * 1024;

/// How the platform is asked.
#[derive(Clone, Debug)]
pub struct PlatformConfig {
    /// The URL before `/workspaces/{workspaceId}/members/{userId}`, without query and fragment.
    pub url: TrustedUrl,
    /// Sent as a bearer token, if the platform wants one.
    pub token: Option<PlatformToken>,
    /// The time limit of one question.
    pub deadline: Duration,
    /// How long an answer is used again; 0 asks every time.
    pub cached_for: Duration,
}

/// The bearer token for the platform. `Debug` shows nothing of it.
#[derive(Clone, Debug)]
pub struct PlatformToken(HeaderValue);

/// The HTTP client can't be created.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client for the platform can't be created")]
pub struct PlatformClientError(#[from] reqwest::Error);

/// The token can't be sent in a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must have at least one character, all of them visible ASCII")]
pub struct InvalidPlatformToken;

/// Asks the platform for the role of a user:
/// `GET {url}/workspaces/{workspaceId}/members/{userId}`, 200 with `{"role":"OWNER"}`, or 404.
///
/// Without a valid answer in time there is no role but an error, and nothing is allowed. Concurrent
/// questions about one user in one workspace are one question. Only workspaces that exist in Keyward
/// are asked about.
pub struct PlatformMemberships {
    platform: Arc<Platform>,
    directory: Arc<dyn WorkspaceDirectory>,
    questions: Questions,
}

struct Platform {
    client: Client,
    config: PlatformConfig,
    places: Semaphore,
}

/// Why the platform's answer is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Unanswered {
    #[error("the platform does not say who is a member: no connection")]
    Unreachable,
    #[error("the platform does not say who is a member: the answer ended early or is no HTTP")]
    Incomplete,
    #[error("the platform does not say who is a member: timeout")]
    Timeout,
    #[error("the platform does not say who is a member: it answers {0} instead of 200 or 404")]
    Status(StatusCode),
    #[error("the platform does not say who is a member: the answer is larger than 4 KiB")]
    TooLarge,
    #[error(
        "the platform does not say who is a member: the answer is no object with a text \"role\""
    )]
    Malformed,
    #[error("the platform does not say who is a member: the question was aborted")]
    Aborted,
}

impl PlatformToken {
    /// Checks the token.
    ///
    /// # Errors
    /// [`InvalidPlatformToken`].
    pub fn parse(text: &str) -> Result<Self, InvalidPlatformToken> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidPlatformToken);
        }
        let value = HeaderValue::try_from(format!("Bearer {text}"));
        let mut value = value.map_err(|_not_a_header| InvalidPlatformToken)?;
        value.set_sensitive(true);
        Ok(Self(value))
    }
}

impl PlatformMemberships {
    /// Asks by this configuration, from `runtime`. Makes no request yet.
    ///
    /// # Errors
    /// [`PlatformClientError`].
    pub fn new(
        config: PlatformConfig,
        directory: Arc<dyn WorkspaceDirectory>,
        runtime: Handle,
    ) -> Result<Self, PlatformClientError> {
        let client = Client::builder()
            .https_only(config.url.is_https())
            .no_proxy()
            .redirect(Policy::none())
            .user_agent(concat!("keyward/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self {
            questions: Questions::new(config.cached_for, runtime),
            platform: Arc::new(Platform {
                client,
                config,
                places: Semaphore::new(CONCURRENT_MAX),
            }),
            directory,
        })
    }
}

#[async_trait]
impl Memberships for PlatformMemberships {
    async fn role(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
        _known: &KnownRoles,
    ) -> Result<Option<Role>, RepositoryError> {
        if self.directory.workspace(workspace_id).await?.is_none() {
            return Ok(None);
        }
        let ask = || {
            let platform = Arc::clone(&self.platform);
            let (workspace_id, user_id) = (workspace_id.clone(), user_id.clone());
            async move { platform.ask(&workspace_id, &user_id).await }
        };
        let role = self.questions.ask(workspace_id, user_id, ask).await;
        role.map_err(|unanswered| RepositoryError::Unavailable(Box::new(unanswered)))
    }
}

impl Platform {
    /// The platform's answer, within the deadline.
    async fn ask(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
    ) -> Result<Option<Role>, Unanswered> {
        let Some(url) = self.url(workspace_id, user_id) else {
            return Ok(None);
        };
        let asked = tokio::time::timeout(self.config.deadline, self.ask_in_any_time(url)).await;
        asked.unwrap_or(Err(Unanswered::Timeout))
    }

    /// The URL of a member. `None` for an id that can't be a segment of a path: no member has it.
    fn url(&self, workspace_id: &WorkspaceId, user_id: &UserId) -> Option<Url> {
        let segments = [
            "workspaces",
            workspace_id.as_str(),
            "members",
            user_id.as_str(),
        ];
        if segments
            .iter()
            .any(|segment| matches!(*segment, "." | ".."))
        {
            return None;
        }
        let mut url = self.config.url.url().clone();
        let mut path = url.path().trim_end_matches('/').to_owned();
        for segment in segments {
            path.push('/');
            // Some servers give `;` and the like a meaning of their own.
            path.extend(utf8_percent_encode(segment, PATH_SEGMENT));
        }
        url.set_path(&path);
        Some(url)
    }

    async fn ask_in_any_time(&self, url: Url) -> Result<Option<Role>, Unanswered> {
        let place = self.places.acquire().await;
        let _place = place.map_err(|_closed| Unanswered::Aborted)?;
        let mut request = self.client.get(url).header(ACCEPT, "application/json");
        if let Some(PlatformToken(token)) = &self.config.token {
            request = request.header(AUTHORIZATION, token.clone());
        }
        let sent = request.send().await;
        let mut response = sent.map_err(|error| {
            if error.is_connect() {
                Unanswered::Unreachable
            } else {
                Unanswered::Incomplete
            }
        })?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            other => return Err(Unanswered::Status(other)),
        }
        let mut body = Vec::new();
        loop {
            let chunk = response.chunk().await;
            let Some(chunk) = chunk.map_err(|_ended| Unanswered::Incomplete)? else {
                break;
            };
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_LENGTH_MAX {
                return Err(Unanswered::TooLarge);
            }
        }
        let answer: Option<StrictObject> = serde_json::from_slice(&body).ok();
        let role = answer.as_ref().and_then(|answer| answer.text("role"));
        // The platform may have more roles than Keyward.
        role.map(Role::parse).ok_or(Unanswered::Malformed)
    }
}
