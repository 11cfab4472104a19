//! wrk on the second core, for a server on the first.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::Command;

use crate::report::Round;
use crate::settings::seconds;

/// The requests to send in turn.
pub(crate) struct Requests {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    /// One line per request: a body, or a header's value.
    pub(crate) lines: Vec<String>,
    /// The header for the values; otherwise the lines are bodies.
    pub(crate) header: Option<&'static str>,
}

/// Sends them over this many connections; each response must have status 200.
pub(crate) fn run(addr: SocketAddr, requests: &Requests, connections: usize) -> Round {
    let folder = tempfile::tempdir().unwrap();
    let (lines, script) = (
        folder.path().join("lines"),
        folder.path().join("script.lua"),
    );
    std::fs::write(&lines, requests.lines.join("\n")).unwrap();
    let put = match requests.header {
        Some(header) => format!("headers['{header}'] = line"),
        None => "headers['Content-Type'] = 'application/json'; body = line".to_owned(),
    };
    let mut file = std::fs::File::create(&script).unwrap();
    write!(
        file,
        "local requests, at = {{}}, 0
         function init()
           for line in io.lines('{lines}') do
             local headers, body = {{ ['X-Forwarded-For'] = '192.168.1.7' }}, nil
             {put}
             requests[#requests + 1] = wrk.format('{method}', '{path}', headers, body)
           end
         end
         function request()
           at = at % #requests + 1
           return requests[at]
         end",
        lines = lines.display(),
        method = requests.method,
        path = requests.path,
    )
    .unwrap();
    let output = Command::new("taskset")
        .args(["-c", "1", "wrk", "--threads", "1", "--latency"])
        .args(["--connections", &connections.to_string()])
        .args(["--duration", &format!("{}s", seconds()), "--script"])
        .arg(&script)
        .arg(format!("http://{addr}"))
        .output()
        .expect("wrk and taskset are installed");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && !text.contains("Non-2xx"),
        "{text}"
    );
    let after = |label: &str| {
        let line = text.lines().find(|line| line.trim().starts_with(label));
        let line = line.expect("what wrk always prints");
        line.trim().trim_start_matches(label).trim().to_owned()
    };
    let per_second = after("Requests/sec:").parse().unwrap();
    Round::of_throughput(per_second).with_p99_ms(milliseconds(&after("99%")))
}

fn milliseconds(text: &str) -> f64 {
    let (number, factor) = if let Some(number) = text.strip_suffix("us") {
        (number, 1e-3)
    } else if let Some(number) = text.strip_suffix("ms") {
        (number, 1.0)
    } else {
        (text.trim_end_matches('s'), 1e3)
    };
    number.parse::<f64>().unwrap() * factor
}
