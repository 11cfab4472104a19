-- Expands: rows of the new table secret_uses.

-- Moves the last uses from api_keys to secret_uses, in transactions of at most 5,000 keys each, so
-- that no one waits for long. It must be the only statement here, because otherwise it can't commit
-- in between. It can be run again: existing rows stay, because their first writer has copied the
-- whole count of the column.
DO $$
DECLARE
    from_id uuid := '00000000-0000-0000-0000-000000000000';
    to_id uuid;
BEGIN
    LOOP
        SELECT batch.id INTO to_id
            FROM (SELECT id FROM api_keys WHERE id > from_id ORDER BY id LIMIT 5000) AS batch
            ORDER BY batch.id DESC LIMIT 1;
        EXIT WHEN to_id IS NULL;
        INSERT INTO secret_uses
            (secret_hash, api_key_id, last_used_at, last_used_address, use_count)
        SELECT secret_hash, id, secret_last_used_at, secret_last_used_address, secret_use_count
            FROM api_keys
            WHERE id > from_id AND id <= to_id AND secret_last_used_at IS NOT NULL
        UNION ALL
        SELECT previous_secret_hash, id, previous_secret_last_used_at,
            previous_secret_last_used_address, previous_secret_use_count
            FROM api_keys
            WHERE id > from_id AND id <= to_id AND previous_secret_last_used_at IS NOT NULL
                AND previous_secret_hash IS NOT NULL
        ORDER BY 1
        ON CONFLICT (secret_hash) DO NOTHING;
        COMMIT;
        from_id := to_id;
    END LOOP;
END
$$;
