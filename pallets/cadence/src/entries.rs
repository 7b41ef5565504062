//! The entries of a storage map, one by one, including those that cannot be decoded.
//!
//! A live chain can have entries that do not fit today's types, because a migration was never written or
//! stopped half way. FRAME's iterators skip such entries, any number of them in one step. Here each of them
//! is an [`Item`] like any other, so it is weighed, counted and logged.

use crate::Stored;
use alloc::{format, vec::Vec};
use codec::{DecodeAll, FullCodec};
use frame_support::{
    storage::{types, unhashed, StoragePrefixedMap},
    traits::StorageInstance,
    ReversibleStorageHasher,
};
use sp_core::hexdisplay::HexDisplay;

/// A storage map whose keys can be recovered from the raw keys of the state.
pub trait Map {
    /// Key and value. A double map has two keys.
    type Entry;

    /// The prefix of the raw keys of all entries.
    fn prefix() -> Vec<u8>;

    /// Decodes an entry from its raw key, without the prefix, and its raw value.
    ///
    /// Fails if the key or the value cannot be decoded, or if bytes of the value are left over. The value
    /// then is of an older type, whose bytes must not be cut off.
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
    /// The size of its key (without the map's prefix) and its value, in bytes.
    pub bytes: usize,
    /// The decoded entry. None if it cannot be decoded.
    pub entry: Option<E>,
}

/// The entries of a storage map, in the order of their raw keys.
pub struct Entries<E> {
    prefix: Vec<u8>,
    decode: fn(&[u8], &[u8]) -> Result<E, codec::Error>,
    /// The raw key of the last entry. The prefix before the first entry.
    last: Vec<u8>,
}

impl<E> Entries<E> {
    /// The entries of map `M`. [`crate::entries!`] is shorter to write.
    pub fn of<M: Map<Entry = E>>() -> Self {
        let prefix = M::prefix();
        Entries { last: prefix.clone(), prefix, decode: M::decode }
    }

    /// The entries after a raw key.
    pub(crate) fn after(mut self, key: Vec<u8>) -> Self {
        self.last = key;
        self
    }

    /// The raw key of the last entry. The map's prefix before the first entry.
    pub(crate) fn last_key(&self) -> &[u8] {
        &self.last
    }

    /// Returns all entries that can be decoded. For each other one, adds its key to `stored`.
    pub fn read(mut self, stored: &mut Vec<Stored>) -> Vec<E> {
        let mut entries = Vec::new();
        while let Some(item) = self.next_item() {
            match item.entry {
                Some(entry) => entries.push(entry),
                None => {
                    stored.push(Stored::undecodable(&format!("0x{:?}", HexDisplay::from(&self.last_key()))))
                }
            }
        }
        entries
    }

    /// The next entry. None after the last one.
    pub(crate) fn next_item(&mut self) -> Option<Item<E>> {
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
