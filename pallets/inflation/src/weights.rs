//! Weights of `pallet_inflation`, as measured by `scripts/weights`. Not written by hand.
//!
//! SDK 64.0.0, AMD EPYC, 2 steps, 20 repeats.

#![allow(unused_parens)]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::ParityDbWeight, Weight},
};

pub trait WeightInfo {
    fn pay() -> Weight;
    fn set_parameters() -> Weight;
}

/// Weights on a chain with its own price of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    // Storage: `Inflation::CurrentStream` (r:1 w:1)
    // Proof: `Inflation::CurrentStream` (`max_values`: Some(1), `max_size`: Some(72), added: 567, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Governance::PriceDivisor` (r:1 w:0)
    // Proof: `Governance::PriceDivisor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn pay() -> Weight {
        Weight::from_parts(211_685_000, 6196)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    // Storage: `Inflation::Ceiling` (r:1 w:0)
    // Proof: `Inflation::Ceiling` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Inflation::NextParameters` (r:0 w:1)
    // Proof: `Inflation::NextParameters` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    fn set_parameters() -> Weight {
        Weight::from_parts(44_824_000, 1489)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
}

/// For tests.
impl WeightInfo for () {
    fn pay() -> Weight {
        Weight::from_parts(211_685_000, 6196).saturating_add(ParityDbWeight::get().reads_writes(4, 3))
    }
    fn set_parameters() -> Weight {
        Weight::from_parts(44_824_000, 1489).saturating_add(ParityDbWeight::get().reads_writes(1, 1))
    }
}
