//! How referenda schedule their alarms and enactments: where a block's agenda is full, in one of the
//! next blocks.
//!
//! `pallet_referenda` drops what the scheduler refuses, without a word: an approved call would never be
//! made. Everybody knows in which block that is to be, and fills its agenda for the deposits of fifty
//! referenda, nearly all of which come back. To fill [`ATTEMPTS`] agendas takes as many times that.

use crate::*;
use codec::MaxEncodedLen;
use frame_support::{
    dispatch::DispatchClass,
    traits::{
        schedule::{
            v3::{Anon, Named, TaskName},
            DispatchTime, Period, Priority,
        },
        Bounded, ConstU32,
    },
    weights::Weight,
    BoundedVec,
};
use sp_runtime::DispatchError;

/// As many tasks as a block's agenda holds.
pub const MAX_SCHEDULED: u32 = 50;

/// Blocks that are tried, the one that is asked for first.
pub const ATTEMPTS: u32 = 10;

type Call = Bounded<RuntimeCall, <Runtime as frame_system::Config>::Hashing>;
type Address = <Scheduler as Anon<BlockNumber, RuntimeCall, OriginCaller>>::Address;

/// The scheduler, where a full agenda is passed over for the next.
pub struct NextFreeBlock;

/// Tries `schedule` with `when`, and then with the blocks after it as long as agendas are full.
fn first_free(
    when: DispatchTime<BlockNumber>,
    schedule: impl Fn(DispatchTime<BlockNumber>) -> Result<Address, DispatchError>,
) -> Result<Address, DispatchError> {
    let later = |blocks: u32| match when {
        DispatchTime::At(block) => DispatchTime::At(block.saturating_add(blocks)),
        DispatchTime::After(length) => DispatchTime::After(length.saturating_add(blocks)),
    };
    for blocks in 0..ATTEMPTS {
        match schedule(later(blocks)) {
            Err(DispatchError::Exhausted) => weigh_full_agenda(),
            outcome => return outcome,
        }
    }
    Err(DispatchError::Exhausted)
}

/// The weights of referenda know of one agenda alone.
fn weigh_full_agenda() {
    type Agenda = BoundedVec<Option<pallet_scheduler::ScheduledOf<Runtime>>, ConstU32<MAX_SCHEDULED>>;
    let proof = Weight::from_parts(0, Agenda::max_encoded_len() as u64);
    let read = <Runtime as frame_system::Config>::DbWeight::get().reads(1).saturating_add(proof);
    System::register_extra_weight_unchecked(read, DispatchClass::Normal);
}

impl Anon<BlockNumber, RuntimeCall, OriginCaller> for NextFreeBlock {
    type Address = Address;
    type Hasher = <Runtime as frame_system::Config>::Hashing;

    fn schedule(
        when: DispatchTime<BlockNumber>,
        maybe_periodic: Option<Period<BlockNumber>>,
        priority: Priority,
        origin: OriginCaller,
        call: Call,
    ) -> Result<Address, DispatchError> {
        first_free(when, |when| {
            <Scheduler as Anon<_, _, _>>::schedule(
                when,
                maybe_periodic,
                priority,
                origin.clone(),
                call.clone(),
            )
        })
    }

    fn cancel(address: Address) -> Result<(), DispatchError> {
        <Scheduler as Anon<BlockNumber, RuntimeCall, OriginCaller>>::cancel(address)
    }

    fn reschedule(address: Address, when: DispatchTime<BlockNumber>) -> Result<Address, DispatchError> {
        <Scheduler as Anon<BlockNumber, RuntimeCall, OriginCaller>>::reschedule(address, when)
    }

    fn next_dispatch_time(address: Address) -> Result<BlockNumber, DispatchError> {
        <Scheduler as Anon<BlockNumber, RuntimeCall, OriginCaller>>::next_dispatch_time(address)
    }
}

impl Named<BlockNumber, RuntimeCall, OriginCaller> for NextFreeBlock {
    type Address = Address;
    type Hasher = <Runtime as frame_system::Config>::Hashing;

    fn schedule_named(
        id: TaskName,
        when: DispatchTime<BlockNumber>,
        maybe_periodic: Option<Period<BlockNumber>>,
        priority: Priority,
        origin: OriginCaller,
        call: Call,
    ) -> Result<Address, DispatchError> {
        first_free(when, |when| {
            <Scheduler as Named<_, _, _>>::schedule_named(
                id,
                when,
                maybe_periodic,
                priority,
                origin.clone(),
                call.clone(),
            )
        })
    }

    fn cancel_named(id: TaskName) -> Result<(), DispatchError> {
        <Scheduler as Named<BlockNumber, RuntimeCall, OriginCaller>>::cancel_named(id)
    }

    fn reschedule_named(id: TaskName, when: DispatchTime<BlockNumber>) -> Result<Address, DispatchError> {
        <Scheduler as Named<BlockNumber, RuntimeCall, OriginCaller>>::reschedule_named(id, when)
    }

    fn next_dispatch_time(id: TaskName) -> Result<BlockNumber, DispatchError> {
        <Scheduler as Named<BlockNumber, RuntimeCall, OriginCaller>>::next_dispatch_time(id)
    }
}
