//! The tables of both databases (`migrations/`).

diesel::table! {
    workspaces (id) {
        id -> diesel::sql_types::Text,
        key_count -> diesel::sql_types::BigInt,
        event_count -> diesel::sql_types::BigInt,
        event_hash -> diesel::sql_types::Binary,
        created_at -> crate::sql_types::Instant,
        key_lifetime_default_days -> diesel::sql_types::Nullable<diesel::sql_types::BigInt>,
        key_lifetime_max_days -> diesel::sql_types::Nullable<diesel::sql_types::BigInt>,
        key_may_never_expire -> diesel::sql_types::Nullable<diesel::sql_types::Bool>,
        key_lifetime_existing -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        leak_reaction -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        leak_grace_hours -> diesel::sql_types::Nullable<diesel::sql_types::BigInt>,
        plan -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
    }
}

diesel::table! {
    plans (name) {
        name -> diesel::sql_types::Text,
        key_limits -> crate::sql_types::Document,
        workspace_limits -> crate::sql_types::Document,
    }
}

diesel::table! {
    limit_ledgers (workspace_id, subject, name) {
        updated_on -> crate::sql_types::Instant,
        subject -> crate::sql_types::KeyUuid,
        workspace_id -> diesel::sql_types::Text,
        name -> diesel::sql_types::Text,
        ledger -> diesel::sql_types::Text,
    }
}

diesel::table! {
    members (workspace_id, user_id) {
        workspace_id -> diesel::sql_types::Text,
        user_id -> diesel::sql_types::Text,
        role -> diesel::sql_types::Text,
    }
}

diesel::table! {
    scopes (code) {
        code -> diesel::sql_types::Text,
        descriptions -> crate::sql_types::Document,
    }
}

diesel::table! {
    resources (code) {
        code -> diesel::sql_types::Text,
        names -> crate::sql_types::Document,
    }
}

diesel::table! {
    api_keys (id) {
        id -> crate::sql_types::KeyUuid,
        mode -> diesel::sql_types::Text,
        workspace_id -> diesel::sql_types::Text,
        name -> diesel::sql_types::Text,
        name_folded -> diesel::sql_types::Text,
        scopes -> crate::sql_types::TextList,
        ip_allowlist -> crate::sql_types::NetworkList,
        is_disabled -> diesel::sql_types::Bool,
        expires_at -> diesel::sql_types::Nullable<crate::sql_types::Instant>,
        secret_hash -> diesel::sql_types::Binary,
        secret_hint -> diesel::sql_types::Text,
        secret_created_at -> crate::sql_types::Instant,
        previous_secret_hash -> diesel::sql_types::Nullable<diesel::sql_types::Binary>,
        previous_secret_hint -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        previous_secret_created_at -> diesel::sql_types::Nullable<crate::sql_types::Instant>,
        previous_secret_ends_at -> diesel::sql_types::Nullable<crate::sql_types::Instant>,
        last_used_at -> diesel::sql_types::Nullable<crate::sql_types::Instant>,
        created_at -> crate::sql_types::Instant,
        created_by -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        version -> diesel::sql_types::BigInt,
        deleted_at -> diesel::sql_types::Nullable<crate::sql_types::Instant>,
        description -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        external_id -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        metadata -> diesel::sql_types::Nullable<crate::sql_types::Document>,
        is_imported -> diesel::sql_types::Bool,
        prefix -> diesel::sql_types::Text,
        limits -> diesel::sql_types::Nullable<crate::sql_types::Document>,
    }
}

diesel::table! {
    secret_uses (secret_hash) {
        last_used_at -> crate::sql_types::Instant,
        use_count -> diesel::sql_types::BigInt,
        api_key_id -> crate::sql_types::KeyUuid,
        secret_hash -> diesel::sql_types::Binary,
        last_used_address -> diesel::sql_types::Nullable<crate::sql_types::Address>,
    }
}

diesel::table! {
    key_denials (api_key_id, hour, decision) {
        hour -> crate::sql_types::Instant,
        last_denied_at -> crate::sql_types::Instant,
        denial_count -> diesel::sql_types::BigInt,
        api_key_id -> crate::sql_types::KeyUuid,
        decision -> diesel::sql_types::Text,
        last_denied_address -> diesel::sql_types::Nullable<crate::sql_types::Address>,
    }
}

diesel::table! {
    key_uses (api_key_id, hour) {
        hour -> crate::sql_types::Instant,
        use_count -> diesel::sql_types::BigInt,
        addresses -> diesel::sql_types::BigInt,
        api_key_id -> crate::sql_types::KeyUuid,
    }
}

diesel::table! {
    scope_uses (api_key_id, scope) {
        last_used_on -> crate::sql_types::Instant,
        api_key_id -> crate::sql_types::KeyUuid,
        scope -> diesel::sql_types::Text,
    }
}

diesel::table! {
    audit_events (workspace_id, position) {
        workspace_id -> diesel::sql_types::Text,
        position -> diesel::sql_types::BigInt,
        hash -> diesel::sql_types::Binary,
        api_key_id -> crate::sql_types::KeyUuid,
        api_key_mode -> diesel::sql_types::Text,
        action -> diesel::sql_types::Text,
        actor_kind -> diesel::sql_types::Text,
        actor_user_id -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        portal -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        address -> diesel::sql_types::Nullable<crate::sql_types::Address>,
        request_id -> diesel::sql_types::Text,
        occurred_at -> crate::sql_types::Instant,
        before -> diesel::sql_types::Nullable<crate::sql_types::Document>,
        after -> diesel::sql_types::Nullable<crate::sql_types::Document>,
        actor_service -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        api_key_prefix -> diesel::sql_types::Text,
        found_at -> diesel::sql_types::Nullable<crate::sql_types::Document>,
    }
}

diesel::table! {
    deployment_events (position) {
        position -> diesel::sql_types::BigInt,
        hash -> diesel::sql_types::Binary,
        action -> diesel::sql_types::Text,
        workspace_id -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        user_id -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        scope -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        before -> diesel::sql_types::Nullable<crate::sql_types::Document>,
        after -> diesel::sql_types::Nullable<crate::sql_types::Document>,
        actor_kind -> diesel::sql_types::Text,
        actor_user_id -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        portal -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        address -> diesel::sql_types::Nullable<crate::sql_types::Address>,
        request_id -> diesel::sql_types::Text,
        occurred_at -> crate::sql_types::Instant,
        actor_service -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        plan -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        webhook_id -> diesel::sql_types::Nullable<crate::sql_types::KeyUuid>,
        resource -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
    }
}

diesel::table! {
    service_tokens (name) {
        name -> diesel::sql_types::Text,
        permissions -> crate::sql_types::TextList,
        hash -> diesel::sql_types::Binary,
        created_at -> crate::sql_types::Instant,
        last_used_at -> diesel::sql_types::Nullable<crate::sql_types::Instant>,
        revoked_at -> diesel::sql_types::Nullable<crate::sql_types::Instant>,
    }
}

diesel::table! {
    deployment_trail (is_only) {
        is_only -> diesel::sql_types::Bool,
        event_count -> diesel::sql_types::BigInt,
        event_hash -> diesel::sql_types::Binary,
    }
}

diesel::table! {
    idempotency_records (workspace_id, operation, key) {
        workspace_id -> diesel::sql_types::Text,
        operation -> diesel::sql_types::Text,
        key -> diesel::sql_types::Text,
        fingerprint -> diesel::sql_types::Binary,
        api_key_id -> crate::sql_types::KeyUuid,
        api_key_mode -> diesel::sql_types::Text,
        created_at -> crate::sql_types::Instant,
        api_key_prefix -> diesel::sql_types::Text,
    }
}

diesel::table! {
    ended_sessions (session_id) {
        session_id -> diesel::sql_types::Binary,
        ends_at -> crate::sql_types::Instant,
    }
}

diesel::table! {
    ended_secrets (secret_hash) {
        secret_hash -> diesel::sql_types::Binary,
    }
}

diesel::table! {
    schema_compatibility (is_only) {
        is_only -> diesel::sql_types::Bool,
        oldest_migration -> diesel::sql_types::Text,
        oldest_release -> diesel::sql_types::Text,
    }
}

diesel::table! {
    outbox (number) {
        number -> diesel::sql_types::BigInt,
        workspace_id -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        trail_position -> diesel::sql_types::Nullable<diesel::sql_types::BigInt>,
        notice -> diesel::sql_types::Nullable<crate::sql_types::Document>,
        notice_id -> diesel::sql_types::Nullable<crate::sql_types::KeyUuid>,
    }
}

diesel::table! {
    published_events (position) {
        position -> diesel::sql_types::BigInt,
        id -> crate::sql_types::KeyUuid,
        workspace_id -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        sequence -> diesel::sql_types::Nullable<diesel::sql_types::BigInt>,
        event_type -> diesel::sql_types::Text,
        trail_position -> diesel::sql_types::BigInt,
        trail_hash -> diesel::sql_types::Binary,
        notice -> diesel::sql_types::Nullable<crate::sql_types::Document>,
        published_at -> crate::sql_types::Instant,
        api_key_id -> diesel::sql_types::Nullable<crate::sql_types::KeyUuid>,
    }
}

diesel::table! {
    webhooks (id) {
        id -> crate::sql_types::KeyUuid,
        workspace_id -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        url -> diesel::sql_types::Text,
        event_types -> crate::sql_types::Document,
        encoding -> diesel::sql_types::Text,
        secret_generation -> diesel::sql_types::BigInt,
        created_at -> crate::sql_types::Instant,
        previous_secret_until -> diesel::sql_types::Nullable<crate::sql_types::Instant>,
        failing_since -> diesel::sql_types::Nullable<crate::sql_types::Instant>,
        disabled_at -> diesel::sql_types::Nullable<crate::sql_types::Instant>,
        disabled_reason -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
    }
}

diesel::table! {
    webhook_deliveries (webhook_id, position) {
        webhook_id -> crate::sql_types::KeyUuid,
        position -> diesel::sql_types::BigInt,
        ordered_by -> crate::sql_types::KeyUuid,
        status -> diesel::sql_types::Text,
        attempts -> diesel::sql_types::BigInt,
        due_at -> diesel::sql_types::Nullable<crate::sql_types::Instant>,
        lease -> diesel::sql_types::Nullable<crate::sql_types::KeyUuid>,
        attempted_at -> diesel::sql_types::Nullable<crate::sql_types::Instant>,
        duration_micros -> diesel::sql_types::Nullable<diesel::sql_types::BigInt>,
        answer_status -> diesel::sql_types::Nullable<diesel::sql_types::BigInt>,
        answer -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
        failure -> diesel::sql_types::Nullable<diesel::sql_types::Text>,
    }
}

diesel::table! {
    event_sequences (workspace_id) {
        workspace_id -> diesel::sql_types::Text,
        sequence -> diesel::sql_types::BigInt,
    }
}

diesel::table! {
    event_log (is_only) {
        is_only -> diesel::sql_types::Bool,
        head -> diesel::sql_types::BigInt,
    }
}

diesel::joinable!(key_denials -> api_keys (api_key_id));
diesel::joinable!(key_uses -> api_keys (api_key_id));
diesel::joinable!(scope_uses -> api_keys (api_key_id));
diesel::allow_tables_to_appear_in_same_query!(
    workspaces,
    plans,
    api_keys,
    secret_uses,
    key_denials,
    key_uses,
    scope_uses,
    audit_events,
    deployment_events,
    published_events,
    webhooks,
    webhook_deliveries,
);

diesel::define_sql_function! {
    /// The hash of an event: SHA-256 over the hash of the previous event and its own digest. On
    /// SQLite, each writing connection registers this function.
    fn chain_hash(
        previous: diesel::sql_types::Binary,
        digest: diesel::sql_types::Binary,
    ) -> diesel::sql_types::Binary;
}
