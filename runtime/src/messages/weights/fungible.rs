//! Weights of `pallet_xcm_benchmarks::fungible`, one function an instruction.
//!
//! The figures are the SDK's of Asset Hub on Westend (`asset-hub-westend-runtime` 0.57), with this
//! chain's database weights. `reserve_asset_deposited` mints and looks up the reserve, so it weighs as
//! `receive_teleported_asset`, which mints too, and two reads. `scripts/weights` puts this chain's own
//! figures in place of all of them.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo<T> {
    pub fn withdraw_asset() -> Weight {
        Weight::from_parts(64_684_000, 3675)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(5))
    }

    pub fn transfer_asset() -> Weight {
        Weight::from_parts(62_630_000, 6208)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(4))
    }

    pub fn transfer_reserve_asset() -> Weight {
        Weight::from_parts(164_735_000, 8799)
            .saturating_add(T::DbWeight::get().reads(12))
            .saturating_add(T::DbWeight::get().writes(8))
    }

    pub fn reserve_asset_deposited() -> Weight {
        Weight::from_parts(37_617_000, 3593)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(1))
    }

    pub fn initiate_reserve_withdraw() -> Weight {
        Weight::from_parts(141_470_000, 6196)
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().writes(4))
    }

    pub fn deposit_asset() -> Weight {
        Weight::from_parts(46_439_000, 3675)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(3))
    }

    pub fn deposit_reserve_asset() -> Weight {
        Weight::from_parts(104_239_000, 5400)
            .saturating_add(T::DbWeight::get().reads(8))
            .saturating_add(T::DbWeight::get().writes(5))
    }

    pub fn initiate_transfer() -> Weight {
        Weight::from_parts(125_795_000, 6674)
            .saturating_add(T::DbWeight::get().reads(9))
            .saturating_add(T::DbWeight::get().writes(6))
    }
}
