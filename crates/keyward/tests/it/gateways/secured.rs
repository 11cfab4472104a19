//! Gateways that ask by https, or over HTTP/2.

use std::fs;

use super::gateway::{Gateway, Kind};
use super::upstream::Upstream;
use super::{bearer, call};
use crate::server::{On, TestServer, TestStore};
use crate::tls::{self, Authority, TlsClient};

const SCOPED: &str = r#"{"name":"Key","scopes":["payment:read"]}"#;

/// An allowed and a denied call.
fn assert_guarded(gateway: &Gateway, secret: &str) {
    let allowed = call(gateway, &[("Authorization", &bearer(secret))]);
    assert_eq!(allowed.status, 200, "{}", allowed.text());
    let denied = call(gateway, &[("Authorization", "Bearer none")]);
    assert_eq!(denied.status, 401, "{}", denied.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_asks_by_https_with_its_certificate() {
    let store = TestStore::create(On::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let (authority, clients) = (Authority::create(), Authority::create());
    authority.issue("keyward").write(folder.path(), "tls");
    clients.issue("edge").write(folder.path(), "edge");
    fs::write(folder.path().join("clients.crt"), clients.pem()).unwrap();
    fs::write(folder.path().join("authority.crt"), authority.pem()).unwrap();
    let server = tls::start(&store, folder.path(), true);
    let client = TlsClient::trusting(&authority);
    let created = client.send(&server.create().body(SCOPED)).unwrap();
    let secret = created.json()["data"]["secret"]
        .as_str()
        .unwrap()
        .to_owned();
    let upstream = Upstream::start();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let secured = |certificate: &str| {
        format!(
            "proxy_ssl_trusted_certificate {};
            proxy_ssl_verify on;
            proxy_ssl_name localhost;
            {certificate}
            proxy_pass https://keyward/",
            file("authority.crt")
        )
    };
    let certificate = format!(
        "proxy_ssl_certificate {}; proxy_ssl_certificate_key {};",
        file("edge.crt"),
        file("edge.key")
    );
    let start = |certificate: &str| {
        let edit = |text: &str| {
            let plain = "proxy_pass http://keyward/";
            assert!(text.contains(plain));
            text.replace(plain, &secured(certificate))
        };
        Gateway::start_with(Kind::Nginx, server.internal, upstream.addr, &edit)
    };
    let gateway = start(&certificate);
    assert_guarded(&gateway, &secret);
    let prometheus = TlsClient::showing(&authority, &clients.issue("prometheus"));
    let metrics = prometheus.get(server.internal, "/metrics").text();
    let counted = "keyward_internal_requests_total{caller=\"edge\"} 2\n";
    assert!(metrics.contains(counted), "{metrics}");
    let bare = start("");
    let refused = call(&bare, &[("Authorization", &bearer(&secret))]);
    assert_eq!(refused.status, 503, "{}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn envoy_asks_over_http2_without_tls() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let created = server.create().body(SCOPED).send();
    let secret = created.json()["data"]["secret"]
        .as_str()
        .unwrap()
        .to_owned();
    let upstream = Upstream::start();
    let edit = |text: &str| {
        let cluster = "    - name: keyward\n";
        assert!(text.contains(cluster));
        let options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
        let with_http2 = format!(
            "{cluster}      typed_extension_protocol_options:
        {options}:
          \"@type\": type.googleapis.com/{options}
          explicit_http_config: {{ http2_protocol_options: {{}} }}
"
        );
        text.replacen(cluster, &with_http2, 1)
    };
    let gateway = Gateway::start_with(Kind::Envoy, server.internal, upstream.addr, &edit);
    for _ in 0..20 {
        assert_guarded(&gateway, &secret);
    }
}
