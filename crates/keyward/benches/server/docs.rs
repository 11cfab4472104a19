//! The tables in docs/benchmarks.md.

use crate::settings;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/benchmarks.md");

/// Prints a table, and writes it between the marks with this name. A trial is only printed.
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
    if settings::is_trial() {
        println!("a trial: not written into docs/benchmarks.md");
        return;
    }
    std::fs::write(FILE, format!("{before}{mark}\n{table}{end}{after}")).unwrap();
    println!("written into docs/benchmarks.md");
}
