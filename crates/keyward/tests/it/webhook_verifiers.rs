//! Deliveries are verified by the libraries of the Standard Webhooks specification, for JavaScript and Python.
//!
//! It needs what `scripts/with-browser` puts on PATH.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::nodes::until;
use crate::receiver::Receiver;
use crate::server::{On, TestServer, TestStore};
use crate::webhooks::{VARIABLES, add};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/webhooks");

/// What a program writes to stdout, given this on stdin.
fn output(command: &mut Command, input: &str) -> String {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_specifications_own_libraries_verify_a_delivery_sqlite() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start_with(&store.database, &VARIABLES);
    let receiver = Receiver::willing();
    let webhook = add(&server, &json!({ "url": receiver.url }));
    let secret = webhook["secret"].as_str().unwrap();
    let public_key = webhook["publicKey"].as_str().unwrap();
    server.created();
    until(|| receiver.requests().len() == 1, "delivered");
    let delivered = &receiver.requests()[0];
    let input = json!({ "headers": delivered.headers, "body": delivered.body }).to_string();

    let mut node = Command::new("node");
    node.args([&format!("{FOLDER}/verify.mjs"), secret, public_key]);
    assert_eq!(output(&mut node, &input), "api_key.created");
    let mut python = Command::new("python3");
    python.args([&format!("{FOLDER}/verify.py"), secret]);
    python.env("PYTHONPATH", std::env::var("KEYWARD_TEST_PYTHON").unwrap());
    assert_eq!(output(&mut python, &input), "api_key.created");
}
