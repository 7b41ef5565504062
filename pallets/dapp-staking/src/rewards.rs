//! What is due to a staker, and paying it.

use crate::{Calendar, Config, EarnedPerUnit, Era, Event, LedgerOf, Pallet, Period, Periods, Pool};
use codec::{Decode, Encode, MaxEncodedLen};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_inflation::{Balance, Pallet as Inflation, Recipient};
use scale_info::TypeInfo;
use sp_core::U256;
use sp_runtime::DispatchError;

/// A period's rewards.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct PeriodRewards {
    /// The period's first era.
    pub first_era: Era,
    /// The first era after it.
    pub end: Era,
    /// The last period in which its rewards can be claimed. They may be kept for longer, where older
    /// ones are.
    pub kept_through: Period,
    /// For what was staked, by stake and era.
    pub stakers: Pool,
    /// For what was staked while voting and kept; filled as the period ends.
    pub bonus: Pool,
}

/// What is due to a staker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// For the eras since the stakes were last paid.
    pub stakers: Balance,
    /// For what was staked while voting and kept, if the period is over.
    pub bonus: Balance,
}

impl<T: Config> Pallet<T> {
    /// Pays what is due to the stakes, and brings them to the present era.
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
            None if Self::has_expired(ledger) => {
                Self::deposit_event(Event::Expired { who: who.clone(), period, from });
            }
            None => (),
        }
        ledger.enter(calendar);
        Ok(paid)
    }

    /// What is due to the stakes, and what their period's pools are once it is paid. None if nothing
    /// is staked, or if the rewards have expired.
    pub(crate) fn due(
        ledger: &LedgerOf<T>,
        calendar: &Calendar<BlockNumberFor<T>>,
    ) -> Option<(Due, PeriodRewards)> {
        if ledger.stakes.is_empty() {
            return None;
        }
        let mut period = Periods::<T>::get(ledger.period)?;
        let over = ledger.period < calendar.period;
        let until = if over { period.end } else { calendar.era };
        let stakers = period.stakers.take(Self::points(ledger, until));
        let bonus = if over { period.bonus.take(ledger.voting().into()) } else { 0 };
        Some((Due { stakers, bonus }, period))
    }

    /// The points that the stakes have earned from the ledger's era up to `until`, without it.
    pub(crate) fn points(ledger: &LedgerOf<T>, until: Era) -> U256 {
        if until <= ledger.era {
            return U256::zero();
        }
        let up_to = EarnedPerUnit::<T>::get;
        let (before, first) = (up_to(ledger.era.saturating_sub(1)), up_to(ledger.era));
        let last = up_to(until.saturating_sub(1));
        let of = |amount: Balance, rate: U256| U256::from(amount).saturating_mul(rate);
        of(ledger.active, first.saturating_sub(before))
            .saturating_add(of(ledger.staked(), last.saturating_sub(first)))
    }

    /// Whether the stakes are of a period whose rewards can no longer be claimed.
    pub(crate) fn has_expired(ledger: &LedgerOf<T>) -> bool {
        !ledger.stakes.is_empty() && !Periods::<T>::contains_key(ledger.period)
    }
}
