//! The cadence that was in force before this pallet came to the chain: what the runtime says, unless the
//! chain's own slots say otherwise.

use crate::{Config, Pallet};
use cadence::Cadence;
use codec::Decode;
use frame_support::traits::Get;
use sp_runtime::DigestItem;

impl<T: Config> Pallet<T> {
    /// [`Config::Before`], or the build's own cadence where the slot of the last block shows that the
    /// chain is at that already: then nothing is to be rescaled.
    ///
    /// An Aura slot is the time of its block over the length of a slot, so it tells that length. Two
    /// cadences whose slots are equally long are not told apart by it.
    pub(crate) fn before() -> Cadence {
        let (before, build) = (T::Before::get(), T::Cadence::get());
        if Self::contradicts(before, build) {
            log::error!("the slot of the last block shows that the chain was not at {before:?}");
            build
        } else {
            before
        }
    }

    /// Whether the slot of the last block is one of `build`, and not one of `before`.
    pub(crate) fn contradicts(before: Cadence, build: Cadence) -> bool {
        let Some(slot) = Self::last_slot() else { return false };
        let moment = Self::now().moment;
        let off = |cadence: Cadence| (moment / u64::from(cadence.slot_millis)).abs_diff(slot);
        off(before) > off(build)
    }

    /// The Aura slot of the last block, as its header has it; none without Aura. `pallet_aura` is not
    /// asked: its own hook of an upgrade tells its slot in the new length, and may run before ours.
    fn last_slot() -> Option<u64> {
        frame_system::Pallet::<T>::digest().logs().iter().find_map(|log| match log {
            DigestItem::PreRuntime(engine, slot) if engine == b"aura" => u64::decode(&mut &slot[..]).ok(),
            _ => None,
        })
    }
}
