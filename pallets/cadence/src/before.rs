//! The cadence that was in force before a running chain added this pallet. It is [`Config::Before`], unless
//! the slot of the chain's last block contradicts that.

use crate::{Config, Pallet};
use cadence::Cadence;
use codec::Decode;
use frame_support::traits::Get;
use sp_runtime::DigestItem;

impl<T: Config> Pallet<T> {
    /// Returns [`Config::Before`]. If the slot of the last block shows that the chain has the build's own
    /// cadence already, returns that, and nothing has to be rescaled.
    ///
    /// An Aura slot is the time of its block divided by the length of a slot, so it shows that length. It
    /// cannot distinguish two cadences whose slots are equally long.
    pub(crate) fn cadence_before_pallet() -> Cadence {
        let (before, build) = (T::Before::get(), T::Cadence::get());
        if Self::last_slot_contradicts(before, build) {
            log::error!("the slot of the last block shows that the chain was not at {before:?}");
            build
        } else {
            before
        }
    }

    /// Whether the slot of the last block fits the cadence `build`, and not the cadence `before`.
    pub(crate) fn last_slot_contradicts(before: Cadence, build: Cadence) -> bool {
        let Some(slot) = Self::last_slot() else { return false };
        let moment = Self::now().moment;
        let off = |cadence: Cadence| (moment / u64::from(cadence.slot_millis)).abs_diff(slot);
        off(before) > off(build)
    }

    /// The Aura slot in the header of the last block. None without Aura. `pallet_aura` would not do: its own
    /// hook for an upgrade, which may run before ours, converts its slot to the new length.
    fn last_slot() -> Option<u64> {
        const AURA: [u8; 4] = *b"aura";
        frame_system::Pallet::<T>::digest().logs().iter().find_map(|log| match log {
            DigestItem::PreRuntime(AURA, slot) => u64::decode(&mut &slot[..]).ok(),
            _ => None,
        })
    }
}
