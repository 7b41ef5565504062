//! Benchmarks of the calls and the hook of the runtime's own `governance` pallet.

use super::state::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{ConstU32, Contains, Get, GetCallMetadata, Hooks, UnixTime},
    BoundedVec,
};
use frame_system::RawOrigin;
use pallet_tx_pause::{PausedCalls, RuntimeCallNameOf};

/// The names of `n` calls that can be paused.
fn pausable_calls<T: Config>(n: u32) -> BoundedVec<RuntimeCallNameOf<T>, ConstU32<MAX_PAUSES>> {
    type Call<T> = <T as pallet_tx_pause::Config>::RuntimeCall;
    let mut calls = Vec::new();
    for pallet in Call::<T>::get_module_names() {
        for call in Call::<T>::get_call_names(pallet) {
            let name = |name: &str| BoundedVec::truncate_from(name.as_bytes().to_vec());
            calls.push((name(pallet), name(call)));
        }
    }
    calls.retain(|call| !<T as pallet_tx_pause::Config>::WhitelistedCalls::contains(call));
    calls.truncate(n as usize);
    assert_eq!(calls.len(), n as usize, "the runtime has enough calls that can be paused");
    BoundedVec::truncate_from(calls)
}

#[benchmarks]
mod benchmarks {
    use super::*;

    /// A block in which `n` pauses end.
    #[benchmark]
    fn on_initialize(n: Linear<0, MAX_PAUSES>) -> Result<(), BenchmarkError> {
        Pallet::<T>::pause(RawOrigin::Root.into(), pausable_calls::<T>(n))?;
        let now = T::Time::now().as_millis() as u64;
        Pauses::<T>::mutate(|pauses| pauses.iter_mut().for_each(|paused| paused.until = now));
        #[block]
        {
            Pallet::<T>::on_initialize(1u32.into());
        }
        assert_eq!(PausedCalls::<T>::iter().count(), 0);
        assert!(T::PauseRest::get() > 0);
        Ok(())
    }

    #[benchmark]
    fn pause(n: Linear<1, MAX_PAUSES>) {
        #[extrinsic_call]
        _(RawOrigin::Root, pausable_calls::<T>(n));
        assert_eq!(PausedCalls::<T>::iter().count(), n as usize);
    }

    #[benchmark]
    fn resume(n: Linear<1, MAX_PAUSES>) -> Result<(), BenchmarkError> {
        Pallet::<T>::pause(RawOrigin::Root.into(), pausable_calls::<T>(n))?;
        #[extrinsic_call]
        _(RawOrigin::Root, pausable_calls::<T>(n));
        assert_eq!(PausedCalls::<T>::iter().count(), 0);
        Ok(())
    }
}
