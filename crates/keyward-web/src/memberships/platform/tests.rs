use std::sync::Mutex;

use keyward_domain::ports::MockWorkspaceDirectory;
use keyward_domain::testing::{at, user_id, workspace_id};
use keyward_domain::{ClaimedRoles, Workspace};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::auth::PlainHttp;

const OWNER: &str = "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"role\":\"OWNER\"}";
const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

/// A platform on this machine that records the heads of its requests.
struct Server {
    url: String,
    state: Arc<State>,
}

struct State {
    answer: Mutex<Option<String>>,
    heads: Mutex<Vec<String>>,
    may_answer: Semaphore,
}

impl Server {
    /// Answers at once with this response; `None` never answers.
    async fn start(answer: Option<&str>) -> Self {
        let server = Self::start_slow(answer).await;
        server.state.may_answer.close();
        server
    }

    /// Does not answer before `may_answer` is closed.
    async fn start_slow(answer: Option<&str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api/", listener.local_addr().unwrap());
        let state = Arc::new(State {
            answer: Mutex::new(answer.map(str::to_owned)),
            heads: Mutex::default(),
            may_answer: Semaphore::new(0),
        });
        let serving = Arc::clone(&state);
        tokio::spawn(async move {
            loop {
                let (stream, _from) = listener.accept().await.unwrap();
                tokio::spawn(Arc::clone(&serving).serve(stream));
            }
        });
        Self { url, state }
    }

    fn answer_with(&self, answer: &str) {
        *self.state.answer.lock().unwrap() = Some(answer.to_owned());
    }

    fn heads(&self) -> Vec<String> {
        self.state.heads.lock().unwrap().clone()
    }

    fn memberships(&self, change: impl FnOnce(&mut PlatformConfig)) -> PlatformMemberships {
        let mut config = PlatformConfig {
            url: TrustedUrl::parse(&self.url, PlainHttp::ThisMachine).unwrap(),
            token: None,
            deadline: Duration::from_secs(2),
            cached_for: Duration::ZERO,
        };
        change(&mut config);
        let mut directory = MockWorkspaceDirectory::new();
        directory.expect_workspace().returning(|id| {
            Ok((id.as_str() != "ws_unknown").then(|| Workspace {
                id: id.clone(),
                created_at: at(0),
                key_count: 0,
                key_lifetime: None,
                leak_policy: None,
                plan: None,
            }))
        });
        PlatformMemberships::new(config, Arc::new(directory), Handle::current()).unwrap()
    }
}

impl State {
    async fn serve(self: Arc<Self>, mut stream: TcpStream) {
        let mut request = [0; 4_096];
        loop {
            let length = stream.read(&mut request).await.unwrap();
            if length == 0 {
                return;
            }
            let head = String::from_utf8_lossy(&request[..length]).into_owned();
            self.heads.lock().unwrap().push(head);
            // An error means that it is closed, so there is no limit.
            let _permit = self.may_answer.acquire().await;
            let Some(answer) = self.answer.lock().unwrap().clone() else {
                return std::future::pending().await;
            };
            // The client may be gone.
            if stream.write_all(answer.as_bytes()).await.is_err() || !answer.contains("Length") {
                return;
            }
        }
    }
}

async fn role(memberships: &PlatformMemberships, user: &str) -> Result<Option<Role>, String> {
    let (workspace, user) = (workspace_id("ws_1"), user_id(user));
    let claimed = ClaimedRoles::from_iter([(workspace.clone(), Role::Owner)]).into();
    let role = memberships.role(&workspace, &user, &claimed).await;
    role.map_err(|error| match &error {
        RepositoryError::Unavailable(cause) => cause.to_string(),
        RepositoryError::OutcomeUnknown(_) | RepositoryError::Corrupt(_) => panic!("{error:?}"),
    })
}

fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn the_platform_says_which_role_a_user_has() {
    let server = Server::start(Some(OWNER)).await;
    let memberships = server.memberships(|_| {});
    for (answer, expected) in [
        (ok(r#"{"role":"OWNER"}"#), Some(Role::Owner)),
        (
            ok(r#"{"userId":"user_1","role":"ADMIN","since":7}"#),
            Some(Role::Admin),
        ),
        (ok(r#"{"role":"owner"}"#), None),
        (ok(r#"{"role":"BILLING"}"#), None),
        (NOT_FOUND.to_owned(), None),
    ] {
        server.answer_with(&answer);
        assert_eq!(role(&memberships, "user_1").await, Ok(expected), "{answer}");
    }
    let heads = server.heads();
    assert_eq!(heads.len(), 5);
    let expected = "GET /api/workspaces/ws_1/members/user_1 HTTP/1.1\r\n";
    assert!(
        heads.iter().all(|head| head.starts_with(expected)),
        "{heads:?}"
    );
    assert!(
        !heads[0].to_lowercase().contains("authorization"),
        "{heads:?}"
    );
}

#[tokio::test]
async fn the_platform_gets_its_token_and_ids_as_segments() {
    let server = Server::start(Some(OWNER)).await;
    let memberships = server.memberships(|config| {
        config.token = Some(PlatformToken::parse("canary-token").unwrap());
    });
    for user in ["auth0|1", "a/../../x", "a?b#c%2f", "%2e%2e"] {
        assert_eq!(role(&memberships, user).await, Ok(Some(Role::Owner)));
    }
    for user in [".", ".."] {
        assert_eq!(role(&memberships, user).await, Ok(None), "{user}");
    }
    let lines: Vec<String> = server
        .heads()
        .iter()
        .map(|head| head.split(' ').nth(1).unwrap().to_owned())
        .collect();
    let under = "/api/workspaces/ws_1/members";
    let expected = [
        "auth0%7C1",
        "a%2F..%2F..%2Fx",
        "a%3Fb%23c%252f",
        "%252e%252e",
    ];
    assert_eq!(lines, expected.map(|user| format!("{under}/{user}")));
    let heads = server.heads();
    assert!(
        heads
            .iter()
            .all(|head| head.contains("Bearer canary-token")),
        "{heads:?}"
    );
    let shown = format!("{:?}", PlatformToken::parse("canary-token"));
    assert!(!shown.contains("canary"), "{shown}");
    for text in ["", "a b", "a\r\nX-Evil: 1", "é"] {
        assert_eq!(
            PlatformToken::parse(text).err(),
            Some(InvalidPlatformToken),
            "{text:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_of_no_use_is_an_outage_and_no_role() {
    let server = Server::start(Some(OWNER)).await;
    let memberships = server.memberships(|_| {});
    for (answer, why) in [
        (
            "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n".to_owned(),
            "500",
        ),
        (
            "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n".to_owned(),
            "401",
        ),
        (
            "HTTP/1.1 204 Empty\r\nContent-Length: 0\r\n\r\n".to_owned(),
            "204",
        ),
        (
            "HTTP/1.1 302 Found\r\nLocation: /owner\r\nContent-Length: 0\r\n\r\n".to_owned(),
            "302",
        ),
        (ok(""), "no object"),
        (ok("null"), "no object"),
        (ok("[]"), "no object"),
        (ok(r#"{"role":null}"#), "no object"),
        (ok(r#"{"role":["OWNER"]}"#), "no object"),
        (ok(r#"{"role":"VIEWER","role":"OWNER"}"#), "no object"),
        (ok(r#""OWNER""#), "no object"),
        (
            ok(&format!(
                r#"{{"role":"OWNER","a":"{}"}}"#,
                "a".repeat(4_096)
            )),
            "larger",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"role\"".to_owned(),
            "timeout",
        ),
        ("nonsense".to_owned(), "no HTTP"),
    ] {
        server.answer_with(&answer);
        let memberships = match why {
            "timeout" => server.memberships(|config| config.deadline = Duration::from_millis(100)),
            _ => server.memberships(|_| {}),
        };
        let refused = role(&memberships, "user_1").await.unwrap_err();
        assert!(refused.contains(why), "{answer:?}: {refused}");
    }
    drop(memberships);
}

#[tokio::test]
async fn an_unknown_workspace_is_not_asked_about() {
    let server = Server::start(Some(OWNER)).await;
    let memberships = server.memberships(|_| {});
    let (workspace, user) = (workspace_id("ws_unknown"), user_id("user_1"));
    let claimed = KnownRoles::default();
    let found = memberships.role(&workspace, &user, &claimed);
    assert_eq!(found.await.unwrap(), None);
    assert_eq!(server.heads().len(), 0);
}

// The runtime's paused time jumps to the deadline as soon as nothing else can happen.
#[tokio::test(start_paused = true)]
async fn silence_is_an_outage_after_the_deadline() {
    let server = Server::start(None).await;
    let memberships = server.memberships(|_| {});
    let begun = tokio::time::Instant::now();
    let refused = role(&memberships, "user_1").await.unwrap_err();
    assert!(refused.contains("timeout"), "{refused}");
    assert_eq!(begun.elapsed().as_secs(), 2);
}

#[tokio::test]
async fn concurrent_questions_about_one_user_are_one_and_outlive_the_first_client() {
    let server = Server::start_slow(Some(OWNER)).await;
    let memberships = Arc::new(server.memberships(|_| {}));
    let asking = |user: &'static str| {
        let memberships = Arc::clone(&memberships);
        tokio::spawn(async move { role(&memberships, user).await })
    };
    let gone = asking("user_1");
    while server.heads().is_empty() {
        tokio::task::yield_now().await;
    }
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    let asked: Vec<_> = (0..20).map(|_| asking("user_1")).collect();
    let other = asking("user_2");
    while server.heads().len() < 2 {
        tokio::task::yield_now().await;
    }
    server.state.may_answer.close();
    for asked in asked {
        assert_eq!(asked.await.unwrap(), Ok(Some(Role::Owner)));
    }
    assert_eq!(other.await.unwrap(), Ok(Some(Role::Owner)));
    assert_eq!(server.heads().len(), 2);
    server.answer_with(NOT_FOUND);
    assert_eq!(role(&memberships, "user_1").await, Ok(None));
}

#[tokio::test]
async fn an_answer_nobody_waited_for_is_not_used_later() {
    let server = Server::start_slow(Some(OWNER)).await;
    let memberships = Arc::new(server.memberships(|_| {}));
    let asked = Arc::clone(&memberships);
    let gone = tokio::spawn(async move { role(&asked, "user_1").await });
    while server.heads().is_empty() {
        tokio::task::yield_now().await;
    }
    gone.abort();
    server.state.may_answer.close();
    while !memberships.questions.is_empty() {
        tokio::task::yield_now().await;
    }
    server.answer_with(NOT_FOUND);
    assert_eq!(role(&memberships, "user_1").await, Ok(None));
}

#[tokio::test]
async fn an_answer_is_used_again_as_long_as_configured_and_a_failure_never() {
    let server = Server::start(Some(OWNER)).await;
    let memberships = server.memberships(|config| config.cached_for = Duration::from_secs(5));
    assert_eq!(role(&memberships, "user_1").await, Ok(Some(Role::Owner)));
    server.answer_with(NOT_FOUND);
    assert_eq!(role(&memberships, "user_1").await, Ok(Some(Role::Owner)));
    assert_eq!(role(&memberships, "user_2").await, Ok(None));
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(5)).await;
    tokio::time::resume();
    server.answer_with("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
    assert!(role(&memberships, "user_1").await.is_err());
    server.answer_with(NOT_FOUND);
    assert_eq!(role(&memberships, "user_1").await, Ok(None));
}
