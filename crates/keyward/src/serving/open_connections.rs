//! Limits the client connections of a listener, and evicts idle ones to make room.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Context;
use std::time::{Duration, Instant};

use futures_util::task::AtomicWaker;

/// When there is no place left, one in this many connections is evicted, so that a flood of
/// connections does not cause a search each time.
const EVICTED_SHARE: usize = 32;

/// After a search without an idle connection, new connections are refused for this long without
/// another search.
const FULL_FOR: Duration = Duration::from_millis(20);

/// The open connections of one listener.
///
/// A connection is busy while one of its requests is in progress, and idle otherwise, whatever its
/// client sends. When the listener is full, connections are evicted: first those whose TLS handshake
/// takes the longest, then those with the longest idle time. While none is idle, new ones are refused.
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
    /// How many of them are evicted but not yet closed.
    leaving: usize,
    full_until: Option<Instant>,
}

/// The state that a connection, its requests and its listener share.
pub(super) struct PlaceState {
    begun: Instant,
    /// [`BUSY`], [`EVICTED`], or the start of its idle time in microseconds since `begun`.
    activity: AtomicU64,
    is_handshaking: AtomicBool,
    waker: AtomicWaker,
}

const BUSY: u64 = u64::MAX;
const EVICTED: u64 = u64::MAX - 1;

/// The place of one connection, released on drop.
pub(super) struct Place {
    of: Arc<OpenConnections>,
    number: u64,
    state: Arc<PlaceState>,
}

impl OpenConnections {
    /// At most `max` connections, not counting evicted ones, which may be 1/32 more.
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

    /// The maximum number of connections, including evicted ones.
    pub(super) fn with_leaving_max(&self) -> usize {
        self.max + self.evicted_max()
    }

    /// The number of open connections.
    pub(crate) fn open(&self) -> usize {
        self.places().taken.len()
    }

    /// How many connections were refused since the start, because none was idle.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// How many idle connections were evicted since the start.
    pub(crate) fn evicted(&self) -> u64 {
        self.evicted.load(Ordering::Relaxed)
    }

    /// A place for a new connection, or `None` to refuse it.
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

    /// Evicts connections in the order of [`OpenConnections`].
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
        idle.sort_unstable_by_key(|(since, state)| (!state.is_handshaking(), *since));
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
            is_handshaking: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        };
        state.activity.store(state.now(), Ordering::Relaxed);
        state
    }

    /// Marks the start of the TLS handshake.
    pub(super) fn begin_handshake(&self) {
        self.is_handshaking.store(true, Ordering::Relaxed);
    }

    /// Marks the end of the TLS handshake.
    pub(super) fn end_handshake(&self) {
        self.is_handshaking.store(false, Ordering::Relaxed);
        let now = self.now();
        let end = |activity| (activity < EVICTED).then_some(now);
        let _ended = self
            .activity
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, end);
    }

    fn is_handshaking(&self) -> bool {
        self.is_handshaking.load(Ordering::Relaxed)
    }

    /// Marks the start of a request. `false` when the connection is evicted: then the request must
    /// not be handled.
    pub(super) fn begin(&self) -> bool {
        let begin = |activity| (activity != EVICTED).then_some(BUSY);
        self.activity
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, begin)
            .is_ok()
    }

    /// Marks the end of a request.
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

    /// The idle time; `None` while it is busy.
    pub(super) fn idle_for(&self) -> Option<Duration> {
        let since = self.idle_since()?;
        Some(Duration::from_micros(self.now().saturating_sub(since)))
    }

    fn idle_since(&self) -> Option<u64> {
        let activity = self.activity.load(Ordering::Acquire);
        (activity < EVICTED).then_some(activity)
    }

    /// Evicts the connection, unless its state has changed.
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

    /// Whether the connection is evicted; if not, wakes `context` when it is.
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
        // Make the times different: microseconds may be equal.
        for (place, since) in places.iter().zip([6, 2, 4]) {
            place.state.activity.store(since, Ordering::Relaxed);
        }
        let _fourth = open.admit().unwrap();
        assert_eq!(places.each_ref().map(evicted), [false, true, false]);
        assert_eq!((open.open(), open.refused(), open.evicted()), (4, 0, 1));
        // An evicted connection that is not yet closed counts.
        assert!(open.admit().is_none());
        let [_first, second, _third] = places;
        assert!(!second.state.begin(), "nothing is carried out any more");
        drop(second);
        assert!(open.admit().is_some());
    }

    #[test]
    fn who_says_nothing_in_its_handshake_goes_first() {
        let open = Arc::new(OpenConnections::new(3));
        let places = [(); 3].map(|()| open.admit().unwrap());
        for (place, since) in places.iter().zip([2, 6, 4]) {
            place.state.activity.store(since, Ordering::Relaxed);
        }
        for place in &places[1..] {
            place.state.begin_handshake();
        }
        let [_idle, _late, silent] = &places;
        let fourth = open.admit().unwrap();
        assert_eq!(places.each_ref().map(evicted), [false, false, true]);
        silent.state.end_handshake();
        assert!(!silent.state.begin(), "it stays evicted");
        fourth.state.end_handshake();
        assert!(fourth.state.begin());
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
