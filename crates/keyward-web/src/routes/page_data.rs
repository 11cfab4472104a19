use keyward_domain::Pagination;
use serde::Serialize;
use utoipa::ToSchema;

/// One page of a list in a response (contract §3).
#[derive(Serialize, ToSchema)]
#[schema(as = Page)]
pub(super) struct PageData<T> {
    items: Vec<T>,
    page: u32,
    size: u32,
    total: u64,
}

impl<T> PageData<T> {
    /// The entries of the page; `total` counts those of all pages.
    pub(super) fn new(items: Vec<T>, asked: Pagination, total: u64) -> Self {
        Self {
            items,
            page: asked.number(),
            size: asked.size(),
            total,
        }
    }
}
