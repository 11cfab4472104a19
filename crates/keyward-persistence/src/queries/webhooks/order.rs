/// Makes the first pending delivery of each key due at $1, unless it has a time already, and no other one.
/// SQLite numbers parameters by their first places, so they must come in this order.
pub(crate) const ORDER_PENDING: &str = "
    UPDATE webhook_deliveries SET due_at = CASE
        WHEN EXISTS (SELECT 1 FROM webhook_deliveries AS earlier
            WHERE earlier.webhook_id = webhook_deliveries.webhook_id
                AND earlier.ordered_by = webhook_deliveries.ordered_by
                AND earlier.status = 'PENDING' AND earlier.position < webhook_deliveries.position)
        THEN NULL ELSE COALESCE(due_at, $1) END
    WHERE webhook_id = $2 AND status = 'PENDING'";

/// Makes no delivery of a disabled webhook due.
pub(crate) const WITHDRAW: &str = "
    UPDATE webhook_deliveries SET due_at = NULL, lease = NULL
    WHERE webhook_id = $1 AND due_at IS NOT NULL";
