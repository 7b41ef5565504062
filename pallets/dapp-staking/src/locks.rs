//! The calls that lock tokens for staking, and give them back.
//!
//! The account keeps what it locks. The tokens are frozen until they were unlocked for some eras.

use crate::*;
use frame_support::dispatch::DispatchResult;
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
    /// Does what [`Pallet::lock`] describes.
    pub(crate) fn lock_amount(who: &T::AccountId, amount: Balance) -> DispatchResult {
        Self::ensure_running()?;
        ensure!(amount > 0, Error::<T>::ZeroAmount);
        ensure!(T::MayStake::contains(who), Error::<T>::MayNotStake);
        let mut ledger = Ledgers::<T>::get(who);
        let free = T::Freezer::balance_freezable(who).saturating_sub(ledger.frozen());
        ensure!(amount <= free, Error::<T>::NotThatMuchToLock);
        ledger.locked = ledger.locked.saturating_add(amount);
        let minimum = CurrentParameters::<T>::get().minimum_lock;
        ensure!(ledger.locked >= minimum, Error::<T>::BelowMinimumLock);
        Self::freeze(who, &ledger)?;
        Self::store(who, ledger);
        Ok(())
    }

    /// Does what [`Pallet::unlock`] describes. Returns the amount that is being unlocked, and the first era
    /// in which it is free.
    pub(crate) fn unlock_amount(
        who: &T::AccountId,
        amount: Balance,
    ) -> Result<(Balance, Era), DispatchError> {
        let calendar = Self::ensure_running()?;
        ensure!(amount > 0, Error::<T>::ZeroAmount);
        let mut ledger = Ledgers::<T>::get(who);
        Self::settle(who, &mut ledger, &calendar)?;
        let parameters = CurrentParameters::<T>::get();
        // The rest of the current era is not a whole era.
        let era = calendar.era.saturating_add(parameters.unlocking_eras).saturating_add(1);
        let amount = ledger.unlock(amount, parameters.minimum_lock, era).map_err(Error::<T>::from)?;
        Self::store(who, ledger);
        Ok((amount, era))
    }

    /// Does what [`Pallet::relock`] describes. Returns the amount that is locked again.
    pub(crate) fn relock_all(who: &T::AccountId) -> Result<Balance, DispatchError> {
        Self::ensure_running()?;
        ensure!(T::MayStake::contains(who), Error::<T>::MayNotStake);
        let mut ledger = Ledgers::<T>::get(who);
        let amount = ledger.relock().map_err(Error::<T>::from)?;
        let minimum = CurrentParameters::<T>::get().minimum_lock;
        ensure!(ledger.locked >= minimum, Error::<T>::BelowMinimumLock);
        Self::store(who, ledger);
        Ok(amount)
    }

    /// Does what [`Pallet::claim_unlocked`] describes. Returns the amount that is released.
    pub(crate) fn release_unlocked(who: &T::AccountId) -> Result<Balance, DispatchError> {
        let calendar = Self::ensure_running()?;
        let mut ledger = Ledgers::<T>::get(who);
        let amount = ledger.claim_unlocked(calendar.era).map_err(Error::<T>::from)?;
        Self::freeze(who, &ledger)?;
        Self::store(who, ledger);
        Ok(amount)
    }

    /// Stores the ledger, or removes an empty one. If the frozen amount has changed, the caller
    /// [freezes](Self::freeze) it too.
    pub(crate) fn store(who: &T::AccountId, ledger: LedgerOf<T>) {
        if ledger.is_empty() {
            Ledgers::<T>::remove(who);
        } else {
            Ledgers::<T>::insert(who, ledger);
        }
    }

    /// Freezes the amount that the ledger has locked and is unlocking.
    pub(crate) fn freeze(who: &T::AccountId, ledger: &LedgerOf<T>) -> DispatchResult {
        T::Freezer::set_freeze(&FreezeReason::DappStaking.into(), who, ledger.frozen())
    }
}
