use std::path::Path;
use std::process::Command;

use keyward_persistence::testing::PostgresServer;

/// Configures a prepared server for TLS only, with the certificate `server.crt` and the key
/// `server.key` in its folder.
pub(super) fn launch(server: PostgresServer) -> PostgresServer {
    let (folder, data) = (server.folder().display(), server.data());
    let settings = format!(
        "ssl = on\nssl_cert_file = '{folder}/server.crt'\nssl_key_file = '{folder}/server.key'\n"
    );
    let file = data.join("postgresql.conf");
    let before = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, before + &settings).unwrap();
    let hba = "hostssl all all 127.0.0.1/32 trust\n";
    std::fs::write(data.join("pg_hba.conf"), hba).unwrap();
    server.launch()
}

pub(super) fn url(server: &PostgresServer, host: &str, options: &str) -> String {
    format!(
        "postgres://postgres@{host}:{}/postgres?{options}",
        server.port()
    )
}

/// Runs OpenSSL in `folder`, as in PostgreSQL's manual.
pub(super) fn openssl(folder: &Path, arguments: &str) {
    let words = arguments.split_whitespace();
    let mut command = Command::new("openssl");
    let output = command.args(words).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
}
