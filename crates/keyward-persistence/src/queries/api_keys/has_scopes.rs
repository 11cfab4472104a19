use crate::queries::sql_condition::sql_condition;

sql_condition! {
    /// Whether a key of `api_keys` has any scope.
    HasScopes,
    postgres: "cardinality(api_keys.scopes) > 0",
    sqlite: "json_array_length(api_keys.scopes) > 0"
}
