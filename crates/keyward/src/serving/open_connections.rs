//! How many clients may be connected to a listener, and who goes when one more comes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Context;
use std::time::Instant;

use futures_util::task::AtomicWaker;

/// When there is no place left, one in so many connections is evicted, so that a flood does not look
/// for the oldest at every new one.
const EVICTED_SHARE: usize = 32;

/// The open connections of one listener.
///
/// A connection is idle from when it was accepted or its last answer was written until the next
/// bytes of its client. When a listener is full, the connections that have been idle for the longest
/// time go; while none is idle, new ones are refused.
pub(crate) struct OpenConnections {
    max: usize,
    begun: Instant,
    places: Mutex<Places>,
    refused: AtomicU64,
    evicted: AtomicU64,
}

#[derive(Default)]
struct Places {
    taken: HashMap<u64, Arc<State>>,
    next: u64,
    /// How many of them were told to go.
    leaving: usize,
}

/// What a connection and its listener know of each other.
#[derive(Default)]
struct State {
    /// When it became idle or busy, in microseconds since the listener began; even when idle.
    since: AtomicU64,
    is_evicted: AtomicBool,
    waker: AtomicWaker,
}

/// The place of one connection, free again when this is dropped.
pub(crate) struct Place {
    of: Arc<OpenConnections>,
    number: u64,
    state: Arc<State>,
}

impl OpenConnections {
    /// At most so many at once, but for those that are about to go: a 32nd of them.
    pub(crate) fn new(max: usize) -> Self {
        Self {
            max,
            begun: Instant::now(),
            places: Mutex::default(),
            refused: AtomicU64::new(0),
            evicted: AtomicU64::new(0),
        }
    }

    pub(crate) fn max(&self) -> usize {
        self.max
    }

    /// How many are open now.
    pub(crate) fn open(&self) -> usize {
        self.places().taken.len()
    }

    /// How many were refused since the start, because no other was idle.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// How many idle ones were closed since the start to make room.
    pub(crate) fn evicted(&self) -> u64 {
        self.evicted.load(Ordering::Relaxed)
    }

    /// A place for one more connection, or `None` when it is to be refused.
    pub(crate) fn admit(self: &Arc<Self>) -> Option<Place> {
        let mut places = self.places();
        let evicted_max = (self.max / EVICTED_SHARE).max(1);
        if places.taken.len() - places.leaving >= self.max {
            self.evict(&mut places, evicted_max);
        }
        let staying = places.taken.len() - places.leaving;
        if staying >= self.max || places.taken.len() >= self.max + evicted_max {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        let state = Arc::new(State::default());
        state.since.store(self.now(true), Ordering::Relaxed);
        let number = places.next;
        places.next += 1;
        places.taken.insert(number, Arc::clone(&state));
        drop(places);
        Some(Place {
            of: Arc::clone(self),
            number,
            state,
        })
    }

    /// Tells those to go that have been idle for the longest time.
    fn evict(&self, places: &mut Places, most: usize) {
        let mut idle: Vec<(u64, &Arc<State>)> = places
            .taken
            .values()
            .filter(|state| !state.is_evicted.load(Ordering::Relaxed))
            .map(|state| (state.since.load(Ordering::Relaxed), state))
            .filter(|(since, _)| since % 2 == 0)
            .collect();
        idle.sort_unstable_by_key(|(since, _)| *since);
        idle.truncate(most);
        for (_, state) in &idle {
            state.is_evicted.store(true, Ordering::Release);
            state.waker.wake();
        }
        let count = idle.len();
        places.leaving += count;
        self.evicted
            .fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn now(&self, is_idle: bool) -> u64 {
        let micros = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        (micros & !1) | u64::from(!is_idle)
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// The client has sent something.
    pub(crate) fn busy(&self) {
        self.state
            .since
            .store(self.of.now(false), Ordering::Relaxed);
    }

    /// The client was sent something.
    pub(crate) fn idle(&self) {
        self.state.since.store(self.of.now(true), Ordering::Relaxed);
    }

    /// Whether the connection must go now; if not, `context` is woken when it must.
    pub(crate) fn is_evicted(&self, context: &Context<'_>) -> bool {
        self.state.waker.register(context.waker());
        self.state.is_evicted.load(Ordering::Acquire)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.of.places();
        places.taken.remove(&self.number);
        if self.state.is_evicted.load(Ordering::Relaxed) {
            places.leaving -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn evicted(place: &Place) -> bool {
        place.is_evicted(&Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_place_is_free_again_when_its_connection_ends() {
        let open = Arc::new(OpenConnections::new(1));
        for _ in 0..3 {
            let place = open.admit().unwrap();
            place.busy();
            assert!(open.admit().is_none());
        }
        assert_eq!((open.open(), open.refused(), open.evicted()), (0, 3, 0));
    }

    #[test]
    fn who_was_idle_for_the_longest_time_goes_first() {
        let open = Arc::new(OpenConnections::new(3));
        let places = [(); 3].map(|()| open.admit().unwrap());
        // Microseconds may be equal: say which is which.
        for (place, since) in places.iter().zip([6, 2, 4]) {
            place.state.since.store(since, Ordering::Relaxed);
        }
        let _fourth = open.admit().unwrap();
        assert_eq!(places.each_ref().map(evicted), [false, true, false]);
        assert_eq!((open.open(), open.refused(), open.evicted()), (4, 0, 1));
        // One that was told to go and has not gone yet counts.
        assert!(open.admit().is_none());
        let [_first, second, _third] = places;
        drop(second);
        assert!(open.admit().is_some());
    }

    #[test]
    fn who_waits_for_an_answer_stays() {
        let open = Arc::new(OpenConnections::new(2));
        let (waiting, quiet) = (open.admit().unwrap(), open.admit().unwrap());
        waiting.busy();
        let new = open.admit().unwrap();
        new.busy();
        assert_eq!((evicted(&waiting), evicted(&quiet)), (false, true));
        drop(quiet);
        assert!(open.admit().is_none());
        assert_eq!((open.refused(), open.evicted()), (1, 1));
    }
}
