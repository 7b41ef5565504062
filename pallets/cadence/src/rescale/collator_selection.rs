//! Collator selection: when a collator last authored is a deadline, and one behind, as a candidate is
//! kicked that did not author for long. How long that is is a constant of the runtime.

use super::{deadline, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use frame_support::traits::PalletInfoAccess;
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_collator_selection::LastAuthoredBlock;

pub struct CollatorSelection<T>(PhantomData<T>);

impl<T: pallet_collator_selection::Config> Rescale for CollatorSelection<T> {
    fn name() -> &'static str {
        pallet_collator_selection::Pallet::<T>::name()
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let most = <(T::AccountId, BlockNumberFor<T>)>::max_encoded_len();
        walk.map(0, (most, 0), entries!(LastAuthoredBlock<T>), |(who, mut last)| {
            deadline(change, &mut last);
            LastAuthoredBlock::<T>::insert(who, last);
            0
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        LastAuthoredBlock::<T>::iter()
            .map(|(who, last)| Stored::deadline(format!("last block of {who:?}"), clock, last))
            .collect()
    }
}
