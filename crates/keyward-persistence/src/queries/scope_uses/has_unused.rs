use crate::queries::sql_condition::sql_condition;

/// The rows of the key are read by the primary key.
const POSTGRES: &str = "EXISTS (
    SELECT FROM unnest(api_keys.scopes) AS held (scope)
    WHERE NOT EXISTS (
        SELECT FROM scope_uses
        WHERE scope_uses.api_key_id = api_keys.id AND scope_uses.scope = held.scope
    ))";

const SQLITE: &str = "EXISTS (
    SELECT 1 FROM json_each(api_keys.scopes) AS held
    WHERE NOT EXISTS (
        SELECT 1 FROM scope_uses
        WHERE scope_uses.api_key_id = api_keys.id AND scope_uses.scope = held.value
    ))";

sql_condition! {
    /// Whether a key of `api_keys` has a scope without a last use.
    HasUnusedScopes,
    postgres: POSTGRES,
    sqlite: SQLITE
}
