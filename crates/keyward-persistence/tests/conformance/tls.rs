//! TLS to a real PostgreSQL, with certificates made as described in its manual.

mod server;

use std::path::Path;
use std::process::Command;

use keyward_persistence::testing::PostgresServer;
use keyward_persistence::{DatabaseUrl, Store, StoreConfig, StoreError};

use self::server::{launch, openssl, url};

/// The result of a connection to `host`.
async fn connect(server: &PostgresServer, host: &str, options: &str) -> Result<(), String> {
    let url = url(server, host, options);
    let config = StoreConfig::new(DatabaseUrl::parse(&url).unwrap());
    let store = match Store::open(config).await {
        Ok(store) => store,
        Err(StoreError::Unreachable { source, .. }) => return Err(source.to_string()),
        Err(other) => panic!("{url}: {other:?}"),
    };
    store.ping().await.unwrap();
    store.close().await;
    Ok(())
}

/// The result with libpq.
fn libpq_connects(server: &PostgresServer, host: &str, options: &str) -> bool {
    let output = Command::new("psql")
        .args(["--no-psqlrc", "-c", "SELECT 1", &url(server, host, options)])
        .output()
        .unwrap();
    output.status.success()
}

async fn check(server: &PostgresServer, host: &str, options: &str, want: Result<(), &str>) {
    let got = connect(server, host, options).await;
    match (&got, want) {
        (Ok(()), Ok(())) => {}
        (Err(got), Err(part)) => assert!(got.contains(part), "{host} {options}: {got}"),
        _ => panic!("{host} {options}: {got:?} instead of {want:?}"),
    }
    let libpq = libpq_connects(server, host, options);
    assert_eq!(libpq, want.is_ok(), "libpq, {host} {options}");
}

fn root(file: &Path) -> String {
    format!("sslrootcert={}", file.display())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_self_signed_certificate_is_taken_as_libpq_takes_it() {
    let server = PostgresServer::prepare();
    let folder = server.folder().to_owned();
    // https://www.postgresql.org/docs/current/ssl-tcp.html#SSL-CERTIFICATE-CREATION
    for name in ["server", "other"] {
        openssl(
            &folder,
            &format!(
                "req -new -x509 -days 365 -nodes -text -out {name}.crt -keyout {name}.key \
                 -subj /CN=localhost"
            ),
        );
    }
    let server = launch(server);
    let (own, other) = (
        root(&folder.join("server.crt")),
        root(&folder.join("other.crt")),
    );

    check(
        &server,
        "localhost",
        "sslmode=disable",
        Err("no encryption"),
    )
    .await;
    check(&server, "localhost", "sslmode=prefer", Ok(())).await;
    check(&server, "localhost", "sslmode=require", Ok(())).await;
    check(&server, "127.0.0.1", "sslmode=require", Ok(())).await;
    for mode in ["require", "verify-ca", "verify-full"] {
        let (own, other) = (
            format!("sslmode={mode}&{own}"),
            format!("sslmode={mode}&{other}"),
        );
        check(&server, "localhost", &own, Ok(())).await;
        check(&server, "localhost", &other, Err("sslrootcert")).await;
        let named = mode == "verify-full";
        let want = if named { Err("name") } else { Ok(()) };
        check(&server, "127.0.0.1", &own, want).await;
    }
    for mode in ["verify-ca", "verify-full"] {
        let error = connect(&server, "localhost", &format!("sslmode={mode}")).await;
        let error = error.unwrap_err();
        assert!(error.contains("sslrootcert"), "{error}");
        assert!(error.contains("SSL_CERT_FILE"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_an_authority_is_taken_as_libpq_takes_it() {
    let server = PostgresServer::prepare();
    let folder = server.folder().to_owned();
    for (name, subject) in [
        ("root", "/CN=root.example.com"),
        ("other", "/CN=other.example.com"),
    ] {
        openssl(
            &folder,
            &format!(
                "req -new -x509 -days 3650 -nodes -out {name}.crt -keyout {name}.key \
                 -subj {subject}"
            ),
        );
    }
    std::fs::write(
        folder.join("extensions"),
        "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n",
    )
    .unwrap();
    openssl(
        &folder,
        "req -new -nodes -out server.csr -keyout server.key -subj /CN=db.example.com",
    );
    openssl(
        &folder,
        "x509 -req -in server.csr -days 365 -CA root.crt -CAkey root.key -CAcreateserial \
         -extfile extensions -out server.crt",
    );
    let server = launch(server);
    let (root, other) = (
        root(&folder.join("root.crt")),
        root(&folder.join("other.crt")),
    );

    check(&server, "localhost", "sslmode=require", Ok(())).await;
    for mode in ["require", "verify-ca", "verify-full"] {
        let (root, other) = (
            format!("sslmode={mode}&{root}"),
            format!("sslmode={mode}&{other}"),
        );
        check(&server, "localhost", &root, Ok(())).await;
        check(&server, "localhost", &other, Err("UnknownIssuer")).await;
        let named = mode == "verify-full";
        let want = if named { Err("name") } else { Ok(()) };
        check(&server, "127.0.0.1", &root, want).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_certificates_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.crt");
    std::fs::write(&empty, "no certificate").unwrap();
    for file in [folder.path().join("missing.crt"), empty] {
        let url = format!(
            "postgres://u:canary@localhost:1/d?sslmode=verify-full&{}",
            root(&file)
        );
        let opened = Store::open(StoreConfig::new(DatabaseUrl::parse(&url).unwrap())).await;
        let Err(error @ StoreError::RootCertificates { .. }) = opened else {
            panic!("{file:?}");
        };
        let told = format!("{error} {error:?}");
        assert!(told.contains(file.to_str().unwrap()), "{told}");
        assert!(!told.contains("canary"), "{told}");
    }
}
