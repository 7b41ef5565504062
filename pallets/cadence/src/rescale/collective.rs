//! The collective pallet. The end of the vote on a motion is a deadline. The call of a motion is not changed.
//! A block number in it stays the one that its author wrote.

use super::{deadline, transcode, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_collective::{MemberCount, ProposalIndex, Votes, Voting};

/// What a collective stores in blocks.
pub struct Collective<T, I = ()>(PhantomData<(T, I)>);

/// The fields of the votes on a motion, which are private: the motion's index, the number of ayes that it
/// needs, the members for it, those against it, and the end of the vote.
type Fields<T> = (
    ProposalIndex,
    MemberCount,
    Vec<<T as frame_system::Config>::AccountId>,
    Vec<<T as frame_system::Config>::AccountId>,
    BlockNumberFor<T>,
);

impl<T: pallet_collective::Config<I>, I: 'static> Rescale for Collective<T, I> {
    type Pallet = pallet_collective::Pallet<T, I>;

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let rest = <(T::Hash, ProposalIndex, MemberCount, BlockNumberFor<T>)>::max_encoded_len();
        // A member is in one of the two lists. The length of each list takes five bytes at most.
        let most = rest + 10 + T::MaxMembers::get() as usize * T::AccountId::max_encoded_len();
        walk.map(0, (most, 0), entries!(Voting<T, I>), |(motion, votes)| {
            if let Some((index, threshold, ayes, nays, mut end)) = transcode::<Fields<T>>(&votes) {
                deadline(change, &mut end);
                let fields: Fields<T> = (index, threshold, ayes, nays, end);
                if let Some(votes) = transcode::<Votes<T::AccountId, BlockNumberFor<T>>>(&fields) {
                    Voting::<T, I>::insert(motion, votes);
                }
            }
            0
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for (motion, votes) in entries!(Voting<T, I>).read(&mut stored) {
            if let Some((.., end)) = transcode::<Fields<T>>(&votes) {
                stored.push(Stored::deadline(format!("end of the vote on motion {motion:?}"), clock, end));
            }
        }
        stored
    }
}
