//! The democracy pallet, for chains that have it. The ends of a referendum, of a prior lock and of a veto are
//! deadlines. The delay of an enactment is a duration. Periods are constants of the runtime, and follow the
//! build.
//!
//! A hook counts a referendum in the block of its end, and schedules what is approved. No referendum may end
//! before all agendas are moved, because its enactment would then be rescaled again, with the agenda that has
//! it. So all ongoing referenda are [`Held`] from the first block on. When all pallets are rescaled, they get
//! their ends back. If the end of one has passed in that time, it ends in the next block.
//!
//! That is right for every voting period that is longer than a change takes. A referendum that the hook starts
//! during the change and that ends in it would have its enactment rescaled again.
//!
//! A new referendum can be fast-tracked, and end in the block after it began. So this pallet comes after the
//! scheduler. It is then closed until all agendas are moved.
//!
//! A vote locks from the end of its referendum on. If that end would be before block zero, the vote is
//! removed, as its holder could do, and its lock becomes part of the prior lock.
//!
//! The next proposal is put to the vote in a block whose number is a multiple of the launch period. That is
//! no stored deadline, so its moment moves once, by less than a period.

use super::{
    before_zero, deadline, duration, locked_until, number, stored_lock, transcode, Rescale, Stored, Touched,
};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use frame_support::{
    storage_alias,
    traits::{Currency, Get, PalletInfoAccess},
    Twox64Concat,
};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_democracy::{
    Blacklist, LowestUnbaked, ReferendumCount, ReferendumIndex, ReferendumInfo, ReferendumInfoOf, Voting,
    VotingOf,
};
use sp_runtime::traits::{Bounded, One, Saturating, Zero};

/// What the democracy pallet stores in blocks.
pub struct Democracy<T>(PhantomData<T>);

type Balance<T> =
    <<T as pallet_democracy::Config>::Currency as Currency<<T as frame_system::Config>::AccountId>>::Balance;
type VotingFor<T> = Voting<
    Balance<T>,
    <T as frame_system::Config>::AccountId,
    BlockNumberFor<T>,
    <T as pallet_democracy::Config>::MaxVotes,
>;

/// The ends of the referenda that were ongoing when the change began. They cannot end during the change.
#[storage_alias]
type Held<T: pallet_democracy::Config> =
    StorageMap<pallet_democracy::Pallet<T>, Twox64Concat, ReferendumIndex, BlockNumberFor<T>>;

/// The referenda that ended before block zero: the block at which each ended, and whether it was approved.
#[storage_alias]
type EndedBeforeZero<T: pallet_democracy::Config> =
    StorageMap<pallet_democracy::Pallet<T>, Twox64Concat, ReferendumIndex, (i64, bool)>;

/// The most bytes that an entry takes. This is more than a referendum needs, whose proposal has at most 128
/// bytes, and more than a veto by a hundred accounts needs.
const MOST: usize = 4 * 1_024;

/// The fields of a prior lock, which are private: the block until which it holds, and its amount.
type PriorFields<T> = (BlockNumberFor<T>, Balance<T>);

impl<T: pallet_democracy::Config + pallet_scheduler::Config> Rescale for Democracy<T> {
    type Pallet = pallet_democracy::Pallet<T>;

    fn after() -> Vec<&'static str> {
        alloc::vec![pallet_scheduler::Pallet::<T>::name()]
    }

    /// Goes through the same referenda as the pallet's own hook does in every block.
    fn begin(change: &Change) -> Touched {
        let unbaked = LowestUnbaked::<T>::get()..ReferendumCount::<T>::get();
        let touched = Touched::of(2 * unbaked.len() as u32, MOST);
        for index in unbaked {
            ReferendumInfoOf::<T>::mutate_extant(index, |info| {
                if let ReferendumInfo::Ongoing(status) = info {
                    Held::<T>::insert(index, status.end);
                    status.end = Bounded::max_value();
                    duration(change, &mut status.delay);
                }
            });
        }
        touched.and(Touched::of(2, 4))
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let most_votes = <(T::AccountId, VotingFor<T>)>::max_encoded_len();
        let max_votes = T::MaxVotes::get();
        walk.map(0, (MOST, 1), entries!(ReferendumInfoOf<T>), |(index, mut info): (ReferendumIndex, _)| {
            let mut others = 0;
            if let ReferendumInfo::Finished { end, approved } = &mut info {
                if let Some(end) = before_zero(change, *end) {
                    EndedBeforeZero::<T>::insert(index, (end, *approved));
                    others = 1;
                }
                deadline(change, end);
                ReferendumInfoOf::<T>::insert(index, info);
            }
            others
        }) && walk.map(1, (MOST, 0), entries!(Blacklist<T>), |(proposal, (mut until, who))| {
            deadline(change, &mut until);
            Blacklist::<T>::insert(proposal, (until, who));
            0
        }) && walk.map(2, (most_votes, max_votes), entries!(VotingOf<T>), |(who, mut voting)| {
            let mut past = Vec::new();
            let mut polls = 0;
            if let Voting::Direct { votes, .. } = &mut voting {
                polls = votes.len() as u32;
                votes.retain(|(index, vote)| {
                    let ended = EndedBeforeZero::<T>::get(index);
                    let Some((end, lock)) =
                        ended.and_then(|(end, approved)| Some((end, vote.locked_if(approved)?)))
                    else {
                        return true;
                    };
                    let until = locked_until(change, end, T::VoteLockingPeriod::get(), lock.0);
                    past.extend(until.map(|until| (until, lock.1)));
                    false
                });
            }
            let (Voting::Direct { prior, .. } | Voting::Delegating { prior, .. }) = &mut voting;
            // A prior lock that is over is not joined with the others. Together they would lock the larger
            // amount for the longer time.
            let known = transcode::<PriorFields<T>>(prior).filter(|(until, amount)| {
                !amount.is_zero() && (past.is_empty() || number(*until) > change.from.origin)
            });
            *prior = Default::default();
            if let Some((mut until, amount)) = known {
                deadline(change, &mut until);
                prior.accumulate(until, amount);
            }
            for (until, amount) in past {
                prior.accumulate(until, amount);
            }
            VotingOf::<T>::insert(who, voting);
            polls
        })
    }

    fn finish(change: &Change, walk: &mut Walk) -> bool {
        let next = frame_system::Pallet::<T>::block_number().saturating_add(One::one());
        walk.map(0, (MOST, 1), entries!(Held<T>), |(index, mut end)| {
            Held::<T>::remove(index);
            // A referendum whose end the old code has missed never ends, and stays like that.
            let missed = number(end) <= change.from.origin;
            deadline(change, &mut end);
            ReferendumInfoOf::<T>::mutate_extant(index, |info| {
                if let ReferendumInfo::Ongoing(status) = info {
                    status.end = if missed { end } else { end.max(next) };
                }
            });
            1
        }) && walk.map(1, (64, 0), entries!(EndedBeforeZero<T>), |(index, _)| {
            EndedBeforeZero::<T>::remove(index);
            0
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for (index, info) in entries!(ReferendumInfoOf<T>).read(&mut stored) {
            match info {
                ReferendumInfo::Ongoing(status) => {
                    stored.push(Stored::deadline(format!("end of referendum {index}"), clock, status.end));
                    stored.push(Stored::duration(
                        format!("delay of referendum {index}"),
                        clock,
                        status.delay,
                    ));
                }
                ReferendumInfo::Finished { end, .. } => {
                    stored.push(Stored::deadline(format!("end of referendum {index}"), clock, end))
                }
            }
        }
        for (proposal, (until, _)) in entries!(Blacklist<T>).read(&mut stored) {
            stored.push(Stored::deadline(format!("veto of {proposal:?}"), clock, until));
        }
        for (who, voting) in entries!(VotingOf<T>).read(&mut stored) {
            let (Voting::Direct { prior, .. } | Voting::Delegating { prior, .. }) = &voting;
            let prior = transcode::<PriorFields<T>>(prior).filter(|(_, amount)| !amount.is_zero());
            let votes = matches!(&voting, Voting::Direct { votes, .. } if !votes.is_empty());
            let what = format!("lock of {who:?}");
            stored.extend(stored_lock(what, clock, prior.map(|(until, _)| until), votes));
        }
        stored
    }
}
