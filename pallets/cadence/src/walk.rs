//! Going through what is stored, entry by entry, over as many blocks as it takes.
//!
//! A [`Position`] says where a rescale stands: in which pallet, at which of its storage items
//! ([`Position::stage`]), after which key. It is written at the end of a block's work and in the
//! same block as the entries it covers, so no entry is ever rescaled twice, and none is left out.

use alloc::vec::Vec;
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
    storage::PrefixIterator,
    traits::ConstU32,
    weights::{Weight, WeightMeter},
    BoundedVec,
};
use scale_info::TypeInfo;

use crate::WeightInfo;

/// The longest storage key of a map that can be walked, in bytes.
pub const MAX_KEY: u32 = 1_024;

/// Where a rescale stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Position {
    /// The pallet, in the order in which the runtime lists them.
    pub pallet: u32,
    /// The storage item of the pallet, in an order of the pallet's own.
    pub stage: u32,
    /// The key of the last entry that is rescaled.
    pub after: Option<BoundedVec<u8, ConstU32<MAX_KEY>>>,
    /// Entries of this pallet that are rescaled.
    pub entries: u32,
}

impl Position {
    /// Moves on to the next pallet.
    pub(crate) fn next_pallet(&mut self) {
        *self = Position { pallet: self.pallet.saturating_add(1), ..Default::default() };
    }
}

/// The entries of a storage map for [`Walk::map`]: from the first, or from after a key on.
#[macro_export]
macro_rules! entries {
    ($map:ty) => {
        |after| match after {
            None => <$map>::iter(),
            Some(key) => <$map>::iter_from(key),
        }
    };
}

/// The most that an entry adds to a proof that has the one before it, in bytes, besides its key and its
/// value: a leaf, the value's node and one branch. Each of these is named by 33 bytes in the node above and
/// has a head and a length of a few; and the leaf has what is left of the key's two hashes.
const NEXT: u64 = 3 * (33 + 8) + 2 * 16;

/// What it weighs to find an entry by its key, to read it and to write it.
#[derive(Clone, Copy)]
pub(crate) struct EntryWeights {
    /// Anywhere in the state: its proof is all of the way through the trie.
    anywhere: Weight,
    /// Right after another, which shares most of that way.
    next: Weight,
    /// Each byte of either, key and value.
    byte: Weight,
}

impl EntryWeights {
    pub fn of<W: WeightInfo>() -> Self {
        let anywhere = W::entry(0);
        let byte = W::entry(1).saturating_sub(anywhere);
        EntryWeights { anywhere, next: anywhere.set_proof_size(NEXT), byte }
    }
}

/// One block's part of a walk.
pub struct Walk<'a> {
    position: &'a mut Position,
    meter: &'a mut WeightMeter,
    weights: EntryWeights,
    /// Whether nothing is done in this block yet: what is first is done however large it is, so that
    /// every block brings the walk on.
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

    /// The weight of `bytes` bytes, and of `others` entries of a few bytes anywhere.
    fn more(&self, bytes: usize, others: u32) -> Weight {
        let bytes = self.weights.byte.saturating_mul(bytes as u64);
        bytes.saturating_add(self.weights.anywhere.saturating_mul(others.into()))
    }

    /// Whether something of that weight fits into this block.
    fn fits(&mut self, weight: Weight) -> bool {
        core::mem::take(&mut self.first) || self.meter.can_consume(weight)
    }

    fn consume(&mut self, weight: Weight) {
        self.meter.consume(weight.min(self.meter.remaining()));
    }

    /// Goes on with a map, whose `entries` are to be had from the first or from after a key on, and
    /// of which none is larger than `most` bytes. `rescale` writes an entry back and returns how many
    /// others it has read or written, `others` at most. Returns whether the map is done, now or before.
    pub fn map<E: Encode>(
        &mut self,
        stage: u32,
        (most, others): (usize, u32),
        entries: impl FnOnce(Option<Vec<u8>>) -> PrefixIterator<E>,
        mut rescale: impl FnMut(E) -> u32,
    ) -> bool {
        if self.position.stage != stage {
            return self.position.stage > stage;
        }
        let mut entries = entries(self.position.after.take().map(BoundedVec::into_inner));
        let mut place = self.weights.anywhere;
        while self.fits(place.saturating_add(self.more(most, others))) {
            let Some(entry) = entries.next() else {
                self.consume(place);
                self.position.stage = stage.saturating_add(1);
                return true;
            };
            let bytes = entry.encoded_size();
            let others = rescale(entry);
            self.consume(place.saturating_add(self.more(bytes, others)));
            self.position.entries = self.position.entries.saturating_add(1);
            place = self.weights.next;
        }
        // Before the first entry this is the map's own prefix, which is as good.
        self.position.after = entries.last_raw_key().to_vec().try_into().ok();
        false
    }

    /// Rescales a single value, of `most` bytes at most. Returns whether that is done, now or before.
    pub fn value(&mut self, stage: u32, most: usize, rescale: impl FnOnce()) -> bool {
        if self.position.stage != stage {
            return self.position.stage > stage;
        }
        let weight = self.weights.anywhere.saturating_add(self.more(most, 0));
        if !self.fits(weight) {
            return false;
        }
        self.consume(weight);
        rescale();
        self.position.stage = stage.saturating_add(1);
        self.position.entries = self.position.entries.saturating_add(1);
        true
    }
}
