//! What Linux knows of a process.

/// A line of `/proc/…/status` in KiB; `None` when the process has ended.
pub(crate) fn status_kib(process_id: u32, label: &str) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(label))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
