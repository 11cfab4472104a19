//! How many clients may be connected to a listener, and who goes when one more comes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Context;
use std::time::{Duration, Instant};

use futures_util::task::AtomicWaker;

/// When there is no place left, one in so many connections is evicted, so that a flood does not look
/// for the oldest at every new one.
const EVICTED_SHARE: usize = 32;

/// After nobody was idle, new connections are refused for so long without looking again.
const FULL_FOR: Duration = Duration::from_millis(20);

/// The open connections of one listener.
///
/// A connection is busy while a request of it is handled, and idle otherwise, whatever its client
/// sends. When a listener is full, the connections that have been idle for the longest time go; while
/// none is idle, new ones are refused.
pub(crate) struct OpenConnections {
    max: usize,
    begun: Instant,
    places: Mutex<Places>,
    refused: AtomicU64,
    evicted: AtomicU64,
}

#[derive(Default)]
struct Places {
    taken: HashMap<u64, Arc<PlaceState>>,
    next: u64,
    /// How many of them were told to go.
    leaving: usize,
    full_until: Option<Instant>,
}

/// What a connection, its requests and its listener know of each other.
pub(super) struct PlaceState {
    begun: Instant,
    /// [`BUSY`], [`EVICTED`], or since when it is idle, in microseconds from `begun` on.
    activity: AtomicU64,
    waker: AtomicWaker,
}

const BUSY: u64 = u64::MAX;
const EVICTED: u64 = u64::MAX - 1;

/// The place of one connection, free again when this is dropped.
pub(super) struct Place {
    of: Arc<OpenConnections>,
    number: u64,
    state: Arc<PlaceState>,
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

    /// How many there may be for a moment, with those that are about to go.
    pub(super) fn with_leaving_max(&self) -> usize {
        self.max + self.evicted_max()
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
    pub(super) fn admit(self: &Arc<Self>) -> Option<Place> {
        let mut places = self.places();
        if places.taken.len() - places.leaving >= self.max {
            self.make_room(&mut places);
        }
        let staying = places.taken.len() - places.leaving;
        if staying >= self.max || places.taken.len() >= self.with_leaving_max() {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        let state = Arc::new(PlaceState::idle_since_now(self.begun));
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
    fn make_room(&self, places: &mut Places) {
        let now = Instant::now();
        if places.full_until.is_some_and(|until| now < until) {
            return;
        }
        let mut idle: Vec<(u64, &Arc<PlaceState>)> = places
            .taken
            .values()
            .filter_map(|state| Some((state.idle_since()?, state)))
            .collect();
        idle.sort_unstable_by_key(|(since, _)| *since);
        let evicted = idle
            .iter()
            .filter(|(since, state)| state.evict(*since))
            .take(self.evicted_max())
            .count();
        places.leaving += evicted;
        places.full_until = (evicted == 0).then(|| now + FULL_FOR);
        let evicted = u64::try_from(evicted).unwrap_or(u64::MAX);
        self.evicted.fetch_add(evicted, Ordering::Relaxed);
    }

    fn evicted_max(&self) -> usize {
        (self.max / EVICTED_SHARE).max(1)
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PlaceState {
    fn idle_since_now(begun: Instant) -> Self {
        let state = Self {
            begun,
            activity: AtomicU64::new(0),
            waker: AtomicWaker::new(),
        };
        state.activity.store(state.now(), Ordering::Relaxed);
        state
    }

    /// A request begins to be handled. `false` when the connection is evicted: then it must not be.
    pub(super) fn begin(&self) -> bool {
        let begin = |activity| (activity != EVICTED).then_some(BUSY);
        self.activity
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, begin)
            .is_ok()
    }

    /// The request is handled.
    pub(super) fn end(&self) {
        let now = self.now();
        let end = |activity| (activity == BUSY).then_some(now);
        let _ended = self
            .activity
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, end);
    }

    pub(super) fn is_busy(&self) -> bool {
        self.activity.load(Ordering::Acquire) == BUSY
    }

    /// For how long it has been idle; `None` while it is busy.
    pub(super) fn idle_for(&self) -> Option<Duration> {
        let since = self.idle_since()?;
        Some(Duration::from_micros(self.now().saturating_sub(since)))
    }

    fn idle_since(&self) -> Option<u64> {
        let activity = self.activity.load(Ordering::Acquire);
        (activity < EVICTED).then_some(activity)
    }

    /// Tells it to go, unless it is not what it was.
    fn evict(&self, idle_since: u64) -> bool {
        let evicted = self.activity.compare_exchange(
            idle_since,
            EVICTED,
            Ordering::AcqRel,
            Ordering::Acquire,
        );
        self.waker.wake();
        evicted.is_ok()
    }

    fn now(&self) -> u64 {
        let micros = self.begun.elapsed().as_micros();
        u64::try_from(micros).unwrap_or(0)
    }
}

impl Place {
    pub(super) fn state(&self) -> &Arc<PlaceState> {
        &self.state
    }

    /// Whether the connection must go now; if not, `context` is woken when it must.
    pub(super) fn is_evicted(&self, context: &Context<'_>) -> bool {
        self.state.waker.register(context.waker());
        self.state.activity.load(Ordering::Acquire) == EVICTED
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.of.places();
        places.taken.remove(&self.number);
        if self.state.activity.load(Ordering::Acquire) == EVICTED {
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
            assert!(place.state.begin());
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
            place.state.activity.store(since, Ordering::Relaxed);
        }
        let _fourth = open.admit().unwrap();
        assert_eq!(places.each_ref().map(evicted), [false, true, false]);
        assert_eq!((open.open(), open.refused(), open.evicted()), (4, 0, 1));
        // One that was told to go and has not gone yet counts.
        assert!(open.admit().is_none());
        let [_first, second, _third] = places;
        assert!(!second.state.begin(), "nothing is carried out any more");
        drop(second);
        assert!(open.admit().is_some());
    }

    #[test]
    fn who_waits_for_an_answer_stays() {
        let open = Arc::new(OpenConnections::new(2));
        let (waiting, quiet) = (open.admit().unwrap(), open.admit().unwrap());
        assert!(waiting.state.begin());
        let new = open.admit().unwrap();
        assert!(new.state.begin());
        assert_eq!((evicted(&waiting), evicted(&quiet)), (false, true));
        drop(quiet);
        assert!(open.admit().is_none());
        assert_eq!((open.refused(), open.evicted()), (1, 1));
        assert_eq!(waiting.state.idle_for(), None);
        waiting.state.end();
        assert!(waiting.state.idle_for().is_some());
    }
}
