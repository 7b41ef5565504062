//! Vesting: a schedule's start is a deadline, its amount per block a rate.
//!
//! A start and a rate rescaled each for itself would not do: half of an odd rate is no whole number,
//! and what is rounded away in every block moves the end by any length of time. A start long past
//! may be before block zero besides. So a schedule is written anew for what is still locked
//! ([`schedule`]): its end stays, its rate is rounded up, and it starts as late as its end allows.

use super::{deadline, number, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{BlockNumber, Change, Clock};
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use frame_support::{
    traits::{Currency, PalletInfoAccess},
    BoundedVec,
};
use pallet_vesting::{MaxVestingSchedulesGet, VestingInfo};
use sp_runtime::traits::{BlockNumberProvider, UniqueSaturatedInto};

pub struct Vesting<T>(PhantomData<T>);

type Balance<T> =
    <<T as pallet_vesting::Config>::Currency as Currency<<T as frame_system::Config>::AccountId>>::Balance;
type Number<T> = <<T as pallet_vesting::Config>::BlockNumberProvider as BlockNumberProvider>::BlockNumber;
type Info<T> = VestingInfo<Balance<T>, Number<T>>;

impl<T: pallet_vesting::Config> Rescale for Vesting<T> {
    fn name() -> &'static str {
        pallet_vesting::Pallet::<T>::name()
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let most = T::AccountId::max_encoded_len()
            + BoundedVec::<Info<T>, MaxVestingSchedulesGet<T>>::max_encoded_len();
        walk.map(0, (most, 0), entries!(pallet_vesting::Vesting<T>), |(who, mut schedules)| {
            for info in schedules.iter_mut() {
                let (locked, per_block): (u128, u128) =
                    (info.locked().unique_saturated_into(), info.per_block().unique_saturated_into());
                let after = schedule(change, locked, per_block, number(info.starting_block()));
                if let (Ok(locked), Ok(per_block)) = (after.0.try_into(), after.1.try_into()) {
                    *info = VestingInfo::new(locked, per_block, after.2.into());
                }
            }
            pallet_vesting::Vesting::<T>::insert(who, schedules);
            0
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for (who, schedules) in pallet_vesting::Vesting::<T>::iter() {
            for (i, info) in schedules.iter().enumerate() {
                let left: u128 =
                    info.locked_at::<T::BlockNumberToBalance>(clock.origin.into()).unique_saturated_into();
                let end: u128 =
                    info.ending_block_as_balance::<T::BlockNumberToBalance>().unique_saturated_into();
                // One that is over is over.
                let end = if left == 0 { clock.origin } else { end.unique_saturated_into() };
                stored.push(Stored::deadline(
                    format!("end of vesting {i} of {who:?}, {left} left"),
                    clock,
                    end,
                ));
            }
        }
        stored
    }
}

/// A schedule of so much locked in all, unlocked by so much per block from `start` on, after
/// `change`: what is left of it, and the rate and the start with which it ends when it would have
/// ended. Never is less locked than on the straight line of the old schedule, but for one unit a
/// block, as a rate is a whole number.
fn schedule(change: &Change, locked: u128, per_block: u128, start: BlockNumber) -> (u128, u128, BlockNumber) {
    let per_block = per_block.max(1);
    let gone = change.from.origin.saturating_sub(start);
    let left = locked.saturating_sub(per_block.saturating_mul(gone.into()));
    if left == 0 {
        return (locked, locked.max(1), 0);
    }
    let mut begin = start.max(change.from.origin);
    let end = u128::from(begin).saturating_add(left.div_ceil(per_block));
    deadline(change, &mut begin);
    // The rate itself or one more, as may be.
    let rate = change.rate(per_block);
    let exact = rate.saturating_mul(change.from.block_millis.into())
        == per_block.saturating_mul(change.to.block_millis.into());
    let rate = if exact { rate } else { rate.saturating_add(1) };
    let Ok(mut end) = BlockNumber::try_from(end) else {
        // It never ends.
        return (left, rate, begin);
    };
    deadline(change, &mut end);
    let span = end.saturating_sub(begin).max(1);
    let rate = rate.max(left.div_ceil(span.into()));
    // A number of blocks, as it is the span at most.
    let blocks = left.div_ceil(rate).unique_saturated_into();
    (left, rate, end.saturating_sub(blocks))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadence::{ASYNCHRONOUS, SYNCHRONOUS};
    use proptest::prelude::*;

    fn locked_at((locked, per_block, start): (u128, u128, u32), block: u32) -> u128 {
        locked.saturating_sub(per_block.saturating_mul(block.saturating_sub(start).into()))
    }

    fn end((locked, per_block, start): (u128, u128, u32)) -> u128 {
        u128::from(start) + locked.div_ceil(per_block)
    }

    #[test]
    fn half_of_one_unit_a_block_still_ends_on_time() {
        let change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, 100);
        // Naively halved the rate is zero, which the pallet takes for one: all would be unlocked in
        // half the time.
        assert_eq!(schedule(&change, 50, 1, 80), (30, 1, 130));
        assert_eq!(end((30, 1, 130)), 100 + 2 * 30);
    }

    #[test]
    fn a_start_before_block_zero_is_rebased() {
        let change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, 1_000);
        assert_eq!(change.deadline(100), None, "the naive start");
        assert_eq!(schedule(&change, 2_000_000, 1_000, 100), (1_100_000, 500, 1_000));
    }

    #[test]
    fn what_is_over_stays_over_and_what_never_ends_goes_on() {
        let change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, 1_000);
        assert_eq!(locked_at(schedule(&change, 10, 1, 5), 1_001), 0);
        assert_eq!(schedule(&change, u128::MAX, 2, 2_000), (u128::MAX, 1, 3_000));
    }

    proptest! {
        #[test]
        fn an_end_keeps_its_moment_and_nothing_is_unlocked_early(
            locked in 1u128..u128::MAX >> 40, blocks in 1u128..10_000_000, start in 0u32..20_000_000,
            at in 1u32..10_000_000, slots in prop::sample::select(vec![
                (12_000, 6_000), (6_000, 2_000), (2_000, 500), (12_000, 7_000), (6_000, 12_000), (6_000, 36_000),
            ]),
        ) {
            let per_block = (locked / blocks).max(1);
            let change = Change {
                from: Clock { origin: at, block_millis: slots.0 },
                to: Clock { origin: at, block_millis: slots.1 },
            };
            let before = (locked, per_block, start);
            prop_assume!(end(before) < 1 << 30);
            let after = schedule(&change, locked, per_block, start);
            if end(before) > at.into() {
                let drift = change.to.millis(end(after) as u32) - change.from.millis(end(before) as u32);
                prop_assert!((0..i64::from(change.to.block_millis)).contains(&drift), "{drift} ms");
            }
            // The old schedule as a straight line, from what is left now or from its start to nothing.
            let from = u128::from(slots.0);
            let left = locked_at(before, at);
            let unit = |blocks: u32| from * u128::from(blocks);
            let begin = change.deadline(start.max(at)).unwrap();
            for n in [at, begin, begin + 1, begin + 2, begin + 1_000, (begin + after.2) / 2, after.2 + 1] {
                let gone = change.to.millis(n) - change.from.millis(start.max(at));
                let line = (left * from).saturating_sub(per_block * gone.max(0) as u128);
                prop_assert!(locked_at(after, n) * from + unit(n.saturating_sub(begin)) >= line, "block {n}");
            }
        }
    }
}
