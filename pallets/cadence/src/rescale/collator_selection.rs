//! Collator selection: when a collator last authored is a deadline, as a candidate is kicked at a
//! session's end that did not author for long. It is behind, but ahead for who has just registered, who
//! is spared for so long. How long that is is a constant of the runtime.

use super::{deadline, number, Rescale, Stored, Touched};
use crate::entries;
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_collator_selection::LastAuthoredBlock;

pub struct CollatorSelection<T>(PhantomData<T>);

impl<T: pallet_collator_selection::Config> Rescale for CollatorSelection<T> {
    type Pallet = pallet_collator_selection::Pallet<T>;

    /// Collators are few, and one entry stays for each who has authored.
    fn begin(change: &Change) -> Touched {
        let mut entries = 0u32;
        LastAuthoredBlock::<T>::translate_values(|mut last: BlockNumberFor<T>| {
            entries = entries.saturating_add(1);
            deadline(change, &mut last);
            Some(last)
        });
        Touched::of(entries, <(T::AccountId, BlockNumberFor<T>)>::max_encoded_len())
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for (who, last) in entries!(LastAuthoredBlock<T>).read(&mut stored) {
            let what = format!("last block of {who:?}");
            stored.push(match number(last).checked_sub(clock.origin) {
                // As soon as it authors, that is its last block.
                Some(spared) if spared > 0 => Stored::duration(what, clock, spared),
                _ => Stored::deadline(what, clock, last),
            });
        }
        stored
    }
}
