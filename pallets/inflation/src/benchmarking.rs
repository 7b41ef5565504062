//! Benchmarks of the hook and the call. `scripts/weights` runs them.

use super::*;
use frame_benchmarking::v2::*;
use frame_support::traits::{EnsureOrigin, Get, Hooks};

#[benchmarks]
mod benchmarks {
    use super::*;

    /// A block in which the treasury and the collators are paid.
    #[benchmark]
    fn pay() {
        Pallet::<T>::begin_cycle(Shape { periods: 1, voting_eras: 1, earning_eras: 1 });
        Pallet::<T>::begin_era(0u32.into(), 100u32.into());
        let before = T::Currency::balance(&T::Treasury::get());
        #[block]
        {
            Pallet::<T>::on_initialize(50u32.into());
        }
        assert!(T::Currency::balance(&T::Treasury::get()) > before);
    }

    #[benchmark]
    fn set_parameters() -> Result<(), BenchmarkError> {
        let origin = T::ParametersOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, Some(Parameters::default()));
        assert_eq!(NextParameters::<T>::get(), Some(Parameters::default()));
        Ok(())
    }
}
