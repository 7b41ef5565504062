//! The scheduler: an agenda's key is a deadline, and so are the tasks' addresses in lookup and
//! retries; periods are durations.
//!
//! An agenda moves as a whole, with its tasks' retries and lookups. Old and new block numbers are of
//! one range: an agenda moved to its new place may land where another that is not moved yet still
//! is. So all are taken out first ([`Parked`]), and put back after that. Meanwhile the scheduler must
//! rest ([`crate::Resting`]), or it would run what it finds too early.
//!
//! Agendas of the past, which the scheduler was too busy for, stay where they are: they are due.

use super::{duration, number, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{BlockNumber, Change, Clock};
use codec::{Decode, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{
    storage_alias,
    traits::{Get, PalletInfoAccess},
    BoundedVec, Twox64Concat,
};
use pallet_scheduler::{Agenda, Lookup, Retries, RetryConfig, ScheduledOf};
use sp_runtime::traits::BlockNumberProvider;

pub struct Scheduler<T>(PhantomData<T>);

type Number<T> = <<T as pallet_scheduler::Config>::BlockNumberProvider as BlockNumberProvider>::BlockNumber;

/// A task, and how often it is to be tried again.
type Task<T> = (ScheduledOf<T>, Option<RetryConfig<Number<T>>>);

/// Agendas that are taken out, by their old block.
#[storage_alias]
type Parked<T: pallet_scheduler::Config> = StorageMap<
    pallet_scheduler::Pallet<T>,
    Twox64Concat,
    BlockNumber,
    BoundedVec<Option<Task<T>>, <T as pallet_scheduler::Config>::MaxScheduledPerBlock>,
>;

/// New addresses of the tasks that did not find the place of their old index in their new agenda, by
/// their old addresses.
#[storage_alias]
type Displaced<T: pallet_scheduler::Config> =
    StorageMap<pallet_scheduler::Pallet<T>, Twox64Concat, (BlockNumber, u32), (BlockNumber, u32)>;

impl<T: pallet_scheduler::Config> Rescale for Scheduler<T> {
    fn name() -> &'static str {
        pallet_scheduler::Pallet::<T>::name()
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let retry = RetryConfig::<Number<T>>::max_encoded_len() + 1;
        let tasks = T::MaxScheduledPerBlock::get();
        let most = 8 + tasks as usize * (Option::<ScheduledOf<T>>::max_encoded_len() + retry);
        walk.map(0, (most, tasks), entries!(Agenda<T>), |(when, agenda)| {
            if number(when) <= change.from.origin {
                return 0;
            }
            let touched = agenda.len() as u32;
            Agenda::<T>::remove(when);
            Parked::<T>::insert(number(when), park::<T>(change, when, agenda));
            touched
        }) && walk.map(1, (most, 2 * tasks), entries!(Parked<T>), |(when, agenda)| {
            Parked::<T>::remove(when);
            place::<T>(change, when, agenda)
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for (when, agenda) in Agenda::<T>::iter() {
            for (i, task) in agenda.into_iter().enumerate() {
                let Some(task) = task else { continue };
                let address = (when, i as u32);
                let named = task.maybe_id.is_some_and(|id| Lookup::<T>::get(id) == Some(address));
                let what = format!("task {:?} {:?} {named}", task.maybe_id, task.call);
                stored.push(Stored::deadline(what.clone(), clock, when));
                if let Some((period, count)) = task.maybe_periodic {
                    stored.push(Stored::duration(format!("period of {what}, {count} times"), clock, period));
                }
                if let Some(retry) = Retries::<T>::get(address) {
                    let what = format!("retry of {what}, {} of {}", retry.remaining, retry.total_retries);
                    stored.push(Stored::duration(what, clock, retry.period));
                }
            }
        }
        stored
    }
}

type Tasks<T> = BoundedVec<Option<Task<T>>, <T as pallet_scheduler::Config>::MaxScheduledPerBlock>;
type AgendaOf<T> = BoundedVec<Option<ScheduledOf<T>>, <T as pallet_scheduler::Config>::MaxScheduledPerBlock>;

/// Takes the retries of an agenda to its tasks, with all periods rescaled.
fn park<T: pallet_scheduler::Config>(change: &Change, when: Number<T>, agenda: AgendaOf<T>) -> Tasks<T> {
    let tasks = agenda.into_iter().enumerate().map(|(i, task)| {
        let mut task = task?;
        if let Some((period, _)) = &mut task.maybe_periodic {
            duration(change, period);
        }
        let mut retry = Retries::<T>::take((when, i as u32));
        if let Some(retry) = &mut retry {
            duration(change, &mut retry.period);
        }
        Some((task, retry))
    });
    BoundedVec::truncate_from(tasks.collect())
}

/// Puts tasks in the agenda of their new block, each at its old index where that is free, and in the
/// next agendas where that one is full. Returns how many entries were touched.
fn place<T: pallet_scheduler::Config>(change: &Change, when: BlockNumber, tasks: Tasks<T>) -> u32 {
    let due = change.deadline(when).unwrap_or(change.to.origin);
    let mut block = due;
    let mut agenda = Agenda::<T>::get(Number::<T>::from(block));
    // A lookup and a retry each.
    let mut touched = 2 * tasks.len() as u32;
    for (index, task) in tasks.into_iter().enumerate() {
        let Some((task, retry)) = task else { continue };
        let place = loop {
            match free_place(&mut agenda, index) {
                Some(place) => break place,
                None => {
                    Agenda::<T>::insert(Number::<T>::from(block), &agenda);
                    block = block.saturating_add(1);
                    agenda = Agenda::<T>::get(Number::<T>::from(block));
                    touched = touched.saturating_add(1);
                }
            }
        };
        let address = (Number::<T>::from(block), place as u32);
        if let Some(name) = task.maybe_id {
            Lookup::<T>::insert(name, address);
        }
        if let Some(retry) = retry {
            Retries::<T>::insert(address, retry);
        }
        if (block, place) != (due, index) {
            Displaced::<T>::insert((when, index as u32), (block, place as u32));
        }
        agenda[place] = Some(task);
    }
    Agenda::<T>::insert(Number::<T>::from(block), agenda);
    touched
}

/// An empty place of an agenda: the one of this index if it is free, or the first that is.
fn free_place<T, S: Get<u32>>(agenda: &mut BoundedVec<Option<T>, S>, index: usize) -> Option<usize> {
    while agenda.len() <= index && agenda.try_push(None).is_ok() {}
    if agenda.get(index)?.is_none() {
        return Some(index);
    }
    let hole = agenda.iter().position(Option::is_none);
    hole.or_else(|| agenda.try_push(None).ok().map(|()| agenda.len() - 1))
}

/// The address after the change of the task that was at `address`, in the scheduler's own encoding.
#[cfg(feature = "referenda")]
pub(super) fn moved_to<T: pallet_scheduler::Config, Address: Encode + Decode>(
    change: &Change,
    address: &Address,
) -> Option<Address> {
    let (when, index) = <(Number<T>, u32)>::decode(&mut &address.encode()[..]).ok()?;
    let old = number(when);
    let (block, place) = match Displaced::<T>::get((old, index)) {
        Some(moved) => moved,
        None if old > change.from.origin => (change.deadline(old)?, index),
        None => (old, index),
    };
    Address::decode(&mut &(Number::<T>::from(block), place).encode()[..]).ok()
}

/// Forgets the new addresses, once nobody asks for them any more.
#[cfg(feature = "referenda")]
pub(super) fn forget_moves<T: pallet_scheduler::Config>(stage: u32, walk: &mut Walk) -> bool {
    walk.map(stage, (16, 0), entries!(Displaced<T>), |(address, _)| {
        Displaced::<T>::remove(address);
        0
    })
}
