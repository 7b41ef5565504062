//! Identities: until when a username can be accepted, and from when one that is being taken away can
//! be removed, are deadlines. How long that is in the first place are constants of the runtime.

use super::{deadline, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::Encode;
use core::marker::PhantomData;
use pallet_identity::{PendingUsernames, UnbindingUsernames};

pub struct Identity<T>(PhantomData<T>);

/// A username, an account, a block and who pays: what an entry may take in bytes, at most.
const MOST: usize = 256;

impl<T: pallet_identity::Config> Rescale for Identity<T> {
    type Pallet = pallet_identity::Pallet<T>;

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
        let mut stored = Vec::new();
        for (username, (_, until, _)) in entries!(PendingUsernames<T>).read(&mut stored) {
            stored.push(Stored::deadline(
                format!("expiry of username {:?}", username.encode()),
                clock,
                until,
            ));
        }
        for (username, from) in entries!(UnbindingUsernames<T>).read(&mut stored) {
            stored.push(Stored::deadline(
                format!("removal of username {:?}", username.encode()),
                clock,
                from,
            ));
        }
        stored
    }
}
