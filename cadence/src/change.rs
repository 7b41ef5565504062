//! The change from one cadence to another, and its three conversions.
//!
//! A [`Clock`] relates block numbers to time: one block number, the origin, and the time between two
//! blocks. A [`Change`] is a pair of clocks whose origins are the same moment. A conversion turns blocks of
//! the first clock into time, and the time into blocks of the second one.

use crate::{BlockNumber, Cadence};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// How block numbers relate to time.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Clock {
    /// The block from which time is measured.
    pub origin: BlockNumber,
    /// The time between two blocks, in milliseconds. Above zero.
    pub block_millis: u32,
}

impl Clock {
    /// Milliseconds from the origin to `block`, negative for a block before the origin.
    ///
    /// `block` may be beyond the last block number: the end of a long vesting schedule can be. Saturates at
    /// [`i128::MAX`].
    pub fn millis(&self, block: impl Into<u128>) -> i128 {
        let block = i128::try_from(block.into()).unwrap_or(i128::MAX);
        block.saturating_sub(self.origin.into()).saturating_mul(self.block_millis.into())
    }
}

/// A change from one clock to another, whose origins are the same moment.
///
/// Usually that is a chain's change of [`Cadence`] ([`Change::of_cadence`]). It can also be the change of a
/// pallet to another `BlockNumberProvider`, for example the relay chain's, whose block numbers are unrelated
/// to the old ones.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Change {
    pub from: Clock,
    pub to: Clock,
}

impl Change {
    /// The change from one cadence to another at block `at`: the chain built blocks up to `at` at the cadence
    /// `from`, and builds the blocks after it at `to`.
    pub const fn of_cadence(from: Cadence, to: Cadence, at: BlockNumber) -> Self {
        Change {
            from: Clock { origin: at, block_millis: from.block_millis() },
            to: Clock { origin: at, block_millis: to.block_millis() },
        }
    }

    /// Converts a length in blocks to blocks of the new clock. The result lasts as long, or longer by less
    /// than one block.
    ///
    /// Saturates at [`BlockNumber::MAX`], which means for ever on both clocks.
    pub const fn duration(&self, blocks: BlockNumber) -> BlockNumber {
        if blocks == BlockNumber::MAX {
            return blocks;
        }
        let blocks = self.wide_duration(blocks as u128);
        if blocks > BlockNumber::MAX as u128 {
            BlockNumber::MAX
        } else {
            blocks as BlockNumber
        }
    }

    /// Converts a length as [`Change::duration`] does, but also one beyond [`BlockNumber::MAX`]. Saturates
    /// at [`u128::MAX`].
    pub const fn wide_duration(&self, blocks: u128) -> u128 {
        let (from, to) = (self.from.block_millis as u128, self.to.block_millis as u128);
        // blocks * from / to, without overflow where the result fits.
        let (whole, rest) = (blocks / to, blocks % to);
        whole.saturating_mul(from).saturating_add((rest * from).div_ceil(to))
    }

    /// The block number that `block` has on the new clock.
    ///
    /// The moment, ahead or behind, comes no earlier, and later by less than one block. So a lock that is
    /// counted from a moment behind is not shortened either. A moment behind stays behind, or becomes the
    /// origin. Saturates at [`BlockNumber::MAX`], which means never on both clocks.
    ///
    /// Returns `None` for a moment before block zero of the new clock. A chain that gets faster finds such
    /// moments in its far past. The caller then has to count from the change instead.
    pub const fn deadline(&self, block: BlockNumber) -> Option<BlockNumber> {
        if block == BlockNumber::MAX {
            Some(block)
        } else if block >= self.from.origin {
            Some(self.to.origin.saturating_add(self.duration(block - self.from.origin)))
        } else {
            let millis = (self.from.origin - block) as u64 * self.from.block_millis as u64;
            let behind = millis / self.to.block_millis as u64;
            if behind > self.to.origin as u64 {
                None
            } else {
                Some(self.to.origin - behind as BlockNumber)
            }
        }
    }

    /// Converts an amount per block to an amount per block of the new clock. It is the same amount per time,
    /// rounded down so that rounding mints nothing. Saturates at [`u128::MAX`].
    ///
    /// Rounding loses less than one unit a block. If an exact total is owed, store the total and divide that
    /// instead of converting a rate.
    pub const fn rate(&self, amount: u128) -> u128 {
        let (from, to) = (self.from.block_millis as u128, self.to.block_millis as u128);
        // amount * to / from, without overflow where the result fits.
        let (whole, rest) = (amount / from, amount % from);
        whole.saturating_mul(to).saturating_add(rest * to / from)
    }
}

#[cfg(test)]
use proptest::prelude::*;

/// Cadences with blocks of half a second to twelve seconds.
#[cfg(test)]
pub fn any_cadence() -> impl Strategy<Value = Cadence> {
    (1u32..=24, 1u32..=12).prop_map(|(half_seconds, velocity)| {
        Cadence::pipelined(half_seconds * 500 * velocity, velocity, 0, 2_000)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ASYNCHRONOUS, SYNCHRONOUS};

    const SWITCH: Change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, 1_000);

    fn any_clock() -> impl Strategy<Value = Clock> {
        (any_cadence(), any::<BlockNumber>())
            .prop_map(|(cadence, origin)| Clock { origin, block_millis: cadence.block_millis() })
    }

    fn any_change() -> impl Strategy<Value = Change> {
        (any_clock(), any_clock()).prop_map(|(from, to)| Change { from, to })
    }

    #[test]
    fn the_switch_doubles_blocks_and_halves_rates() {
        assert_eq!(SWITCH.duration(7), 14);
        assert_eq!(SWITCH.rate(10), 5);
        assert_eq!(SWITCH.rate(11), 5);
        assert_eq!(SWITCH.rate(u128::MAX), u128::MAX / 2);
        assert_eq!(SWITCH.deadline(1_007), Some(1_014));
        assert_eq!(SWITCH.deadline(1_000), Some(1_000));
        assert_eq!(SWITCH.deadline(993), Some(986));
    }

    #[test]
    fn a_past_before_block_zero_has_no_number() {
        assert_eq!(SWITCH.deadline(500), Some(0));
        assert_eq!(SWITCH.deadline(499), None);
    }

    #[test]
    fn never_stays_never() {
        assert_eq!(SWITCH.deadline(BlockNumber::MAX), Some(BlockNumber::MAX));
        assert_eq!(SWITCH.duration(BlockNumber::MAX), BlockNumber::MAX);
        let back = Change::of_cadence(ASYNCHRONOUS, SYNCHRONOUS, 1_000);
        assert_eq!(back.deadline(BlockNumber::MAX), Some(BlockNumber::MAX));
        assert_eq!(back.duration(BlockNumber::MAX), BlockNumber::MAX);
    }

    /// A wait of four blocks of twelve seconds began three blocks ago, so twelve seconds are left. If the
    /// three blocks were rounded up to six blocks of seven seconds, the wait of seven would be over after
    /// one more block.
    #[test]
    fn a_wait_from_a_moment_behind_is_not_shortened() {
        let odd = Change::of_cadence(SYNCHRONOUS, Cadence::pipelined(7_000, 1, 0, 2_000), 1_000);
        assert_eq!(odd.deadline(997), Some(995));
        assert_eq!(odd.duration(4), 7);
    }

    proptest! {
        #[test]
        fn a_duration_is_never_shortened_and_lengthened_by_less_than_a_block(
            change in any_change(), blocks: BlockNumber,
        ) {
            let after = change.duration(blocks);
            let time = |clock: Clock, blocks| u64::from(clock.block_millis) * u64::from(blocks);
            if after == BlockNumber::MAX {
                prop_assert!(blocks == after || time(change.from, blocks) > time(change.to, after - 1));
            } else {
                prop_assert!(time(change.to, after) >= time(change.from, blocks));
                prop_assert!(time(change.to, after) < time(change.from, blocks) + time(change.to, 1));
            }
        }

        #[test]
        fn a_wide_duration_is_as_long(change in any_change(), blocks in 0..u128::MAX >> 16) {
            let (from, to) = (u128::from(change.from.block_millis), u128::from(change.to.block_millis));
            let after = change.wide_duration(blocks);
            prop_assert!((blocks * from..blocks * from + to).contains(&(after * to)));
        }

        #[test]
        fn a_wait_from_a_moment_behind_ends_no_earlier(
            change in any_change(), behind in 0u32..1_000_000, wait in 0u32..2_000_000,
        ) {
            let since = change.from.origin.saturating_sub(behind);
            if let Some(after) = change.deadline(since) {
                prop_assert!(after <= change.to.origin);
                let end = u128::from(since) + u128::from(wait);
                let end_after = u128::from(after) + u128::from(change.duration(wait));
                prop_assert!(change.to.millis(end_after) >= change.from.millis(end));
            }
        }

        #[test]
        fn a_deadline_keeps_its_moment_within_a_block(change in any_change(), block: BlockNumber) {
            let before = change.from.millis(block);
            match change.deadline(block) {
                Some(BlockNumber::MAX) => prop_assert!(
                    block == BlockNumber::MAX || before > change.to.millis(BlockNumber::MAX - 1)
                ),
                Some(after) => {
                    let drift = change.to.millis(after) - before;
                    let block_millis = i128::from(change.to.block_millis);
                    prop_assert!((0..block_millis).contains(&drift), "drift {drift} ms");
                },
                // The moment is before block zero.
                None => prop_assert!(before <= change.to.millis(0u32) - i128::from(change.to.block_millis)),
            }
        }

        #[test]
        fn deadlines_keep_their_order(change in any_change(), a: BlockNumber, b: BlockNumber) {
            prop_assert!(change.deadline(a.min(b)) <= change.deadline(a.max(b)));
        }

        #[test]
        fn a_rate_pays_the_same_in_the_same_time(change in any_change(), amount in 0..u128::MAX >> 32) {
            let (from, to) = (u128::from(change.from.block_millis), u128::from(change.to.block_millis));
            let after = change.rate(amount);
            prop_assert!(after * from <= amount * to, "minted by rounding");
            prop_assert!((after + 1) * from > amount * to, "lost more than a unit a block");
        }

        #[test]
        fn a_rate_loses_less_than_a_unit_a_block_over_a_day(amount in 0..u128::MAX >> 64) {
            let day = |cadence: Cadence| u128::from(cadence.blocks(crate::days(1)));
            let (before, after) = (amount * day(SYNCHRONOUS), SWITCH.rate(amount) * day(ASYNCHRONOUS));
            prop_assert!(after <= before && before - after < day(ASYNCHRONOUS));
        }

        #[test]
        fn no_change_changes_nothing(clock in any_clock(), n: BlockNumber, amount: u128) {
            let change = Change { from: clock, to: clock };
            prop_assert_eq!(change.duration(n), n);
            prop_assert_eq!(change.deadline(n), Some(n));
            prop_assert_eq!(change.rate(amount), amount);
        }
    }
}
