//! How long work is coming along: a bar on a terminal, a line every ten seconds otherwise.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::failure::Failure;
use crate::output;

const LINE_EVERY: Duration = Duration::from_secs(10);
const TEMPLATE: &str = "{msg} {wide_bar} {human_pos}/{human_len} {per_sec} ETA {eta}";

/// The progress of one piece of work, on stderr.
pub(crate) struct Progress {
    what: &'static str,
    done: u64,
    total: u64,
    bar: Option<ProgressBar>,
    last_line: Instant,
}

impl Progress {
    /// Work of so many steps begins.
    pub(crate) fn begin(what: &'static str, total: impl TryInto<u64>) -> Self {
        let total = total.try_into().unwrap_or(u64::MAX);
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(total).with_message(what);
            if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
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
            output::note(&format!("{}: {} of {}", self.what, self.done, self.total))?;
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
