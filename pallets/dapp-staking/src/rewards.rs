//! What is due to a staker, and paying it.

use crate::{Calendar, Config, EarnedPerUnit, Era, Event, LedgerOf, Pallet, PeriodRewards, Periods};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_inflation::{Balance, Pallet as Inflation, Recipient};
use sp_core::U256;
use sp_runtime::DispatchError;

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
        let due = match Self::due(ledger, calendar) {
            Some((due, period)) => {
                Periods::<T>::insert(ledger.period, period);
                due
            }
            None => Due::default(),
        };
        ledger.enter(calendar);
        if due != Due::default() {
            Inflation::<T>::issue(who, &[(Recipient::Stakers, due.stakers), (Recipient::Bonus, due.bonus)])?;
            Self::deposit_event(Event::Paid { who: who.clone(), stakers: due.stakers, bonus: due.bonus });
        }
        Ok(due)
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
