//! The scheduler pallet. The key of an agenda is a deadline, and so is the block in the addresses of tasks
//! (lookups and retries). Periods are durations.
//!
//! An agenda moves as a whole, with the retries and lookups of its tasks. Old and new block numbers overlap.
//! So the new place of one agenda may be the old place of another that is not moved yet. Therefore all
//! agendas are taken out first ([`Parked`]), and put back after that. In that time the scheduler must rest
//! ([`crate::Resting`]), or it would run tasks too early. Afterwards it runs what has fallen due, if it knows
//! since when it rests. The scheduler of SDK releases before PR 8723 stores that only when it is too busy, so
//! it is stored here.
//!
//! Agendas of the past, for which the scheduler was too busy, stay where they are, because they are due. The
//! periods of their tasks are rescaled like all others.

use super::{duration, number, Rescale, Stored, Touched};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{BlockNumber, Change, Clock};
use codec::{Decode, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{storage_alias, traits::Get, BoundedVec, Twox64Concat};
use pallet_scheduler::{Agenda, IncompleteSince, Lookup, Retries, RetryConfig, ScheduledOf};
use sp_runtime::traits::BlockNumberProvider;

/// What the scheduler pallet stores in blocks.
pub struct Scheduler<T>(PhantomData<T>);

type Number<T> = <<T as pallet_scheduler::Config>::BlockNumberProvider as BlockNumberProvider>::BlockNumber;

/// A task, and its retries if it has any.
type Task<T> = (ScheduledOf<T>, Option<RetryConfig<Number<T>>>);

/// The agendas that are taken out, by their old block.
#[storage_alias]
type Parked<T: pallet_scheduler::Config> = StorageMap<
    pallet_scheduler::Pallet<T>,
    Twox64Concat,
    BlockNumber,
    BoundedVec<Option<Task<T>>, <T as pallet_scheduler::Config>::MaxScheduledPerBlock>,
>;

/// The new addresses of the tasks that could not keep their index, or not even the block of their agenda, by
/// their old addresses.
#[storage_alias]
type Displaced<T: pallet_scheduler::Config> =
    StorageMap<pallet_scheduler::Pallet<T>, Twox64Concat, (BlockNumber, u32), (BlockNumber, u32)>;

impl<T: pallet_scheduler::Config> Rescale for Scheduler<T> {
    type Pallet = pallet_scheduler::Pallet<T>;

    fn now() -> Option<cadence::BlockNumber> {
        super::provider_block::<<T as pallet_scheduler::Config>::BlockNumberProvider>()
    }

    fn begin(change: &Change) -> Touched {
        if !IncompleteSince::<T>::exists() {
            IncompleteSince::<T>::put(Number::<T>::from(change.to.origin.saturating_add(1)));
        }
        Touched::of(1, Number::<T>::max_encoded_len())
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let retry = RetryConfig::<Number<T>>::max_encoded_len() + 1;
        let tasks = T::MaxScheduledPerBlock::get();
        let most = 8 + tasks as usize * (Option::<ScheduledOf<T>>::max_encoded_len() + retry);
        walk.map(0, (most, tasks), entries!(Agenda<T>), |(when, mut agenda)| {
            let touched = agenda.len() as u32;
            rescale_periods::<T>(change, when, &mut agenda);
            if number(when) > change.from.origin {
                Agenda::<T>::remove(when);
                Parked::<T>::insert(number(when), park::<T>(when, agenda));
            } else {
                Agenda::<T>::insert(when, agenda);
            }
            touched
        }) && walk.map(1, (most, 2 * tasks), entries!(Parked<T>), |(when, agenda)| {
            Parked::<T>::remove(when);
            put_back::<T>(change, when, agenda)
        })
    }

    /// Removes the new addresses. Nothing needs them any more.
    fn finish(_: &Change, walk: &mut Walk) -> bool {
        walk.map(0, (16, 0), entries!(Displaced<T>), |(address, _)| {
            Displaced::<T>::remove(address);
            0
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for (when, agenda) in entries!(Agenda<T>).read(&mut stored) {
            for (i, task) in agenda.into_iter().enumerate() {
                let Some(task) = task else { continue };
                let address = (when, i as u32);
                let named = task.maybe_id.is_some_and(|id| Lookup::<T>::get(id) == Some(address));
                let mut what = format!("task {:?} {:?} {named}", task.maybe_id, task.call);
                if number(when) > clock.origin {
                    stored.push(Stored::deadline(what.clone(), clock, when));
                } else {
                    // The task is due already, and stays where it is.
                    what = format!("{what} overdue since {when:?}");
                    stored.push(Stored::moment(what.clone(), clock, clock.origin.into()));
                }
                if let Some((period, _)) = task.maybe_periodic {
                    stored.push(Stored::duration(format!("period of {what}"), clock, period));
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

/// Rescales the periods of an agenda's tasks, and of their retries.
fn rescale_periods<T: pallet_scheduler::Config>(change: &Change, when: Number<T>, agenda: &mut AgendaOf<T>) {
    for (i, task) in agenda.iter_mut().enumerate() {
        let Some(task) = task else { continue };
        if let Some((period, _)) = &mut task.maybe_periodic {
            duration(change, period);
        }
        Retries::<T>::mutate_extant((when, i as u32), |retry| duration(change, &mut retry.period));
    }
}

/// Takes the retries of an agenda out of storage, and adds them to its tasks.
fn park<T: pallet_scheduler::Config>(when: Number<T>, agenda: AgendaOf<T>) -> Tasks<T> {
    let tasks =
        agenda.into_iter().enumerate().map(|(i, task)| Some((task?, Retries::<T>::take((when, i as u32)))));
    BoundedVec::truncate_from(tasks.collect())
}

/// Puts tasks into the agenda of their new block, each at its old index if that is free. If that agenda is
/// full, puts them into the [next](next_to_try) ones. Returns the number of other entries to count for the
/// weight.
fn put_back<T: pallet_scheduler::Config>(change: &Change, when: BlockNumber, tasks: Tasks<T>) -> u32 {
    let due = change.deadline(when).unwrap_or(change.to.origin);
    let mut block = due;
    let mut agenda = Agenda::<T>::get(Number::<T>::from(block));
    // Each task has a lookup and a retry.
    let mut touched = 2 * tasks.len() as u32;
    for (index, task) in tasks.into_iter().enumerate() {
        let Some((task, retry)) = task else { continue };
        let new_index = loop {
            match free_index(&mut agenda, index) {
                Some(free) => break free,
                None => {
                    Agenda::<T>::insert(Number::<T>::from(block), &agenda);
                    block = next_to_try(due, block);
                    agenda = Agenda::<T>::get(Number::<T>::from(block));
                    touched = touched.saturating_add(1);
                }
            }
        };
        let address = (Number::<T>::from(block), new_index as u32);
        if let Some(name) = task.maybe_id {
            Lookup::<T>::insert(name, address);
        }
        match retry {
            Some(retry) => Retries::<T>::insert(address, retry),
            // A retry may be left there that belonged to a task which is long gone.
            None => Retries::<T>::remove(address),
        }
        if (block, new_index) != (due, index) {
            Displaced::<T>::insert((when, index as u32), (block, new_index as u32));
        }
        agenda[new_index] = Some(task);
    }
    Agenda::<T>::insert(Number::<T>::from(block), agenda);
    touched
}

/// The block to try after `block`, whose agenda is full, for a task that is due at `due`. Usually that is the
/// next block. Past the last block number there is none. Then it goes down from `due`, where all blocks are
/// as far as never.
fn next_to_try(due: BlockNumber, block: BlockNumber) -> BlockNumber {
    match block.checked_add(1) {
        Some(next) if block >= due => next,
        _ => block.min(due).saturating_sub(1),
    }
}

/// A free index of an agenda: `index` if it is free, otherwise the first one that is. None if the agenda is
/// full.
fn free_index<T, S: Get<u32>>(agenda: &mut BoundedVec<Option<T>, S>, index: usize) -> Option<usize> {
    while agenda.len() <= index && agenda.try_push(None).is_ok() {}
    if agenda.get(index)?.is_none() {
        return Some(index);
    }
    let gap = agenda.iter().position(Option::is_none);
    gap.or_else(|| agenda.try_push(None).ok().map(|()| agenda.len() - 1))
}

/// The address after the change of the task that was at `address` before it. `Address` is any type with the
/// encoding of the scheduler's addresses.
#[cfg(feature = "referenda")]
pub(super) fn new_address<T: pallet_scheduler::Config, Address: Encode + Decode>(
    change: &Change,
    address: &Address,
) -> Option<Address> {
    let (when, index) = super::transcode::<(Number<T>, u32)>(address)?;
    let old = number(when);
    let (block, index) = match Displaced::<T>::get((old, index)) {
        Some(new) => new,
        None if old > change.from.origin => (change.deadline(old)?, index),
        None => (old, index),
    };
    super::transcode(&(Number::<T>::from(block), index))
}
