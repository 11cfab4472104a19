use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;
use keyward_domain::{ApiKeyListing, Direction, Pagination, Sort, SortBy, Status, WorkspaceId};

use super::{Filter, Search, offset};
use crate::queries::api_keys::has_scopes::HasScopes;
use crate::queries::explain::explained;
use crate::queries::last_uses::{last_used_at, used_key_columns, used_keys};
use crate::queries::scope_uses::has_unused::HasUnusedScopes;
use crate::schema::api_keys;
use crate::store::Store;

impl Store {
    /// The query plan of a list, as the database prints it.
    ///
    /// # Errors
    /// [`RepositoryError`] when the database failed.
    pub async fn explain_list(
        &self,
        workspace_id: &WorkspaceId,
        listing: &ApiKeyListing,
    ) -> Result<String, RepositoryError> {
        let filter = Filter::new(workspace_id, &listing.filter, listing.now);
        let (sort, part) = (listing.sort, listing.page);
        explained!(self, part!(filter, sort, part))
    }
}
