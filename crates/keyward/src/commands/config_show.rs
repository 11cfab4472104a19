//! `keyward config show`.

use serde::Serialize;

use crate::cli::{ConfigCommand, Format, ListenArgs};
use crate::config::{Environment, InForce, ServeConfig, ValueOrigin, settings_in_force};
use crate::failure::Failure;
use crate::output;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    variable: &'static str,
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

pub(super) fn run(environment: &Environment, command: &ConfigCommand) -> Result<(), Failure> {
    let ConfigCommand::Show { origin, output } = *command;
    let rows: Vec<Row> = settings_in_force(environment)?
        .into_iter()
        .map(|setting| Row::of(setting, origin))
        .collect();
    write(&rows, origin, output.output)?;
    let listen = ListenArgs {
        public_addr: None,
        internal_addr: None,
    };
    ServeConfig::resolve(environment, &listen)?;
    Ok(())
}

fn write(rows: &[Row], with_origin: bool, format: Format) -> Result<(), Failure> {
    let columns: &[&str] = if with_origin {
        &["VARIABLE", "VALUE", "ORIGIN"]
    } else {
        &["VARIABLE", "VALUE"]
    };
    output::rows(format, columns, rows, |row| {
        let mut cells = vec![
            row.variable.to_owned(),
            row.value.clone().unwrap_or_else(|| "-".to_owned()),
        ];
        if let Some(origin) = row.origin {
            cells.push(match &row.file {
                Some(path) => format!("{origin} {path}"),
                None => origin.to_owned(),
            });
        }
        cells
    })
}

impl Row {
    fn of(setting: InForce, with_origin: bool) -> Self {
        let (origin, file) = match setting.origin {
            ValueOrigin::Environment => ("environment", None),
            ValueOrigin::File { path } => ("file", Some(path)),
            ValueOrigin::Default => ("default", None),
            ValueOrigin::Unset => ("not set", None),
        };
        Self {
            variable: setting.name,
            value: setting.value,
            origin: with_origin.then_some(origin),
            file: file.filter(|_path| with_origin),
        }
    }
}
