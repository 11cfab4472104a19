use keyward_domain::{ScopeLastUse, ScopeSet};

use super::catalogue::{Catalogue, ResourceLabel};
use super::moment::Day;

/// The permissions of a key: a row for each resource, a column for each level.
pub(crate) struct PermissionMatrix {
    pub(crate) rows: Vec<MatrixRow>,
    /// Whether any resource has other actions than reading and writing.
    pub(crate) has_others: bool,
}

/// The permissions on a resource.
pub(crate) struct MatrixRow {
    pub(crate) resource: ResourceLabel,
    pub(crate) read: Option<MatrixCell>,
    pub(crate) write: Option<MatrixCell>,
    pub(crate) others: Vec<MatrixCell>,
    /// The last day on which any of the key's scopes of this resource was used.
    pub(crate) last_used_on: Option<Day>,
    pub(crate) is_granted: bool,
}

/// A scope that exists.
pub(crate) struct MatrixCell {
    pub(crate) action: String,
    pub(crate) description: String,
    pub(crate) is_granted: bool,
}

impl MatrixRow {
    /// The cells for reading and writing.
    pub(crate) fn levels(&self) -> [Option<&MatrixCell>; 2] {
        [self.read.as_ref(), self.write.as_ref()]
    }
}

impl PermissionMatrix {
    /// The scopes of the catalogue, and those of the key that are no longer in it.
    pub(crate) fn of(scopes: &ScopeSet, uses: &[ScopeLastUse], catalogue: &Catalogue) -> Self {
        let mut all = catalogue.existing();
        all.extend(scopes.as_slice().iter().cloned());
        let mut rows: Vec<MatrixRow> = Vec::new();
        for scope in &all {
            if rows
                .last()
                .is_none_or(|row| row.resource.code != scope.resource())
            {
                let of_resource = uses
                    .iter()
                    .filter(|used| used.scope.resource() == scope.resource());
                let last_used_on = of_resource.filter_map(|used| used.last_used_on).max();
                rows.push(MatrixRow {
                    resource: catalogue.label(scope.resource()),
                    read: None,
                    write: None,
                    others: vec![],
                    last_used_on: last_used_on.map(Day::of),
                    is_granted: false,
                });
            }
            let Some(row) = rows.last_mut() else { continue };
            let is_granted = scopes.contains(scope);
            row.is_granted |= is_granted;
            let cell = MatrixCell {
                action: scope.action().to_owned(),
                description: catalogue.words(scope),
                is_granted,
            };
            match scope.action() {
                "read" => row.read = Some(cell),
                "write" => row.write = Some(cell),
                _ => row.others.push(cell),
            }
        }
        Self {
            has_others: rows.iter().any(|row| !row.others.is_empty()),
            rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::testing::scopes;

    use super::*;

    #[test]
    fn a_resource_is_a_row_with_what_is_granted() {
        let held = scopes(&["b:write", "a:read", "a:cancel"]);
        let matrix = PermissionMatrix::of(&held, &[], &Catalogue::default());
        assert!(matrix.has_others);
        let [a, b] = matrix.rows.as_slice() else {
            panic!("{}", matrix.rows.len());
        };
        assert_eq!((a.resource.short(), b.resource.short()), ("a", "b"));
        assert!(a.read.as_ref().unwrap().is_granted);
        assert_eq!(a.others[0].action, "cancel");
        assert!(a.write.is_none() && b.read.is_none());
        assert!(b.is_granted);
    }
}
