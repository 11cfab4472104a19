//! How long work is coming along: a bar on a terminal, a line every ten seconds otherwise.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::failure::Failure;
use crate::output;

const LINE_EVERY: Duration = Duration::from_secs(10);
const WITH_TOTAL: &str = "{msg} {wide_bar} {human_pos}/{human_len} {per_sec} ETA {eta}";
const WITHOUT_TOTAL: &str = "{msg} {spinner} {human_pos} {per_sec}";

/// The progress of one piece of work, on stderr.
pub(crate) struct Progress {
    what: &'static str,
    done: u64,
    total: Option<u64>,
    bar: Option<ProgressBar>,
    last_line: Instant,
}

impl Progress {
    /// Work of so many steps begins; of `None` when counting them would take as long as the work.
    pub(crate) fn begin(what: &'static str, total: Option<u64>) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let (bar, template) = match total {
                Some(total) => (ProgressBar::new(total), WITH_TOTAL),
                None => (ProgressBar::no_length(), WITHOUT_TOTAL),
            };
            let bar = bar.with_message(what);
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar
        });
        Self {
            what,
            done: 0,
            total,
            bar,
            last_line: Instant::now(),
        }
    }

    /// So many more steps are done.
    pub(crate) fn add(&mut self, steps: u64) -> Result<(), Failure> {
        self.done = self.done.saturating_add(steps);
        if let Some(bar) = &self.bar {
            bar.inc(steps);
        } else if self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            let of_total = self.total.map(|total| format!(" of {total}"));
            let of_total = of_total.unwrap_or_default();
            output::note(&format!("{}: {}{of_total}", self.what, self.done))?;
        }
        Ok(())
    }

    /// All is done; the bar goes away.
    pub(crate) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
