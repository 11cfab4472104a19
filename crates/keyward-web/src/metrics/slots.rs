use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

/// More threads share slots.
pub(super) const SLOTS: usize = 16;

/// The slot of the current thread: threads that count in their own slots do not wait for each other.
pub(super) fn slot_of_thread() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static SLOT: Cell<Option<usize>> = const { Cell::new(None) };
    }
    SLOT.with(|slot| {
        slot.get().unwrap_or_else(|| {
            let new = THREADS.fetch_add(1, Ordering::Relaxed) % SLOTS;
            slot.set(Some(new));
            new
        })
    })
}
