//! Proxies: a proxy's delay is a duration; the block in which a call was announced is a deadline,
//! and one behind, as the delay counts from it.

use super::{deadline, duration, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::{Decode, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::traits::{Currency, Get};
use pallet_proxy::{Announcement, Announcements, BlockNumberFor, Proxies, ProxyDefinition};
use sp_runtime::traits::Hash;

pub struct Proxy<T>(PhantomData<T>);

type CallHash<T> = <<T as pallet_proxy::Config>::CallHasher as Hash>::Output;
type AnnouncementOf<T> = Announcement<<T as frame_system::Config>::AccountId, CallHash<T>, BlockNumberFor<T>>;
type Definition<T> = ProxyDefinition<
    <T as frame_system::Config>::AccountId,
    <T as pallet_proxy::Config>::ProxyType,
    BlockNumberFor<T>,
>;
type Balance<T> =
    <<T as pallet_proxy::Config>::Currency as Currency<<T as frame_system::Config>::AccountId>>::Balance;

/// The fields of an announcement, which keeps them to itself: for whom, of which call, and when.
type Fields<T> = (<T as frame_system::Config>::AccountId, CallHash<T>, BlockNumberFor<T>);

fn fields<T: pallet_proxy::Config>(announcement: &AnnouncementOf<T>) -> Option<Fields<T>> {
    Decode::decode(&mut &announcement.encode()[..]).ok()
}

impl<T: pallet_proxy::Config> Rescale for Proxy<T> {
    type Pallet = pallet_proxy::Pallet<T>;

    fn now() -> Option<cadence::BlockNumber> {
        super::block_of::<<T as pallet_proxy::Config>::BlockNumberProvider>()
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let rest = T::AccountId::max_encoded_len() + Balance::<T>::max_encoded_len() + 4;
        let most_proxies = rest + T::MaxProxies::get() as usize * Definition::<T>::max_encoded_len();
        let most_announcements = rest + T::MaxPending::get() as usize * Fields::<T>::max_encoded_len();
        walk.map(0, (most_proxies, 0), entries!(Proxies<T>), |(who, (mut definitions, deposit))| {
            if definitions.iter().any(|definition| definition.delay > 0u32.into()) {
                definitions.iter_mut().for_each(|definition| duration(change, &mut definition.delay));
                Proxies::<T>::insert(who, (definitions, deposit));
            }
            0
        }) && walk.map(
            1,
            (most_announcements, 0),
            entries!(Announcements<T>),
            |(who, (mut pending, deposit))| {
                for announcement in pending.iter_mut() {
                    let Some((real, call, mut height)) = fields::<T>(announcement) else { continue };
                    deadline(change, &mut height);
                    if let Ok(moved) = Decode::decode(&mut &(real, call, height).encode()[..]) {
                        *announcement = moved;
                    }
                }
                Announcements::<T>::insert(who, (pending, deposit));
                0
            },
        )
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for (who, (definitions, _)) in entries!(Proxies<T>).read(&mut stored) {
            for definition in definitions {
                let what = format!("delay of {:?} for {who:?}", definition.delegate);
                stored.push(Stored::duration(what, clock, definition.delay));
            }
        }
        for (who, (pending, _)) in entries!(Announcements<T>).read(&mut stored) {
            for (real, call, height) in pending.iter().filter_map(fields::<T>) {
                let what = format!("announcement of {call:?} by {who:?} for {real:?}");
                stored.push(Stored::deadline(what, clock, height));
            }
        }
        stored
    }
}
