//! Weights of `pallet_dapp_staking`, as measured by `scripts/weights`. Not written by hand.
//!
//! SDK 64.0.0, AMD EPYC, 2 steps, 20 repeats.

#![allow(unused_parens)]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::ParityDbWeight, Weight},
};

pub trait WeightInfo {
    fn idle() -> Weight;
    fn resume() -> Weight;
    fn turn_era() -> Weight;
    fn rank() -> Weight;
    fn credit() -> Weight;
    fn set_maintenance() -> Weight;
    fn set_parameters() -> Weight;
    fn set_timetable() -> Weight;
    fn register() -> Weight;
    fn unregister() -> Weight;
    fn set_owner() -> Weight;
    fn set_beneficiary() -> Weight;
    fn lock() -> Weight;
    fn unlock() -> Weight;
    fn relock() -> Weight;
    fn claim_unlocked() -> Weight;
    fn stake() -> Weight;
    fn unstake() -> Weight;
    fn move_stake() -> Weight;
    fn claim() -> Weight;
    fn claim_dapp() -> Weight;
}

/// Weights on a chain with its own price of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    // Storage: `DappStaking::Maintenance` (r:1 w:0)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentTurn` (r:1 w:0)
    // Proof: `DappStaking::CurrentTurn` (`max_values`: Some(1), `max_size`: Some(175), added: 670, mode: `MaxEncodedLen`)
    fn idle() -> Weight {
        Weight::from_parts(26_079_000, 1660).saturating_add(T::DbWeight::get().reads(3))
    }
    // Storage: `DappStaking::Maintenance` (r:1 w:1)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentTurn` (r:1 w:0)
    // Proof: `DappStaking::CurrentTurn` (`max_values`: Some(1), `max_size`: Some(175), added: 670, mode: `MaxEncodedLen`)
    fn resume() -> Weight {
        Weight::from_parts(47_008_000, 1660)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `DappStaking::Maintenance` (r:1 w:0)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:1)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentTurn` (r:1 w:1)
    // Proof: `DappStaking::CurrentTurn` (`max_values`: Some(1), `max_size`: Some(175), added: 670, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::EarnedPerUnit` (r:1 w:3)
    // Proof: `DappStaking::EarnedPerUnit` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::TotalStaked` (r:1 w:0)
    // Proof: `DappStaking::TotalStaked` (`max_values`: Some(1), `max_size`: Some(56), added: 551, mode: `MaxEncodedLen`)
    // Storage: `Inflation::CurrentPlan` (r:1 w:1)
    // Proof: `Inflation::CurrentPlan` (`max_values`: Some(1), `max_size`: Some(168), added: 663, mode: `MaxEncodedLen`)
    // Storage: `Inflation::Tallies` (r:5 w:5)
    // Proof: `Inflation::Tallies` (`max_values`: None, `max_size`: Some(73), added: 2548, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Periods` (r:2 w:3)
    // Proof: `DappStaking::Periods` (`max_values`: None, `max_size`: Some(120), added: 2595, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentParameters` (r:1 w:0)
    // Proof: `DappStaking::CurrentParameters` (`max_values`: Some(1), `max_size`: Some(92), added: 587, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::NextTimetable` (r:1 w:1)
    // Proof: `DappStaking::NextTimetable` (`max_values`: Some(1), `max_size`: Some(24), added: 519, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::TotalVoting` (r:1 w:1)
    // Proof: `DappStaking::TotalVoting` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Inflation::NextParameters` (r:1 w:1)
    // Proof: `Inflation::NextParameters` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    // Storage: `Inflation::CurrentStream` (r:1 w:1)
    // Proof: `Inflation::CurrentStream` (`max_values`: Some(1), `max_size`: Some(72), added: 567, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::OldestPeriod` (r:1 w:1)
    // Proof: `DappStaking::OldestPeriod` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::OldestEra` (r:1 w:1)
    // Proof: `DappStaking::OldestEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Governance::PriceDivisor` (r:1 w:0)
    // Proof: `Governance::PriceDivisor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Ranking` (r:0 w:1)
    // Proof: `DappStaking::Ranking` (`max_values`: Some(1), `max_size`: Some(9090), added: 9585, mode: `MaxEncodedLen`)
    // Storage: `Inflation::OpeningTallies` (r:0 w:5)
    // Proof: `Inflation::OpeningTallies` (`max_values`: None, `max_size`: Some(73), added: 2548, mode: `MaxEncodedLen`)
    fn turn_era() -> Weight {
        Weight::from_parts(687_903_000, 13730)
            .saturating_add(T::DbWeight::get().reads(23))
            .saturating_add(T::DbWeight::get().writes(28))
    }
    // Storage: `DappStaking::Maintenance` (r:1 w:0)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentTurn` (r:1 w:1)
    // Proof: `DappStaking::CurrentTurn` (`max_values`: Some(1), `max_size`: Some(175), added: 670, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Dapps` (r:50 w:49)
    // Proof: `DappStaking::Dapps` (`max_values`: None, `max_size`: Some(394), added: 2869, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::OldestPeriod` (r:1 w:0)
    // Proof: `DappStaking::OldestPeriod` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Ranking` (r:1 w:1)
    // Proof: `DappStaking::Ranking` (`max_values`: Some(1), `max_size`: Some(9090), added: 9585, mode: `MaxEncodedLen`)
    // Storage: `Inflation::Tallies` (r:1 w:1)
    // Proof: `Inflation::Tallies` (`max_values`: None, `max_size`: Some(73), added: 2548, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CounterForDapps` (r:1 w:1)
    // Proof: `DappStaking::CounterForDapps` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn rank() -> Weight {
        Weight::from_parts(2_652_055_000, 144440)
            .saturating_add(T::DbWeight::get().reads(57))
            .saturating_add(T::DbWeight::get().writes(53))
    }
    // Storage: `DappStaking::Maintenance` (r:1 w:0)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentTurn` (r:1 w:1)
    // Proof: `DappStaking::CurrentTurn` (`max_values`: Some(1), `max_size`: Some(175), added: 670, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Ranking` (r:1 w:0)
    // Proof: `DappStaking::Ranking` (`max_values`: Some(1), `max_size`: Some(9090), added: 9585, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Dapps` (r:50 w:50)
    // Proof: `DappStaking::Dapps` (`max_values`: None, `max_size`: Some(394), added: 2869, mode: `MaxEncodedLen`)
    // Storage: `Inflation::Tallies` (r:1 w:1)
    // Proof: `Inflation::Tallies` (`max_values`: None, `max_size`: Some(73), added: 2548, mode: `MaxEncodedLen`)
    fn credit() -> Weight {
        Weight::from_parts(1_421_981_000, 144440)
            .saturating_add(T::DbWeight::get().reads(55))
            .saturating_add(T::DbWeight::get().writes(52))
    }
    // Storage: `DappStaking::NextMaintenance` (r:1 w:1)
    // Proof: `DappStaking::NextMaintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Maintenance` (r:0 w:1)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn set_maintenance() -> Weight {
        Weight::from_parts(58_199_000, 1489)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    // Storage: `DappStaking::CurrentLimits` (r:1 w:0)
    // Proof: `DappStaking::CurrentLimits` (`max_values`: Some(1), `max_size`: Some(104), added: 599, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentParameters` (r:0 w:1)
    // Proof: `DappStaking::CurrentParameters` (`max_values`: Some(1), `max_size`: Some(92), added: 587, mode: `MaxEncodedLen`)
    fn set_parameters() -> Weight {
        Weight::from_parts(60_983_000, 1589)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `DappStaking::CurrentLimits` (r:1 w:0)
    // Proof: `DappStaking::CurrentLimits` (`max_values`: Some(1), `max_size`: Some(104), added: 599, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::NextTimetable` (r:0 w:1)
    // Proof: `DappStaking::NextTimetable` (`max_values`: Some(1), `max_size`: Some(24), added: 519, mode: `MaxEncodedLen`)
    fn set_timetable() -> Weight {
        Weight::from_parts(62_115_000, 1589)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Dapps` (r:1 w:1)
    // Proof: `DappStaking::Dapps` (`max_values`: None, `max_size`: Some(394), added: 2869, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Maintenance` (r:1 w:0)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentTurn` (r:1 w:0)
    // Proof: `DappStaking::CurrentTurn` (`max_values`: Some(1), `max_size`: Some(175), added: 670, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::OldestPeriod` (r:1 w:0)
    // Proof: `DappStaking::OldestPeriod` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Inflation::Tallies` (r:1 w:1)
    // Proof: `Inflation::Tallies` (`max_values`: None, `max_size`: Some(73), added: 2548, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Governance::PriceDivisor` (r:1 w:0)
    // Proof: `Governance::PriceDivisor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::NextNumber` (r:1 w:1)
    // Proof: `DappStaking::NextNumber` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn register() -> Weight {
        Weight::from_parts(278_540_000, 3859)
            .saturating_add(T::DbWeight::get().reads(9))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Dapps` (r:1 w:1)
    // Proof: `DappStaking::Dapps` (`max_values`: None, `max_size`: Some(394), added: 2869, mode: `MaxEncodedLen`)
    fn unregister() -> Weight {
        Weight::from_parts(86_361_000, 3859)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `DappStaking::Maintenance` (r:1 w:0)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Dapps` (r:1 w:1)
    // Proof: `DappStaking::Dapps` (`max_values`: None, `max_size`: Some(394), added: 2869, mode: `MaxEncodedLen`)
    fn set_owner() -> Weight {
        Weight::from_parts(104_565_000, 3859)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `DappStaking::Maintenance` (r:1 w:0)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Dapps` (r:1 w:1)
    // Proof: `DappStaking::Dapps` (`max_values`: None, `max_size`: Some(394), added: 2869, mode: `MaxEncodedLen`)
    fn set_beneficiary() -> Weight {
        Weight::from_parts(96_881_000, 3859)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `DappStaking::Maintenance` (r:1 w:0)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `CollatorSelection::Invulnerables` (r:1 w:0)
    // Proof: `CollatorSelection::Invulnerables` (`max_values`: Some(1), `max_size`: Some(1537), added: 2032, mode: `MaxEncodedLen`)
    // Storage: `CollatorSelection::CandidateList` (r:1 w:0)
    // Proof: `CollatorSelection::CandidateList` (`max_values`: Some(1), `max_size`: Some(7106), added: 7601, mode: `MaxEncodedLen`)
    // Storage: `Session::Validators` (r:1 w:0)
    // Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    // Storage: `Session::QueuedKeys` (r:1 w:0)
    // Proof: `Session::QueuedKeys` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    // Storage: `DappStaking::Ledgers` (r:1 w:1)
    // Proof: `DappStaking::Ledgers` (`max_values`: None, `max_size`: Some(2332), added: 4807, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentParameters` (r:1 w:0)
    // Proof: `DappStaking::CurrentParameters` (`max_values`: Some(1), `max_size`: Some(92), added: 587, mode: `MaxEncodedLen`)
    // Storage: `Balances::Freezes` (r:1 w:1)
    // Proof: `Balances::Freezes` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    // Storage: `Governance::PriceDivisor` (r:1 w:0)
    // Proof: `Governance::PriceDivisor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Balances::Locks` (r:1 w:0)
    // Proof: `Balances::Locks` (`max_values`: None, `max_size`: Some(1299), added: 3774, mode: `MaxEncodedLen`)
    fn lock() -> Weight {
        Weight::from_parts(245_338_000, 8591)
            .saturating_add(T::DbWeight::get().reads(12))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    // Storage: `DappStaking::Maintenance` (r:1 w:0)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Ledgers` (r:1 w:1)
    // Proof: `DappStaking::Ledgers` (`max_values`: None, `max_size`: Some(2332), added: 4807, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Periods` (r:1 w:1)
    // Proof: `DappStaking::Periods` (`max_values`: None, `max_size`: Some(120), added: 2595, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::EarnedPerUnit` (r:3 w:0)
    // Proof: `DappStaking::EarnedPerUnit` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Governance::PriceDivisor` (r:1 w:0)
    // Proof: `Governance::PriceDivisor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Inflation::Tallies` (r:2 w:2)
    // Proof: `Inflation::Tallies` (`max_values`: None, `max_size`: Some(73), added: 2548, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentParameters` (r:1 w:0)
    // Proof: `DappStaking::CurrentParameters` (`max_values`: Some(1), `max_size`: Some(92), added: 587, mode: `MaxEncodedLen`)
    fn unlock() -> Weight {
        Weight::from_parts(339_523_000, 8547)
            .saturating_add(T::DbWeight::get().reads(12))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    // Storage: `DappStaking::Maintenance` (r:1 w:0)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `CollatorSelection::Invulnerables` (r:1 w:0)
    // Proof: `CollatorSelection::Invulnerables` (`max_values`: Some(1), `max_size`: Some(1537), added: 2032, mode: `MaxEncodedLen`)
    // Storage: `CollatorSelection::CandidateList` (r:1 w:0)
    // Proof: `CollatorSelection::CandidateList` (`max_values`: Some(1), `max_size`: Some(7106), added: 7601, mode: `MaxEncodedLen`)
    // Storage: `Session::Validators` (r:1 w:0)
    // Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    // Storage: `Session::QueuedKeys` (r:1 w:0)
    // Proof: `Session::QueuedKeys` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    // Storage: `DappStaking::Ledgers` (r:1 w:1)
    // Proof: `DappStaking::Ledgers` (`max_values`: None, `max_size`: Some(2332), added: 4807, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentParameters` (r:1 w:0)
    // Proof: `DappStaking::CurrentParameters` (`max_values`: Some(1), `max_size`: Some(92), added: 587, mode: `MaxEncodedLen`)
    fn relock() -> Weight {
        Weight::from_parts(140_993_000, 8591)
            .saturating_add(T::DbWeight::get().reads(8))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `DappStaking::Maintenance` (r:1 w:0)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Ledgers` (r:1 w:1)
    // Proof: `DappStaking::Ledgers` (`max_values`: None, `max_size`: Some(2332), added: 4807, mode: `MaxEncodedLen`)
    // Storage: `Balances::Freezes` (r:1 w:1)
    // Proof: `Balances::Freezes` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Governance::PriceDivisor` (r:1 w:0)
    // Proof: `Governance::PriceDivisor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Balances::Locks` (r:1 w:0)
    // Proof: `Balances::Locks` (`max_values`: None, `max_size`: Some(1299), added: 3774, mode: `MaxEncodedLen`)
    fn claim_unlocked() -> Weight {
        Weight::from_parts(203_770_000, 5797)
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    // Storage: `DappStaking::Maintenance` (r:1 w:0)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `CollatorSelection::Invulnerables` (r:1 w:0)
    // Proof: `CollatorSelection::Invulnerables` (`max_values`: Some(1), `max_size`: Some(1537), added: 2032, mode: `MaxEncodedLen`)
    // Storage: `CollatorSelection::CandidateList` (r:1 w:0)
    // Proof: `CollatorSelection::CandidateList` (`max_values`: Some(1), `max_size`: Some(7106), added: 7601, mode: `MaxEncodedLen`)
    // Storage: `Session::Validators` (r:1 w:0)
    // Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    // Storage: `Session::QueuedKeys` (r:1 w:0)
    // Proof: `Session::QueuedKeys` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    // Storage: `DappStaking::Ledgers` (r:1 w:1)
    // Proof: `DappStaking::Ledgers` (`max_values`: None, `max_size`: Some(2332), added: 4807, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Periods` (r:1 w:1)
    // Proof: `DappStaking::Periods` (`max_values`: None, `max_size`: Some(120), added: 2595, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::EarnedPerUnit` (r:3 w:0)
    // Proof: `DappStaking::EarnedPerUnit` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Governance::PriceDivisor` (r:1 w:0)
    // Proof: `Governance::PriceDivisor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Inflation::Tallies` (r:2 w:2)
    // Proof: `Inflation::Tallies` (`max_values`: None, `max_size`: Some(73), added: 2548, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentParameters` (r:1 w:0)
    // Proof: `DappStaking::CurrentParameters` (`max_values`: Some(1), `max_size`: Some(92), added: 587, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Dapps` (r:1 w:1)
    // Proof: `DappStaking::Dapps` (`max_values`: None, `max_size`: Some(394), added: 2869, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::TotalStaked` (r:1 w:1)
    // Proof: `DappStaking::TotalStaked` (`max_values`: Some(1), `max_size`: Some(56), added: 551, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::TotalVoting` (r:1 w:1)
    // Proof: `DappStaking::TotalVoting` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    fn stake() -> Weight {
        Weight::from_parts(422_909_000, 8591)
            .saturating_add(T::DbWeight::get().reads(19))
            .saturating_add(T::DbWeight::get().writes(8))
    }
    // Storage: `DappStaking::Maintenance` (r:1 w:0)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Ledgers` (r:1 w:1)
    // Proof: `DappStaking::Ledgers` (`max_values`: None, `max_size`: Some(2332), added: 4807, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Periods` (r:1 w:1)
    // Proof: `DappStaking::Periods` (`max_values`: None, `max_size`: Some(120), added: 2595, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::EarnedPerUnit` (r:3 w:0)
    // Proof: `DappStaking::EarnedPerUnit` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Governance::PriceDivisor` (r:1 w:0)
    // Proof: `Governance::PriceDivisor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Inflation::Tallies` (r:1 w:1)
    // Proof: `Inflation::Tallies` (`max_values`: None, `max_size`: Some(73), added: 2548, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentParameters` (r:1 w:0)
    // Proof: `DappStaking::CurrentParameters` (`max_values`: Some(1), `max_size`: Some(92), added: 587, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Dapps` (r:1 w:1)
    // Proof: `DappStaking::Dapps` (`max_values`: None, `max_size`: Some(394), added: 2869, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::TotalStaked` (r:1 w:1)
    // Proof: `DappStaking::TotalStaked` (`max_values`: Some(1), `max_size`: Some(56), added: 551, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::TotalVoting` (r:1 w:1)
    // Proof: `DappStaking::TotalVoting` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    fn unstake() -> Weight {
        Weight::from_parts(273_349_000, 8547)
            .saturating_add(T::DbWeight::get().reads(14))
            .saturating_add(T::DbWeight::get().writes(7))
    }
    // Storage: `DappStaking::Maintenance` (r:1 w:0)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Ledgers` (r:1 w:1)
    // Proof: `DappStaking::Ledgers` (`max_values`: None, `max_size`: Some(2332), added: 4807, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Periods` (r:1 w:1)
    // Proof: `DappStaking::Periods` (`max_values`: None, `max_size`: Some(120), added: 2595, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::EarnedPerUnit` (r:3 w:0)
    // Proof: `DappStaking::EarnedPerUnit` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Governance::PriceDivisor` (r:1 w:0)
    // Proof: `Governance::PriceDivisor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Inflation::Tallies` (r:1 w:1)
    // Proof: `Inflation::Tallies` (`max_values`: None, `max_size`: Some(73), added: 2548, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentParameters` (r:1 w:0)
    // Proof: `DappStaking::CurrentParameters` (`max_values`: Some(1), `max_size`: Some(92), added: 587, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Dapps` (r:2 w:2)
    // Proof: `DappStaking::Dapps` (`max_values`: None, `max_size`: Some(394), added: 2869, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::TotalStaked` (r:1 w:1)
    // Proof: `DappStaking::TotalStaked` (`max_values`: Some(1), `max_size`: Some(56), added: 551, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::TotalVoting` (r:1 w:1)
    // Proof: `DappStaking::TotalVoting` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    fn move_stake() -> Weight {
        Weight::from_parts(390_038_000, 8547)
            .saturating_add(T::DbWeight::get().reads(15))
            .saturating_add(T::DbWeight::get().writes(8))
    }
    // Storage: `DappStaking::Maintenance` (r:1 w:0)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Ledgers` (r:1 w:1)
    // Proof: `DappStaking::Ledgers` (`max_values`: None, `max_size`: Some(2332), added: 4807, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Periods` (r:1 w:1)
    // Proof: `DappStaking::Periods` (`max_values`: None, `max_size`: Some(120), added: 2595, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::EarnedPerUnit` (r:3 w:0)
    // Proof: `DappStaking::EarnedPerUnit` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Governance::PriceDivisor` (r:1 w:0)
    // Proof: `Governance::PriceDivisor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Inflation::Tallies` (r:2 w:2)
    // Proof: `Inflation::Tallies` (`max_values`: None, `max_size`: Some(73), added: 2548, mode: `MaxEncodedLen`)
    fn claim() -> Weight {
        Weight::from_parts(328_393_000, 8547)
            .saturating_add(T::DbWeight::get().reads(11))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    // Storage: `DappStaking::Maintenance` (r:1 w:0)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:0)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Dapps` (r:1 w:1)
    // Proof: `DappStaking::Dapps` (`max_values`: None, `max_size`: Some(394), added: 2869, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::OldestPeriod` (r:1 w:0)
    // Proof: `DappStaking::OldestPeriod` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Governance::PriceDivisor` (r:1 w:0)
    // Proof: `Governance::PriceDivisor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Inflation::Tallies` (r:1 w:1)
    // Proof: `Inflation::Tallies` (`max_values`: None, `max_size`: Some(73), added: 2548, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CounterForDapps` (r:1 w:1)
    // Proof: `DappStaking::CounterForDapps` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn claim_dapp() -> Weight {
        Weight::from_parts(255_807_000, 3859)
            .saturating_add(T::DbWeight::get().reads(8))
            .saturating_add(T::DbWeight::get().writes(4))
    }
}

/// For tests.
impl WeightInfo for () {
    fn idle() -> Weight {
        Weight::from_parts(26_079_000, 1660).saturating_add(ParityDbWeight::get().reads_writes(3, 0))
    }
    fn resume() -> Weight {
        Weight::from_parts(47_008_000, 1660).saturating_add(ParityDbWeight::get().reads_writes(3, 1))
    }
    fn turn_era() -> Weight {
        Weight::from_parts(687_903_000, 13730).saturating_add(ParityDbWeight::get().reads_writes(23, 28))
    }
    fn rank() -> Weight {
        Weight::from_parts(2_652_055_000, 144440).saturating_add(ParityDbWeight::get().reads_writes(57, 53))
    }
    fn credit() -> Weight {
        Weight::from_parts(1_421_981_000, 144440).saturating_add(ParityDbWeight::get().reads_writes(55, 52))
    }
    fn set_maintenance() -> Weight {
        Weight::from_parts(58_199_000, 1489).saturating_add(ParityDbWeight::get().reads_writes(1, 2))
    }
    fn set_parameters() -> Weight {
        Weight::from_parts(60_983_000, 1589).saturating_add(ParityDbWeight::get().reads_writes(1, 1))
    }
    fn set_timetable() -> Weight {
        Weight::from_parts(62_115_000, 1589).saturating_add(ParityDbWeight::get().reads_writes(1, 1))
    }
    fn register() -> Weight {
        Weight::from_parts(278_540_000, 3859).saturating_add(ParityDbWeight::get().reads_writes(9, 4))
    }
    fn unregister() -> Weight {
        Weight::from_parts(86_361_000, 3859).saturating_add(ParityDbWeight::get().reads_writes(2, 1))
    }
    fn set_owner() -> Weight {
        Weight::from_parts(104_565_000, 3859).saturating_add(ParityDbWeight::get().reads_writes(3, 1))
    }
    fn set_beneficiary() -> Weight {
        Weight::from_parts(96_881_000, 3859).saturating_add(ParityDbWeight::get().reads_writes(3, 1))
    }
    fn lock() -> Weight {
        Weight::from_parts(245_338_000, 8591).saturating_add(ParityDbWeight::get().reads_writes(12, 3))
    }
    fn unlock() -> Weight {
        Weight::from_parts(339_523_000, 8547).saturating_add(ParityDbWeight::get().reads_writes(12, 5))
    }
    fn relock() -> Weight {
        Weight::from_parts(140_993_000, 8591).saturating_add(ParityDbWeight::get().reads_writes(8, 1))
    }
    fn claim_unlocked() -> Weight {
        Weight::from_parts(203_770_000, 5797).saturating_add(ParityDbWeight::get().reads_writes(7, 3))
    }
    fn stake() -> Weight {
        Weight::from_parts(422_909_000, 8591).saturating_add(ParityDbWeight::get().reads_writes(19, 8))
    }
    fn unstake() -> Weight {
        Weight::from_parts(273_349_000, 8547).saturating_add(ParityDbWeight::get().reads_writes(14, 7))
    }
    fn move_stake() -> Weight {
        Weight::from_parts(390_038_000, 8547).saturating_add(ParityDbWeight::get().reads_writes(15, 8))
    }
    fn claim() -> Weight {
        Weight::from_parts(328_393_000, 8547).saturating_add(ParityDbWeight::get().reads_writes(11, 5))
    }
    fn claim_dapp() -> Weight {
        Weight::from_parts(255_807_000, 3859).saturating_add(ParityDbWeight::get().reads_writes(8, 4))
    }
}
