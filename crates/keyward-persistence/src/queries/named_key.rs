//! The key with an id, in a workspace.

/// The rows of `$rows`, which contain `api_keys`, that belong to the key with this id in this workspace. An id is
/// stored in three columns, and all of them must fit.
macro_rules! of_named_key {
    ($rows:expr, $api_key_id:expr, $workspace_id:expr) => {
        $rows
            .filter(api_keys::id.eq($crate::sql_types::Id($api_key_id.uuid())))
            .filter(api_keys::prefix.eq($api_key_id.prefix().as_str().to_owned()))
            .filter(api_keys::mode.eq($api_key_id.mode().as_str()))
            .filter(api_keys::workspace_id.eq(&$workspace_id))
    };
}

pub(crate) use of_named_key;
