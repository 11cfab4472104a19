//! Ledgers as compact JSON: a busy limit writes its ledger often.

use keyward_domain::{Lease, Ledger, SpentUntil, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Cause;

/// An unknown member is an error, because units must not be lost.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LedgerJson {
    /// Microseconds since the Unix epoch, like all instants here.
    updated_at: Option<i64>,
    /// When units become free, as the time since the entry before, and how many: one after the other.
    spent: Vec<u64>,
    leases: Vec<LeaseJson>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LeaseJson {
    node: String,
    number: u64,
    units: u64,
    wanted: u64,
    ends_at: i64,
    period_end: Option<i64>,
}

/// The text of an empty ledger.
pub(crate) const EMPTY_LEDGER: &str = r#"{"updatedAt":null,"spent":[],"leases":[]}"#;

/// The text of a ledger.
pub(crate) fn ledger_to_text(ledger: &Ledger) -> Result<String, serde_json::Error> {
    let mut spent = Vec::with_capacity(2 * ledger.spent.len());
    let mut before = 0;
    for SpentUntil { until, units } in &ledger.spent {
        let until = until.unix_micros().unsigned_abs();
        // They are in the order of their instants.
        spent.extend([until.saturating_sub(before), *units]);
        before = until;
    }
    let leases = ledger.leases.iter().map(|lease| LeaseJson {
        node: lease.node.to_string(),
        number: lease.number,
        units: lease.units,
        wanted: lease.wanted,
        ends_at: lease.ends_at.unix_micros(),
        period_end: lease.period_end.map(Timestamp::unix_micros),
    });
    serde_json::to_string(&LedgerJson {
        updated_at: ledger.updated_at.map(Timestamp::unix_micros),
        spent,
        leases: leases.collect(),
    })
}

/// Reads what [`ledger_to_text`] writes.
pub(crate) fn ledger_from_text(text: &str) -> Result<Ledger, Cause> {
    let ledger: LedgerJson = serde_json::from_str(text)?;
    let mut spent = Vec::with_capacity(ledger.spent.len() / 2);
    let mut until: u64 = 0;
    let (entries, rest) = ledger.spent.as_chunks();
    for [later, units] in entries {
        until = until.saturating_add(*later);
        spent.push(SpentUntil {
            until: instant(i64::try_from(until)?)?,
            units: *units,
        });
    }
    if !rest.is_empty() {
        return Err("an instant without units".into());
    }
    let leases = ledger.leases.into_iter().map(|lease| {
        Ok::<_, Cause>(Lease {
            node: Uuid::parse_str(&lease.node)?,
            number: lease.number,
            units: lease.units,
            wanted: lease.wanted,
            ends_at: instant(lease.ends_at)?,
            period_end: lease.period_end.map(instant).transpose()?,
        })
    });
    let leases = leases.collect::<Result<Vec<Lease>, _>>()?;
    let units = spent.iter().map(|spent| spent.units);
    let mut units = units.chain(leases.iter().map(|lease| lease.units));
    let total = units.try_fold(0_u64, u64::checked_add);
    total.ok_or("more units than any limit has")?;
    Ok(Ledger {
        updated_at: ledger.updated_at.map(instant).transpose()?,
        spent,
        leases,
    })
}

fn instant(micros: i64) -> Result<Timestamp, Cause> {
    let instant = Timestamp::from_unix_micros(micros);
    instant.ok_or_else(|| "not between the years 1970 and 9999".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_unix_micros(micros).unwrap()
    }

    fn spent(until: i64, units: u64) -> SpentUntil {
        let until = at(until);
        SpentUntil { until, units }
    }

    #[test]
    fn a_ledger_reads_back() {
        let lease = Lease {
            node: Uuid::from_u128(7),
            number: u64::MAX,
            units: 3,
            wanted: u64::MAX,
            ends_at: Timestamp::MAX,
            period_end: None,
        };
        let of_period = Lease {
            node: Uuid::from_u128(8),
            period_end: Some(at(9)),
            ..lease.clone()
        };
        let full = Ledger {
            updated_at: Some(at(1_800_000_000_000_001)),
            spent: vec![
                spent(1_800_000_000_000_000, 5),
                spent(1_800_000_000_468_750, 1),
            ],
            leases: vec![lease, of_period],
        };
        for ledger in [full, Ledger::default()] {
            let text = ledger_to_text(&ledger).unwrap();
            assert_eq!(ledger_from_text(&text).unwrap(), ledger, "{text}");
        }
        assert_eq!(ledger_from_text(EMPTY_LEDGER).unwrap(), Ledger::default());
    }

    /// PostgreSQL stores a row of up to 2 KB as it is.
    #[test]
    fn the_text_of_a_busy_ledger_is_short() {
        let step = 60 * 1_000_000 / 128;
        let ledger = Ledger {
            updated_at: Some(at(1_800_000_000_000_000)),
            spent: (1..=129)
                .map(|n| spent(1_800_000_000_000_000 + n * step, 1_000))
                .collect(),
            leases: vec![],
        };
        let text = ledger_to_text(&ledger).unwrap();
        assert!(text.len() < 1_700, "{}", text.len());
    }

    #[test]
    fn what_is_no_ledger_is_refused() {
        let with = |updated_at: &str, spent: &str, leases: &str| {
            format!(r#"{{"updatedAt":{updated_at},"spent":[{spent}],"leases":[{leases}]}}"#)
        };
        let lease = |node: &str, units: u64, ends_at: i64| {
            format!(
                r#"{{"node":"{node}","number":1,"units":{units},"wanted":1,"endsAt":{ends_at},"periodEnd":null}}"#
            )
        };
        let node = Uuid::from_u128(7).to_string();
        let well = with("1", "1,1", &lease(&node, 1, 1));
        assert!(ledger_from_text(&well).is_ok(), "{well}");
        for text in [
            String::new(),
            "[]".to_owned(),
            "{}".to_owned(),
            well.replace("spent", "more"),
            with("-1", "", ""),
            with("1", "1", ""),
            with("1", "1,-1", ""),
            with("1", "1,1.5", ""),
            with("1", &format!("{},1", u64::MAX), ""),
            with("1", &format!("{},1,1,1", u64::MAX), ""),
            with("1", &format!("1,{},1,1", u64::MAX), ""),
            with("1", "", "{}"),
            with("1", "", &lease("x", 1, 1)),
            with("1", "", &lease(&node, 1, -1)),
            with("1", "1,1", &lease(&node, u64::MAX, 1)),
        ] {
            assert!(ledger_from_text(&text).is_err(), "{text}");
        }
    }
}
