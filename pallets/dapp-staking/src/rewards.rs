//! The rewards of stakers: what is due to an account, and its payment.
//!
//! [`Pallet::settle`] pays what the stakes of a ledger have earned since the ledger's era, and brings the
//! ledger up to date. All calls that change stakes settle first. So between two settlements a stake does not
//! change, and its points are a difference of two sums ([`EarnedPerUnit`]).

use crate::{
    Calendar, Config, EarnedPerUnit, Era, Error, Event, LedgerOf, Ledgers, Pallet, Period, Periods, Pool,
};
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{dispatch::DispatchResult, ensure};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_inflation::{Balance, Pallet as Inflation, Recipient};
use scale_info::TypeInfo;
use sp_core::U256;
use sp_runtime::DispatchError;

/// The rewards of a period for stakers.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct PeriodRewards {
    /// The period's first era.
    pub first_era: Era,
    /// The first era after the period.
    pub end: Era,
    /// The last period in which the rewards can be claimed. They are kept for longer if those of an older
    /// period are.
    pub kept_through: Period,
    /// The rewards for stakes, shared by stake and era.
    pub stakers: Pool,
    /// The bonus for voting stake that was kept to the end of the period. Empty until the period ends.
    pub bonus: Pool,
}

/// The amounts that are due to a staker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// The reward for the eras since the ledger was last settled.
    pub stakers: Balance,
    /// The bonus, if the period of the stakes is over.
    pub bonus: Balance,
}

impl<T: Config> Pallet<T> {
    /// Does what [`Pallet::claim`] describes.
    pub(crate) fn claim_rewards(staker: &T::AccountId) -> DispatchResult {
        let calendar = Self::ensure_running()?;
        let mut ledger = Ledgers::<T>::get(staker);
        let expired = Self::have_rewards_expired(&ledger);
        let due = Self::settle(staker, &mut ledger, &calendar)?;
        ensure!(!expired, Error::<T>::RewardsExpired);
        ensure!(due != Due::default(), Error::<T>::NothingToClaim);
        Self::store(staker, ledger);
        Ok(())
    }

    /// Pays `who` what is due, brings the stakes up to date with the current era, and returns what was paid.
    ///
    /// Fails if the payment cannot be minted: the account would hold less than the existential deposit.
    pub(crate) fn settle(
        who: &T::AccountId,
        ledger: &mut LedgerOf<T>,
        calendar: &Calendar<BlockNumberFor<T>>,
    ) -> Result<Due, DispatchError> {
        let (period, from) = (ledger.period, ledger.era);
        let mut paid = Due::default();
        match Self::due(ledger, calendar) {
            Some((due, rewards)) => {
                let until = rewards.end.min(calendar.era);
                Periods::<T>::insert(period, rewards);
                if due != Due::default() {
                    let Due { stakers, bonus } = due;
                    Inflation::<T>::issue(who, &[(Recipient::Stakers, stakers), (Recipient::Bonus, bonus)])?;
                    let who = who.clone();
                    Self::deposit_event(Event::Paid { who, period, from, until, stakers, bonus });
                }
                paid = due;
            }
            None if Self::have_rewards_expired(ledger) => {
                Self::deposit_event(Event::Expired { who: who.clone(), period, from });
            }
            None => (),
        }
        ledger.advance_to(calendar);
        Ok(paid)
    }

    /// Returns what is due to the stakes, and the rewards of their period after the payment. None if nothing
    /// is staked, or if the rewards have expired.
    pub(crate) fn due(
        ledger: &LedgerOf<T>,
        calendar: &Calendar<BlockNumberFor<T>>,
    ) -> Option<(Due, PeriodRewards)> {
        if ledger.stakes.is_empty() {
            return None;
        }
        let mut period = Periods::<T>::get(ledger.period)?;
        let has_ended = ledger.period < calendar.period;
        let until = if has_ended { period.end } else { calendar.era };
        let stakers = period.stakers.claim(Self::points_earned(ledger, until));
        let bonus = if has_ended { period.bonus.claim(ledger.voting().into()) } else { 0 };
        Some((Due { stakers, bonus }, period))
    }

    /// The points that the stakes have earned from the ledger's era up to `until`, exclusive.
    pub(crate) fn points_earned(ledger: &LedgerOf<T>, until: Era) -> U256 {
        if until <= ledger.era {
            return U256::zero();
        }
        let up_to = EarnedPerUnit::<T>::get;
        let (before, first) = (up_to(ledger.era.saturating_sub(1)), up_to(ledger.era));
        let last = up_to(until.saturating_sub(1));
        let points = |amount: Balance, per_unit: U256| U256::from(amount).saturating_mul(per_unit);
        let (earning, earning_later) = ledger.earning_amounts();
        points(earning, first.saturating_sub(before))
            .saturating_add(points(earning_later, last.saturating_sub(first)))
    }

    /// Whether the stakes belong to a period whose rewards can no longer be claimed.
    pub(crate) fn have_rewards_expired(ledger: &LedgerOf<T>) -> bool {
        !ledger.stakes.is_empty() && !Periods::<T>::contains_key(ledger.period)
    }
}
