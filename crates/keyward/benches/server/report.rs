//! Medians, ratios, and the table in docs/benchmarks.md.

use std::time::Duration;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/benchmarks.md");

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
    /// The median of the rounds' ratios, so that a slow minute of the machine affects both values.
    ratio: f64,
    ratio_least: f64,
    ratio_most: f64,
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
        let mut ratios: Vec<f64> = ours
            .0
            .iter()
            .zip(&floor.0)
            .map(|(ours, floor)| ours.per_second / floor.per_second)
            .collect();
        ratios.sort_by(f64::total_cmp);
        let ratio = *ratios.get(ratios.len() / 2).expect("at least one round");
        let (ratio_least, ratio_most) = (*ratios.first().unwrap(), *ratios.last().unwrap());
        println!("{what}: {ratio:.2} x {floor_is}");
        Self {
            what,
            floor_is,
            floor: floor.median(),
            ours: ours.median(),
            ratio,
            ratio_least,
            ratio_most,
            goal,
        }
    }

    fn markdown(&self) -> String {
        let p99 = self
            .ours
            .p99_ms
            .map_or_else(|| "-".to_owned(), |ms| format!("{ms:.2} ms"));
        let floors = self
            .floor
            .p99_ms
            .map_or_else(|| "-".to_owned(), |ms| format!("{ms:.2} ms"));
        format!(
            "| {} | {} | {:.0}/s | {:.0}/s | {floors} | {p99} | **{:.2}** ({:.2} to {:.2}) | {} |",
            self.what,
            self.floor_is,
            self.floor.per_second,
            self.ours.per_second,
            self.ratio,
            self.ratio_least,
            self.ratio_most,
            self.goal,
        )
    }
}

/// Writes the table between the marks with this name.
pub(crate) fn print_and_write(name: &str, rows: &[Row]) {
    let mut table = String::from(
        "| path | floor | floor, median | ours, median | floor p99 | our p99 | ratio, median (range) \
         | goal |\n|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        table.push_str(&row.markdown());
        table.push('\n');
    }
    write_between(name, &table);
}

/// Writes a table between the marks with this name.
pub(crate) fn write_between(name: &str, table: &str) {
    let (begin, end) = (format!("<!-- {name}: "), format!("<!-- /{name} -->"));
    println!("\n{table}");
    let text = std::fs::read_to_string(FILE).expect("docs/benchmarks.md");
    let at = text.find(&begin).expect("the mark before the table");
    let (before, rest) = text.split_at(at);
    let (mark, rest) = rest.split_once('\n').expect("a mark is a line");
    let (_old, after) = rest
        .split_once(&end)
        .expect("the mark where the table ends");
    std::fs::write(FILE, format!("{before}{mark}\n{table}{end}{after}")).unwrap();
    println!("written into docs/benchmarks.md");
}
