//! The runtime API of cadences, for tools that need the block time, or that convert between blocks and
//! moments. Moments are in milliseconds since the Unix epoch.

use crate::{history, Config, Entry, History, Pallet, Point};
use alloc::{string::String, vec::Vec};
use cadence::{BlockNumber, Cadence};

sp_api::decl_runtime_apis! {
    /// The chain's block time, in force and in history. Moments are in milliseconds since the Unix epoch.
    pub trait CadenceApi {
        /// The cadence in force.
        fn cadence() -> Cadence;
        /// The chain's cadences, oldest first, each with the block after which it came into force.
        fn history() -> Vec<Entry>;
        /// The moment of a block. For a block ahead, it assumes that no slot is missed. For a block behind,
        /// it is an estimate between two changes of cadence. The exact moment of a past block is the
        /// timestamp in that block's state.
        fn moment(block: BlockNumber) -> Option<u64>;
        /// The first block that is not before a moment, with the same assumptions.
        fn block_at(moment: u64) -> Option<BlockNumber>;
        /// The names of the pallets whose calls are refused at present, because their entries are still being
        /// rescaled.
        fn closed() -> Vec<String>;
    }
}

impl<T: Config> Pallet<T> {
    /// The moment of `block`. See [`history::moment`].
    pub fn moment(block: BlockNumber) -> Option<u64> {
        history::moment(&History::<T>::get(), Self::now(), block)
    }

    /// The first block that is not before `moment`. See [`history::block_at`].
    pub fn block_at(moment: u64) -> Option<BlockNumber> {
        history::block_at(&History::<T>::get(), Self::now(), moment)
    }

    /// The current block and its moment. Between two blocks, those of the last one.
    pub(crate) fn now() -> Point {
        use frame_support::traits::UnixTime;
        Point {
            block: crate::rescale::number(frame_system::Pallet::<T>::block_number()),
            moment: T::Time::now().as_millis() as u64,
        }
    }
}
