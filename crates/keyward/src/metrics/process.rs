//! The metrics of the process, with Prometheus' usual names. Only Linux tells them.

use std::fs;

use rustix::param::{clock_ticks_per_second, page_size};
use rustix::process::{Resource, getrlimit};

/// What the system says about this process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ProcessStats {
    pub(super) cpu_seconds: f64,
    pub(super) resident_bytes: u64,
    pub(super) virtual_bytes: u64,
    pub(super) threads: u64,
    pub(super) started_at_seconds: f64,
    pub(super) open_files: u64,
    /// `None` without a limit.
    pub(super) open_files_max: Option<u64>,
}

/// `None` where `/proc` does not say it.
pub(super) fn stats() -> Option<ProcessStats> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let of_system = fs::read_to_string("/proc/stat").ok()?;
    let open_files = fs::read_dir("/proc/self/fd").ok()?.count();
    parse(
        &stat,
        &of_system,
        u64::try_from(open_files).ok()?,
        getrlimit(Resource::Nofile).current,
    )
}

/// The fields of `proc_pid_stat(5)` and `proc_stat(5)`.
fn parse(
    stat: &str,
    of_system: &str,
    open_files: u64,
    open_files_max: Option<u64>,
) -> Option<ProcessStats> {
    // The second field is the name in parentheses, which may contain anything. The third is the first one here.
    let (_pid_and_name, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
    let ticks = seconds_of(clock_ticks_per_second())?;
    let seconds = |ticks_count: u64| seconds_of(ticks_count).map(|count| count / ticks);
    let booted_at = of_system
        .lines()
        .find_map(|line| line.strip_prefix("btime "))?;
    let page = u64::try_from(page_size()).ok()?;
    Some(ProcessStats {
        cpu_seconds: seconds(field(14)?.checked_add(field(15)?)?)?,
        threads: field(20)?,
        started_at_seconds: booted_at.trim().parse::<f64>().ok()? + seconds(field(22)?)?,
        virtual_bytes: field(23)?,
        resident_bytes: field(24)?.checked_mul(page)?,
        open_files,
        open_files_max,
    })
}

/// Without loss up to 2^32 times a million.
fn seconds_of(count: u64) -> Option<f64> {
    let high = u32::try_from(count / 1_000_000).ok()?;
    let low = u32::try_from(count % 1_000_000).ok()?;
    Some(f64::from(high) * 1e6 + f64::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_any_name_is_read() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 1 2 3 4 250 50 0 0 20 0 9 0 1000 8192000 300 18446744073709551615 1";
        let ticks = seconds_of(clock_ticks_per_second()).unwrap();
        let stats = parse(stat, "cpu 1 2\nbtime 1700000000\n", 12, Some(1024)).unwrap();
        assert_eq!(
            stats,
            ProcessStats {
                cpu_seconds: 300.0 / ticks,
                resident_bytes: 300 * u64::try_from(page_size()).unwrap(),
                virtual_bytes: 8_192_000,
                threads: 9,
                started_at_seconds: 1_700_000_000.0 + 1000.0 / ticks,
                open_files: 12,
                open_files_max: Some(1024),
            }
        );
        assert_eq!(parse("", "", 0, None), None);
    }
}
