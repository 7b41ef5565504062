//! Going through what is stored, entry by entry, over as many blocks as it takes.
//!
//! A [`Position`] says where a rescale stands: in which pallet, at which of its storage items
//! ([`Position::stage`]), after which key. It is written at the end of a block's work and in the
//! same block as the entries it covers, so no entry is ever rescaled twice, and none is left out.

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

/// Where a rescale stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Position {
    /// The pallet, in the order in which the runtime lists them; from the number of all on those that
    /// are finishing.
    pub pallet: u32,
    /// The storage item of the pallet, in an order of the pallet's own.
    pub stage: u32,
    /// The key of the last entry that is rescaled.
    pub after: Option<BoundedVec<u8, ConstU32<MAX_KEY>>>,
    /// Entries of this pallet that are rescaled.
    pub entries: u32,
    /// Entries of this pallet that cannot be decoded, and are left as they are.
    pub undecodable: u32,
}

impl Position {
    /// Moves on to the next pallet.
    pub(crate) fn next_pallet(&mut self) {
        *self = Position { pallet: self.pallet.saturating_add(1), ..Default::default() };
    }
}

/// The most that an entry adds to a proof that has the one before it, in bytes, besides its key and its
/// value: a leaf, the value's node and one branch. Each of these is named by 33 bytes in the node above and
/// has a head and a length of a few.
const NEXT: u64 = 3 * (33 + 8);

/// The most that a raw key has besides the key, in bytes: a hash for each part of a double map's.
const HASHES: usize = 2 * 16;

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

    /// What it weighs to read and write entries anywhere.
    pub fn touched(&self, Touched { entries, bytes }: Touched) -> Weight {
        let bytes = self.byte.saturating_mul(bytes.into());
        bytes.saturating_add(self.anywhere.saturating_mul(entries.into()))
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
        self.weights.touched(Touched { entries: others, bytes: bytes as u32 })
    }

    /// Whether something of that weight fits into this block.
    fn fits(&mut self, weight: Weight) -> bool {
        core::mem::take(&mut self.first) || self.meter.can_consume(weight)
    }

    fn consume(&mut self, weight: Weight) {
        self.meter.consume(weight.min(self.meter.remaining()));
    }

    /// Goes on with a map, of whose `entries` none is larger than `most` bytes. `rescale` writes an
    /// entry back and returns how many others it has read or written, `others` at most. One that cannot
    /// be decoded is left as it is, and counted. Returns whether the map is done, now or before.
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
        while self.fits(place.saturating_add(self.more(most.saturating_add(HASHES), others))) {
            let Some(Item { bytes, entry }) = entries.step() else {
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
            self.consume(place.saturating_add(self.more(bytes, others)));
            place = self.weights.next;
        }
        // Before the first entry this is the map's own prefix, which is as good.
        self.position.after = entries.last_key().to_vec().try_into().ok();
        false
    }
}
