use clap::Subcommand;
use keyward_domain::Scope;

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
}
