/// Whether an earlier delivery of the same key is pending. A macro, because it is a part of texts that must be
/// fixed.
macro_rules! has_earlier {
    () => {
        "EXISTS (SELECT 1 FROM webhook_deliveries AS earlier
            WHERE earlier.webhook_id = webhook_deliveries.webhook_id
                AND earlier.ordered_by = webhook_deliveries.ordered_by
                AND earlier.status = 'PENDING' AND earlier.position < webhook_deliveries.position)"
    };
}

/// Makes the first pending delivery of each key due at $1, unless it has a time already, and no other one.
/// SQLite numbers parameters by their first places, so they must come in this order.
pub(crate) const ORDER_PENDING: &str = concat!(
    "
    UPDATE webhook_deliveries SET due_at = CASE WHEN due_at IS NULL THEN $1 END
    WHERE webhook_id = $2 AND status = 'PENDING' AND (due_at IS NULL) <> ",
    has_earlier!()
);

/// Enabled webhooks with a delivery that nothing will make due. The event before it was purged, for example.
pub(crate) const STUCK: &str = concat!(
    "
    SELECT DISTINCT webhook_id FROM webhook_deliveries
    WHERE status = 'PENDING' AND due_at IS NULL
        AND (SELECT disabled_at FROM webhooks WHERE id = webhook_id) IS NULL AND NOT ",
    has_earlier!()
);

/// Takes the time from a delivery that has to wait for an earlier one.
pub(crate) const WAIT: &str = concat!(
    "
    UPDATE webhook_deliveries SET due_at = NULL
    WHERE webhook_id = $1 AND position = $2 AND ",
    has_earlier!()
);

/// Makes no delivery of a disabled webhook due. Attempts that run may still be recorded.
pub(crate) const WITHDRAW: &str = "
    UPDATE webhook_deliveries SET due_at = NULL WHERE webhook_id = $1 AND due_at IS NOT NULL";
