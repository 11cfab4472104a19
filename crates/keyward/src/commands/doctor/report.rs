use serde::Serialize;

use crate::cli::Format;
use crate::failure::Failure;
use crate::output;

/// What a check has found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    check: &'static str,
    result: CheckResult,
    found: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum CheckResult {
    Ok,
    Warning,
    Failed,
}

/// All findings so far.
#[derive(Default)]
pub(super) struct Report {
    findings: Vec<Finding>,
    failed: usize,
    /// The exit code of the first failed check.
    code: Option<u8>,
}

impl Report {
    pub(super) fn ok(&mut self, check: &'static str, found: impl Into<String>) {
        self.add(check, CheckResult::Ok, found.into(), None);
    }

    pub(super) fn warning(
        &mut self,
        check: &'static str,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.add(
            check,
            CheckResult::Warning,
            found.into(),
            Some(advice.into()),
        );
    }

    pub(super) fn failed(
        &mut self,
        check: &'static str,
        code: u8,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.failed += 1;
        self.code.get_or_insert(code);
        self.add(
            check,
            CheckResult::Failed,
            found.into(),
            Some(advice.into()),
        );
    }

    fn add(
        &mut self,
        check: &'static str,
        result: CheckResult,
        found: String,
        advice: Option<String>,
    ) {
        self.findings.push(Finding {
            check,
            result,
            found,
            advice,
        });
    }

    /// Writes all findings. Fails when a check has failed.
    pub(super) fn finish(self, format: Format) -> Result<(), Failure> {
        match format {
            Format::Json => output::json(&self.findings)?,
            Format::Table => {
                for finding in &self.findings {
                    finding.write()?;
                }
            }
        }
        match self.code {
            None => Ok(()),
            Some(code) => Err(Failure::Unhealthy {
                failed: self.failed,
                code,
            }),
        }
    }
}

impl Finding {
    fn write(&self) -> Result<(), Failure> {
        let result = match self.result {
            CheckResult::Ok => "ok",
            CheckResult::Warning => "WARNING",
            CheckResult::Failed => "FAILED",
        };
        let found = output::inert(&self.found);
        output::line(&format!("{result:<8} {:<17} {found}", self.check))?;
        match &self.advice {
            Some(advice) => output::line(&format!("{:<26} -> {}", "", output::inert(advice))),
            None => Ok(()),
        }
    }
}
