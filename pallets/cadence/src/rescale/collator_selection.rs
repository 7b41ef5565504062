//! Collator selection: when a collator last authored is a deadline, and one behind, as a candidate is
//! kicked at a session's end that did not author for long. How long that is is a constant of the runtime.

use super::{deadline, Rescale, Stored, Touched};
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
            stored.push(Stored::deadline(format!("last block of {who:?}"), clock, last));
        }
        stored
    }
}
