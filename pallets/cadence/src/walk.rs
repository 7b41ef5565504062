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

/// One block's part of a walk.
pub struct Walk<'a> {
    position: &'a mut Position,
    meter: &'a mut WeightMeter,
    /// The weight of reading and writing an entry of so many bytes.
    weigh: fn(u32) -> Weight,
    /// Whether nothing is done in this block yet: what is first is done however large it is, so that
    /// every block brings the walk on.
    first: bool,
}

impl<'a> Walk<'a> {
    pub fn new(
        position: &'a mut Position,
        meter: &'a mut WeightMeter,
        weigh: fn(u32) -> Weight,
        first: bool,
    ) -> Self {
        Walk { position, meter, weigh, first }
    }

    /// Whether an entry of `bytes` bytes at most, and `others` of a few bytes, fit into this block.
    fn fits(&mut self, bytes: u32, others: u32) -> bool {
        let weight = (self.weigh)(bytes).saturating_add((self.weigh)(0).saturating_mul(others.into()));
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
        while self.fits(most as u32, others) {
            let Some(entry) = entries.next() else {
                self.consume((self.weigh)(0));
                self.position.stage = stage.saturating_add(1);
                return true;
            };
            self.consume((self.weigh)(entry.encoded_size() as u32));
            let others = rescale(entry);
            self.consume((self.weigh)(0).saturating_mul(others.into()));
            self.position.entries = self.position.entries.saturating_add(1);
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
        if !self.fits(most as u32, 0) {
            return false;
        }
        self.consume((self.weigh)(most as u32));
        rescale();
        self.position.stage = stage.saturating_add(1);
        self.position.entries = self.position.entries.saturating_add(1);
        true
    }
}
