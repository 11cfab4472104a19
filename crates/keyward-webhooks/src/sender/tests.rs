use std::sync::Mutex;

use keyward_domain::WebhookUrl;
use keyward_domain::ports::MockClock;
use keyward_domain::testing::{at, webhook};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

fn sender(networks: &[&str]) -> HttpSender {
    let networks = networks.iter().map(|network| network.parse().unwrap());
    let mut clock = MockClock::new();
    clock.expect_now().returning(|| at(0));
    let key = MasterKey::parse(&"k".repeat(32)).unwrap();
    let networks = AllowedNetworks {
        of_deployment: vec![],
        of_workspaces: networks.collect(),
    };
    HttpSender::new(key, &networks, Arc::new(clock), true).unwrap()
}

fn webhook_at(url: &str) -> Webhook {
    let mut webhook = webhook();
    webhook.settings.url = WebhookUrl::parse(url).unwrap();
    webhook
}

fn message() -> WebhookMessage {
    WebhookMessage {
        id: "evt_1".to_owned(),
        content: MessageContent::Json(r#"{"type":"api_key.created"}"#.to_owned()),
    }
}

async fn outcome(networks: &[&str], url: &str) -> Outcome {
    let sender = sender(networks);
    sender.send(&webhook_at(url), message()).await.outcome
}

/// A receiver on a port of this machine that gives this answer to each request, and keeps the requests.
async fn receiver(answer: Vec<u8>) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&requests);
    tokio::spawn(async move {
        loop {
            let (mut stream, _peer) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            // A handshake of TLS begins with this byte, and waits for an answer.
            while !request.ends_with(b"}") && !request.starts_with(&[22]) {
                let mut bytes = [0; 4_096];
                let count = stream.read(&mut bytes).await.unwrap();
                if count == 0 {
                    break;
                }
                request.extend_from_slice(&bytes[..count]);
            }
            seen.lock()
                .unwrap()
                .push(String::from_utf8_lossy(&request).into_owned());
            if answer.is_empty() {
                std::future::pending::<()>().await;
            }
            // The sender may close the connection before it has read everything.
            drop(stream.write_all(&answer).await);
        }
    });
    (port, requests)
}

fn answered(status: u16, answer: &str) -> Outcome {
    let answer = answer.to_owned();
    Outcome::Answered { status, answer }
}

#[tokio::test]
async fn a_message_is_posted_with_its_id_time_and_signatures() {
    let answer = b"HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\nThank\nyou".to_vec();
    let (port, requests) = receiver(answer).await;
    let url = format!("http://127.0.0.1:{port}/in?x=1");
    let outcome = outcome(&["127.0.0.0/8"], &url).await;
    assert_eq!(outcome, answered(202, "Thank you"));
    let request = requests.lock().unwrap()[0].clone();
    assert!(
        request.starts_with("POST /in?x=1 HTTP/1.1\r\n"),
        "{request}"
    );
    for header in [
        "content-type: application/json",
        "webhook-id: evt_1",
        &format!("webhook-timestamp: {}", at(0).unix_seconds()),
        "webhook-signature: v1,",
    ] {
        assert!(
            request.contains(&format!("\r\n{header}")),
            "{header}: {request}"
        );
    }
    assert!(request.ends_with("\r\n\r\n{\"type\":\"api_key.created\"}"));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let (target, at_target) =
        receiver(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
    let answer = format!(
        "HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:{target}/\r\nContent-Length: 0\r\n\r\n"
    );
    let (port, _requests) = receiver(answer.into_bytes()).await;
    let outcome = outcome(&["127.0.0.0/8"], &format!("http://127.0.0.1:{port}/")).await;
    assert_eq!(outcome, answered(307, ""));
    assert_eq!(at_target.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn only_the_beginning_of_a_large_answer_is_read() {
    let mut answer = b"HTTP/1.1 500 Oops\r\nContent-Length: 10000000\r\n\r\n".to_vec();
    answer.extend(vec![b'a'; 10_000_000]);
    let (port, _requests) = receiver(answer).await;
    let outcome = outcome(&["127.0.0.0/8"], &format!("http://127.0.0.1:{port}/")).await;
    assert_eq!(outcome, answered(500, &"a".repeat(ANSWER_LENGTH_MAX)));
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_does_not_answer_times_out() {
    let (port, _requests) = receiver(vec![]).await;
    let outcome = outcome(&["127.0.0.0/8"], &format!("http://127.0.0.1:{port}/")).await;
    assert_eq!(outcome, Outcome::Failed(DeliveryFailure::TimedOut));
}

#[tokio::test]
async fn nothing_is_sent_to_addresses_that_are_not_allowed() {
    let (port, requests) = receiver(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()).await;
    for url in [
        format!("https://127.0.0.1:{port}/"),
        format!("https://localhost:{port}/"),
        format!("https://2130706433:{port}/"),
        format!("https://0x7f000001:{port}/"),
        format!("https://127.1:{port}/"),
        format!("https://[::1]:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        "https://169.254.169.254/latest/meta-data/".to_owned(),
        "https://10.0.0.1/".to_owned(),
        // Without encryption, only into the networks that the operator allows.
        "http://1.1.1.1/".to_owned(),
        format!("http://localhost:{port}/"),
    ] {
        let outcome = outcome(&["192.168.0.0/16"], &url).await;
        let refused = Outcome::Failed(DeliveryFailure::AddressRefused);
        assert_eq!(outcome, refused, "{url}");
    }
    assert_eq!(requests.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn a_failure_has_its_reason() {
    let (port, _requests) = receiver(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()).await;
    let unused = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    for (url, failure) in [
        (
            format!("http://127.0.0.1:{unused}/"),
            DeliveryFailure::NotConnected,
        ),
        (
            "https://no-such-host.invalid/".to_owned(),
            DeliveryFailure::HostUnknown,
        ),
        (
            format!("https://127.0.0.1:{port}/"),
            DeliveryFailure::NotSecure,
        ),
    ] {
        let outcome = outcome(&["127.0.0.0/8"], &url).await;
        assert_eq!(outcome, Outcome::Failed(failure), "{url}");
    }
}

#[tokio::test]
async fn a_name_of_an_allowed_network_is_resolved() {
    let (port, _requests) =
        receiver(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
    let outcome = outcome(&["127.0.0.0/8"], &format!("http://localhost:{port}/")).await;
    assert_eq!(outcome, answered(204, ""));
}

#[tokio::test]
async fn a_status_counts_though_the_body_does_not_end() {
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nTh".to_vec();
    let (port, _requests) = receiver(answer).await;
    let sender = sender(&["127.0.0.0/8"]);
    let webhook = webhook_at(&format!("http://127.0.0.1:{port}/"));
    let attempt = sender.send(&webhook, message()).await;
    assert!(attempt.outcome.is_success(), "{attempt:?}");
}

#[test]
fn an_address_that_nothing_may_be_sent_to_is_known_at_once() {
    let may_send = |url: &str| sender(&["10.0.0.0/8"]).may_send_to(&webhook_at(url));
    for url in [
        "https://hooks.example.com/",
        "http://10.0.0.1/",
        "https://1.1.1.1/",
    ] {
        assert!(may_send(url), "{url}");
    }
    for url in [
        "https://127.0.0.1/",
        "http://1.1.1.1/",
        "https://1.2.3.4.5/",
        "https://0x7f.1/",
    ] {
        assert!(!may_send(url), "{url}");
    }
}

#[tokio::test]
async fn a_network_for_operators_is_not_one_for_owners() {
    let (port, _requests) =
        receiver(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
    let mut clock = MockClock::new();
    clock.expect_now().returning(|| at(0));
    let networks = AllowedNetworks {
        of_deployment: vec!["127.0.0.0/8".parse().unwrap()],
        of_workspaces: vec![],
    };
    let key = MasterKey::parse(&"k".repeat(32)).unwrap();
    let sender = HttpSender::new(key, &networks, Arc::new(clock), true).unwrap();
    let mut webhook = webhook_at(&format!("http://localhost:{port}/"));
    let refused = Outcome::Failed(DeliveryFailure::AddressRefused);
    assert_eq!(sender.send(&webhook, message()).await.outcome, refused);
    webhook.workspace_id = None;
    assert_eq!(
        sender.send(&webhook, message()).await.outcome,
        answered(204, "")
    );
}
