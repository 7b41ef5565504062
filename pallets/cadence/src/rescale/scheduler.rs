//! The scheduler: an agenda's key is a deadline, and so are the tasks' addresses in lookup and
//! retries; periods are durations.
//!
//! An agenda moves as a whole, with its tasks' retries and lookups. Old and new block numbers are of
//! one range: an agenda moved to its new place may land where another that is not moved yet still
//! is. So all are taken out first ([`Parked`]), and put back after that. Meanwhile the scheduler must
//! rest ([`crate::Resting`]), or it would run what it finds too early. It runs what fell due meanwhile
//! if it knows since when it rests. The scheduler of SDK releases before PR 8723 notes that only when
//! it is too busy, so it is noted for it.
//!
//! Agendas of the past, which the scheduler was too busy for, stay where they are: they are due. Their
//! tasks' periods are durations as any.

use super::{duration, number, Rescale, Stored, Touched};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{BlockNumber, Change, Clock};
use codec::{Decode, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{storage_alias, traits::Get, BoundedVec, Twox64Concat};
use pallet_scheduler::{Agenda, IncompleteSince, Lookup, Retries, RetryConfig, ScheduledOf};
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
    type Pallet = pallet_scheduler::Pallet<T>;

    fn now() -> Option<cadence::BlockNumber> {
        super::block_of::<<T as pallet_scheduler::Config>::BlockNumberProvider>()
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
            place::<T>(change, when, agenda)
        })
    }

    /// Forgets the new addresses: nobody asks for them any more.
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
                    // It is due, from whichever block on, and stays where it is.
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

/// Takes the retries of an agenda to its tasks.
fn park<T: pallet_scheduler::Config>(when: Number<T>, agenda: AgendaOf<T>) -> Tasks<T> {
    let tasks =
        agenda.into_iter().enumerate().map(|(i, task)| Some((task?, Retries::<T>::take((when, i as u32)))));
    BoundedVec::truncate_from(tasks.collect())
}

/// Puts tasks in the agenda of their new block, each at its old index where that is free, and in the
/// agendas [after](next) where that one is full. Returns how many entries were touched.
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
                    block = next(due, block);
                    agenda = Agenda::<T>::get(Number::<T>::from(block));
                    touched = touched.saturating_add(1);
                }
            }
        };
        let address = (Number::<T>::from(block), place as u32);
        if let Some(name) = task.maybe_id {
            Lookup::<T>::insert(name, address);
        }
        match retry {
            Some(retry) => Retries::<T>::insert(address, retry),
            // One may be left there of a task that is long gone.
            None => Retries::<T>::remove(address),
        }
        if (block, place) != (due, index) {
            Displaced::<T>::insert((when, index as u32), (block, place as u32));
        }
        agenda[place] = Some(task);
    }
    Agenda::<T>::insert(Number::<T>::from(block), agenda);
    touched
}

/// The block to try after `block`, which is full, for a task that is due at `due`: the one after it, or
/// past the last number, where all of them are as far as never, the ones before `due`.
fn next(due: BlockNumber, block: BlockNumber) -> BlockNumber {
    match block.checked_add(1) {
        Some(next) if block >= due => next,
        _ => block.min(due).saturating_sub(1),
    }
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
