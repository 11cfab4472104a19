//! A request with an idempotency key is carried out once.

/// Writes the idempotency record of a request. Returns `None` if this is the first request, and
/// otherwise `$replayed` or `$reused` for the earlier one.
///
/// Of two concurrent requests, the second waits here for the first to end and then finds its
/// record. A macro, because the connection's type depends on the database.
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
