//! A request that may come twice is carried out once.

/// Writes the idempotency record of a request, or finds the one of a request before it: what that
/// one comes to, by `$replayed` or `$reused`, or `None` when this request is the first.
///
/// Of two at once, the second waits here for the first to end, and then finds its record. A macro,
/// because the connection's type differs by database.
macro_rules! claim_idempotency_key {
    ($conn:ident, $record:expr, $replayed:expr, $reused:expr) => {{
        use $crate::schema::idempotency_records as records;
        let (row, fingerprint): &(
            $crate::rows::NewIdempotencyRow,
            keyward_domain::RequestFingerprint,
        ) = $record;
        let named = records::table.find((&row.workspace_id, row.operation, &row.key));
        let forgotten = row
            .created_at
            .minus_seconds(keyward_domain::IDEMPOTENCY_SECONDS);
        diesel::delete(named.filter(records::created_at.le(forgotten)))
            .execute($conn)
            .await?;
        let record = diesel::insert_into(records::table)
            .values(row)
            .on_conflict_do_nothing();
        if $crate::queries::prepared::Prepared(record)
            .execute($conn)
            .await?
            == 0
        {
            let earlier = named.select($crate::rows::IdempotencyRow::as_select());
            let replayed = earlier.get_result($conn).await?.replayed(fingerprint)?;
            Some(replayed.map_or($reused, $replayed))
        } else {
            None
        }
    }};
}

pub(crate) use claim_idempotency_key;
