//! Weights of `pallet_cadence`, as measured by `scripts/weights`. Not written by hand.
//!
//! SDK 64.0.0, AMD EPYC, 2 steps, 20 repeats.

#![allow(unused_parens)]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::ParityDbWeight, Weight},
};

pub trait WeightInfo {
    fn begin() -> Weight;
    fn step() -> Weight;
    fn entry(l: u32) -> Weight;
}

/// Weights on a chain with its own price of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    // Storage: `Timestamp::Now` (r:1 w:0)
    // Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Cadence::History` (r:1 w:1)
    // Proof: `Cadence::History` (`max_values`: Some(1), `max_size`: Some(2050), added: 2545, mode: `MaxEncodedLen`)
    // Storage: `Cadence::Rescaling` (r:1 w:1)
    // Proof: `Cadence::Rescaling` (`max_values`: Some(1), `max_size`: Some(1059), added: 1554, mode: `MaxEncodedLen`)
    // Storage: `Inflation::CurrentStream` (r:1 w:1)
    // Proof: `Inflation::CurrentStream` (`max_values`: Some(1), `max_size`: Some(72), added: 567, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:1)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::Maintenance` (r:1 w:1)
    // Proof: `DappStaking::Maintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::NextMaintenance` (r:1 w:1)
    // Proof: `DappStaking::NextMaintenance` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `CollatorSelection::LastAuthoredBlock` (r:1 w:0)
    // Proof: `CollatorSelection::LastAuthoredBlock` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `SafeMode::EnteredUntil` (r:1 w:1)
    // Proof: `SafeMode::EnteredUntil` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Scheduler::IncompleteSince` (r:1 w:1)
    // Proof: `Scheduler::IncompleteSince` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Treasury::LastSpendPeriod` (r:1 w:1)
    // Proof: `Treasury::LastSpendPeriod` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Governance::Speedup` (r:1 w:0)
    // Proof: `Governance::Speedup` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn begin() -> Weight {
        Weight::from_parts(156_121_000, 3535)
            .saturating_add(T::DbWeight::get().reads(12))
            .saturating_add(T::DbWeight::get().writes(9))
    }
    // Storage: `Cadence::Rescaling` (r:1 w:1)
    // Proof: `Cadence::Rescaling` (`max_values`: Some(1), `max_size`: Some(1059), added: 1554, mode: `MaxEncodedLen`)
    // Storage: UNKNOWN KEY `0x3db7a24cfdc9de785974746c14a99df995cce082adc42c4d04cb3a86bfb1306a` (r:1 w:0)
    // Proof: UNKNOWN KEY `0x3db7a24cfdc9de785974746c14a99df995cce082adc42c4d04cb3a86bfb1306a` (r:1 w:0)
    // Storage: UNKNOWN KEY `0x0f6738a0ee80c8e74cd2c7417c1e2556672587767f78582e9b9d979a8ab82ee0` (r:1 w:0)
    // Proof: UNKNOWN KEY `0x0f6738a0ee80c8e74cd2c7417c1e2556672587767f78582e9b9d979a8ab82ee0` (r:1 w:0)
    fn step() -> Weight {
        Weight::from_parts(81_632_000, 3780)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: UNKNOWN KEY `0x31a6d64c65b9ad40a066eda42ab64b35f2c528f439cb4e3ed0c3631044c7e5de` (r:2 w:1)
    // Proof: UNKNOWN KEY `0x31a6d64c65b9ad40a066eda42ab64b35f2c528f439cb4e3ed0c3631044c7e5de` (r:2 w:1)
    fn entry(l: u32) -> Weight {
        Weight::from_parts(32_672_863, 6018)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(1))
            .saturating_add(Weight::from_parts(2_158, 0).saturating_mul(l.into()))
            .saturating_add(Weight::from_parts(0, 1).saturating_mul(l.into()))
    }
}

/// For tests.
impl WeightInfo for () {
    fn begin() -> Weight {
        Weight::from_parts(156_121_000, 3535).saturating_add(ParityDbWeight::get().reads_writes(12, 9))
    }
    fn step() -> Weight {
        Weight::from_parts(81_632_000, 3780).saturating_add(ParityDbWeight::get().reads_writes(3, 1))
    }
    fn entry(l: u32) -> Weight {
        Weight::from_parts(32_672_863, 6018)
            .saturating_add(ParityDbWeight::get().reads_writes(2, 1))
            .saturating_add(Weight::from_parts(2_158, 0).saturating_mul(l.into()))
            .saturating_add(Weight::from_parts(0, 1).saturating_mul(l.into()))
    }
}
