//! The runtime API of dApp staking, for front ends.
//!
//! Amounts are in the smallest unit of the token.

use crate::*;
use alloc::vec::Vec;
use core::time::Duration;
use sp_runtime::traits::{Saturating, UniqueSaturatedInto, Zero};

/// Milliseconds since the Unix epoch.
pub type Moment = u64;

/// The locks and stakes of an account, and what is due to it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct AccountPosition<AccountId> {
    /// The amount that is locked and not being unlocked.
    pub locked: Balance,
    /// The amounts that are being unlocked, each with the era and the moment from which it is free.
    pub unlocking: Vec<(Balance, Era, Moment)>,
    /// The period of the stakes, which may be over.
    pub period: Period,
    /// The stakes, one for each dApp.
    pub stakes: Vec<StakeOn<AccountId>>,
    /// The amounts that earn: in the current era, and from the next era on.
    pub earning: (Balance, Balance),
    /// How often in this period voting stake can still be unstaked or moved without losing the bonus of the
    /// rest.
    pub safe_moves: u8,
    /// The reward that can be claimed.
    pub rewards: Balance,
    /// The bonus that can be claimed. Zero until the period is over.
    pub bonus: Balance,
    /// Whether the rewards of the stakes have expired.
    pub expired: bool,
}

/// A stake on a dApp.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct StakeOn<AccountId> {
    /// The dApp.
    pub dapp: DappAddress<AccountId>,
    /// The part that was staked in voting eras and kept since. It has a right to the bonus.
    pub voting: Balance,
    /// The rest.
    pub earning: Balance,
}

/// A dApp, what is staked on it, and what is due to it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct DappPosition<AccountId> {
    /// The number of its registration.
    pub number: u32,
    /// The owner, who decides who is paid.
    pub owner: AccountId,
    /// The account that gets the rewards.
    pub payee: AccountId,
    /// Whether it is registered.
    pub registered: bool,
    /// The stake that counts for it: in the current era, and from the next era on.
    pub staked: (Balance, Balance),
    /// The last era in which it reached a tier, and the tier, counted from zero.
    pub tier: Option<(Era, u8)>,
    /// The reward that can be claimed.
    pub rewards: Balance,
}

/// The current era, period and cycle, and when each of them ends. The moments assume the current block time.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct CalendarPosition {
    /// The current era.
    pub era: Era,
    /// The current period.
    pub period: Period,
    /// The current subperiod.
    pub subperiod: Subperiod,
    /// Which period of the cycle this is, counted from one, and how many periods the cycle has.
    pub period_of_cycle: (u32, u32),
    /// The length of an era, in milliseconds.
    pub era_millis: u64,
    /// When the era ends.
    pub era_ends: Moment,
    /// When the subperiod ends.
    pub subperiod_ends: Moment,
    /// When the period ends.
    pub period_ends: Moment,
    /// When the cycle ends.
    pub cycle_ends: Moment,
    /// Whether dApp staking is stopped for maintenance.
    pub stopped: bool,
}

sp_api::decl_runtime_apis! {
    /// The state of dApp staking, as a front end shows it.
    pub trait DappStakingApi<AccountId> where AccountId: codec::Codec {
        /// The locks and stakes of an account, and what is due to it. None if it has nothing locked.
        fn account(who: AccountId) -> Option<AccountPosition<AccountId>>;
        /// A dApp, what is staked on it, and what is due to it. None if there is no such dApp.
        fn dapp(dapp: DappAddress<AccountId>) -> Option<DappPosition<AccountId>>;
        /// The calendar. None before the first block.
        fn calendar() -> Option<CalendarPosition>;
    }
}

impl<T: Config> Pallet<T> {
    /// The locks and stakes of an account, and what is due to it. None if the account has nothing locked.
    pub fn account(who: &T::AccountId) -> Option<AccountPosition<T::AccountId>> {
        let calendar = CurrentCalendar::<T>::get()?;
        let mut ledger = Ledgers::<T>::get(who);
        if ledger.is_empty() {
            return None;
        }
        let due = Self::due(&ledger, &calendar).map_or(Due::default(), |(due, _)| due);
        let expired = Self::have_rewards_expired(&ledger);
        let (period, stakes) = (ledger.period, ledger.stakes.clone());
        ledger.advance_to(&calendar);
        Some(AccountPosition {
            locked: ledger.locked,
            unlocking: ledger
                .unlocking
                .iter()
                .map(|chunk| (chunk.amount, chunk.era, Self::era_start(&calendar, chunk.era)))
                .collect(),
            period,
            stakes: stakes
                .into_iter()
                .map(|stake| StakeOn { dapp: stake.dapp, voting: stake.voting, earning: stake.earning })
                .collect(),
            earning: ledger.earning_amounts(),
            safe_moves: SAFE_MOVES.saturating_sub(ledger.moves),
            rewards: due.stakers,
            bonus: due.bonus,
            expired,
        })
    }

    /// A dApp, what is staked on it, and what is due to it. None if there is no such dApp.
    pub fn dapp(dapp: &AddressOf<T>) -> Option<DappPosition<T::AccountId>> {
        let calendar = CurrentCalendar::<T>::get()?;
        let mut record = Dapps::<T>::get(dapp)?;
        record.remove_expired(OldestPeriod::<T>::get());
        Some(DappPosition {
            number: record.number,
            payee: record.payee(),
            registered: record.unregistered.is_none(),
            staked: (record.stake.at(calendar.era, calendar.period), record.stake.next(&calendar)),
            tier: record.tier,
            rewards: record.unclaimed(),
            owner: record.owner,
        })
    }

    /// The calendar. None before the first block.
    pub fn calendar_position() -> Option<CalendarPosition> {
        let calendar = CurrentCalendar::<T>::get()?;
        let nth = calendar.period.saturating_sub(calendar.first_period).saturating_add(1);
        Some(CalendarPosition {
            era: calendar.era,
            period: calendar.period,
            subperiod: calendar.subperiod(),
            period_of_cycle: (nth, calendar.timetable.shape.periods),
            era_millis: calendar.timetable.era_millis,
            era_ends: Self::era_start(&calendar, calendar.era.saturating_add(1)),
            subperiod_ends: Self::era_start(&calendar, calendar.subperiod_end()),
            period_ends: Self::era_start(&calendar, calendar.period_end()),
            cycle_ends: Self::era_start(&calendar, calendar.cycle_end()),
            stopped: Maintenance::<T>::exists(),
        })
    }

    /// The moment at which `era` begins if the block time stays the same. Now, if it has begun already.
    fn era_start(calendar: &Calendar<frame_system::pallet_prelude::BlockNumberFor<T>>, era: Era) -> Moment {
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
