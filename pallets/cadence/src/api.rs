//! What scripts that assumed a fixed block time ask instead.

use crate::{history, Config, Entry, History, Pallet, Point};
use alloc::{string::String, vec::Vec};
use cadence::{BlockNumber, Cadence};

sp_api::decl_runtime_apis! {
    /// The chain's block time, in force and in history. Moments are milliseconds of the Unix epoch.
    pub trait CadenceApi {
        /// The cadence in force.
        fn cadence() -> Cadence;
        /// All cadences, each with the block after which it came into force.
        fn history() -> Vec<Entry>;
        /// The moment of a block: of one ahead, if no slot is missed; of one behind, estimated
        /// between the changes of cadence. That of a past block exactly is the timestamp in its state.
        fn moment(block: BlockNumber) -> Option<u64>;
        /// The first block that is not before a moment, likewise.
        fn block_at(moment: u64) -> Option<BlockNumber>;
        /// The pallets whose calls are refused for the time being, as their entries are still being
        /// rescaled.
        fn closed() -> Vec<String>;
    }
}

impl<T: Config> Pallet<T> {
    /// The moment of `block`; see [`history::moment`].
    pub fn moment(block: BlockNumber) -> Option<u64> {
        history::moment(&History::<T>::get(), Self::now(), block)
    }

    /// The first block that is not before `moment`; see [`history::block_at`].
    pub fn block_at(moment: u64) -> Option<BlockNumber> {
        history::block_at(&History::<T>::get(), Self::now(), moment)
    }

    /// This block, or between blocks the last one.
    pub(crate) fn now() -> Point {
        use frame_support::traits::UnixTime;
        Point {
            block: crate::rescale::number(frame_system::Pallet::<T>::block_number()),
            moment: T::Time::now().as_millis() as u64,
        }
    }
}
