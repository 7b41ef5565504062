//! The whitelist pallet. A call can be dispatched before it is whitelisted, and is then deferred. The expiry
//! of such a deferred call is a deadline. The length of that time is a constant of the runtime.

use super::{deadline, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use pallet_whitelist::{DeferredDispatch, ProvidedBlockNumberFor};
use sp_runtime::traits::AtLeast32BitUnsigned;

/// What the whitelist pallet stores in blocks.
pub struct Whitelist<T>(PhantomData<T>);

impl<T> Rescale for Whitelist<T>
where
    T: pallet_whitelist::Config,
    ProvidedBlockNumberFor<T>: AtLeast32BitUnsigned + Copy + MaxEncodedLen,
{
    type Pallet = pallet_whitelist::Pallet<T>;

    fn now() -> Option<cadence::BlockNumber> {
        super::provider_block::<<T as pallet_whitelist::Config>::BlockNumberProvider>()
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let most = <(T::Hash, ProvidedBlockNumberFor<T>)>::max_encoded_len();
        walk.map(0, (most, 0), entries!(DeferredDispatch<T>), |(call, mut until)| {
            deadline(change, &mut until);
            DeferredDispatch::<T>::insert(call, until);
            0
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for (call, until) in entries!(DeferredDispatch<T>).read(&mut stored) {
            stored.push(Stored::deadline(format!("expiry of the deferred call {call:?}"), clock, until));
        }
        stored
    }
}
