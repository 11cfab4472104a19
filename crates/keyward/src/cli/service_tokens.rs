use clap::Subcommand;
use keyward_domain::{CallerName, Permission};

use super::OutputArgs;

const PERMISSIONS: &str = "\
Permissions:
  keys:verify       ask about secrets: verify and authorize
  keys:read         list and read the keys of every workspace
  keys:create       create and import keys in every workspace
  keys:disable      disable keys of every workspace, one or many at once
  keys:delete       delete keys of every workspace
  workspaces:read   list and read workspaces, their members, and plans
  workspaces:write  add and remove workspaces, set their lifetime policies and plans, and manage plans
  members:write     add and remove members, and change their roles
  scopes:read       read the scope catalogue with the texts of all languages
  scopes:write      add, describe and remove scopes, and name their resources
  events:read       read the published events of the deployment
  leaks:report      report secrets that were found, which ends them
  metrics:read      read /metrics

None includes another.

Example:
  keyward service-tokens create --name portal --can workspaces:write,members:write > portal.token";

#[derive(Debug, Subcommand)]
pub(crate) enum ServiceTokensCommand {
    /// Create a service token; its secret is shown only once
    ///
    /// A terminal shows the permissions and the secret; a pipe gets only the secret.
    #[command(after_help = PERMISSIONS)]
    Create {
        /// Its name in logs, metrics and the audit trail; never used again, even after revocation
        #[arg(long, value_name = "NAME", value_parser = new_name)]
        name: CallerName,
        /// What it may do, separated by commas
        #[arg(long = "can", value_name = "PERMISSION", value_delimiter = ',', required = true, value_parser = Permission::parse)]
        permissions: Vec<Permission>,
    },
    /// List all service tokens with their last uses
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Revoke a service token permanently; every node refuses it within a second
    Revoke {
        /// Its name
        #[arg(value_name = "NAME", value_parser = CallerName::parse)]
        name: CallerName,
    },
}

fn new_name(text: &str) -> Result<CallerName, String> {
    let name = CallerName::parse(text).map_err(|error| error.to_string())?;
    if name.is_reserved() {
        return Err("is reserved".to_owned());
    }
    Ok(name)
}
