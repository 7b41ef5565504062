//! The identity pallet. The deadlines are the block until which a username can be accepted, and the block
//! from which on a username that is being taken away can be removed. The lengths of both times are constants
//! of the runtime.

use super::{deadline, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::Encode;
use core::marker::PhantomData;
use pallet_identity::{PendingUsernames, UnbindingUsernames};

/// What the identity pallet stores in blocks.
pub struct Identity<T>(PhantomData<T>);

/// The most bytes that an entry takes: a username, an account, a block and the provider that has paid.
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
