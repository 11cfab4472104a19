use keyward_domain::Timestamp;
use keyward_domain::ports::Clock as _;

use super::{CONFIGURATION, FAILED, report::Report};
use crate::config::{ListenerConfig, Listeners, TlsFiles};
use crate::system::SystemClock;
use crate::tls::TlsMaterial;

const CHECK: &str = "certificates";

/// By then, whatever renews certificates should have done so.
const DAYS_MIN: i64 = 7;
const SECONDS_OF_DAY: i64 = 24 * 60 * 60;

/// Whether the files of the listeners' TLS belong together, and the certificates are valid.
pub(super) fn check(listeners: &Listeners, report: &mut Report) {
    let both = [
        ("public", &listeners.public),
        ("internal", &listeners.internal),
    ];
    for (listener, ListenerConfig { endpoints: _, tls }) in both {
        if let Some(files) = tls {
            check_files(listener, files, report);
        }
    }
}

fn check_files(listener: &str, files: &TlsFiles, report: &mut Report) {
    let validity = match TlsMaterial::read(files) {
        Ok(material) => material.validity,
        Err(error) => {
            report.failed(
                CHECK,
                CONFIGURATION,
                format!("{listener} listener: {error}"),
                "Correct the files: the certificate comes first, then the intermediate ones, all in PEM.",
            );
            return;
        }
    };
    let renew = "Renew it. A running node takes the new files within seconds.";
    let now = SystemClock.now();
    let days = days_between(now, validity.end);
    if now < validity.begin {
        report.failed(
            CHECK,
            FAILED,
            format!(
                "that of the {listener} listener is not valid before {}",
                validity.begin
            ),
            "Check the clock of this machine, and that of the authority.",
        );
    } else if now > validity.end {
        let found = format!("that of the {listener} listener has expired");
        report.failed(CHECK, FAILED, found, renew);
    } else if days < DAYS_MIN {
        let found = format!("that of the {listener} listener expires in {days} days");
        report.warning(CHECK, found, renew);
    } else {
        report.ok(
            CHECK,
            format!("that of the {listener} listener has its key and is valid for {days} days"),
        );
    }
}

fn days_between(from: Timestamp, to: Timestamp) -> i64 {
    (to.unix_seconds() - from.unix_seconds()).div_euclid(SECONDS_OF_DAY)
}
