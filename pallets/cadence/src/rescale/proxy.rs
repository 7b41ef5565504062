//! The proxy pallet. The delay of a proxy is a duration. The block in which a call was announced is a
//! deadline behind, because the delay counts from it.

use super::{deadline, duration, transcode, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use frame_support::traits::{Currency, Get};
use pallet_proxy::{Announcements, BlockNumberFor, Proxies, ProxyDefinition};
use sp_runtime::traits::Hash;

/// What the proxy pallet stores in blocks.
pub struct Proxy<T>(PhantomData<T>);

type CallHash<T> = <<T as pallet_proxy::Config>::CallHasher as Hash>::Output;
type Definition<T> = ProxyDefinition<
    <T as frame_system::Config>::AccountId,
    <T as pallet_proxy::Config>::ProxyType,
    BlockNumberFor<T>,
>;
type Balance<T> =
    <<T as pallet_proxy::Config>::Currency as Currency<<T as frame_system::Config>::AccountId>>::Balance;

/// The fields of an announcement, which are private: the account that is acted for, the hash of the call, and
/// the block.
type Fields<T> = (<T as frame_system::Config>::AccountId, CallHash<T>, BlockNumberFor<T>);

impl<T: pallet_proxy::Config> Rescale for Proxy<T> {
    type Pallet = pallet_proxy::Pallet<T>;

    fn now() -> Option<cadence::BlockNumber> {
        super::provider_block::<<T as pallet_proxy::Config>::BlockNumberProvider>()
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
                    let Some((real, call, mut height)) = transcode::<Fields<T>>(announcement) else {
                        continue;
                    };
                    deadline(change, &mut height);
                    if let Some(rescaled) = transcode(&(real, call, height)) {
                        *announcement = rescaled;
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
            for (real, call, height) in pending.iter().filter_map(transcode::<Fields<T>>) {
                let what = format!("announcement of {call:?} by {who:?} for {real:?}");
                stored.push(Stored::deadline(what, clock, height));
            }
        }
        stored
    }
}
