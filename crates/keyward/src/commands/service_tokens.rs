//! `keyward service-tokens`.

use keyward_domain::ports::{Clock as _, NewServiceToken, Revocation, ServiceTokens};
use keyward_domain::{CallerName, Permission, ServiceToken};
use keyward_persistence::Store;
use serde::Serialize;

use crate::cli::{Format, ServiceTokensCommand};
use crate::failure::Failure;
use crate::output;
use crate::system::new_service_secret;
use crate::wiring;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: String,
    status: &'static str,
    permissions: Vec<&'static str>,
    created_at: String,
    last_used_at: Option<String>,
    revoked_at: Option<String>,
}

pub(super) async fn run(store: &Store, command: ServiceTokensCommand) -> Result<(), Failure> {
    match command {
        ServiceTokensCommand::Create { name, permissions } => {
            create(store, name, &permissions).await
        }
        ServiceTokensCommand::List { output } => list(store, output.output).await,
        ServiceTokensCommand::Revoke { name } => revoke(store, &name).await,
    }
}

async fn create(
    store: &Store,
    name: CallerName,
    permissions: &[Permission],
) -> Result<(), Failure> {
    let secret = new_service_secret().map_err(|error| Failure::Refused(error.to_string()))?;
    let new = NewServiceToken {
        name: name.clone(),
        permissions: permissions.iter().copied().collect(),
        hash: secret.hash(),
        created_at: wiring::clock(store).now(),
    };
    if !store.create(new).await? {
        return Err(Failure::Refused(format!(
            "there is or was a service token {name}; choose another name"
        )));
    }
    if output::is_terminal() {
        let words: Vec<&str> = permissions.iter().map(|one| one.as_str()).collect();
        output::note(&format!(
            "created service token {name}, which can {}; its secret, shown only once:",
            words.join(", ")
        ))?;
    }
    output::line(secret.expose())
}

async fn list(store: &Store, format: Format) -> Result<(), Failure> {
    let tokens = ServiceTokens::list(store).await?;
    let rows: Vec<Row> = tokens.iter().map(Row::of).collect();
    let columns = [
        "NAME",
        "STATUS",
        "PERMISSIONS",
        "CREATED AT",
        "LAST USED AT",
        "REVOKED AT",
    ];
    output::rows(format, &columns, &rows, |row| {
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        vec![
            row.name.clone(),
            row.status.to_owned(),
            row.permissions.join(","),
            row.created_at.clone(),
            or_dash(&row.last_used_at),
            or_dash(&row.revoked_at),
        ]
    })
}

async fn revoke(store: &Store, name: &CallerName) -> Result<(), Failure> {
    match store.revoke(name, wiring::clock(store).now()).await? {
        Revocation::Done => output::note(&format!(
            "revoked service token {name}; every node refuses it within a second"
        )),
        Revocation::AlreadyRevoked => {
            output::note(&format!("service token {name} was already revoked"))
        }
        Revocation::Unknown => Err(Failure::Refused(format!(
            "there is no service token {name}; see: keyward service-tokens list"
        ))),
    }
}

impl Row {
    fn of(token: &ServiceToken) -> Self {
        let permissions = token.permissions.iter();
        Self {
            name: token.name.to_string(),
            status: if token.revoked_at.is_some() {
                "REVOKED"
            } else {
                "VALID"
            },
            permissions: permissions.map(|permission| permission.as_str()).collect(),
            created_at: token.created_at.to_string(),
            last_used_at: token.last_used_at.map(|at| at.to_string()),
            revoked_at: token.revoked_at.map(|at| at.to_string()),
        }
    }
}
