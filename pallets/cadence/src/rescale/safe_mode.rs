//! The safe mode pallet. The last block of safe mode is a deadline. A deposit for entering it is identified
//! by the block in which it was taken, which is not rescaled. The time for which it is held is a constant of
//! the runtime. So a deposit that is held during a change is held longer if blocks become shorter, and for a
//! shorter time if they become longer.

use super::{deadline, Rescale, Stored, Touched};
use alloc::vec::Vec;
use cadence::{Change, Clock};
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_safe_mode::EnteredUntil;

/// What the safe mode pallet stores in blocks.
pub struct SafeMode<T>(PhantomData<T>);

impl<T: pallet_safe_mode::Config> Rescale for SafeMode<T> {
    type Pallet = pallet_safe_mode::Pallet<T>;

    /// A hook ends safe mode, so this cannot wait.
    fn begin(change: &Change) -> Touched {
        EnteredUntil::<T>::mutate_extant(|until| deadline(change, until));
        Touched::of(1, BlockNumberFor::<T>::max_encoded_len())
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let until = EnteredUntil::<T>::get();
        until.map(|until| Stored::deadline("end of safe mode".into(), clock, until)).into_iter().collect()
    }
}
