//! Weights of the runtime's own `governance`, as measured by `scripts/weights`. Not written by hand.

#![allow(unused_parens)]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::ParityDbWeight, Weight},
};

pub trait WeightInfo {
    fn on_initialize(n: u32) -> Weight;
    fn pause(n: u32) -> Weight;
    fn resume(n: u32) -> Weight;
}

/// Weights on a chain with its own price of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    // Storage: `Governance::Speedup` (r:1 w:0), `Governance::PriceDivisor` (r:1 w:0)
    // Storage: `Governance::Pauses` (r:1 w:1), `Timestamp::Now` (r:1 w:0)
    // Storage: `TxPause::PausedCalls` (r:32 w:32)
    fn on_initialize(n: u32) -> Weight {
        Weight::from_parts(12_000_000, 5_900)
            .saturating_add(T::DbWeight::get().reads_writes(4, 1))
            .saturating_add(Weight::from_parts(7_000_000, 2_621).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads_writes(1, 1).saturating_mul(n.into()))
    }
    fn pause(n: u32) -> Weight {
        Weight::from_parts(16_000_000, 5_900)
            .saturating_add(T::DbWeight::get().reads_writes(2, 1))
            .saturating_add(Weight::from_parts(10_000_000, 2_621).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads_writes(1, 1).saturating_mul(n.into()))
    }
    fn resume(n: u32) -> Weight {
        Weight::from_parts(16_000_000, 5_900)
            .saturating_add(T::DbWeight::get().reads_writes(2, 1))
            .saturating_add(Weight::from_parts(9_000_000, 2_621).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads_writes(1, 1).saturating_mul(n.into()))
    }
}

/// For tests.
impl WeightInfo for () {
    fn on_initialize(n: u32) -> Weight {
        Weight::from_parts(12_000_000, 5_900)
            .saturating_add(ParityDbWeight::get().reads_writes(4, 1))
            .saturating_add(Weight::from_parts(7_000_000, 2_621).saturating_mul(n.into()))
    }
    fn pause(n: u32) -> Weight {
        Weight::from_parts(16_000_000, 5_900)
            .saturating_add(ParityDbWeight::get().reads_writes(2, 1))
            .saturating_add(Weight::from_parts(10_000_000, 2_621).saturating_mul(n.into()))
    }
    fn resume(n: u32) -> Weight {
        Weight::from_parts(16_000_000, 5_900)
            .saturating_add(ParityDbWeight::get().reads_writes(2, 1))
            .saturating_add(Weight::from_parts(9_000_000, 2_621).saturating_mul(n.into()))
    }
}
