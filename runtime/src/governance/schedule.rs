//! How referenda schedule their alarms and enactments: if a block's agenda is full, in one of the blocks
//! after it.
//!
//! `pallet_referenda` silently drops what the scheduler refuses, so an approved call would never be made.
//! Everybody knows the block of an approved call. Anyone can fill that block's agenda for the deposits of
//! fifty referenda, nearly all of which come back. To fill [`ATTEMPTS`] agendas takes ten times as much.

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

/// The most tasks that a block's agenda can hold.
pub const MAX_SCHEDULED: u32 = 50;

/// How many blocks are tried, beginning with the one that was asked for.
pub const ATTEMPTS: u32 = 10;

type Call = Bounded<RuntimeCall, <Runtime as frame_system::Config>::Hashing>;
type Address = <Scheduler as Anon<BlockNumber, RuntimeCall, OriginCaller>>::Address;

/// The scheduler, except that a task goes into the next block's agenda if one is full.
pub struct NextFreeBlock;

/// Tries `schedule` with `when`, and then with the blocks after it while their agendas are full.
fn in_first_free_block(
    when: DispatchTime<BlockNumber>,
    schedule: impl Fn(DispatchTime<BlockNumber>) -> Result<Address, DispatchError>,
) -> Result<Address, DispatchError> {
    let later = |blocks: u32| match when {
        DispatchTime::At(block) => DispatchTime::At(block.saturating_add(blocks)),
        DispatchTime::After(length) => DispatchTime::After(length.saturating_add(blocks)),
    };
    for blocks in 0..ATTEMPTS {
        match schedule(later(blocks)) {
            Err(DispatchError::Exhausted) => charge_for_full_agenda(),
            outcome => return outcome,
        }
    }
    Err(DispatchError::Exhausted)
}

/// Adds the weight of reading a full agenda. The weights of referenda cover only one agenda.
fn charge_for_full_agenda() {
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
        in_first_free_block(when, |when| {
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
        in_first_free_block(when, |when| {
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
