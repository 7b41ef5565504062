//! The walk through the entries of all pallets, over as many blocks as it takes.
//!
//! A [`Position`] is where the walk stands: the pallet, the storage item of the pallet ([`Position::stage`])
//! and the last key. It is stored at the end of a block's work, in the same block as the entries that it
//! covers. So no entry is ever rescaled twice, and none is left out.

use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
    traits::ConstU32,
    weights::{Weight, WeightMeter},
    BoundedVec,
};
use scale_info::TypeInfo;

use crate::{entries::Item, Entries, Touched, WeightInfo};

/// The longest storage key of a map that can be walked, in bytes.
pub const MAX_KEY: u32 = 1_024;

/// Where a walk stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Position {
    /// The index of the pallet in the runtime's list. After the last pallet the indices go on with those that
    /// are being finished, in the same order.
    pub pallet: u32,
    /// The storage item of the pallet, in an order that the pallet defines.
    pub stage: u32,
    /// The raw key of the last entry that is rescaled.
    pub after: Option<BoundedVec<u8, ConstU32<MAX_KEY>>>,
    /// The number of entries of this pallet that are rescaled.
    pub entries: u32,
    /// The number of entries of this pallet that cannot be decoded, and are left as they are.
    pub undecodable: u32,
}

impl Position {
    /// Advances to the next pallet.
    pub(crate) fn next_pallet(&mut self) {
        *self = Position { pallet: self.pallet.saturating_add(1), ..Default::default() };
    }
}

/// The most bytes that an entry adds to a proof that contains the entry before it, besides its key and its
/// value. These are a leaf, the node of the value and one branch. Each of them has a hash of 33 bytes in the
/// node above, and a header and a length of a few bytes.
const NEXT: u64 = 3 * (33 + 8);

/// The most bytes that a raw key has besides the key: a hash for each of the two keys of a double map.
const HASHES: usize = 2 * 16;

/// The weight to find an entry by its key, read it and write it.
#[derive(Clone, Copy)]
pub(crate) struct EntryWeights {
    /// The weight of an entry anywhere in the state. Its proof contains the whole path through the trie.
    anywhere: Weight,
    /// The weight of an entry right after another one, which shares most of that path.
    next: Weight,
    /// The weight of each byte of the key and the value, in both cases.
    byte: Weight,
}

impl EntryWeights {
    /// The weights that `W` has measured.
    pub fn of<W: WeightInfo>() -> Self {
        let anywhere = W::entry(0);
        let byte = W::entry(1).saturating_sub(anywhere);
        EntryWeights { anywhere, next: anywhere.set_proof_size(NEXT), byte }
    }

    /// The weight to read and write entries anywhere in the state.
    pub fn weigh(&self, Touched { entries, bytes }: Touched) -> Weight {
        let bytes = self.byte.saturating_mul(bytes.into());
        bytes.saturating_add(self.anywhere.saturating_mul(entries.into()))
    }
}

/// The part of a walk in one block.
pub struct Walk<'a> {
    position: &'a mut Position,
    meter: &'a mut WeightMeter,
    weights: EntryWeights,
    /// Whether nothing is done in this block yet. The first entry is rescaled however large it is, so that
    /// each block makes progress.
    first: bool,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        position: &'a mut Position,
        meter: &'a mut WeightMeter,
        weights: EntryWeights,
        first: bool,
    ) -> Self {
        Walk { position, meter, weights, first }
    }

    /// The weight of `bytes` bytes, and of `others` small entries anywhere in the state.
    fn additional(&self, bytes: usize, others: u32) -> Weight {
        self.weights.weigh(Touched { entries: others, bytes: bytes as u32 })
    }

    /// Whether something of this weight still fits into this block.
    fn fits(&mut self, weight: Weight) -> bool {
        core::mem::take(&mut self.first) || self.meter.can_consume(weight)
    }

    fn consume(&mut self, weight: Weight) {
        self.meter.consume(weight.min(self.meter.remaining()));
    }

    /// Continues with a map, which is storage item number `stage` of the pallet. Returns whether the map is
    /// done, now or before.
    ///
    /// No entry is larger than `most` bytes. `rescale` writes an entry back, and returns the number of other
    /// entries that it has read or written, which is `others` at most. An entry that cannot be decoded is
    /// left as it is, and counted.
    pub fn map<E>(
        &mut self,
        stage: u32,
        (most, others): (usize, u32),
        mut entries: Entries<E>,
        mut rescale: impl FnMut(E) -> u32,
    ) -> bool {
        if self.position.stage != stage {
            return self.position.stage > stage;
        }
        if let Some(key) = self.position.after.take() {
            entries = entries.after(key.into_inner());
        }
        let mut place = self.weights.anywhere;
        while self.fits(place.saturating_add(self.additional(most.saturating_add(HASHES), others))) {
            let Some(Item { bytes, entry }) = entries.next_item() else {
                self.consume(place);
                self.position.stage = stage.saturating_add(1);
                return true;
            };
            let others = match entry {
                Some(entry) => {
                    self.position.entries = self.position.entries.saturating_add(1);
                    rescale(entry)
                }
                None => {
                    self.position.undecodable = self.position.undecodable.saturating_add(1);
                    0
                }
            };
            self.consume(place.saturating_add(self.additional(bytes, others)));
            place = self.weights.next;
        }
        // Before the first entry this is the map's own prefix, which works as well.
        self.position.after = entries.last_key().to_vec().try_into().ok();
        false
    }
}
