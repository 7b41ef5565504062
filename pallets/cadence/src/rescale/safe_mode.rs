//! Safe mode: the last block that it holds in is a deadline. A deposit for entering it is found by the
//! block in which it was taken, which names it and does not move; how long it stays is a constant of
//! the runtime. So one that a change overtakes stays longer where blocks become shorter, and shorter
//! where they become longer.

use super::{deadline, Rescale, Stored, Touched};
use alloc::vec::Vec;
use cadence::{Change, Clock};
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_safe_mode::EnteredUntil;

pub struct SafeMode<T>(PhantomData<T>);

impl<T: pallet_safe_mode::Config> Rescale for SafeMode<T> {
    type Pallet = pallet_safe_mode::Pallet<T>;

    /// A hook ends it, so this cannot wait.
    fn begin(change: &Change) -> Touched {
        EnteredUntil::<T>::mutate_extant(|until| deadline(change, until));
        Touched::of(1, BlockNumberFor::<T>::max_encoded_len())
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let until = EnteredUntil::<T>::get();
        until.map(|until| Stored::deadline("end of safe mode".into(), clock, until)).into_iter().collect()
    }
}
