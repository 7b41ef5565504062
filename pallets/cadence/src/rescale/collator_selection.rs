//! The collator selection pallet. The last block of a collator is a deadline. At the end of a session, a
//! candidate is removed if it has not authored for a long time. The deadline is behind for most collators. It
//! is ahead for a candidate that has just registered, which is spared until then. The length of that time is
//! a constant of the runtime.

use super::{deadline, number, Rescale, Stored, Touched};
use crate::entries;
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_collator_selection::LastAuthoredBlock;

/// What the collator selection pallet stores in blocks.
pub struct CollatorSelection<T>(PhantomData<T>);

impl<T: pallet_collator_selection::Config> Rescale for CollatorSelection<T> {
    type Pallet = pallet_collator_selection::Pallet<T>;

    /// There are few collators, and one entry stays for each that has authored.
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
                // Once the candidate authors, that block becomes its last one.
                Some(spared) if spared > 0 => Stored::duration(what, clock, spared),
                _ => Stored::deadline(what, clock, last),
            });
        }
        stored
    }
}
