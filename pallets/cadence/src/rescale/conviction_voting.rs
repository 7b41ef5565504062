//! Conviction voting: the end of a prior lock is a deadline, of who votes and of who delegates. How
//! long a conviction locks is a constant of the runtime, and follows the build.

use super::{deadline, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::{Decode, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::traits::PalletInfoAccess;
use pallet_conviction_voting::{BalanceOf, BlockNumberFor, ClassOf, Voting, VotingFor, VotingOf};

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

impl<T: pallet_conviction_voting::Config<I>, I: 'static> Rescale for ConvictionVoting<T, I> {
    fn name() -> &'static str {
        pallet_conviction_voting::Pallet::<T, I>::name()
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let most = <(T::AccountId, ClassOf<T, I>, VotingOf<T, I>)>::max_encoded_len();
        walk.map(0, (most, 0), entries!(VotingFor<T, I>), |(who, class, mut voting)| {
            // No lock has block zero.
            if let Some((mut until, amount)) =
                prior::<T, I>(&voting).filter(|(until, _)| *until > 0u32.into())
            {
                deadline(change, &mut until);
                let lock = voting.as_mut();
                *lock = Default::default();
                lock.accumulate(until, amount);
                VotingFor::<T, I>::insert(who, class, voting);
            }
            0
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        VotingFor::<T, I>::iter()
            .filter_map(|(who, class, voting)| {
                let (until, amount) = prior::<T, I>(&voting).filter(|(until, _)| *until > 0u32.into())?;
                let what = format!("lock of {amount:?} of {who:?} in {:?}", class.encode());
                Some(Stored::deadline(what, clock, until))
            })
            .collect()
    }
}
