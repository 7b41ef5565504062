//! The part of `kvdb-rocksdb`'s interface that the SDK's node links against, without RocksDB.
//!
//! `sc-client-db` and `polkadot-service` depend on `kvdb-rocksdb` whether or not it is used, and
//! RocksDB's C++ would be the most expensive single piece of the build. The nodes here run on
//! ParityDB. [`Database`] has no values, so only [`Database::open`] has a body: it fails, and says
//! why.

use kvdb::{DBKeyValue, DBTransaction, DBValue, KeyValueDB};
use std::{collections::HashMap, io, path::Path};

/// What to open; the fields that the SDK sets.
#[derive(Default)]
pub struct DatabaseConfig {
    /// Memory budget per column, in MiB.
    pub memory_budget: HashMap<u32, usize>,
    /// Whether a missing database is to be created.
    pub create_if_missing: bool,
}

impl DatabaseConfig {
    /// A configuration for a database of `columns` columns, to be created where it is missing.
    pub fn with_columns(_columns: u32) -> Self {
        Self { memory_budget: HashMap::new(), create_if_missing: true }
    }
}

/// A RocksDB database, of which this build has none.
pub enum Database {}

impl Database {
    /// Always fails. Where nothing was to be created the error is the one by which the SDK's
    /// automatic choice of a backend knows that there is no RocksDB at `path`.
    pub fn open<P: AsRef<Path>>(config: &DatabaseConfig, path: P) -> io::Result<Self> {
        let path = path.as_ref();
        Err(if !config.create_if_missing && !path.join("CURRENT").exists() {
            io::Error::new(
                io::ErrorKind::NotFound,
                format!("{}: does not exist (create_if_missing is false)", path.display()),
            )
        } else {
            io::Error::new(
                io::ErrorKind::Unsupported,
                format!("{}: RocksDB is not in this build, use --database paritydb", path.display()),
            )
        })
    }

    pub fn transaction(&self) -> DBTransaction {
        match *self {}
    }

    pub fn get(&self, _col: u32, _key: &[u8]) -> io::Result<Option<DBValue>> {
        match *self {}
    }

    pub fn write(&self, _transaction: DBTransaction) -> io::Result<()> {
        match *self {}
    }

    pub fn iter(&self, _col: u32) -> Box<dyn Iterator<Item = io::Result<DBKeyValue>> + '_> {
        match *self {}
    }

    pub fn num_columns(&self) -> u32 {
        match *self {}
    }

    pub fn add_column(&mut self) -> io::Result<()> {
        match *self {}
    }

    pub fn force_compact(&self, _col: u32) -> io::Result<()> {
        match *self {}
    }

    pub fn remove_last_column(&mut self) -> io::Result<()> {
        match *self {}
    }
}

impl KeyValueDB for Database {
    fn get(&self, _col: u32, _key: &[u8]) -> io::Result<Option<DBValue>> {
        match *self {}
    }

    fn get_by_prefix(&self, _col: u32, _prefix: &[u8]) -> io::Result<Option<DBValue>> {
        match *self {}
    }

    fn write(&self, _transaction: DBTransaction) -> io::Result<()> {
        match *self {}
    }

    fn iter<'a>(&'a self, _col: u32) -> Box<dyn Iterator<Item = io::Result<DBKeyValue>> + 'a> {
        match *self {}
    }

    fn iter_with_prefix<'a>(
        &'a self,
        _col: u32,
        _prefix: &'a [u8],
    ) -> Box<dyn Iterator<Item = io::Result<DBKeyValue>> + 'a> {
        match *self {}
    }
}
