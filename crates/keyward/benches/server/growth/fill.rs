//! Many keys, in minutes. Rows are copied in several streams before there are constraints and
//! indexes, which are built afterwards, as `pg_restore` does.

mod later;

use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::ops::Range;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, UNIX_EPOCH};

use keyward_domain::{ApiKeyId, KeyPrefix, Mode, Secret, Timestamp, testing};
use keyward_persistence::testing::TestDatabase;

use self::later::Later;
use crate::psql::{psql, vacuum};
use crate::{WORKSPACES, subject};

/// One per core.
const STREAMS: u32 = 2;
/// The largest number of keys in the first workspace, whose lists are measured.
const IN_FIRST_MAX: u32 = 100_000;
const COLUMNS: &str = "id, mode, workspace_id, name, name_folded, scopes, ip_allowlist, \
                       is_disabled, secret_hash, secret_hint, secret_created_at, created_at, version";
const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";
/// When the first key was created: 2025-01-01T00:00:00Z.
const BEGIN_MS: u64 = 1_735_689_600_000;
/// The keys were created one after the other, within a year.
const WITHIN_MS: u64 = 365 * 86_400_000;

/// A database with this many keys.
pub(super) struct Filled<'a> {
    pub(super) database: &'a TestDatabase,
    pub(super) count: u32,
}

impl<'a> Filled<'a> {
    /// Fills a database that has the workspaces.
    pub(super) fn with(database: &'a TestDatabase, count: u32) -> Self {
        let filled = Self { database, count };
        let begun = Instant::now();
        let took = |what: &str| println!("  {what} after {:.0} s", begun.elapsed().as_secs_f64());
        println!("filling in {count} keys");
        let later = Later::after_dropping(database.url());
        std::thread::scope(|scope| {
            for stream in 0..STREAMS {
                let first = count / STREAMS * stream;
                let end = if stream + 1 == STREAMS {
                    count
                } else {
                    first + count / STREAMS
                };
                let filled = &filled;
                scope.spawn(move || filled.copy(first..end));
            }
        });
        took("copied");
        later.create(database.url());
        took("constraints and indexes");
        psql(
            database.url(),
            "UPDATE workspaces SET key_count = counted.keys FROM \
             (SELECT workspace_id, count(*) AS keys FROM api_keys GROUP BY workspace_id) AS counted \
             WHERE id = counted.workspace_id",
        );
        vacuum(database.url());
        // Otherwise the server would write its pages while something is measured.
        psql(database.url(), "CHECKPOINT");
        took("done");
        filled
    }

    pub(super) fn url(&self) -> &str {
        self.database.url()
    }

    /// At most this many secrets, in no order.
    pub(super) fn some_secrets(&self, count_max: u32) -> Vec<String> {
        let count = u64::from(self.count);
        (0..count.min(count_max.into()))
            // A prime, so that no number comes twice.
            .map(|at| at * 2_654_435_761 % count)
            .map(|number| testing::secret(number).expose().to_owned())
            .collect()
    }

    /// The number of keys in the first workspace.
    pub(super) fn in_first_workspace(&self) -> u32 {
        self.count.div_ceil(self.step())
    }

    /// Records a use of every third key in the first workspace.
    pub(super) fn use_every_third(&self) {
        let first = subject::workspace(0);
        psql(
            self.url(),
            &format!(
                "INSERT INTO secret_uses (last_used_at, use_count, api_key_id, secret_hash) \
                 SELECT created_at + interval '1 day', 1, id, secret_hash FROM api_keys \
                 WHERE workspace_id = '{first}' AND get_byte(secret_hash, 0) % 3 = 0 \
                 ON CONFLICT DO NOTHING"
            ),
        );
        vacuum(self.url());
    }

    /// One of so many keys is in the first workspace.
    fn step(&self) -> u32 {
        self.count / IN_FIRST_MAX.min(self.count / 2)
    }

    fn workspace(&self, number: u32) -> String {
        if number.is_multiple_of(self.step()) {
            return subject::workspace(0);
        }
        subject::workspace(1 + usize::try_from(number).unwrap() % (WORKSPACES - 1))
    }

    fn copy(&self, numbers: Range<u32>) {
        let mut psql = Command::new("psql")
            .args([
                "--no-psqlrc",
                "--quiet",
                "--set",
                "ON_ERROR_STOP=1",
                "--command",
            ])
            .arg(format!("COPY api_keys ({COLUMNS}) FROM STDIN"))
            .arg(self.url())
            .stdin(Stdio::piped())
            .spawn()
            .expect("psql is installed");
        let mut stdin = BufWriter::with_capacity(1 << 18, psql.stdin.take().unwrap());
        let mut line = String::new();
        for number in numbers {
            line.clear();
            self.write_line(number, &mut line);
            stdin.write_all(line.as_bytes()).unwrap();
        }
        drop(stdin);
        assert!(psql.wait().unwrap().success());
    }

    /// Writes the row of the key with this number.
    fn write_line(&self, number: u32, line: &mut String) {
        let hash = secret(number).hash();
        let created_ms = BEGIN_MS + u64::from(number) * WITHIN_MS / u64::from(self.count);
        let created_at = Duration::from_millis(created_ms);
        let id = {
            let micros = i64::try_from(created_at.as_micros()).unwrap();
            let at = Timestamp::from_unix_micros(micros).unwrap();
            let random = hash.as_bytes()[..10].try_into().unwrap();
            ApiKeyId::from_entropy(KeyPrefix::default(), Mode::Live, at, random)
        };
        let (id, workspace) = (id.uuid(), self.workspace(number));
        let created_at = humantime::format_rfc3339_millis(UNIX_EPOCH + created_at);
        write!(
            line,
            "{id}\tLIVE\t{workspace}\tProduction Key\tproduction key\t\
             {{payment:read,payment:write}}\t{{192.168.1.0/24}}\tf\t\\\\x"
        )
        .unwrap();
        for byte in hash.as_bytes() {
            for digit in [byte >> 4, byte & 15] {
                line.push(char::from(HEX_DIGITS[usize::from(digit)]));
            }
        }
        writeln!(line, "\ta1b2\t{created_at}\t{created_at}\t1").unwrap();
    }
}

/// The secret of the key with this number.
pub(super) fn secret(number: u32) -> Secret {
    testing::secret(number.into())
}
