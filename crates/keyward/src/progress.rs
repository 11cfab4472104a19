//! Shows the progress of work: a bar on a terminal, otherwise a line every ten seconds.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::failure::Failure;
use crate::output;

const LINE_EVERY: Duration = Duration::from_secs(10);
const WITH_TOTAL: &str = "{msg} {wide_bar} {human_pos}/{human_len} {per_sec} ETA {eta}";
const WITHOUT_TOTAL: &str = "{msg} {spinner} {human_pos} {per_sec}";

/// The progress of one task, on stderr.
pub(crate) struct Progress {
    what: &'static str,
    done: u64,
    total: Option<u64>,
    bar: Option<ProgressBar>,
    last_line: Instant,
}

impl Progress {
    /// A task with this many steps; `None` when counting them would take as long as the task.
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

    /// Adds completed steps.
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

    /// Ends the task and removes the bar.
    pub(crate) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
