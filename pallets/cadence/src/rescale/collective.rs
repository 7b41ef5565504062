//! A collective: the end of the vote on a motion is a deadline. What the motion calls is not looked
//! into: a block number that it names is the one that its author wrote.

use super::{deadline, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::{Decode, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_collective::{MemberCount, ProposalIndex, Votes, Voting};

pub struct Collective<T, I = ()>(PhantomData<(T, I)>);

/// The fields of a vote, which keeps them to itself: the motion's index, the ayes that it needs, who is
/// for it, who is against it, and its end.
type Fields<T> = (
    ProposalIndex,
    MemberCount,
    Vec<<T as frame_system::Config>::AccountId>,
    Vec<<T as frame_system::Config>::AccountId>,
    BlockNumberFor<T>,
);

fn fields<T: frame_system::Config>(votes: &Votes<T::AccountId, BlockNumberFor<T>>) -> Option<Fields<T>> {
    Decode::decode(&mut &votes.encode()[..]).ok()
}

impl<T: pallet_collective::Config<I>, I: 'static> Rescale for Collective<T, I> {
    type Pallet = pallet_collective::Pallet<T, I>;

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let rest = <(T::Hash, ProposalIndex, MemberCount, BlockNumberFor<T>)>::max_encoded_len();
        // A member is for or against; each of the two lists has a length of five bytes at most.
        let most = rest + 10 + T::MaxMembers::get() as usize * T::AccountId::max_encoded_len();
        walk.map(0, (most, 0), entries!(Voting<T, I>), |(motion, votes)| {
            if let Some((index, threshold, ayes, nays, mut end)) = fields::<T>(&votes) {
                deadline(change, &mut end);
                let moved = (index, threshold, ayes, nays, end).encode();
                if let Ok(moved) = Votes::<T::AccountId, BlockNumberFor<T>>::decode(&mut &moved[..]) {
                    Voting::<T, I>::insert(motion, moved);
                }
            }
            0
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for (motion, votes) in entries!(Voting<T, I>).read(&mut stored) {
            if let Some((.., end)) = fields::<T>(&votes) {
                stored.push(Stored::deadline(format!("end of the vote on motion {motion:?}"), clock, end));
            }
        }
        stored
    }
}
