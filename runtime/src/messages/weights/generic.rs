//! Weights of `pallet_xcm_benchmarks::generic`, one function an instruction.
//!
//! The figures are the SDK's of Asset Hub on Westend (`asset-hub-westend-runtime` 0.57), with this
//! chain's database weights; `buy_execution` reads an asset and its rate. `scripts/weights` puts this
//! chain's own figures in place of all of them.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo<T> {
    pub fn report_holding() -> Weight {
        Weight::from_parts(131_564_000, 6196)
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().writes(4))
    }

    pub fn buy_execution() -> Weight {
        Weight::from_parts(14_595_000, 3593).saturating_add(T::DbWeight::get().reads(2))
    }

    pub fn pay_fees() -> Weight {
        Weight::from_parts(15_340_000, 3593)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }

    pub fn asset_claimer() -> Weight {
        Weight::from_parts(913_000, 0)
    }

    pub fn query_response() -> Weight {
        Weight::from_parts(6_340_000, 3465).saturating_add(T::DbWeight::get().reads(1))
    }

    pub fn transact() -> Weight {
        Weight::from_parts(8_610_000, 0)
    }

    pub fn refund_surplus() -> Weight {
        Weight::from_parts(2_301_000, 0)
    }

    pub fn set_error_handler() -> Weight {
        Weight::from_parts(887_000, 0)
    }

    pub fn set_appendix() -> Weight {
        Weight::from_parts(883_000, 0)
    }

    pub fn clear_error() -> Weight {
        Weight::from_parts(862_000, 0)
    }

    pub fn descend_origin() -> Weight {
        Weight::from_parts(897_000, 0)
    }

    pub fn clear_origin() -> Weight {
        Weight::from_parts(883_000, 0)
    }

    pub fn report_error() -> Weight {
        Weight::from_parts(92_327_000, 6196)
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().writes(4))
    }

    pub fn claim_asset() -> Weight {
        Weight::from_parts(17_305_000, 3488)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }

    pub fn trap() -> Weight {
        Weight::from_parts(4_078_000, 0)
    }

    pub fn subscribe_version() -> Weight {
        Weight::from_parts(34_480_000, 3791)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(3))
    }

    pub fn unsubscribe_version() -> Weight {
        Weight::from_parts(3_655_000, 0).saturating_add(T::DbWeight::get().writes(1))
    }

    pub fn burn_asset() -> Weight {
        Weight::from_parts(36_789_000, 0)
    }

    pub fn expect_asset() -> Weight {
        Weight::from_parts(6_351_000, 0)
    }

    pub fn expect_origin() -> Weight {
        Weight::from_parts(4_005_000, 0)
    }

    pub fn expect_error() -> Weight {
        Weight::from_parts(4_026_000, 0)
    }

    pub fn expect_transact_status() -> Weight {
        Weight::from_parts(1_023_000, 0)
    }

    pub fn query_pallet() -> Weight {
        Weight::from_parts(105_427_000, 6196)
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().writes(4))
    }

    pub fn expect_pallet() -> Weight {
        Weight::from_parts(11_520_000, 0)
    }

    pub fn report_transact_status() -> Weight {
        Weight::from_parts(92_493_000, 6196)
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().writes(4))
    }

    pub fn clear_transact_status() -> Weight {
        Weight::from_parts(937_000, 0)
    }

    pub fn set_topic() -> Weight {
        Weight::from_parts(875_000, 0)
    }

    pub fn clear_topic() -> Weight {
        Weight::from_parts(881_000, 0)
    }

    pub fn set_fees_mode() -> Weight {
        Weight::from_parts(900_000, 0)
    }

    pub fn unpaid_execution() -> Weight {
        Weight::from_parts(902_000, 0)
    }
}
