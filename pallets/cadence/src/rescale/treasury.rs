//! The treasury: from when and until when a spend can be claimed, and when the last spend period
//! ended, are deadlines. The length of a spend period and of a payout period are constants of the
//! runtime, and follow the build. A hook ends a spend period, so when the last one ended cannot wait.
//!
//! Older releases of the SDK did not store when that was: a spend period ended in each block that is a
//! multiple of it. Where a chain takes a newer one with its change, it is stored here.

use super::{deadline, number, Rescale, Stored, Touched};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use frame_support::traits::{tokens::Pay, Get};
use pallet_treasury::{AssetBalanceOf, BlockNumberFor, LastSpendPeriod, SpendIndex, SpendStatus, Spends};
use sp_runtime::traits::{One, Saturating};

pub struct Treasury<T, I = ()>(PhantomData<(T, I)>);

type Status<T, I> = SpendStatus<
    <T as pallet_treasury::Config<I>>::AssetKind,
    AssetBalanceOf<T, I>,
    <T as pallet_treasury::Config<I>>::Beneficiary,
    BlockNumberFor<T, I>,
    <<T as pallet_treasury::Config<I>>::Paymaster as Pay>::Id,
>;

impl<T: pallet_treasury::Config<I>, I: 'static> Rescale for Treasury<T, I> {
    type Pallet = pallet_treasury::Pallet<T, I>;

    fn now() -> Option<cadence::BlockNumber> {
        super::block_of::<<T as pallet_treasury::Config<I>>::BlockNumberProvider>()
    }

    fn begin(change: &Change) -> Touched {
        let mut last = LastSpendPeriod::<T, I>::get().unwrap_or_else(|| {
            // The period before the change. The constant is this build's.
            let back = Change { from: change.to, to: change.from };
            let period = back.duration(number(T::SpendPeriod::get())).max(1);
            (change.from.origin - change.from.origin % period).into()
        });
        deadline(change, &mut last);
        LastSpendPeriod::<T, I>::put(last);
        Touched::of(1, BlockNumberFor::<T, I>::max_encoded_len())
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let most = SpendIndex::max_encoded_len() + Status::<T, I>::max_encoded_len();
        walk.map(0, (most, 0), entries!(Spends<T, I>), |(index, mut spend)| {
            let ordered = spend.valid_from < spend.expire_at;
            deadline(change, &mut spend.valid_from);
            deadline(change, &mut spend.expire_at);
            if ordered && spend.valid_from >= spend.expire_at {
                // Both at block zero; the pallet holds that one expires later than it begins.
                spend.expire_at = spend.valid_from.saturating_add(One::one());
            }
            Spends::<T, I>::insert(index, spend);
            0
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let what = "last spend period".into();
        let mut stored = alloc::vec![match LastSpendPeriod::<T, I>::get() {
            Some(last) => Stored::deadline(what, clock, last),
            None => Stored::any_deadline(what),
        }];
        for (index, spend) in entries!(Spends<T, I>).read(&mut stored) {
            let (start, expiry) = (format!("start of spend {index}"), format!("expiry of spend {index}"));
            if number(spend.expire_at) <= clock.origin {
                // One that has expired has expired.
                stored.push(Stored::deadline(expiry, clock, clock.origin));
            } else {
                stored.push(Stored::deadline(start, clock, spend.valid_from));
                stored.push(Stored::deadline(expiry, clock, spend.expire_at));
            }
        }
        stored
    }
}
