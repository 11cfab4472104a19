use clap::{ArgGroup, Args, Subcommand};
use keyward_domain::{Resource, Scope};

use super::OutputArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum ScopesCommand {
    /// Add a scope, or replace its descriptions
    #[command(after_help = "\
Example:
  keyward scopes add invoice:read --description en='View invoices' --description ja='請求書の閲覧'")]
    Add {
        /// resource:action in lower-case letters, at most 64 characters
        #[arg(value_name = "SCOPE", value_parser = Scope::parse)]
        scope: Scope,
        /// A description as LANGUAGE=TEXT with en, zh, zh-Hant, ja or vi; English is required
        #[arg(long = "description", value_name = "LANGUAGE=TEXT", required = true)]
        descriptions: Vec<String>,
    },
    /// List the scope catalogue
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Remove a scope from the catalogue; keys that have it keep it
    Remove {
        /// The scope's code
        #[arg(value_name = "SCOPE", value_parser = Scope::parse)]
        scope: Scope,
    },
    /// Replace the names of a resource, the part of a scope before the colon
    #[command(after_help = "\
Examples:
  keyward scopes set-resource-name invoice --name en=Invoices --name ja=請求書
  keyward scopes set-resource-name invoice --clear")]
    SetResourceName(SetResourceNameArgs),
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true))]
pub(crate) struct SetResourceNameArgs {
    /// The code of the resource: invoice for invoice:read
    #[arg(value_name = "RESOURCE", value_parser = Resource::parse)]
    pub(crate) resource: Resource,
    /// A name as LANGUAGE=TEXT with en, zh, zh-Hant, ja or vi; English is required
    #[arg(long = "name", value_name = "LANGUAGE=TEXT", group = "which")]
    pub(crate) names: Vec<String>,
    /// Remove the names, so that the code is shown
    #[arg(long, group = "which")]
    pub(crate) clear: bool,
}
