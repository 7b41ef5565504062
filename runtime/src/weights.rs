//! Weights of pallets of the SDK that have none of their own, or whose own do not fit this chain.

use crate::Runtime;
use codec::MaxEncodedLen;
use frame_support::{traits::Get, weights::Weight};

/// The proof of the way to a single storage value, in bytes, as the SDK's benchmarks estimate it.
const PATH_TO_VALUE: u64 = 1_485;
/// The proof of the way to an entry of a map with a million entries, in bytes, by the same estimate.
const PATH_TO_ENTRY: u64 = 3_465;

/// Execution in nanoseconds, proof in bytes, and the keys of the database that are read and written.
fn weight(nanoseconds: u64, proof: u64, reads: u64, writes: u64) -> Weight {
    let database = <Runtime as frame_system::Config>::DbWeight::get().reads_writes(reads, writes);
    Weight::from_parts(nanoseconds.saturating_mul(1_000), proof).saturating_add(database)
}

/// Takes the weights of these functions as the SDK has them.
macro_rules! from_sdk {
    ($pallet:ident: $($function:ident($($argument:ident)?)),* $(,)?) => {
        $(fn $function($($argument: u32)?) -> Weight {
            <$pallet::weights::SubstrateWeight<Runtime> as $pallet::WeightInfo>::$function($($argument)?)
        })*
    };
}

/// Weights of the scheduler, which reads an agenda in every block.
///
/// For any agenda, the SDK declares the proof of one with 512 tasks, 108 KiB. Here the proof is that of the
/// tasks that the agenda holds, each as large as a task can be.
pub struct PalletScheduler;

impl pallet_scheduler::WeightInfo for PalletScheduler {
    from_sdk!(
        pallet_scheduler: service_agendas_base(),
        service_task_base(),
        service_task_fetched(s),
        service_task_named(),
        service_task_periodic(),
        execute_dispatch_signed(),
        execute_dispatch_unsigned(),
        schedule(s),
        cancel(s),
        schedule_named(s),
        cancel_named(s),
        schedule_retry(s),
        set_retry(),
        set_retry_named(),
        cancel_retry(),
        cancel_retry_named(),
    );

    fn service_agenda_base(s: u32) -> Weight {
        type Sdk = pallet_scheduler::weights::SubstrateWeight<Runtime>;
        // The hashed block number, and the length of the agenda.
        let key_and_length = 14;
        // Each slot of the agenda has a byte that says whether it holds a task. A cancelled task leaves an
        // empty slot.
        let slots: u32 = <Runtime as pallet_scheduler::Config>::MaxScheduledPerBlock::get();
        let task = pallet_scheduler::ScheduledOf::<Runtime>::max_encoded_len() as u64;
        let proof = task
            .saturating_mul(s.into())
            .saturating_add(slots.into())
            .saturating_add(key_and_length)
            .saturating_add(PATH_TO_ENTRY);
        <Sdk as pallet_scheduler::WeightInfo>::service_agenda_base(s).set_proof_size(proof)
    }
}

/// Weights of the queue of messages to and from siblings.
///
/// When a block has weight left, the pallet moves one message out of the queue that it had up to storage
/// version 3. The SDK declares 107 KiB of proof for that, also if there is no such queue. This chain began
/// with a later version, so the pallet only reads that there is none.
pub struct PalletXcmpQueue;

impl cumulus_pallet_xcmp_queue::WeightInfo for PalletXcmpQueue {
    from_sdk!(
        cumulus_pallet_xcmp_queue: set_config_with_u32(),
        enqueue_n_bytes_xcmp_message(n),
        enqueue_n_empty_xcmp_messages(n),
        enqueue_empty_xcmp_message_at(n),
        enqueue_n_full_pages(n),
        enqueue_1000_small_xcmp_messages(),
        suspend_channel(),
        resume_channel(),
        take_first_concatenated_xcm(n),
    );

    fn on_idle_good_msg() -> Weight {
        // `scripts/weights` measures less for each of the three values that dApp staking reads in an idle
        // block.
        weight(10_000, PATH_TO_VALUE, 1, 0)
    }
    fn on_idle_large_msg() -> Weight {
        Self::on_idle_good_msg()
    }
}

/// Weights of `pallet-xcm`, which comes without any of its own.
///
/// The figures are the SDK's benchmarks of it on Rococo (`rococo-runtime` 39, `weights/pallet_xcm.rs`),
/// with this chain's database weights. There is none for `reserve_transfer_assets`, which Rococo does
/// not allow; it does what `transfer_assets` does for one kind of asset, and so weighs as much.
pub struct PalletXcm;

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
