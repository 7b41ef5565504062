//! The XCM pallet. The deadlines are the timeout of a query, the block of its response, and the block until
//! which a location may act for another. The last one is a `u64`, whatever the chain's type of block numbers.

use super::{deadline, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use core::marker::PhantomData;
use frame_support::{storage_alias, Blake2_128Concat};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_xcm::{AuthorizedAliasesEntry, MaxAuthorizedAliases, QueryStatus, TicketOf};
use xcm::VersionedLocation;

/// What the XCM pallet stores in blocks.
pub struct Xcm<T>(PhantomData<T>);

// The pallet keeps these storage items private.

#[storage_alias]
type Queries<T: pallet_xcm::Config> =
    StorageMap<pallet_xcm::Pallet<T>, Blake2_128Concat, u64, QueryStatus<BlockNumberFor<T>>>;

#[storage_alias]
type AuthorizedAliases<T: pallet_xcm::Config> = StorageMap<
    pallet_xcm::Pallet<T>,
    Blake2_128Concat,
    VersionedLocation,
    AuthorizedAliasesEntry<TicketOf<T>, MaxAuthorizedAliases>,
>;

/// The most bytes that a query takes: its response is as large as an XCM may be. A larger entry does no harm,
/// because its weight is counted when it is read.
const MOST: usize = 16 * 1_024;

impl<T: pallet_xcm::Config> Rescale for Xcm<T> {
    type Pallet = pallet_xcm::Pallet<T>;

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        walk.map(0, (MOST, 0), entries!(Queries<T>), |(id, mut query)| {
            match &mut query {
                QueryStatus::Pending { timeout, .. } => deadline(change, timeout),
                QueryStatus::Ready { at, .. } => deadline(change, at),
                QueryStatus::VersionNotifier { .. } => return 0,
            }
            Queries::<T>::insert(id, query);
            0
        }) && walk.map(1, (MOST, 0), entries!(AuthorizedAliases<T>), |(target, mut entry)| {
            for aliaser in entry.aliasers.iter_mut() {
                aliaser.expiry.iter_mut().for_each(|expiry| deadline(change, expiry));
            }
            AuthorizedAliases::<T>::insert(target, entry);
            0
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for (id, query) in entries!(Queries<T>).read(&mut stored) {
            stored.push(match query {
                QueryStatus::Pending { timeout, .. } => {
                    Stored::deadline(format!("timeout of query {id}"), clock, timeout)
                }
                QueryStatus::Ready { at, .. } => {
                    Stored::deadline(format!("response to query {id}"), clock, at)
                }
                QueryStatus::VersionNotifier { .. } => continue,
            });
        }
        for (target, entry) in entries!(AuthorizedAliases<T>).read(&mut stored) {
            for aliaser in entry.aliasers {
                let Some(expiry) = aliaser.expiry else { continue };
                let what = format!("expiry of {:?} as {target:?}", aliaser.location);
                stored.push(Stored::deadline(what, clock, expiry));
            }
        }
        stored
    }
}
