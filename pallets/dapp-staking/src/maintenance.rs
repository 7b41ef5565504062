//! Maintenance: a stop of dApp staking that ends by itself.
//!
//! While [`Maintenance`] is set, eras and most calls stop. It ends at its block, or earlier by a call. Then a
//! rest begins, until [`NextMaintenance`]. Before its end only Root can stop dApp staking again.

use crate::*;
use frame_support::weights::Weight;
use frame_system::{pallet_prelude::BlockNumberFor, Pallet as System};
use sp_runtime::traits::{Saturating, UniqueSaturatedInto};

impl<T: Config> Pallet<T> {
    /// Returns the calendar if dApp staking is running.
    ///
    /// Fails with [`Error::Stopped`] or [`Error::NotBegun`].
    pub(crate) fn ensure_running() -> Result<Calendar<BlockNumberFor<T>>, Error<T>> {
        ensure!(!Maintenance::<T>::exists(), Error::<T>::Stopped);
        Self::ensure_begun()
    }

    /// Returns the calendar, also in maintenance.
    ///
    /// Fails with [`Error::NotBegun`].
    pub(crate) fn ensure_begun() -> Result<Calendar<BlockNumberFor<T>>, Error<T>> {
        CurrentCalendar::<T>::get().ok_or(Error::<T>::NotBegun)
    }

    /// Stops dApp staking for [`Config::MaintenanceTime`] from this block on.
    ///
    /// Fails with [`Error::StoppedNotLongAgo`] if the rest is not over, unless `is_root`.
    pub(crate) fn stop(is_root: bool) -> Result<(), Error<T>> {
        let now = System::<T>::block_number();
        let rested = NextMaintenance::<T>::get().is_none_or(|next| now >= next);
        ensure!(is_root || rested, Error::<T>::StoppedNotLongAgo);
        let until = Self::block_after(now, T::MaintenanceTime::get());
        Maintenance::<T>::put(until);
        NextMaintenance::<T>::put(Self::block_after(until, T::MaintenanceRest::get()));
        Self::deposit_event(Event::Stopped { until });
        Ok(())
    }

    /// Ends maintenance early, and begins the rest. Changes nothing if dApp staking is running.
    pub(crate) fn resume() {
        if Maintenance::<T>::take().is_some() {
            let now = System::<T>::block_number();
            NextMaintenance::<T>::put(Self::block_after(now, T::MaintenanceRest::get()));
            Self::deposit_event(Event::Resumed);
        }
    }

    /// The block that is `time` after block `start`.
    fn block_after(start: BlockNumberFor<T>, time: core::time::Duration) -> BlockNumberFor<T> {
        start.saturating_add(T::Cadence::get().blocks(time).into())
    }

    /// Does in block `now` what is to be done about maintenance and eras, and returns its weight.
    pub(crate) fn process_block(now: BlockNumberFor<T>) -> Weight {
        let Some(until) = Maintenance::<T>::get() else { return Self::advance_eras(now) };
        if now < until {
            return <T as Config>::WeightInfo::idle();
        }
        Maintenance::<T>::kill();
        Self::deposit_event(Event::Resumed);
        // An overdue era ends in this very block. Otherwise the block's transactions would belong to an era
        // that is over.
        <T as Config>::WeightInfo::resume().saturating_add(Self::advance_eras(now))
    }

    /// Converts the end of maintenance, and of the rest after it, to another block time. Both keep their
    /// moment.
    pub fn rescale_maintenance(change: &cadence::Change) {
        let moved = |block: BlockNumberFor<T>| change.deadline(block.unique_saturated_into());
        Maintenance::<T>::mutate_extant(|until| *until = moved(*until).unwrap_or(change.to.origin).into());
        // A rest that ended long ago may fall before block zero. It stays over at block zero.
        NextMaintenance::<T>::mutate_extant(|next| *next = moved(*next).unwrap_or(0).into());
    }
}
