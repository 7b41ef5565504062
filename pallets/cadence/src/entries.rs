//! The entries of a storage map, one by one, and those among them that cannot be decoded.
//!
//! A live chain's past leaves entries behind that no type of today fits: of a migration that was never
//! written, or that stopped half way. The iterators of FRAME pass over them, as many as there are, at
//! once. Here each is an [`Item`] like any other: it is weighed, counted and told.

use crate::Stored;
use alloc::{format, vec::Vec};
use codec::{DecodeAll, FullCodec};
use frame_support::{
    storage::{types, unhashed, StoragePrefixedMap},
    traits::StorageInstance,
    ReversibleStorageHasher,
};
use sp_core::hexdisplay::HexDisplay;

/// A storage map whose keys can be had back from the state.
pub trait Map {
    /// Key and value; the keys of a double map are two.
    type Entry;

    /// What the raw keys of all entries begin with.
    fn prefix() -> Vec<u8>;

    /// An entry, of its raw key without the prefix and of its raw value. Fails if bytes of the value are
    /// left over: those of an older type must not be cut off.
    fn decode(key: &[u8], value: &[u8]) -> Result<Self::Entry, codec::Error>;
}

impl<P, H, K, V, Q, O, M> Map for types::StorageMap<P, H, K, V, Q, O, M>
where
    Self: StoragePrefixedMap<V>,
    P: StorageInstance,
    H: ReversibleStorageHasher,
    K: FullCodec,
    V: FullCodec,
{
    type Entry = (K, V);

    fn prefix() -> Vec<u8> {
        Self::final_prefix().to_vec()
    }

    fn decode(key: &[u8], mut value: &[u8]) -> Result<(K, V), codec::Error> {
        Ok((K::decode(&mut H::reverse(key))?, V::decode_all(&mut value)?))
    }
}

impl<P, H1, K1, H2, K2, V, Q, O, M> Map for types::StorageDoubleMap<P, H1, K1, H2, K2, V, Q, O, M>
where
    Self: StoragePrefixedMap<V>,
    P: StorageInstance,
    H1: ReversibleStorageHasher,
    K1: FullCodec,
    H2: ReversibleStorageHasher,
    K2: FullCodec,
    V: FullCodec,
{
    type Entry = (K1, K2, V);

    fn prefix() -> Vec<u8> {
        Self::final_prefix().to_vec()
    }

    fn decode(key: &[u8], mut value: &[u8]) -> Result<(K1, K2, V), codec::Error> {
        let mut rest = H1::reverse(key);
        let first = K1::decode(&mut rest)?;
        Ok((first, K2::decode(&mut H2::reverse(rest))?, V::decode_all(&mut value)?))
    }
}

/// The entries of a storage map, for [`crate::Walk::map`] and [`Entries::read`].
#[macro_export]
macro_rules! entries {
    ($map:ty) => {
        $crate::Entries::of::<$map>()
    };
}

/// One entry of a map.
pub(crate) struct Item<E> {
    /// The size of its key, without the map's prefix, and of its value.
    pub bytes: usize,
    /// None if it cannot be decoded.
    pub entry: Option<E>,
}

/// The entries of a storage map, in the order of their raw keys.
pub struct Entries<E> {
    prefix: Vec<u8>,
    decode: fn(&[u8], &[u8]) -> Result<E, codec::Error>,
    /// The raw key of the last entry; the prefix before the first.
    last: Vec<u8>,
}

impl<E> Entries<E> {
    pub fn of<M: Map<Entry = E>>() -> Self {
        let prefix = M::prefix();
        Entries { last: prefix.clone(), prefix, decode: M::decode }
    }

    /// Those after a raw key.
    pub(crate) fn after(mut self, key: Vec<u8>) -> Self {
        self.last = key;
        self
    }

    pub(crate) fn last_key(&self) -> &[u8] {
        &self.last
    }

    /// All that can be decoded. Of the others `stored` is told, each by its key.
    pub fn read(mut self, stored: &mut Vec<Stored>) -> Vec<E> {
        let mut entries = Vec::new();
        while let Some(item) = self.step() {
            match item.entry {
                Some(entry) => entries.push(entry),
                None => {
                    stored.push(Stored::undecodable(&format!("0x{:?}", HexDisplay::from(&self.last_key()))))
                }
            }
        }
        entries
    }

    pub(crate) fn step(&mut self) -> Option<Item<E>> {
        let key = sp_io::storage::next_key(&self.last).filter(|key| key.starts_with(&self.prefix))?;
        let value = unhashed::get_raw(&key).unwrap_or_default();
        let own = key.get(self.prefix.len()..).unwrap_or_default();
        let entry = (self.decode)(own, &value).ok();
        let bytes = own.len() + value.len();
        self.last = key;
        if entry.is_none() {
            log::error!("an entry cannot be decoded: 0x{:?}", HexDisplay::from(&self.last));
        }
        Some(Item { bytes, entry })
    }
}
