//! Referenda: when one was submitted and since when it is decided on, the end of its confirmation,
//! its alarm, an enactment at a block, and when a past one ended are deadlines; an enactment after
//! some blocks is a duration. The tracks' periods are constants of the runtime, and follow the build.
//!
//! An alarm is a task of the scheduler, known by its address, so this comes after the scheduler; and
//! as long as a referendum is not rescaled its alarm must not ring, so the scheduler rests until this
//! is done.

use super::{deadline, duration, scheduler, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, string::String, vec::Vec};
use cadence::{Change, Clock};
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use frame_support::traits::{schedule::DispatchTime, PalletInfoAccess};
use pallet_referenda::{ReferendumIndex, ReferendumInfo, ReferendumInfoFor, ReferendumInfoOf};

pub struct Referenda<T, I = ()>(PhantomData<(T, I)>);

impl<T, I: 'static> Rescale for Referenda<T, I>
where
    T: pallet_referenda::Config<I> + pallet_scheduler::Config,
{
    fn name() -> &'static str {
        pallet_referenda::Pallet::<T, I>::name()
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let most = ReferendumIndex::max_encoded_len() + ReferendumInfoOf::<T, I>::max_encoded_len();
        walk.map(0, (most, 1), entries!(ReferendumInfoFor<T, I>), |(index, mut info)| {
            use ReferendumInfo::*;
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
                        if let Some(moved) = scheduler::moved_to::<T, _>(change, address) {
                            *address = moved;
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
            1
        }) && scheduler::forget_moves::<T>(1, walk)
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for (index, info) in ReferendumInfoFor::<T, I>::iter() {
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
