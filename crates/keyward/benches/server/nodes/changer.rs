use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::key::{Random, State};
use super::{CHANGERS, Changes, World};
use crate::client::Client;

/// The pause between two changes of one changer.
const PAUSE: Duration = Duration::from_millis(10);

/// Half of all changes affect this many keys.
const HOT: usize = 200;

/// Changes its own share of the keys at random through all nodes, until the end of the run.
pub(crate) fn run(world: &World, at: usize) -> Changes {
    let mut clients: Vec<Client> = world
        .nodes
        .iter()
        .map(|node| Client::of(node.addr))
        .collect();
    let mut random = Random::new(u64::try_from(at).unwrap() + 1);
    let mut changes = Changes::default();
    while !world.is_over.load(Ordering::SeqCst) {
        std::thread::sleep(PAUSE);
        let node = random.below(clients.len());
        let bound = if random.below(2) == 0 {
            HOT
        } else {
            world.keys.len()
        };
        let number = random.below(bound.min(world.keys.len()) / CHANGERS) * CHANGERS + at;
        let key = &world.keys[number];
        let before = key.history().last();
        if before.is_deleted || before.binding_from.is_none() {
            continue;
        }
        let mut after = State {
            binding_from: None,
            ..before
        };
        let (method, path, body) = match random.below(20) {
            0 => {
                after.is_deleted = true;
                ("DELETE", "", "")
            }
            1..=4 => {
                after.secret += 1;
                ("POST", "/rotate", r#"{"overlapSeconds":0}"#)
            }
            5..=9 if before.is_narrowed => {
                after.is_narrowed = false;
                ("PATCH", "", r#"{"scopes":["payment:read"]}"#)
            }
            5..=9 => {
                after.is_narrowed = true;
                ("PATCH", "", r#"{"scopes":["payment:write"]}"#)
            }
            _ if before.is_disabled => {
                after.is_disabled = false;
                ("POST", "/enable", "")
            }
            _ => {
                after.is_disabled = true;
                ("POST", "/disable", "")
            }
        };
        key.history().states.push(after);
        let headers = world.nodes[node].headers(key.workspace);
        let path = format!(
            "/web/v1/workspaces/{}/api-keys/{}{path}",
            crate::subject::workspace(key.workspace),
            key.id
        );
        let sent_at = Instant::now();
        let answer = clients[node].send_for_propagation(method, &path, &headers, body);
        let answered_at = Instant::now();
        let mut history = key.history();
        let Some((status, body, propagation)) = answer else {
            // The outcome is unknown, so no answer about this key is checked from now on.
            changes.failed += 1;
            continue;
        };
        if status == 503 {
            changes.failed += 1;
            continue;
        }
        assert!(status < 300, "{method} {path}: {status} {body}");
        if after.secret > before.secret {
            let rotated: Value = serde_json::from_str(&body).unwrap();
            let secret = rotated["data"]["secret"].as_str().unwrap();
            history.secrets.push(secret.to_owned());
        }
        let reach = propagation.strip_suffix("; durable=local");
        let reach = reach.unwrap_or(&propagation);
        let binding_from = if reach == "complete" {
            changes.complete.push(answered_at - sent_at);
            answered_at
        } else {
            changes.pending += 1;
            let seconds = reach
                .strip_prefix("pending; within=")
                .and_then(|rest| rest.strip_suffix('s'))
                .expect("a header of ours");
            answered_at + Duration::from_secs(seconds.parse().unwrap())
        };
        let last = history.states.last_mut().unwrap();
        last.binding_from = Some(binding_from);
    }
    changes
}
