//! `pgbench` with the prepared statements of one change, in one transaction. Each client has its own
//! workspaces, as in ours.

use crate::psql::psql;
use crate::report::Round;
use crate::{WORKSPACES, pgbench, subject};

/// Gives the key of each workspace an id that `pgbench` can compute.
pub(super) fn number_keys(url: &str) {
    let id = id_of("substr(workspace_id, 4)");
    psql(url, &format!("UPDATE api_keys SET id = {id}"));
}

pub(super) fn run(url: &str, clients: usize) -> Round {
    pgbench::run(url, &[statements(clients)], clients)
}

fn id_of(number: &str) -> String {
    format!("('00000000-0000-7000-8000-' || lpad({number}, 12, '0'))::uuid")
}

fn statements(clients: usize) -> String {
    let (owner, id) = (subject::OWNER, id_of(":w::text"));
    let last = WORKSPACES / clients - 1;
    let workspace = "'ws_' || :w";
    let of_key = format!(
        "id = {id} AND prefix = 'sk' AND mode = 'LIVE' AND workspace_id = {workspace} \
         AND deleted_at IS NULL"
    );
    // pgbench would read a colon within quotes as a variable.
    let scopes = "ARRAY['payment' || chr(58) || 'read', 'payment' || chr(58) || 'write']";
    let name = "'Key ' || :k_version";
    format!(
        "\\set w :client_id + {clients} * random(0, {last})
BEGIN;
SELECT role FROM members WHERE workspace_id = {workspace} AND user_id = '{owner}';
SELECT api_keys.version, api_keys.name, api_keys.scopes, api_keys.ip_allowlist, encode(api_keys.secret_hash, 'hex') AS hash, workspaces.key_may_never_expire, GREATEST(api_keys.last_used_at, (SELECT max(last_used_at) FROM secret_uses WHERE api_key_id = api_keys.id), '-infinity') AS last_used_at, current_use.use_count, previous_use.use_count AS previous_use_count FROM api_keys JOIN workspaces ON workspaces.id = api_keys.workspace_id LEFT JOIN secret_uses AS current_use ON current_use.secret_hash = api_keys.secret_hash LEFT JOIN secret_uses AS previous_use ON previous_use.secret_hash = api_keys.previous_secret_hash WHERE api_keys.{of_key} \\gset k_
UPDATE workspaces SET key_count = key_count + 0, event_count = event_count + 1, event_hash = chain_hash(event_hash, sha256('event')) WHERE id = {workspace} AND key_count >= 0 RETURNING event_count, encode(event_hash, 'hex') AS hash \\gset
INSERT INTO audit_events (workspace_id, position, hash, api_key_id, api_key_mode, action, actor_kind, actor_user_id, portal, address, request_id, occurred_at, before, after) VALUES ({workspace}, :event_count, decode(:hash, 'hex'), {id}, 'LIVE', 'UPDATED', 'USER', '{owner}', 'PARTNER', '127.0.0.1', '00000000-0000-7000-8000-000000000000', now(), jsonb_build_object('name', 'Key'), jsonb_build_object('name', {name}));
UPDATE api_keys SET name = {name}, name_folded = lower({name}), scopes = {scopes}, ip_allowlist = ARRAY['192.168.1.0/24'::cidr], is_disabled = false, expires_at = NULL, secret_hash = decode(:k_hash, 'hex'), secret_hint = 'a1b2', secret_created_at = secret_created_at, previous_secret_hash = NULL, previous_secret_hint = NULL, previous_secret_created_at = NULL, previous_secret_ends_at = NULL, version = :k_version + 1, deleted_at = NULL, description = NULL, external_id = NULL, metadata = NULL WHERE {of_key} AND version = :k_version;
COMMIT;
"
    )
}
