use crate::psql::psql;

/// For one session that builds indexes.
const SETTINGS: &str =
    "SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 2;";

/// The statements that create the constraints and indexes of the keys' table.
pub(super) struct Later {
    statements: Vec<String>,
}

impl Later {
    /// Drops them: all indexes, and all constraints that need an index or another table.
    pub(super) fn after_dropping(url: &str) -> Self {
        // References first, because they need the primary key.
        let constraints = "SELECT \
            format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname), \
            format('ALTER TABLE %s ADD CONSTRAINT %I %s', \
                conrelid::regclass, conname, pg_get_constraintdef(oid)) \
            FROM pg_constraint \
            WHERE (conrelid = 'api_keys'::regclass AND contype IN ('p', 'u', 'f')) \
                OR (confrelid = 'api_keys'::regclass AND contype = 'f') \
            ORDER BY contype <> 'f'";
        let indexes = "SELECT format('DROP INDEX %s', indexrelid::regclass), \
            pg_get_indexdef(indexrelid) \
            FROM pg_index WHERE indrelid = 'api_keys'::regclass \
                AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)";
        let found = psql(url, indexes) + &psql(url, constraints);
        let pairs: Vec<(&str, &str)> = found
            .lines()
            .map(|line| line.split_once('\t').unwrap())
            .collect();
        assert!(pairs.len() > 5, "{found}");
        let drops: Vec<&str> = pairs.iter().map(|(drop, _)| *drop).collect();
        psql(url, &drops.join("; "));
        let statements = pairs.iter().rev().map(|(_, create)| (*create).to_owned());
        Self {
            statements: statements.collect(),
        }
    }

    /// Creates them: the constraints first, the references to other tables last of these.
    pub(super) fn create(&self, url: &str) {
        for statement in &self.statements {
            psql(url, &format!("{SETTINGS} {statement}"));
        }
    }
}
