//! What a front end asks.

use crate::*;
use alloc::vec::Vec;
use core::time::Duration;
use sp_runtime::traits::{Saturating, UniqueSaturatedInto, Zero};

/// Milliseconds since the Unix epoch.
pub type Moment = u64;

/// What an account has locked and staked, and what is due to it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct AccountPosition<AccountId> {
    /// Locked and not being unlocked.
    pub locked: Balance,
    /// What is being unlocked, and when it is free.
    pub unlocking: Vec<(Balance, Era, Moment)>,
    /// The period of the stakes, which may be over.
    pub period: Period,
    pub stakes: Vec<StakeOn<AccountId>>,
    /// What the stakes earn with in this era, and from the next one on.
    pub earning: (Balance, Balance),
    /// How often voting stake can still be unstaked or moved without losing the bonus.
    pub safe_moves: u8,
    /// Earned and to be claimed.
    pub rewards: Balance,
    /// The bonus to be claimed, if the period is over.
    pub bonus: Balance,
    /// Whether what was earned has expired.
    pub expired: bool,
}

/// A stake on a dApp.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct StakeOn<AccountId> {
    pub dapp: DappAddress<AccountId>,
    /// Has a part in the bonus.
    pub voting: Balance,
    /// The rest.
    pub earning: Balance,
}

/// A dApp and what is due to it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct DappPosition<AccountId> {
    pub number: u32,
    pub owner: AccountId,
    pub payee: AccountId,
    pub registered: bool,
    /// What counts for it: in this era, and from the next one on.
    pub staked: (Balance, Balance),
    /// The last era in which it reached a tier, and the tier, counted from zero.
    pub tier: Option<(Era, u8)>,
    /// Earned and to be claimed.
    pub rewards: Balance,
}

/// Where we are, and when what ends. What lies ahead is reckoned at the present pace.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct CalendarPosition {
    pub era: Era,
    pub period: Period,
    pub subperiod: Subperiod,
    /// Periods of this cycle, and which of them this is, counted from one.
    pub period_of_cycle: (u32, u32),
    /// Length of an era, in milliseconds.
    pub era_millis: u64,
    pub era_ends: Moment,
    pub subperiod_ends: Moment,
    pub period_ends: Moment,
    pub cycle_ends: Moment,
    /// Whether all is stopped.
    pub stopped: bool,
}

sp_api::decl_runtime_apis! {
    /// dApp staking as a front end shows it.
    pub trait DappStakingApi<AccountId> where AccountId: codec::Codec {
        /// An account's position and what is due to it; none if it has nothing locked.
        fn account(who: AccountId) -> Option<AccountPosition<AccountId>>;
        /// A dApp and what is due to it; none if there is no such dApp.
        fn dapp(dapp: DappAddress<AccountId>) -> Option<DappPosition<AccountId>>;
        /// The calendar; none before the first block.
        fn calendar() -> Option<CalendarPosition>;
    }
}

impl<T: Config> Pallet<T> {
    /// An account's position and what is due to it; none if it has nothing locked.
    pub fn account(who: &T::AccountId) -> Option<AccountPosition<T::AccountId>> {
        let calendar = CurrentCalendar::<T>::get()?;
        let mut ledger = Ledgers::<T>::get(who);
        if ledger.is_empty() {
            return None;
        }
        let due = Self::due(&ledger, &calendar).map_or(Due::default(), |(due, _)| due);
        let expired = Self::has_expired(&ledger);
        let (period, stakes) = (ledger.period, ledger.stakes.clone());
        ledger.enter(&calendar);
        Some(AccountPosition {
            locked: ledger.locked,
            unlocking: ledger
                .unlocking
                .iter()
                .map(|chunk| (chunk.amount, chunk.era, Self::begins(&calendar, chunk.era)))
                .collect(),
            period,
            stakes: stakes
                .into_iter()
                .map(|stake| StakeOn { dapp: stake.dapp, voting: stake.voting, earning: stake.earning })
                .collect(),
            earning: ledger.amounts(),
            safe_moves: SAFE_MOVES.saturating_sub(ledger.moves),
            rewards: due.stakers,
            bonus: due.bonus,
            expired,
        })
    }

    /// A dApp and what is due to it; none if there is no such dApp.
    pub fn dapp(dapp: &AddressOf<T>) -> Option<DappPosition<T::AccountId>> {
        let calendar = CurrentCalendar::<T>::get()?;
        let mut record = Dapps::<T>::get(dapp)?;
        record.take_expired(OldestPeriod::<T>::get());
        Some(DappPosition {
            number: record.number,
            payee: record.payee(),
            registered: record.unregistered.is_none(),
            staked: (record.stake.at(calendar.era, calendar.period), record.stake.next(&calendar)),
            tier: record.tier,
            rewards: record.earned(),
            owner: record.owner,
        })
    }

    /// The calendar; none before the first block.
    pub fn calendar_position() -> Option<CalendarPosition> {
        let calendar = CurrentCalendar::<T>::get()?;
        let nth = calendar.period.saturating_sub(calendar.first_period).saturating_add(1);
        Some(CalendarPosition {
            era: calendar.era,
            period: calendar.period,
            subperiod: calendar.subperiod(),
            period_of_cycle: (nth, calendar.timetable.shape.periods),
            era_millis: calendar.timetable.era_millis,
            era_ends: Self::begins(&calendar, calendar.era.saturating_add(1)),
            subperiod_ends: Self::begins(&calendar, calendar.subperiod_end()),
            period_ends: Self::begins(&calendar, calendar.period_end()),
            cycle_ends: Self::begins(&calendar, calendar.cycle_end()),
            stopped: Maintenance::<T>::exists(),
        })
    }

    /// The moment at which an era that lies ahead begins, at the present pace; now if it has begun.
    fn begins(calendar: &Calendar<frame_system::pallet_prelude::BlockNumberFor<T>>, era: Era) -> Moment {
        let now = T::Time::now().as_millis().unique_saturated_into();
        let eras_ahead = era.saturating_sub(calendar.era);
        if eras_ahead.is_zero() {
            return now;
        }
        let block = frame_system::Pallet::<T>::block_number();
        let blocks: u32 = calendar.next_era.saturating_sub(block).unique_saturated_into();
        let cadence = T::Cadence::get();
        let era_blocks = cadence.blocks(Duration::from_millis(calendar.timetable.era_millis));
        let blocks = blocks.saturating_add(era_blocks.saturating_mul(eras_ahead.saturating_sub(1)));
        now.saturating_add(cadence.time(blocks).as_millis().unique_saturated_into())
    }
}
