//! A queue of log lines for a stream that may be slow, full, or closed.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The maximum number of waiting lines.
const LINES_MAX: usize = 8_192;
/// The maximum memory of waiting lines.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// The interval for retrying a non-blocking stream that is full.
const RETRY_EVERY: Duration = Duration::from_millis(10);

/// A bounded queue with a thread that writes it. Logging is best effort: a caller never waits and
/// never fails, and a line that can't be queued or written is dropped and counted.
pub(crate) struct LineQueue {
    state: Mutex<State>,
    changed: Condvar,
    dropped: AtomicU64,
}

#[derive(Default)]
struct State {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    /// Whether a line is being written.
    writing: bool,
}

impl LineQueue {
    /// Starts the thread that writes to `stream`. It ends with the process.
    ///
    /// # Errors
    /// The operating system can't create a thread.
    pub(crate) fn start(stream: impl Write + Send + 'static) -> io::Result<Arc<Self>> {
        let queue = Arc::new(Self {
            state: Mutex::default(),
            changed: Condvar::new(),
            dropped: AtomicU64::new(0),
        });
        let written = Arc::clone(&queue);
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || written.write_to(Stream::new(stream)))?;
        Ok(queue)
    }

    /// The number of dropped lines since the start.
    pub(crate) fn lines_dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Appends a line with its line break; drops it when the queue is full.
    pub(crate) fn push(&self, line: &[u8]) {
        let line = line.to_vec();
        let mut state = self.state();
        if state.lines.len() >= LINES_MAX || state.bytes.saturating_add(line.len()) > BYTES_MAX {
            drop(state);
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        state.bytes += line.len();
        state.lines.push_back(line);
        drop(state);
        self.changed.notify_all();
    }

    /// Waits until everything is written, for at most `wait_max`.
    pub(crate) fn flush(&self, wait_max: Duration) {
        let ends = Instant::now() + wait_max;
        let mut state = self.state();
        while state.writing || !state.lines.is_empty() {
            let left = ends.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn write_to(&self, mut stream: Stream<impl Write>) {
        loop {
            let line = self.take();
            if stream.write_line(&line).is_err() {
                self.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Waits for the next line. The previous one has been written.
    fn take(&self) -> Vec<u8> {
        let mut state = self.state();
        state.writing = false;
        loop {
            if let Some(line) = state.lines.pop_front() {
                state.bytes -= line.len();
                state.writing = true;
                return line;
            }
            self.changed.notify_all();
            let waited = self.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Nothing panics while the lock is held, so the state is always consistent.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes one line per call, as the subscriber writes them.
impl Write for &LineQueue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Stream<W> {
    to: W,
    /// Whether the last line was only written in part.
    torn: bool,
}

impl<W: Write> Stream<W> {
    fn new(to: W) -> Self {
        Self { to, torn: false }
    }

    /// Writes a line; after a partial one, it begins with a line break.
    fn write_line(&mut self, line: &[u8]) -> io::Result<()> {
        if self.torn {
            self.write_bytes(b"\n")?;
            self.torn = false;
        }
        self.write_bytes(line)
    }

    fn write_bytes(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.to.write(bytes) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => {
                    bytes = bytes.get(count..).unwrap_or_default();
                    self.torn = !bytes.is_empty();
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(RETRY_EVERY),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    /// A stream that follows a script, call by call, and records what it got.
    struct Scripted {
        calls: VecDeque<io::Result<usize>>,
        taken: mpsc::Sender<Vec<u8>>,
    }

    impl Write for Scripted {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let count = self.calls.pop_front().unwrap_or(Ok(bytes.len()))?;
            let count = count.min(bytes.len());
            self.taken.send(bytes[..count].to_vec()).unwrap();
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(calls: Vec<io::Result<usize>>, lines: &[&str]) -> (String, u64) {
        let (taken, told) = mpsc::channel();
        let calls = calls.into();
        let queue = LineQueue::start(Scripted { calls, taken }).unwrap();
        for line in lines {
            queue.push(line.as_bytes());
        }
        queue.flush(LONG);
        let bytes = told.try_iter().flatten().collect();
        (String::from_utf8(bytes).unwrap(), queue.lines_dropped())
    }

    #[test]
    fn lines_come_out_whole_and_in_order() {
        let (text, dropped) = written(vec![Ok(1), Ok(2)], &["one\n", "two\n"]);
        assert_eq!((text.as_str(), dropped), ("one\ntwo\n", 0));
    }

    #[test]
    fn a_stream_that_would_block_is_tried_again() {
        let again = || Err(ErrorKind::WouldBlock.into());
        let interrupted = Err(ErrorKind::Interrupted.into());
        let calls = vec![Ok(2), again(), interrupted, again()];
        let (text, dropped) = written(calls, &["one\n", "two\n"]);
        assert_eq!((text.as_str(), dropped), ("one\ntwo\n", 0));
    }

    #[test]
    fn a_line_that_fails_is_dropped_and_counted_and_the_next_one_begins_a_line() {
        let full = Err(ErrorKind::StorageFull.into());
        let (text, dropped) = written(vec![Ok(2), full], &["one\n", "two\n"]);
        assert_eq!((text.as_str(), dropped), ("on\ntwo\n", 1));
    }

    #[test]
    fn whoever_logs_never_waits_for_a_stream_that_takes_nothing() {
        struct Stuck(mpsc::Receiver<()>);
        impl Write for Stuck {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                // Blocks until the test ends.
                let _ended = self.0.recv();
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let (_alive, stuck) = mpsc::channel();
        let queue = LineQueue::start(Stuck(stuck)).unwrap();
        for _ in 0..2 * LINES_MAX {
            queue.push(b"line\n");
        }
        let dropped = usize::try_from(queue.lines_dropped()).unwrap();
        assert!((LINES_MAX - 1..=LINES_MAX).contains(&dropped), "{dropped}");
        queue.flush(Duration::from_millis(1));
        queue.push(&vec![b' '; BYTES_MAX]);
        assert_eq!(usize::try_from(queue.lines_dropped()).unwrap(), dropped + 1);
    }
}
