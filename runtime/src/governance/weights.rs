//! Weights of the runtime's own `governance`.
//!
//! Times and reads are measured by `scripts/weights` (AMD EPYC, 20 repeats). What each pause adds in reads,
//! writes and proof is put in by hand: of a block without pauses the benchmark's figures declare the proof
//! of as many as there can be.

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
        Weight::from_parts(18_396_000, 5_998)
            .saturating_add(T::DbWeight::get().reads_writes(4, 1))
            .saturating_add(Weight::from_parts(28_813_000, 2_623).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads_writes(1, 1).saturating_mul(n.into()))
    }
    fn pause(n: u32) -> Weight {
        Weight::from_parts(77_913_000, 5_998)
            .saturating_add(T::DbWeight::get().reads_writes(2, 1))
            .saturating_add(Weight::from_parts(27_298_000, 2_623).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads_writes(1, 1).saturating_mul(n.into()))
    }
    fn resume(n: u32) -> Weight {
        Weight::from_parts(67_579_000, 5_998)
            .saturating_add(T::DbWeight::get().reads_writes(2, 1))
            .saturating_add(Weight::from_parts(28_288_000, 2_623).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads_writes(1, 1).saturating_mul(n.into()))
    }
}

/// For tests.
impl WeightInfo for () {
    fn on_initialize(n: u32) -> Weight {
        Weight::from_parts(18_396_000, 5_998)
            .saturating_add(ParityDbWeight::get().reads_writes(4, 1))
            .saturating_add(Weight::from_parts(28_813_000, 2_623).saturating_mul(n.into()))
    }
    fn pause(n: u32) -> Weight {
        Weight::from_parts(77_913_000, 5_998)
            .saturating_add(ParityDbWeight::get().reads_writes(2, 1))
            .saturating_add(Weight::from_parts(27_298_000, 2_623).saturating_mul(n.into()))
    }
    fn resume(n: u32) -> Weight {
        Weight::from_parts(67_579_000, 5_998)
            .saturating_add(ParityDbWeight::get().reads_writes(2, 1))
            .saturating_add(Weight::from_parts(28_288_000, 2_623).saturating_mul(n.into()))
    }
}
