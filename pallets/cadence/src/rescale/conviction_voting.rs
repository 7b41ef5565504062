//! Conviction voting: the end of a prior lock is a deadline, of who votes and of who delegates. How
//! long a conviction locks is a constant of the runtime, and follows the build.
//!
//! A vote locks from the end of its poll on, which the polls rescale: so this comes after them. Where
//! that end is before block zero the pallet would count from block zero. So the vote is removed as its
//! holder could, and its lock becomes part of the prior one, to the moment.

use super::{deadline, locked_until, EndedPolls, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::{Decode, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::traits::Get;
use pallet_conviction_voting::{
    AccountVote, BalanceOf, BlockNumberFor, ClassOf, Conviction, PollIndexOf, Voting, VotingFor, VotingOf,
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

/// Takes the votes that won polls which ended before block zero, and returns what they still lock, and
/// until when; and how many polls were looked up.
fn past_locks<T, I>(
    change: &Change,
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
        match vote {
            AccountVote::Standard { vote, balance }
                if vote.aye == approved && vote.conviction != Conviction::None =>
            {
                let period = T::VoteLockingPeriod::get();
                let until = locked_until(change, end, period, vote.conviction.lock_periods());
                locks.extend(until.map(|until| (until, *balance)));
                false
            }
            // It locks nothing, and can be removed at any time.
            _ => true,
        }
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
            let (past, polls) = past_locks::<T, I>(change, &mut voting);
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
            // One that is over locks until somebody unlocks it, from whichever block on.
            if let Some((until, amount)) = prior::<T, I>(&voting).filter(|(_, amount)| !amount.is_zero()) {
                let what = format!("lock of {amount:?} of {who:?} in {:?}", class.encode());
                stored.push(Stored::deadline(what, clock, until));
            }
        }
        stored
    }
}
