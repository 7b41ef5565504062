//! The vesting pallet. The start of a schedule is a deadline, and its amount per block is a rate.
//!
//! It would not do to rescale the start and the rate separately. Half of an odd rate is not a whole number,
//! and what rounding loses in every block would move the end by any length of time. Also, a start that is
//! long past may fall before block zero. So each schedule is replaced by a new one for what is still locked
//! ([`rescaled_schedule`]). It has the same end, a rate that is rounded up, and the latest start that the end
//! allows.

use super::{number, Rescale, Stored};
use crate::{entries, Walk};
use alloc::{format, vec::Vec};
use cadence::{BlockNumber, Change, Clock};
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use frame_support::{traits::Currency, BoundedVec};
use pallet_vesting::{MaxVestingSchedulesGet, VestingInfo};
use sp_runtime::traits::{BlockNumberProvider, UniqueSaturatedInto};

/// What the vesting pallet stores in blocks.
pub struct Vesting<T>(PhantomData<T>);

type Balance<T> =
    <<T as pallet_vesting::Config>::Currency as Currency<<T as frame_system::Config>::AccountId>>::Balance;
type Number<T> = <<T as pallet_vesting::Config>::BlockNumberProvider as BlockNumberProvider>::BlockNumber;
type Info<T> = VestingInfo<Balance<T>, Number<T>>;

impl<T: pallet_vesting::Config> Rescale for Vesting<T> {
    type Pallet = pallet_vesting::Pallet<T>;

    fn now() -> Option<cadence::BlockNumber> {
        super::provider_block::<<T as pallet_vesting::Config>::BlockNumberProvider>()
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        let most = T::AccountId::max_encoded_len()
            + BoundedVec::<Info<T>, MaxVestingSchedulesGet<T>>::max_encoded_len();
        walk.map(0, (most, 0), entries!(pallet_vesting::Vesting<T>), |(who, mut schedules)| {
            for info in schedules.iter_mut() {
                let (locked, per_block): (u128, u128) =
                    (info.locked().unique_saturated_into(), info.per_block().unique_saturated_into());
                let start = number(info.starting_block());
                if start == BlockNumber::MAX {
                    // The schedule never begins.
                    continue;
                }
                let (locked, per_block, start) = rescaled_schedule(change, locked, per_block, start);
                if let (Ok(locked), Ok(per_block)) = (locked.try_into(), per_block.try_into()) {
                    *info = VestingInfo::new(locked, per_block, start.into());
                }
            }
            pallet_vesting::Vesting::<T>::insert(who, schedules);
            0
        })
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for (who, schedules) in entries!(pallet_vesting::Vesting<T>).read(&mut stored) {
            for (i, info) in schedules.iter().enumerate() {
                let left: u128 =
                    info.locked_at::<T::BlockNumberToBalance>(clock.origin.into()).unique_saturated_into();
                let end: u128 =
                    info.ending_block_as_balance::<T::BlockNumberToBalance>().unique_saturated_into();
                let what = format!("end of vesting {i} of {who:?}, {left} left");
                stored.push(if number(info.starting_block()) == BlockNumber::MAX {
                    Stored::deadline(what, clock, BlockNumber::MAX)
                } else if left == 0 {
                    // The moment at which a schedule has ended does not matter.
                    Stored::moment(what, clock, clock.origin.into())
                } else {
                    Stored::moment(what, clock, end)
                });
            }
        }
        stored
    }
}

/// The schedule after `change` that replaces one of `locked` units in all, which unlocks `per_block` units a
/// block from `start` on. Returns the new locked amount, rate and start.
///
/// The new schedule is for what is still locked, and ends when the old one would have ended. Never is less
/// locked than on the straight line of the old schedule, except for one unit a block, because a rate is a
/// whole number.
///
/// The end may be far beyond the last block number. If the start would have to be there too, it is the last
/// block but one, because the last block means never.
fn rescaled_schedule(
    change: &Change,
    locked: u128,
    per_block: u128,
    start: BlockNumber,
) -> (u128, u128, BlockNumber) {
    let per_block = per_block.max(1);
    let gone = change.from.origin.saturating_sub(start);
    let left = locked.saturating_sub(per_block.saturating_mul(gone.into()));
    if left == 0 {
        return (locked, locked.max(1), 0);
    }
    // The start and the end of what is left, in blocks from the change on.
    let begin = u128::from(start.saturating_sub(change.from.origin));
    let end = begin.saturating_add(left.div_ceil(per_block));
    let (begin, end) = (change.wide_duration(begin), change.wide_duration(end));
    // The exact rate, or the next larger whole number.
    let rate = change.rate(per_block);
    let exact = rate.saturating_mul(change.from.block_millis.into())
        == per_block.saturating_mul(change.to.block_millis.into());
    let rate = if exact { rate } else { rate.saturating_add(1) };
    let span = end.saturating_sub(begin).max(1);
    // At most everything in one block, which the type of balances can hold.
    let rate = rate.max(left.div_ceil(span)).min(left);
    // This is at most `span`.
    let blocks = left.div_ceil(rate);
    let start = u128::from(change.to.origin).saturating_add(end.saturating_sub(blocks));
    (left, rate, start.min(u128::from(BlockNumber::MAX - 1)) as BlockNumber)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadence::{Cadence, ASYNCHRONOUS, SYNCHRONOUS};
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
        // If the rate were simply halved, it would be zero, which the pallet takes for one. Everything would
        // be unlocked in half of the time.
        assert_eq!(rescaled_schedule(&change, 50, 1, 80), (30, 1, 130));
        assert_eq!(end((30, 1, 130)), 100 + 2 * 30);
    }

    #[test]
    fn a_start_before_block_zero_is_rebased() {
        let change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, 1_000);
        assert_eq!(change.deadline(100), None, "the start has no block number");
        assert_eq!(rescaled_schedule(&change, 2_000_000, 1_000, 100), (1_100_000, 500, 1_000));
    }

    #[test]
    fn what_has_ended_stays_so_and_what_hardly_ends_goes_on() {
        let change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, 1_000);
        assert_eq!(locked_at(rescaled_schedule(&change, 10, 1, 5), 1_001), 0);
        assert_eq!(rescaled_schedule(&change, 1 << 120, 2, 2_000), (1 << 120, 1, 3_000));
    }

    /// An end in twelve thousand million blocks has no block number. It is kept when the blocks get three
    /// times as long, so that it gets one.
    #[test]
    fn an_end_beyond_the_last_block_number_is_kept() {
        let (locked, per_block) = (259_002_980_031_047_610, 20_106_836);
        let slower = Cadence::pipelined(36_000, 1, 0, 2_000);
        let change = Change::of_cadence(SYNCHRONOUS, slower, 1_000_000);
        let before = (locked, per_block, 0);
        let after = rescaled_schedule(&change, locked, per_block, 0);
        assert!(end(before) > u32::MAX.into() && end(after) < 1 << 32);
        let drift = change.to.millis(end(after)) - change.from.millis(end(before));
        assert!((0..36_000).contains(&drift), "{drift} ms");
        // Back to the old cadence.
        let back = Change::of_cadence(slower, SYNCHRONOUS, 1_000_000);
        let again = rescaled_schedule(&back, after.0, after.1, after.2);
        assert!((end(before)..end(before) + 3).contains(&end(again)), "{again:?}");
    }

    /// A rate of one unit a block cannot be halved, and the start that would make up for that has no block
    /// number.
    #[test]
    fn a_start_beyond_the_last_block_number_is_not_never() {
        let change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, 1_000);
        assert_eq!(rescaled_schedule(&change, 1 << 90, 1, 0), ((1 << 90) - 1_000, 1, u32::MAX - 1));
    }

    /// A rate above the locked amount might not fit into the type of balances.
    #[test]
    fn a_rate_is_no_more_than_what_is_left() {
        let change = Change::of_cadence(ASYNCHRONOUS, SYNCHRONOUS, 1_000);
        let all = u128::from(u64::MAX);
        assert_eq!(rescaled_schedule(&change, all, all, 1_100), (all, all, 1_050));
    }

    proptest! {
        #[test]
        fn an_end_keeps_its_moment_and_nothing_is_unlocked_early(
            locked in 1u128..u128::MAX >> 40, blocks in prop_oneof![1u128..10_000_000, 1u128..1 << 50],
            start in 0u32..20_000_000,
            at in 1u32..10_000_000, slots in prop::sample::select(vec![
                (12_000, 6_000), (6_000, 2_000), (2_000, 500), (12_000, 7_000), (6_000, 12_000),
                (6_000, 36_000),
            ]),
        ) {
            let per_block = (locked / blocks).max(1);
            let change = Change {
                from: Clock { origin: at, block_millis: slots.0 },
                to: Clock { origin: at, block_millis: slots.1 },
            };
            let before = (locked, per_block, start);
            let after = rescaled_schedule(&change, locked, per_block, start);
            prop_assume!(after.2 < u32::MAX - 1);
            if end(before) > at.into() {
                let drift = change.to.millis(end(after)) - change.from.millis(end(before));
                prop_assert!((0..i128::from(change.to.block_millis)).contains(&drift), "{drift} ms");
            }
            // The old schedule as a straight line to zero, from what is left now, or from its start.
            let from = u128::from(slots.0);
            let left = locked_at(before, at);
            let unit = |blocks: u32| from * u128::from(blocks);
            let begin = change.deadline(start.max(at)).unwrap();
            for n in [at, begin, begin + 1, begin + 2, begin + 1_000, begin.midpoint(after.2), after.2 + 1] {
                let gone = change.to.millis(n) - change.from.millis(start.max(at));
                let line = (left * from).saturating_sub(per_block * gone.max(0) as u128);
                prop_assert!(locked_at(after, n) * from + unit(n.saturating_sub(begin)) >= line, "block {n}");
            }
        }
    }
}
