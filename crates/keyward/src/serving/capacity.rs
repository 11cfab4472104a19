//! The maximum number of client connections, derived from the system's limit of open files.

use std::sync::Arc;
use std::thread::available_parallelism;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::open_connections::OpenConnections;
use crate::failure::Failure;

/// The maximum number of connections per listener. Each takes about 20 KiB.
const CONNECTIONS_MAX: u64 = 10_000;
/// The minimum number of connections for a start.
const CONNECTIONS_MIN: u64 = 32;
/// Open files other than connections of clients and to PostgreSQL: SQLite's files, sockets for key
/// sets, timers.
const RESERVE: u64 = 64;
/// Open files of the serving threads, per core.
const RESERVE_PER_CORE: u64 = 16;

/// The places of both listeners.
#[derive(Clone)]
pub(crate) struct Capacity {
    pub(crate) public: Arc<OpenConnections>,
    pub(crate) internal: Arc<OpenConnections>,
}

impl Capacity {
    /// Raises the limit of open files as far as the system allows, reserves the files that the
    /// store needs, and gives each listener half of the rest. So clients of one listener can't
    /// affect the other.
    pub(crate) fn beside(store_connections_max: u32) -> Result<Self, Failure> {
        let files = raise_limit_of_open_files();
        let cores = available_parallelism().map_or(1, usize::from);
        let cores = u64::try_from(cores).unwrap_or(u64::MAX);
        let reserve = RESERVE + u64::from(store_connections_max) + RESERVE_PER_CORE * cores;
        let each = connections_each(files, reserve);
        if each < CONNECTIONS_MIN {
            let needed = reserve + CONNECTIONS_MIN / 32 * 66;
            return Err(Failure::Refused(format!(
                "this process may open {files} files, and needs {needed} at least: raise the limit \
                 (LimitNOFILE of systemd, ulimit -n)"
            )));
        }
        let each = usize::try_from(each).unwrap_or(usize::MAX);
        Ok(Self {
            public: Arc::new(OpenConnections::new(each)),
            internal: Arc::new(OpenConnections::new(each)),
        })
    }
}

/// Returns the new limit. Shells and systemd start with 1,024 of what may be half a million,
/// because of programs that use `select`.
fn raise_limit_of_open_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let now = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(error) => {
            tracing::warn!(%error, "open_files.limit_not_raised");
            limit.current
        }
    };
    now.unwrap_or(u64::MAX)
}

/// The maximum number of connections per listener, after the reserve. Evicted connections that are
/// not yet closed count too: 1/32 in addition.
fn connections_each(files: u64, reserve: u64) -> u64 {
    (files.saturating_sub(reserve) / 66 * 32).min(CONNECTIONS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With 256 cores, and more store connections than anyone configures.
    #[test]
    fn the_unit_of_systemd_allows_as_many_files_as_a_node_can_use() {
        let unit = include_str!("../../../../packaging/keyward.service");
        let limit = unit
            .lines()
            .find_map(|line| line.strip_prefix("LimitNOFILE="));
        let files = limit.unwrap().parse().unwrap();
        let reserve = RESERVE + 1_000 + RESERVE_PER_CORE * 256;
        assert_eq!(connections_each(files, reserve), CONNECTIONS_MAX);
    }
}
