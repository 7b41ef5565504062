//! Weights of `pallet_cadence`; a first guess until they are measured.

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
    fn begin() -> Weight {
        Weight::from_parts(10_000_000, 3_000).saturating_add(T::DbWeight::get().reads_writes(3, 2))
    }
    fn step() -> Weight {
        Weight::from_parts(10_000_000, 3_000).saturating_add(T::DbWeight::get().reads_writes(3, 2))
    }
    fn entry(l: u32) -> Weight {
        Weight::from_parts(5_000_000, 500)
            .saturating_add(Weight::from_parts(500, 1).saturating_mul(l.into()))
            .saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }
}

/// For tests.
impl WeightInfo for () {
    fn begin() -> Weight {
        Weight::from_parts(10_000_000, 3_000).saturating_add(ParityDbWeight::get().reads_writes(3, 2))
    }
    fn step() -> Weight {
        Weight::from_parts(10_000_000, 3_000).saturating_add(ParityDbWeight::get().reads_writes(3, 2))
    }
    fn entry(l: u32) -> Weight {
        Weight::from_parts(5_000_000, 500)
            .saturating_add(Weight::from_parts(500, 1).saturating_mul(l.into()))
            .saturating_add(ParityDbWeight::get().reads_writes(1, 1))
    }
}
