//! The page through its forms only, as in a browser without scripts.

use crate::http::{Request, Response};
use crate::server::{CLIENT_HASH, OWNER, On, TestServer, TestStore, WORKSPACE, on_both_stores};
use crate::tokens;

/// A browser that keeps its cookie.
pub(crate) struct Browser<'a> {
    server: &'a TestServer,
    cookie: String,
}

impl<'a> Browser<'a> {
    pub(crate) fn sign_in(server: &'a TestServer, token: &str, workspace: &str) -> Self {
        let fields = [
            ("workspace", workspace),
            ("clientHash", CLIENT_HASH),
            ("token", token),
        ];
        let anonymous = Self {
            server,
            cookie: String::new(),
        };
        let answer = anonymous.send("/session", &fields);
        assert_eq!(answer.status, 303, "{}", answer.text());
        let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
        for part in ["HttpOnly", "SameSite=Strict"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { server, cookie }
    }

    /// The same browser at another node.
    pub(crate) fn at(&self, server: &'a TestServer) -> Self {
        Self {
            server,
            cookie: self.cookie.clone(),
        }
    }

    pub(crate) fn open(&self, path: &str) -> Response {
        self.request(path).send()
    }

    pub(crate) fn request(&self, path: &str) -> Request {
        Request::new(self.server.public, "GET", path).also("Cookie", &self.cookie)
    }

    pub(crate) fn send(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        Request::new(self.server.public, "POST", path)
            .also("Cookie", &self.cookie)
            .also("Content-Type", "application/x-www-form-urlencoded")
            .also("Sec-Fetch-Site", "same-origin")
            .body(body.finish())
            .send()
    }

    /// Submits a form with the hidden fields of the previous page.
    pub(crate) fn fill(&self, page: &Response, path: &str, fields: &[(&str, &str)]) -> Response {
        let text = page.text();
        let mut all = Vec::new();
        for name in ["csrf", "idempotencyKey", "version"] {
            if let Some(value) = hidden(&text, name) {
                all.push((name, value));
            }
        }
        let hidden = all.iter().map(|(name, value)| (*name, value.as_str()));
        let fields: Vec<(&str, &str)> = hidden.chain(fields.iter().copied()).collect();
        self.send(path, &fields)
    }
}

pub(crate) fn hidden(text: &str, name: &str) -> Option<String> {
    between(
        text,
        &format!("type=\"hidden\" name=\"{name}\" value=\""),
        "\"",
    )
}

pub(crate) fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found.to_owned())
}

pub(crate) fn keys(rest: &str) -> String {
    format!("/workspaces/{WORKSPACE}/keys{rest}")
}

const NEW: [(&str, &str); 5] = [
    ("name", "Page Key"),
    ("mode", "1"),
    ("access.payment", "read"),
    ("ip", "192.0.2.0/24"),
    ("expiry", "30"),
];

on_both_stores! {
    async fn a_whole_life_without_scripts(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let token = tokens::of(OWNER, "PARTNER");
        let browser = Browser::sign_in(&server, &token, WORKSPACE);

        let empty = browser.open(&keys(""));
        assert!(empty.text().contains("No API keys yet"), "{}", empty.text());

        let form = browser.open(&keys("/new"));
        let created = browser.fill(&form, &keys("/new/secret"), &NEW);
        assert_eq!(created.status, 201, "{}", created.text());
        let secret = between(&created.text(), "class=\"secret\" value=\"", "\"").unwrap();
        assert!(secret.starts_with("sk_live_"), "{secret}");
        // Submitting the form again creates no second key and shows no secret.
        let again = browser.fill(&form, &keys("/new/secret"), &NEW);
        assert_eq!(again.status, 200, "{}", again.text());
        assert!(again.text().contains("shown already"), "{}", again.text());
        assert!(!again.text().contains(&secret));
        assert_eq!(store.keys().await.len(), 1);
        let id = store.keys().await[0].id();
        let of_key = |rest: &str| keys(&format!("/{id}{rest}"));

        let tried = browser.open(&format!("/workspaces/{WORKSPACE}/try"));
        let question = [("secret", secret.as_str()), ("address", "192.0.2.9"), ("scope", "payment:write")];
        let tried = browser.fill(&tried, &format!("/workspaces/{WORKSPACE}/try"), &question);
        assert!(tried.text().contains("INSUFFICIENT_SCOPE"), "{}", tried.text());
        assert!(tried.text().contains("the key lacks payment:write"), "{}", tried.text());
        assert!(!tried.text().contains(&secret));

        let form = browser.open(&of_key("/edit"));
        let change = [
            ("name", "Renamed"), ("access.payment", "write"), ("ip", "192.0.2.0/24"),
            ("expiry", "keep"), ("do", "review"),
        ];
        let review = browser.fill(&form, &of_key("/edit"), &change);
        assert_eq!(review.status, 200, "{}", review.text());
        let mut save = change;
        save[4].1 = "save";
        let saved = browser.fill(&review, &of_key("/edit"), &save);
        assert_eq!(saved.status, 303, "{}", saved.text());
        assert_eq!(store.keys().await[0].fields().name.as_str(), "Renamed");
        assert_eq!(store.keys().await[0].fields().scopes.as_slice().len(), 2);
        // The key has changed since the form was shown: both versions are shown.
        let mut late = save;
        late[0].1 = "Too late";
        let conflict = browser.fill(&form, &of_key("/edit"), &late);
        assert_eq!(conflict.status, 412, "{}", conflict.text());
        assert_eq!(store.keys().await[0].fields().name.as_str(), "Renamed");

        let form = browser.open(&of_key("/rotate"));
        let rotated = browser.fill(&form, &of_key("/rotate"), &[("overlapSeconds", "3600")]);
        assert_eq!(rotated.status, 201, "{}", rotated.text());
        assert!(!rotated.text().contains(&secret));

        let detail = browser.open(&of_key(""));
        assert!(detail.text().contains("A rotation is under way"), "{}", detail.text());
        for (action, word) in [("end-overlap", "overlap-ended"), ("disable", "disabled"), ("enable", "enabled")] {
            let done = browser.fill(&detail, &of_key(&format!("/{action}")), &[]);
            assert_eq!(done.status, 303, "{action}: {}", done.text());
            let location = done.header("location").unwrap();
            assert!(location.contains(&format!("?done={word}&known=")), "{location}");
        }
        let detail = browser.open(&of_key("/history"));
        for word in ["Created", "Changed", "Rotated", "Old secret ended", "Disabled", "Enabled"] {
            assert!(detail.text().contains(word), "{word}");
        }
        assert!(!detail.text().contains(&secret));

        let form = browser.open(&of_key("/delete"));
        let deleted = browser.fill(&form, &of_key("/delete"), &[]);
        assert_eq!(deleted.status, 303, "{}", deleted.text());
        assert!(store.keys().await.is_empty());
        assert_eq!(browser.open(&of_key("")).status, 404);
        assert_eq!(store.trail(id).await.len(), 7);
    }

    async fn another_workspaces_key_is_not_there(on: On) {
        let store = TestStore::create(on).await;
        store.add_workspace("ws_2").await;
        store.add_member("ws_2", "user_2", keyward_domain::Role::Owner).await;
        let server = TestServer::start(&store.database);
        let mine = Browser::sign_in(&server, &tokens::of(OWNER, "PARTNER"), WORKSPACE);
        let form = mine.open(&keys("/new"));
        let created = mine.fill(&form, &keys("/new/secret"), &NEW);
        let secret = between(&created.text(), "class=\"secret\" value=\"", "\"").unwrap();
        let id = store.keys().await[0].id();

        let theirs = Browser::sign_in(&server, &tokens::of("user_2", "PARTNER"), "ws_2");
        let form = theirs.open("/workspaces/ws_2/keys/new");
        for rest in ["", "/edit", "/rotate", "/delete", "/secret"] {
            let path = format!("/workspaces/ws_2/keys/{id}{rest}");
            assert_eq!(theirs.open(&path).status, 404, "{path}");
            let path = keys(&format!("/{id}{rest}"));
            assert_eq!(theirs.open(&path).status, 403, "{path}");
        }
        for action in ["rotate", "delete", "disable", "enable", "end-overlap"] {
            let fields = [("overlapSeconds", "0"), ("name", "Page Key")];
            let path = format!("/workspaces/ws_2/keys/{id}/{action}");
            assert_eq!(theirs.fill(&form, &path, &fields).status, 404, "{path}");
            let path = keys(&format!("/{id}/{action}"));
            assert_eq!(theirs.fill(&form, &path, &fields).status, 403, "{path}");
        }
        let question = [("secret", secret.as_str()), ("address", "192.0.2.9")];
        let tried = theirs.fill(&form, "/workspaces/ws_2/try", &question);
        assert!(tried.text().contains("UNKNOWN"), "{}", tried.text());
        assert!(!tried.text().contains("Page Key"));
        assert_eq!(store.trail(id).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demoted_owner_sees_nothing_more() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let browser = Browser::sign_in(&server, &tokens::of(OWNER, "PARTNER"), WORKSPACE);
    let form = browser.open(&keys("/new"));
    assert_eq!(form.status, 200);
    store
        .set_role(WORKSPACE, OWNER, keyward_domain::Role::Admin)
        .await;
    assert_eq!(browser.open(&keys("")).status, 403);
    let refused = browser.fill(&form, &keys("/new/secret"), &NEW);
    assert_eq!(refused.status, 403, "{}", refused.text());
    assert!(store.keys().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_signs_nobody_in() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let anonymous = Browser {
        server: &server,
        cookie: String::new(),
    };
    let owner = tokens::of(OWNER, "PARTNER");
    for (token, workspace, status) in [
        ("", WORKSPACE, 401),
        ("a.b.c", WORKSPACE, 401),
        (&format!("{owner}x"), WORKSPACE, 401),
        (&owner, " ", 400),
    ] {
        let fields = [("token", token), ("workspace", workspace)];
        let answer = anonymous.send("/session", &fields);
        assert_eq!(answer.status, status, "{token} {workspace}");
        assert_eq!(answer.header("set-cookie"), None);
        assert!(token.is_empty() || !answer.text().contains(token));
    }
    let other_site = Request::new(server.public, "POST", "/session")
        .also("Content-Type", "application/x-www-form-urlencoded")
        .also("Sec-Fetch-Site", "cross-site")
        .body(format!("token={owner}&workspace={WORKSPACE}"))
        .send();
    assert_eq!(other_site.status, 400);
    assert_eq!(other_site.header("set-cookie"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_kept_for_good_and_there_are_no_others() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let get = |path: &str| Request::new(server.public, "GET", path).send();
    let front = get("/");
    let address = between(&front.text(), "rel=\"stylesheet\" href=\"./", "\"").unwrap();
    let style = get(&format!("/{address}"));
    assert_eq!(style.status, 200);
    assert!(style.header("cache-control").unwrap().contains("immutable"));
    for path in [
        "/assets/x/none.css",
        "/assets/x/..%2FCargo.toml",
        "/assets/x/",
    ] {
        assert_eq!(get(path).status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_page_and_the_documentation_can_be_switched_off() {
    let store = TestStore::create(On::Sqlite).await;
    for (variable, page, docs) in [("KEYWARD_PAGE", 404, 200), ("KEYWARD_API_DOCS", 200, 404)] {
        let variables = [("KEYWARD_JWT_SECRET", tokens::SECRET), (variable, "off")];
        let server = TestServer::start_with(&store.database, &variables);
        for (path, status) in [
            ("/", page),
            ("/docs/", docs),
            ("/openapi.json", docs),
            ("/web/v1/api-scopes", 401),
        ] {
            let answer = Request::new(server.public, "GET", path).send();
            assert_eq!(answer.status, status, "{variable} {path}");
        }
    }
}
