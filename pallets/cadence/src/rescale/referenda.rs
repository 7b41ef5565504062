//! The referenda pallet. The deadlines of an ongoing referendum are its submission, the beginning of its
//! decision, the end of its confirmation, its alarm, and an enactment at a block. An enactment after a number
//! of blocks is a duration. The end of a past referendum is a deadline. The periods of the tracks are
//! constants of the runtime, and follow the build.
//!
//! An alarm is a task of the scheduler, and the referendum stores the address of that task. So this pallet
//! comes after the scheduler. An alarm must not ring before its referendum is rescaled, which is why the
//! scheduler rests.
//!
//! If the end of a past referendum would be before block zero, it becomes block zero. Its real end is
//! [remembered](EndedBeforeZero) until everything is rescaled, because votes lock from that end on.

use super::{before_zero, deadline, duration, scheduler, EndedPolls, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, string::String, vec::Vec};
use cadence::{Change, Clock};
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use frame_support::{
    storage_alias,
    traits::{schedule::DispatchTime, PalletInfoAccess},
    Twox64Concat,
};
use pallet_referenda::{ReferendumIndex, ReferendumInfo, ReferendumInfoFor, ReferendumInfoOf};

/// What the referenda pallet stores in blocks.
pub struct Referenda<T, I = ()>(PhantomData<(T, I)>);

/// The referenda that ended before block zero: the block at which each ended, and whether it was approved.
#[storage_alias]
type EndedBeforeZero<T: pallet_referenda::Config<I>, I: 'static> =
    StorageMap<pallet_referenda::Pallet<T, I>, Twox64Concat, ReferendumIndex, (i64, bool)>;

impl<T: pallet_referenda::Config<I>, I: 'static> EndedPolls<ReferendumIndex>
    for pallet_referenda::Pallet<T, I>
{
    fn ended_before_zero(poll: ReferendumIndex) -> Option<(i64, bool)> {
        EndedBeforeZero::<T, I>::get(poll)
    }
}

impl<T, I: 'static> Rescale for Referenda<T, I>
where
    T: pallet_referenda::Config<I> + pallet_scheduler::Config,
{
    type Pallet = pallet_referenda::Pallet<T, I>;

    fn now() -> Option<cadence::BlockNumber> {
        super::provider_block::<<T as pallet_referenda::Config<I>>::BlockNumberProvider>()
    }

    fn after() -> Vec<&'static str> {
        alloc::vec![pallet_scheduler::Pallet::<T>::name()]
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let most = ReferendumIndex::max_encoded_len() + ReferendumInfoOf::<T, I>::max_encoded_len();
        walk.map(0, (most, 1), entries!(ReferendumInfoFor<T, I>), |(index, mut info)| {
            use ReferendumInfo::*;
            let mut others = 0;
            if let Approved(end, ..) | Rejected(end, ..) = &info {
                if let Some(end) = before_zero(change, *end) {
                    EndedBeforeZero::<T, I>::insert(index, (end, matches!(info, Approved(..))));
                    others = 1;
                }
            }
            match &mut info {
                Ongoing(status) => {
                    match &mut status.enactment {
                        DispatchTime::At(block) => deadline(change, block),
                        DispatchTime::After(blocks) => duration(change, blocks),
                    }
                    deadline(change, &mut status.submitted);
                    if let Some(deciding) = &mut status.deciding {
                        deadline(change, &mut deciding.since);
                        deciding.confirming.iter_mut().for_each(|end| deadline(change, end));
                    }
                    if let Some((when, address)) = &mut status.alarm {
                        deadline(change, when);
                        others = 1;
                        if let Some(new) = scheduler::new_address::<T, _>(change, address) {
                            *address = new;
                        }
                    }
                }
                Approved(since, ..)
                | Rejected(since, ..)
                | Cancelled(since, ..)
                | TimedOut(since, ..)
                | Killed(since) => deadline(change, since),
            }
            ReferendumInfoFor::<T, I>::insert(index, info);
            others
        })
    }

    fn finish(_: &Change, walk: &mut Walk) -> bool {
        walk.map(0, (64, 0), entries!(EndedBeforeZero<T, I>), |(index, _)| {
            EndedBeforeZero::<T, I>::remove(index);
            0
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for (index, info) in entries!(ReferendumInfoFor<T, I>).read(&mut stored) {
            let named = |what: &str| -> String { format!("{what} of referendum {index}") };
            use ReferendumInfo::*;
            match info {
                Ongoing(status) => {
                    stored.push(match status.enactment {
                        DispatchTime::At(block) => Stored::deadline(named("enactment"), clock, block),
                        DispatchTime::After(blocks) => Stored::duration(named("enactment"), clock, blocks),
                    });
                    stored.push(Stored::deadline(named("submission"), clock, status.submitted));
                    if let Some(deciding) = status.deciding {
                        stored.push(Stored::deadline(named("decision"), clock, deciding.since));
                        if let Some(end) = deciding.confirming {
                            stored.push(Stored::deadline(named("confirmation"), clock, end));
                        }
                    }
                    if let Some((when, _)) = status.alarm {
                        stored.push(Stored::deadline(named("alarm"), clock, when));
                    }
                }
                Approved(since, ..)
                | Rejected(since, ..)
                | Cancelled(since, ..)
                | TimedOut(since, ..)
                | Killed(since) => stored.push(Stored::deadline(named("end"), clock, since)),
            }
        }
        stored
    }
}
