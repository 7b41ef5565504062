//! Weights of `pallet-xcm`, the one pallet that comes without any of its own.
//!
//! The figures are the SDK's benchmarks of it on Rococo (`rococo-runtime` 39, `weights/pallet_xcm.rs`),
//! with this chain's database weights. There is none for `reserve_transfer_assets`, which Rococo does
//! not allow; it does what `transfer_assets` does for one kind of asset, and so weighs as much.

use crate::Runtime;
use frame_support::weights::Weight;

pub struct PalletXcm;

/// Execution in nanoseconds, proof in bytes, and the keys of the database that are read and written.
fn weight(nanoseconds: u64, proof: u64, reads: u64, writes: u64) -> Weight {
    let database = <Runtime as frame_system::Config>::DbWeight::get().reads_writes(reads, writes);
    Weight::from_parts(nanoseconds.saturating_mul(1_000), proof).saturating_add(database)
}

impl pallet_xcm::WeightInfo for PalletXcm {
    fn send() -> Weight {
        weight(39_348, 3_710, 5, 2)
    }
    fn teleport_assets() -> Weight {
        weight(143_227, 3_710, 7, 3)
    }
    fn reserve_transfer_assets() -> Weight {
        Self::transfer_assets()
    }
    fn transfer_assets() -> Weight {
        weight(141_408, 3_710, 7, 3)
    }
    fn execute() -> Weight {
        weight(10_335, 1_485, 1, 0)
    }
    fn force_xcm_version() -> Weight {
        weight(8_800, 0, 0, 1)
    }
    fn force_default_xcm_version() -> Weight {
        weight(2_628, 0, 0, 1)
    }
    fn force_subscribe_version_notify() -> Weight {
        weight(47_805, 3_710, 7, 5)
    }
    fn force_unsubscribe_version_notify() -> Weight {
        weight(52_149, 3_890, 6, 4)
    }
    fn force_suspension() -> Weight {
        weight(2_677, 0, 0, 1)
    }
    fn migrate_supported_version() -> Weight {
        weight(23_053, 15_862, 6, 2)
    }
    fn migrate_version_notifiers() -> Weight {
        weight(23_110, 15_866, 6, 2)
    }
    fn already_notified_target() -> Weight {
        weight(26_599, 18_355, 7, 0)
    }
    fn notify_current_targets() -> Weight {
        weight(35_745, 6_184, 6, 1)
    }
    fn notify_target_migration_fail() -> Weight {
        weight(18_283, 13_405, 5, 0)
    }
    fn migrate_version_notify_targets() -> Weight {
        weight(23_010, 15_873, 6, 2)
    }
    fn migrate_and_notify_old_targets() -> Weight {
        weight(45_260, 16_084, 10, 1)
    }
    fn new_query() -> Weight {
        weight(3_160, 1_485, 1, 2)
    }
    fn take_response() -> Weight {
        weight(28_140, 11_041, 1, 1)
    }
    fn claim_assets(n: u32) -> Weight {
        weight(41_498, 3_488, 2, 1).saturating_add(weight(47_000, 3_675, 3, 3).saturating_mul(n.into()))
    }
    fn add_authorized_alias() -> Weight {
        weight(16_398, 3_826, 1, 1)
    }
    fn remove_authorized_alias() -> Weight {
        weight(17_622, 3_865, 1, 1)
    }
    fn weigh_message(n: u32) -> Weight {
        weight(8_077, 0, 0, 0).saturating_add(weight(100, 0, 0, 0).saturating_mul(n.into()))
    }
    fn decode_xcm(n: u32) -> Weight {
        // To decode is part of to weigh.
        Self::weigh_message(n)
    }
}
