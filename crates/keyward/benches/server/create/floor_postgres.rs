//! `pgbench` with the prepared statements of one create, in one transaction.

use crate::report::Round;
use crate::{WORKSPACES, pgbench, subject};

pub(crate) fn run(url: &str, clients: usize) -> Round {
    pgbench::run(url, &[statements()], clients)
}

fn statements() -> String {
    let (owner, last) = (subject::OWNER, WORKSPACES - 1);
    // pgbench would read a colon within quotes as a variable.
    let (read, write) = (
        "'payment' || chr(58) || 'read'",
        "'payment' || chr(58) || 'write'",
    );
    let after = format!(
        "jsonb_build_object('name', 'Production Key', 'scopes', ARRAY[{read}, {write}], \
         'ipWhitelist', ARRAY['192.168.1.0/24'], 'expiresAt', NULL, 'isDisabled', false, \
         'isDeleted', false, 'secretHint', 'a1b2', 'overlap', NULL)"
    );
    format!(
        "\\set w random(0, {last})
BEGIN;
SELECT role FROM members WHERE workspace_id = 'ws_' || :w AND user_id = '{owner}';
SELECT code FROM scopes WHERE code = ANY(ARRAY[{read}, {write}]);
UPDATE workspaces SET key_count = key_count + 1, event_count = event_count + 1, event_hash = chain_hash(event_hash, sha256('event')) WHERE id = 'ws_' || :w AND key_count < 100000000 RETURNING event_count, encode(event_hash, 'hex') AS hash \\gset
INSERT INTO audit_events (workspace_id, position, hash, api_key_id, api_key_mode, action, actor_kind, actor_user_id, portal, address, request_id, occurred_at, before, after) VALUES ('ws_' || :w, :event_count, decode(:hash, 'hex'), gen_random_uuid(), 'LIVE', 'CREATED', 'USER', '{owner}', 'PARTNER', '127.0.0.1', '00000000-0000-7000-8000-000000000000', now(), NULL, {after});
INSERT INTO api_keys (id, mode, workspace_id, name, name_folded, scopes, ip_allowlist, is_disabled, expires_at, secret_hash, secret_hint, secret_created_at, created_at, created_by, version) VALUES (gen_random_uuid(), 'LIVE', 'ws_' || :w, 'Production Key', 'production key', ARRAY[{read}, {write}], ARRAY['192.168.1.0/24'::cidr], false, NULL, sha256(gen_random_uuid()::text::bytea), 'a1b2', now(), now(), '{owner}', 1);
COMMIT;
"
    )
}
