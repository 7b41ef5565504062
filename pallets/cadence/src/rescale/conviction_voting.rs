//! The conviction voting pallet. The end of a prior lock is a deadline, both of an account that votes and of
//! one that delegates. The time for which a conviction locks is a constant of the runtime, and follows the
//! build.
//!
//! A vote locks from the end of its poll on. The polls rescale that end, so this pallet comes after them. If
//! the end is before block zero, the pallet would count from block zero. So the vote is removed, as its
//! holder could do, and its lock becomes part of the prior lock, with its exact end. `VotingHooks` are called
//! as usual. The weight of what they do is not counted.

use super::{deadline, locked_until, number, stored_lock, transcode, EndedPolls, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::{Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::traits::{Get, PalletInfoAccess};
use pallet_conviction_voting::{
    AccountVote, BalanceOf, BlockNumberFor, ClassOf, PollIndexOf, Status, Voting, VotingFor, VotingHooks,
    VotingOf,
};
use sp_runtime::traits::Zero;

/// What the conviction voting pallet stores in blocks.
pub struct ConvictionVoting<T, I = ()>(PhantomData<(T, I)>);

/// The block until which an account's prior lock holds, and its amount.
fn prior<T: pallet_conviction_voting::Config<I>, I: 'static>(
    voting: &VotingOf<T, I>,
) -> Option<(BlockNumberFor<T, I>, BalanceOf<T, I>)> {
    let prior = match voting {
        Voting::Casting(casting) => &casting.prior,
        Voting::Delegating(delegating) => &delegating.prior,
    };
    transcode(prior)
}

/// Removes the votes of `who` that lock because of polls which ended before block zero. Returns their locks
/// that are not over, each with its end and its amount, and the number of polls that were looked up.
fn past_locks<T, I>(
    change: &Change,
    who: &T::AccountId,
    voting: &mut VotingOf<T, I>,
) -> (Vec<(BlockNumberFor<T, I>, BalanceOf<T, I>)>, u32)
where
    T: pallet_conviction_voting::Config<I, Polls: EndedPolls<PollIndexOf<T, I>>>,
    I: 'static,
{
    let mut locks = Vec::new();
    let Voting::Casting(casting) = voting else { return (locks, 0) };
    let polls = casting.votes.len() as u32;
    casting.votes.retain(|(poll, vote)| {
        let Some((end, approved)) = T::Polls::ended_before_zero(*poll) else { return true };
        let AccountVote::Standard { vote, balance } = vote else { return true };
        // The pallet does the same when a vote is removed.
        let locked = match vote.aye == approved {
            true => Some(*balance),
            false => T::VotingHooks::lock_balance_on_unsuccessful_vote(who, *poll),
        };
        let periods = vote.conviction.lock_periods();
        let Some(locked) = locked.filter(|_| periods > 0) else {
            // The vote locks nothing, and its holder can remove it at any time.
            return true;
        };
        let until = locked_until(change, end, T::VoteLockingPeriod::get(), periods);
        locks.extend(until.map(|until| (until, locked)));
        T::VotingHooks::on_remove_vote(who, *poll, Status::Completed);
        false
    });
    (locks, polls)
}

impl<T, I> Rescale for ConvictionVoting<T, I>
where
    T: pallet_conviction_voting::Config<I, Polls: EndedPolls<PollIndexOf<T, I>>>,
    I: 'static,
{
    type Pallet = pallet_conviction_voting::Pallet<T, I>;

    fn now() -> Option<cadence::BlockNumber> {
        super::provider_block::<<T as pallet_conviction_voting::Config<I>>::BlockNumberProvider>()
    }

    fn after() -> Vec<&'static str> {
        alloc::vec![<T::Polls as PalletInfoAccess>::name()]
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let most = <(T::AccountId, ClassOf<T, I>, VotingOf<T, I>)>::max_encoded_len();
        let polls = T::MaxVotes::get();
        walk.map(0, (most, polls), entries!(VotingFor<T, I>), |(who, class, mut voting)| {
            let prior = prior::<T, I>(&voting).filter(|(_, amount)| !amount.is_zero());
            let (past, polls) = past_locks::<T, I>(change, &who, &mut voting);
            // A prior lock that is over is not joined with the others. Together they would lock the larger
            // amount for the longer time.
            let prior = prior.filter(|(until, _)| past.is_empty() || number(*until) > change.from.origin);
            let lock = voting.as_mut();
            *lock = Default::default();
            if let Some((mut until, amount)) = prior {
                deadline(change, &mut until);
                lock.accumulate(until, amount);
            }
            for (until, amount) in past {
                lock.accumulate(until, amount);
            }
            VotingFor::<T, I>::insert(who, class, voting);
            polls
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for (who, class, voting) in entries!(VotingFor<T, I>).read(&mut stored) {
            let prior = prior::<T, I>(&voting).filter(|(_, amount)| !amount.is_zero());
            let votes = matches!(&voting, Voting::Casting(casting) if !casting.votes.is_empty());
            let what = format!("lock of {who:?} in {:?}", class.encode());
            stored.extend(stored_lock(what, clock, prior.map(|(until, _)| until), votes));
        }
        stored
    }
}
