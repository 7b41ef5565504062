//! Identities: until when a username can be accepted, and from when one that is being taken away can
//! be removed, are deadlines. How long that is in the first place are constants of the runtime.

use super::{deadline, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::Encode;
use core::marker::PhantomData;
use frame_support::traits::PalletInfoAccess;
use pallet_identity::{PendingUsernames, UnbindingUsernames};

pub struct Identity<T>(PhantomData<T>);

/// A username, an account, a block and who pays: what an entry may take in bytes, at most.
const MOST: usize = 256;

impl<T: pallet_identity::Config> Rescale for Identity<T> {
    fn name() -> &'static str {
        pallet_identity::Pallet::<T>::name()
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        walk.map(0, (MOST, 0), entries!(PendingUsernames<T>), |(username, (who, mut until, provider))| {
            deadline(change, &mut until);
            PendingUsernames::<T>::insert(username, (who, until, provider));
            0
        }) && walk.map(1, (MOST, 0), entries!(UnbindingUsernames<T>), |(username, mut from)| {
            deadline(change, &mut from);
            UnbindingUsernames::<T>::insert(username, from);
            0
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let pending = PendingUsernames::<T>::iter().map(|(username, (_, until, _))| {
            Stored::deadline(format!("expiry of username {:?}", username.encode()), clock, until)
        });
        let unbinding = UnbindingUsernames::<T>::iter().map(|(username, from)| {
            Stored::deadline(format!("removal of username {:?}", username.encode()), clock, from)
        });
        pending.chain(unbinding).collect()
    }
}
