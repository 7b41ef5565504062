//! Democracy, for chains that have it: the end of a referendum, of a prior lock and of a veto are
//! deadlines; how long an approved proposal waits for its enactment is a duration. Periods are
//! constants of the runtime, and follow the build.
//!
//! A referendum is counted in the one block that is its end, so this must be done before the next
//! block: list it first. The next proposal is put to the vote in a block that is a multiple of the
//! launch period, which is not a stored deadline: that moment moves, once, by less than a period.

use super::{deadline, duration, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::{Decode, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::traits::{Currency, PalletInfoAccess};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_democracy::{Blacklist, ReferendumIndex, ReferendumInfo, ReferendumInfoOf, Voting, VotingOf};

pub struct Democracy<T>(PhantomData<T>);

type Balance<T> =
    <<T as pallet_democracy::Config>::Currency as Currency<<T as frame_system::Config>::AccountId>>::Balance;
type VotingFor<T> = Voting<
    Balance<T>,
    <T as frame_system::Config>::AccountId,
    BlockNumberFor<T>,
    <T as pallet_democracy::Config>::MaxVotes,
>;

/// More than a referendum takes, whose proposal is 128 bytes at most, or a veto by a hundred accounts.
const MOST: usize = 4 * 1_024;

/// The block until which a prior lock holds, and its amount. The type that has them keeps them, and
/// itself, to itself.
fn fields<T: pallet_democracy::Config>(lock: &impl Encode) -> Option<(BlockNumberFor<T>, Balance<T>)> {
    Decode::decode(&mut &lock.encode()[..]).ok().filter(|(until, _)| *until > 0u32.into())
}

impl<T: pallet_democracy::Config> Rescale for Democracy<T> {
    fn name() -> &'static str {
        pallet_democracy::Pallet::<T>::name()
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let most_votes = <(T::AccountId, VotingFor<T>)>::max_encoded_len();
        walk.map(0, (MOST, 0), entries!(ReferendumInfoOf<T>), |(index, mut info): (ReferendumIndex, _)| {
            match &mut info {
                ReferendumInfo::Ongoing(status) => {
                    deadline(change, &mut status.end);
                    duration(change, &mut status.delay);
                }
                ReferendumInfo::Finished { end, .. } => deadline(change, end),
            }
            ReferendumInfoOf::<T>::insert(index, info);
            0
        }) && walk.map(1, (MOST, 0), entries!(Blacklist<T>), |(proposal, (mut until, who))| {
            deadline(change, &mut until);
            Blacklist::<T>::insert(proposal, (until, who));
            0
        }) && walk.map(2, (most_votes, 0), entries!(VotingOf<T>), |(who, mut voting)| {
            let (Voting::Direct { prior, .. } | Voting::Delegating { prior, .. }) = &mut voting;
            if let Some((mut until, amount)) = fields::<T>(prior) {
                deadline(change, &mut until);
                *prior = Default::default();
                prior.accumulate(until, amount);
                VotingOf::<T>::insert(who, voting);
            }
            0
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for (index, info) in ReferendumInfoOf::<T>::iter() {
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
        for (proposal, (until, _)) in Blacklist::<T>::iter() {
            stored.push(Stored::deadline(format!("veto of {proposal:?}"), clock, until));
        }
        for (who, voting) in VotingOf::<T>::iter() {
            let (Voting::Direct { prior, .. } | Voting::Delegating { prior, .. }) = &voting;
            if let Some((until, amount)) = fields::<T>(prior) {
                stored.push(Stored::deadline(format!("lock of {amount:?} of {who:?}"), clock, until));
            }
        }
        stored
    }
}
