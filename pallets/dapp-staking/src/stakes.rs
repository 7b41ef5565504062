//! Changing locks and stakes, and with them the sums over all accounts: a change of one ledger is a
//! change of what is staked in all and on a dApp.

use crate::*;
use frame_support::dispatch::DispatchResult;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::DispatchError;

/// Why a stake is taken off a dApp.
pub(crate) enum Taking {
    /// It is staked no more, and stops counting at once.
    Off,
    /// It is staked on another dApp. It counts here until the era ends.
    Elsewhere,
}

impl<T: Config> Pallet<T> {
    /// The calendar, if all is running.
    pub(crate) fn calendar() -> Result<Calendar<BlockNumberFor<T>>, Error<T>> {
        ensure!(!Maintenance::<T>::exists(), Error::<T>::Stopped);
        Self::calendar_in_maintenance()
    }

    /// The calendar, whether all is running or not.
    pub(crate) fn calendar_in_maintenance() -> Result<Calendar<BlockNumberFor<T>>, Error<T>> {
        CurrentCalendar::<T>::get().ok_or(Error::<T>::NotBegun)
    }

    /// Pays what is due, lets `change` change the stakes, and keeps the sums over everybody.
    pub(crate) fn change_stakes<R>(
        who: &T::AccountId,
        calendar: &Calendar<BlockNumberFor<T>>,
        change: impl FnOnce(&mut LedgerOf<T>, &Parameters) -> Result<R, Error<T>>,
    ) -> Result<R, DispatchError> {
        let mut ledger = Ledgers::<T>::get(who);
        Self::settle(who, &mut ledger, calendar)?;
        let (amounts, voting) = (ledger.amounts(), ledger.voting());
        let result = change(&mut ledger, &CurrentParameters::<T>::get())?;
        TotalStaked::<T>::mutate(|total| total.change(calendar, amounts, ledger.amounts()));
        TotalVoting::<T>::mutate(|total| {
            *total = total.saturating_sub(voting).saturating_add(ledger.voting());
        });
        Self::store(who, ledger);
        Ok(result)
    }

    /// Puts `more` on a registered dApp, in the ledger and in the dApp's record.
    pub(crate) fn add(
        ledger: &mut LedgerOf<T>,
        calendar: &Calendar<BlockNumberFor<T>>,
        dapp: &AddressOf<T>,
        more: Taken,
        parameters: &Parameters,
    ) -> Result<(), Error<T>> {
        let before = ledger.amounts_on(dapp);
        ledger.stake(dapp, more, parameters.minimum_stake, parameters.max_stakes)?;
        Self::change_dapp(dapp, |record| {
            record.stake.change(calendar, before, ledger.amounts_on(dapp));
            Ok(())
        })
    }

    /// Takes `amount` off a dApp, in the ledger and in the dApp's record, for good or to be staked on
    /// another one. It costs no move to leave a dApp that was unregistered.
    pub(crate) fn take(
        who: &T::AccountId,
        ledger: &mut LedgerOf<T>,
        calendar: &Calendar<BlockNumberFor<T>>,
        dapp: &AddressOf<T>,
        amount: Balance,
        taking: Taking,
        parameters: &Parameters,
    ) -> Result<Taken, Error<T>> {
        let mut record = Dapps::<T>::get(dapp).ok_or(Error::<T>::NotRegistered)?;
        let costs_a_move = calendar.subperiod() == Subperiod::Earning && record.unregistered.is_none();
        let (before, voting) = (ledger.amounts_on(dapp), ledger.voting_on(dapp));
        let taken = match taking {
            Taking::Off => ledger.take(dapp, amount, parameters.minimum_stake, costs_a_move)?,
            Taking::Elsewhere => ledger.move_off(dapp, amount, parameters.minimum_stake, costs_a_move)?,
        };
        let lost = voting.saturating_sub(ledger.voting_on(dapp)).saturating_sub(taken.voting);
        if lost > 0 {
            Self::deposit_event(Event::BonusLost { who: who.clone(), dapp: dapp.clone(), amount: lost });
        }
        record.stake.change(calendar, before, ledger.amounts_on(dapp));
        Dapps::<T>::insert(dapp, record);
        Ok(taken)
    }

    /// Keeps the ledger. What is frozen must not have changed, or be [frozen](Self::freeze) anew.
    pub(crate) fn store(who: &T::AccountId, ledger: LedgerOf<T>) {
        if ledger.is_empty() {
            Ledgers::<T>::remove(who);
        } else {
            Ledgers::<T>::insert(who, ledger);
        }
    }

    /// Freezes what the ledger says.
    pub(crate) fn freeze(who: &T::AccountId, ledger: &LedgerOf<T>) -> DispatchResult {
        T::Freezer::set_freeze(&FreezeReason::DappStaking.into(), who, ledger.frozen())
    }
}
