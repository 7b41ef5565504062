//! Conviction voting: the end of a prior lock is a deadline, of who votes and of who delegates. How
//! long a conviction locks is a constant of the runtime, and follows the build.
//!
//! A vote locks from the end of its poll on, which the polls rescale: so this comes after them. Where
//! that end is before block zero the pallet would count from block zero. So the vote is removed as its
//! holder could, and its lock becomes part of the prior one, to the moment. `VotingHooks` are told of it
//! as ever; what they do is not weighed.

use super::{deadline, locked_until, number, stored_lock, EndedPolls, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::{Decode, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::traits::Get;
use pallet_conviction_voting::{
    AccountVote, BalanceOf, BlockNumberFor, ClassOf, PollIndexOf, Status, Voting, VotingFor, VotingHooks,
    VotingOf,
};
use sp_runtime::traits::Zero;

pub struct ConvictionVoting<T, I = ()>(PhantomData<(T, I)>);

/// The block until which an account's prior lock holds, and its amount. The type that has them keeps
/// them to itself.
fn prior<T: pallet_conviction_voting::Config<I>, I: 'static>(
    voting: &VotingOf<T, I>,
) -> Option<(BlockNumberFor<T, I>, BalanceOf<T, I>)> {
    let prior = match voting {
        Voting::Casting(casting) => &casting.prior,
        Voting::Delegating(delegating) => &delegating.prior,
    };
    Decode::decode(&mut &prior.encode()[..]).ok()
}

/// Takes the votes of `who` that lock by polls which ended before block zero, and returns what they still
/// lock, and until when; and how many polls were looked up.
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
        // As the pallet does when a vote is removed.
        let locked = match vote.aye == approved {
            true => Some(*balance),
            false => T::VotingHooks::lock_balance_on_unsuccessful_vote(who, *poll),
        };
        let periods = vote.conviction.lock_periods();
        let Some(locked) = locked.filter(|_| periods > 0) else {
            // It locks nothing, and can be removed at any time.
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
        super::block_of::<<T as pallet_conviction_voting::Config<I>>::BlockNumberProvider>()
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let most = <(T::AccountId, ClassOf<T, I>, VotingOf<T, I>)>::max_encoded_len();
        let polls = T::MaxVotes::get();
        walk.map(0, (most, polls), entries!(VotingFor<T, I>), |(who, class, mut voting)| {
            let prior = prior::<T, I>(&voting).filter(|(_, amount)| !amount.is_zero());
            let (past, polls) = past_locks::<T, I>(change, &who, &mut voting);
            // One that is over does not join: together they would lock the larger amount for the longer time.
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
