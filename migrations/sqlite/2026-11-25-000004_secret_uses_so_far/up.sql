-- Expands: rows of the new table secret_uses.

-- Moves the last uses from api_keys to secret_uses.
INSERT INTO secret_uses (secret_hash, api_key_id, last_used_at, last_used_address, use_count)
SELECT secret_hash, id, secret_last_used_at, secret_last_used_address, secret_use_count
    FROM api_keys WHERE secret_last_used_at IS NOT NULL
UNION ALL
SELECT previous_secret_hash, id, previous_secret_last_used_at, previous_secret_last_used_address,
    previous_secret_use_count
    FROM api_keys WHERE previous_secret_last_used_at IS NOT NULL AND previous_secret_hash IS NOT NULL
ORDER BY 1
ON CONFLICT (secret_hash) DO NOTHING;
