//! The treasury pallet. The deadlines are the start and the expiry of a spend, and the end of the last spend
//! period. The lengths of a spend period and of a payout period are constants of the runtime, and follow the
//! build. A hook ends a spend period, so the end of the last one cannot wait.
//!
//! Older releases of the SDK do not store the end of the last spend period. With them, a spend period ends in
//! each block whose number is a multiple of its length. If a chain takes a newer release with its change,
//! that end is stored here.

use super::{deadline, number, Rescale, Stored, Touched};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use frame_support::traits::{tokens::Pay, Get};
use pallet_treasury::{AssetBalanceOf, BlockNumberFor, LastSpendPeriod, SpendIndex, SpendStatus, Spends};
use sp_runtime::traits::{One, Saturating};

/// What the treasury pallet stores in blocks.
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
        super::provider_block::<<T as pallet_treasury::Config<I>>::BlockNumberProvider>()
    }

    fn begin(change: &Change) -> Touched {
        let mut last = LastSpendPeriod::<T, I>::get().unwrap_or_else(|| {
            // The length of a spend period before the change. The constant is that of the new build.
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
                // Both are at block zero, but the pallet's `try_state` requires that a spend expires later
                // than it begins.
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
                // For a spend that has expired, its start and the moment of its expiry do not matter.
                stored.push(Stored::deadline(expiry, clock, clock.origin));
            } else {
                stored.push(Stored::deadline(start, clock, spend.valid_from));
                stored.push(Stored::deadline(expiry, clock, spend.expire_at));
            }
        }
        stored
    }
}
