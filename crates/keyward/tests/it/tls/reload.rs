//! Certificates that change while a node serves.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::{Authority, Issued, TlsClient, start};
use crate::http::{Request, read_response};
use crate::nodes::until;
use crate::server::{On, TestStore};

/// Replaces a folder as Kubernetes does for a Secret: the files are links through `..data`, which is
/// swapped.
fn swap(folder: &Path, version: &str, issued: &Issued) {
    let new = folder.join(version);
    fs::create_dir(&new).unwrap();
    issued.write(&new, "tls");
    symlink(version, folder.join("..data_tmp")).unwrap();
    fs::rename(folder.join("..data_tmp"), folder.join("..data")).unwrap();
}

/// The authority of the certificate that a listener shows now.
fn shows(authority: &Authority, addr: SocketAddr) -> bool {
    let client = TlsClient::trusting(authority);
    client
        .send(&Request::new(addr, "GET", "/healthz"))
        .is_ok_and(|response| response.status == 200)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_swapped_secret_is_used_without_closing_a_connection() {
    let store = TestStore::create(On::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let (before, after) = (Authority::create(), Authority::create());
    swap(folder.path(), "1", &before.issue("keyward"));
    for file in ["tls.crt", "tls.key"] {
        symlink(Path::new("..data").join(file), folder.path().join(file)).unwrap();
    }
    let server = start(&store, folder.path(), false);
    let head = b"GET /healthz HTTP/1.1\r\nHost: keyward.test\r\n\r\n";
    let asked = Request::new(server.internal, "GET", "/healthz");
    let mut open = TlsClient::trusting(&before).connect(&asked);
    open.write_all(head).unwrap();
    assert_eq!(read_response(&mut open).unwrap().status, 200);
    swap(folder.path(), "2", &after.issue("keyward"));
    until(|| shows(&after, server.internal), "the new certificate");
    assert!(!shows(&before, server.internal));
    open.write_all(head).unwrap();
    assert_eq!(read_response(&mut open).unwrap().status, 200);
    assert!(server.comes_to_log("tls.certificate_changed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_can_not_be_used_change_nothing_and_are_told_once() {
    const OUTDATED: &str = "keyward_tls_certificate_outdated{listener=\"internal\"}";
    let store = TestStore::create(On::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::create();
    authority.issue("keyward").write(folder.path(), "tls");
    let server = start(&store, folder.path(), false);
    let client = TlsClient::trusting(&authority);
    let has_metric = |line: &str| {
        let metrics = client.get(server.internal, "/metrics").text();
        metrics.contains(&format!("{OUTDATED} {line}\n"))
    };
    assert!(has_metric("0"));
    let expired = authority.issue_until("keyward", 2021);
    let wrong = Issued {
        key: authority.issue("keyward").key,
        certificate: authority.issue("keyward").certificate,
    };
    let text = Issued {
        certificate: "not PEM".to_owned(),
        key: expired.key.clone(),
    };
    for (broken, problem) in [
        (&wrong, "is not that of the certificate"),
        (&expired, "has expired"),
        (&text, "has no certificate in PEM"),
    ] {
        broken.write(folder.path(), "tls");
        // Two listeners have the same files, and each looks for itself.
        until(|| server.logs().matches(problem).count() == 2, problem);
        until(|| has_metric("1"), "the metric");
    }
    let told = server.logs().matches("tls.certificate_unchanged").count();
    assert_eq!(told, 2 * 3, "{}", server.logs());
    assert!(!server.logs().contains("PRIVATE KEY"));
    let mended = Authority::create();
    mended.issue("keyward").write(folder.path(), "tls");
    until(|| shows(&mended, server.internal), "the mended files");
    let metrics = TlsClient::trusting(&mended).get(server.internal, "/metrics");
    assert!(metrics.text().contains(&format!("{OUTDATED} 0\n")));
}
