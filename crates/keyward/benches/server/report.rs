//! Medians, ratios, and the tables of them.

use std::time::Duration;

use crate::docs;

/// The results of one round.
#[derive(Clone, Copy)]
pub(crate) struct Round {
    per_second: f64,
    p99_ms: Option<f64>,
}

#[derive(Default)]
pub(crate) struct Rounds(Vec<Round>);

pub(crate) struct Row {
    what: String,
    floor_is: &'static str,
    floor: Round,
    ours: Round,
    /// The medians of the rounds' ratios, so that a slow minute of the machine affects both values.
    ratio: f64,
    ratio_least: f64,
    ratio_most: f64,
    p99_ratio: Option<f64>,
    goal: &'static str,
}

impl Round {
    pub(crate) fn new(elapsed: Duration, mut latencies: Vec<Duration>) -> Self {
        latencies.sort_unstable();
        let count = u32::try_from(latencies.len()).unwrap();
        let p99 = latencies.get(latencies.len() * 99 / 100);
        Self {
            per_second: f64::from(count) / elapsed.as_secs_f64(),
            p99_ms: p99.map(|latency| latency.as_secs_f64() * 1_000.0),
        }
    }

    pub(crate) fn of_throughput(per_second: f64) -> Self {
        Self {
            per_second,
            p99_ms: None,
        }
    }

    /// The same result with each counted item standing for several.
    pub(crate) fn each_of(self, count: usize) -> Self {
        let count = f64::from(u32::try_from(count).unwrap());
        Self {
            per_second: self.per_second * count,
            ..self
        }
    }

    pub(crate) fn with_p99_ms(self, p99_ms: f64) -> Self {
        Self {
            p99_ms: Some(p99_ms),
            ..self
        }
    }
}

impl Rounds {
    pub(crate) fn add(&mut self, round: Round) {
        println!("  {:.0}/s, p99 {:?} ms", round.per_second, round.p99_ms);
        self.0.push(round);
    }

    fn median(&self) -> Round {
        let mut rounds = self.0.clone();
        rounds.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
        *rounds.get(rounds.len() / 2).expect("at least one round")
    }
}

impl Row {
    pub(crate) fn new(
        what: String,
        floor_is: &'static str,
        floor: &Rounds,
        ours: &Rounds,
        goal: &'static str,
    ) -> Self {
        let rounds = || ours.0.iter().zip(&floor.0);
        let ratios = sorted(rounds().map(|(ours, floor)| ours.per_second / floor.per_second));
        let p99_ratios =
            sorted(rounds().filter_map(|(ours, floor)| Some(ours.p99_ms? / floor.p99_ms?)));
        let ratio = median(&ratios).expect("at least one round");
        println!("{what}: {ratio:.2} x {floor_is}");
        Self {
            what,
            floor_is,
            floor: floor.median(),
            ours: ours.median(),
            ratio,
            ratio_least: ratios[0],
            ratio_most: ratios[ratios.len() - 1],
            p99_ratio: median(&p99_ratios),
            goal,
        }
    }

    fn markdown(&self) -> String {
        let shown = |value: Option<f64>, unit: &str| {
            value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}{unit}"))
        };
        format!(
            "| {} | {} | {:.0}/s | {:.0}/s | {} | {} | **{:.2}** ({:.2} to {:.2}) | {} | {} |",
            self.what,
            self.floor_is,
            self.floor.per_second,
            self.ours.per_second,
            shown(self.floor.p99_ms, " ms"),
            shown(self.ours.p99_ms, " ms"),
            self.ratio,
            self.ratio_least,
            self.ratio_most,
            shown(self.p99_ratio, ""),
            self.goal,
        )
    }
}

/// Sorts values, to find their median.
pub(crate) fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The median of sorted values.
pub(crate) fn median(sorted: &[f64]) -> Option<f64> {
    sorted.get(sorted.len() / 2).copied()
}

/// Writes the rows as the table with this name.
pub(crate) fn print_and_write(name: &str, rows: &[Row]) {
    print_and_write_beside("floor", name, rows);
}

/// The same for rows that compare with something else than a floor.
pub(crate) fn print_and_write_beside(other: &str, name: &str, rows: &[Row]) {
    let mut table = format!(
        "| path | {other} | {other}, median | ours, median | {other} p99 | our p99 | \
         ratio, median (range) | p99 ratio | goal |\n|---|---|---|---|---|---|---|---|---|\n"
    );
    for row in rows {
        table.push_str(&row.markdown());
        table.push('\n');
    }
    docs::write_between(name, &table);
}
