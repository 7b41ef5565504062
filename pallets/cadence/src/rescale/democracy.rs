//! Democracy, for chains that have it: the end of a referendum, of a prior lock and of a veto are
//! deadlines; how long an approved proposal waits for its enactment is a duration. Periods are
//! constants of the runtime, and follow the build.
//!
//! A referendum is counted in the one block that is its end, by a hook, which schedules what is
//! approved. None ends while a change is under way, or its enactment would be rescaled with the agenda
//! that it was put in: all that are ongoing are [`Held`] from the first block on. When all pallets are
//! rescaled they get their ends back; one whose end has passed meanwhile ends in the next block.
//!
//! A vote locks from the end of its referendum on. Where that would be before block zero the vote is
//! removed as its holder could, and its lock becomes part of the prior one.
//!
//! The next proposal is put to the vote in a block that is a multiple of the
//! launch period, which is not a stored deadline: that moment moves, once, by less than a period.

use super::{before_zero, deadline, duration, locked_until, number, stored_lock, Rescale, Stored, Touched};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::{Decode, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{
    storage_alias,
    traits::{Currency, Get},
    Twox64Concat,
};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_democracy::{
    Blacklist, LowestUnbaked, ReferendumCount, ReferendumIndex, ReferendumInfo, ReferendumInfoOf, Voting,
    VotingOf,
};
use sp_runtime::traits::{Bounded, One, Saturating, Zero};

pub struct Democracy<T>(PhantomData<T>);

type Balance<T> =
    <<T as pallet_democracy::Config>::Currency as Currency<<T as frame_system::Config>::AccountId>>::Balance;
type VotingFor<T> = Voting<
    Balance<T>,
    <T as frame_system::Config>::AccountId,
    BlockNumberFor<T>,
    <T as pallet_democracy::Config>::MaxVotes,
>;

/// The ends of the referenda that were ongoing when the change began, which meanwhile never end.
#[storage_alias]
type Held<T: pallet_democracy::Config> =
    StorageMap<pallet_democracy::Pallet<T>, Twox64Concat, ReferendumIndex, BlockNumberFor<T>>;

/// Referenda that ended before block zero: at which block, and whether they were approved.
#[storage_alias]
type EndedBeforeZero<T: pallet_democracy::Config> =
    StorageMap<pallet_democracy::Pallet<T>, Twox64Concat, ReferendumIndex, (i64, bool)>;

/// More than a referendum takes, whose proposal is 128 bytes at most, or a veto by a hundred accounts.
const MOST: usize = 4 * 1_024;

/// The block until which a prior lock holds, and its amount. The type that has them keeps them, and
/// itself, to itself.
fn fields<T: pallet_democracy::Config>(lock: &impl Encode) -> Option<(BlockNumberFor<T>, Balance<T>)> {
    Decode::decode(&mut &lock.encode()[..]).ok()
}

impl<T: pallet_democracy::Config> Rescale for Democracy<T> {
    type Pallet = pallet_democracy::Pallet<T>;

    /// Goes through those that the pallet's own hook goes through in every block.
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
            // One that is over does not join: together they would lock the larger amount for the longer time.
            let known = fields::<T>(prior).filter(|(until, amount)| {
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
            // One whose end the old code has missed stays as it is: it never ends.
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
            let prior = fields::<T>(prior).filter(|(_, amount)| !amount.is_zero());
            let votes = matches!(&voting, Voting::Direct { votes, .. } if !votes.is_empty());
            let what = format!("lock of {who:?}");
            stored.extend(stored_lock(what, clock, prior.map(|(until, _)| until), votes));
        }
        stored
    }
}
