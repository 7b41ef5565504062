//! The treasury: from when and until when a spend can be claimed, and when the last spend period
//! ended, are deadlines. The length of a spend period and of a payout period are constants of the
//! runtime, and follow the build. A hook ends a spend period, so when the last one ended cannot wait.

use super::{deadline, Rescale, Stored, Touched};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{Change, Clock};
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use frame_support::traits::tokens::Pay;
use pallet_treasury::{AssetBalanceOf, BlockNumberFor, LastSpendPeriod, SpendIndex, SpendStatus, Spends};

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
        LastSpendPeriod::<T, I>::mutate_extant(|last| deadline(change, last));
        Touched::of(1, BlockNumberFor::<T, I>::max_encoded_len())
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let most = SpendIndex::max_encoded_len() + Status::<T, I>::max_encoded_len();
        walk.map(0, (most, 0), entries!(Spends<T, I>), |(index, mut spend)| {
            deadline(change, &mut spend.valid_from);
            deadline(change, &mut spend.expire_at);
            Spends::<T, I>::insert(index, spend);
            0
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let last = LastSpendPeriod::<T, I>::get();
        let mut stored: Vec<_> =
            last.map(|last| Stored::deadline("last spend period".into(), clock, last)).into_iter().collect();
        for (index, spend) in entries!(Spends<T, I>).read(&mut stored) {
            stored.push(Stored::deadline(format!("start of spend {index}"), clock, spend.valid_from));
            stored.push(Stored::deadline(format!("expiry of spend {index}"), clock, spend.expire_at));
        }
        stored
    }
}
