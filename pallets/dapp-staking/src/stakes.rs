//! The calls that change stakes, with the sums over all accounts.
//!
//! A change of one account's stakes also changes the sums that contain them: the sum of all stakes, the sum
//! of all voting stake, and what is staked on a dApp. The functions here change both sides together.

use crate::*;
use frame_support::dispatch::DispatchResult;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::DispatchError;

/// Why stake is removed from a dApp.
enum Removal {
    /// It is unstaked, and stops counting at once.
    Unstake,
    /// It is moved to another dApp, and goes on counting for this one until the era ends.
    Move,
}

impl<T: Config> Pallet<T> {
    /// Does what [`Pallet::stake`] describes.
    pub(crate) fn stake_amount(who: &T::AccountId, dapp: &AddressOf<T>, amount: Balance) -> DispatchResult {
        let calendar = Self::ensure_running()?;
        ensure!(amount > 0, Error::<T>::ZeroAmount);
        ensure!(T::MayStake::contains(who), Error::<T>::MayNotStake);
        ensure!(!calendar.is_last_era(), Error::<T>::PeriodEndsWithThisEra);
        let staked = StakeAmount::new(amount, calendar.subperiod());
        Self::change_stakes(who, &calendar, |ledger, parameters| {
            // After a slash the account can have less than it has locked.
            let balance = T::Freezer::balance_freezable(who);
            ensure!(ledger.frozen() <= balance, Error::<T>::NotThatMuchToLock);
            Self::add_stake(ledger, &calendar, dapp, staked, parameters)
        })
    }

    /// Does what [`Pallet::unstake`] describes. Returns the amount that is unstaked.
    pub(crate) fn unstake_amount(
        who: &T::AccountId,
        dapp: &AddressOf<T>,
        amount: Balance,
    ) -> Result<Balance, DispatchError> {
        let calendar = Self::ensure_running()?;
        ensure!(amount > 0, Error::<T>::ZeroAmount);
        Self::change_stakes(who, &calendar, |ledger, parameters| {
            let removed =
                Self::remove_stake(who, ledger, &calendar, dapp, amount, Removal::Unstake, parameters)?;
            ledger.stop_earning();
            Ok(removed.total())
        })
    }

    /// Does what [`Pallet::move_stake`] describes. Returns the amount that is moved.
    pub(crate) fn move_amount(
        who: &T::AccountId,
        from: &AddressOf<T>,
        to: &AddressOf<T>,
        amount: Balance,
    ) -> Result<Balance, DispatchError> {
        let calendar = Self::ensure_running()?;
        ensure!(amount > 0, Error::<T>::ZeroAmount);
        ensure!(from != to, Error::<T>::SameDapp);
        ensure!(!calendar.is_last_era(), Error::<T>::PeriodEndsWithThisEra);
        Self::change_stakes(who, &calendar, |ledger, parameters| {
            let moved = Self::remove_stake(who, ledger, &calendar, from, amount, Removal::Move, parameters)?;
            let is_whole = ledger.counted_amounts(from).1 == 0;
            let minimum_stake = match is_whole {
                true => parameters.minimum_stake.min(moved.total()),
                false => parameters.minimum_stake,
            };
            let parameters = Parameters { minimum_stake, ..*parameters };
            Self::add_stake(ledger, &calendar, to, moved, &parameters)?;
            Ok(moved.total())
        })
    }

    /// Pays what is due to `who`, lets `change` change the stakes, and updates the sums over all accounts.
    ///
    /// Fails with the error of `change`, or if the payment cannot be minted.
    fn change_stakes<R>(
        who: &T::AccountId,
        calendar: &Calendar<BlockNumberFor<T>>,
        change: impl FnOnce(&mut LedgerOf<T>, &Parameters) -> Result<R, Error<T>>,
    ) -> Result<R, DispatchError> {
        let mut ledger = Ledgers::<T>::get(who);
        Self::settle(who, &mut ledger, calendar)?;
        let (earning, voting) = (ledger.earning_amounts(), ledger.voting());
        let result = change(&mut ledger, &CurrentParameters::<T>::get())?;
        TotalStaked::<T>::mutate(|total| total.change(calendar, earning, ledger.earning_amounts()));
        TotalVoting::<T>::mutate(|total| {
            *total = total.saturating_sub(voting).saturating_add(ledger.voting());
        });
        Self::store(who, ledger);
        Ok(result)
    }

    /// Adds `amount` to the stake on a registered dApp, in the ledger and in the dApp's record.
    ///
    /// Fails with [`Error::NotRegistered`], or as [`Ledger::stake`] does.
    fn add_stake(
        ledger: &mut LedgerOf<T>,
        calendar: &Calendar<BlockNumberFor<T>>,
        dapp: &AddressOf<T>,
        amount: StakeAmount,
        parameters: &Parameters,
    ) -> Result<(), Error<T>> {
        let before = ledger.counted_amounts(dapp);
        ledger.stake(dapp, amount, parameters.minimum_stake, parameters.max_stakes)?;
        Self::change_dapp(dapp, |record| {
            record.stake.change(calendar, before, ledger.counted_amounts(dapp));
            Ok(())
        })
    }

    /// Removes `amount` from the stake on a dApp, in the ledger and in the dApp's record, and returns the
    /// removed amount. To leave a dApp that was unregistered costs no safe move.
    ///
    /// Fails with [`Error::NotRegistered`] if the dApp has no record, or as [`Ledger::unstake`] does.
    fn remove_stake(
        who: &T::AccountId,
        ledger: &mut LedgerOf<T>,
        calendar: &Calendar<BlockNumberFor<T>>,
        dapp: &AddressOf<T>,
        amount: Balance,
        removal: Removal,
        parameters: &Parameters,
    ) -> Result<StakeAmount, Error<T>> {
        let mut record = Dapps::<T>::get(dapp).ok_or(Error::<T>::NotRegistered)?;
        let costs_a_move = calendar.subperiod() == Subperiod::Earning && record.unregistered.is_none();
        let (before, voting) = (ledger.counted_amounts(dapp), ledger.voting_on(dapp));
        let removed = match removal {
            Removal::Unstake => ledger.unstake(dapp, amount, parameters.minimum_stake, costs_a_move)?,
            Removal::Move => ledger.move_off(dapp, amount, parameters.minimum_stake, costs_a_move)?,
        };
        let lost = voting.saturating_sub(ledger.voting_on(dapp)).saturating_sub(removed.voting);
        if lost > 0 {
            Self::deposit_event(Event::BonusLost { who: who.clone(), dapp: dapp.clone(), amount: lost });
        }
        record.stake.change(calendar, before, ledger.counted_amounts(dapp));
        Dapps::<T>::insert(dapp, record);
        Ok(removed)
    }
}
