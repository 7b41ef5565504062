//! The change from one cadence to another, and the three conversions it takes.

use crate::{BlockNumber, Cadence};

/// A change of cadence, at a block.
///
/// Blocks up to `at` were built at the cadence `from`, blocks after it are built at `to`; the
/// moment of block `at` is the one moment that both count the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    pub from: Cadence,
    pub to: Cadence,
    pub at: BlockNumber,
}

impl Change {
    /// A length in blocks, in blocks of the new cadence: as long or longer, by less than one block.
    /// Saturates at [`BlockNumber::MAX`].
    pub const fn duration(&self, blocks: BlockNumber) -> BlockNumber {
        let millis = blocks as u64 * self.from.block_millis() as u64;
        let blocks = millis.div_ceil(self.to.block_millis() as u64);
        if blocks > BlockNumber::MAX as u64 {
            BlockNumber::MAX
        } else {
            blocks as BlockNumber
        }
    }

    /// The block number at which the moment of `block` falls in blocks of the new cadence.
    ///
    /// A moment ahead comes no earlier and less than one block later; saturates at
    /// [`BlockNumber::MAX`], which means never before and after. A moment behind stays as long ago
    /// or longer, by less than one block. `None` is a moment before block zero, as a chain that
    /// gets faster finds in its far past: whoever stored it must rebase it on [`Change::at`].
    pub const fn deadline(&self, block: BlockNumber) -> Option<BlockNumber> {
        if block >= self.at {
            Some(self.at.saturating_add(self.duration(block - self.at)))
        } else {
            self.at.checked_sub(self.duration(self.at - block))
        }
    }

    /// An amount per block, per block of the new cadence: the same amount per time, rounded down,
    /// so that nothing is minted by rounding. Saturates at [`u128::MAX`].
    ///
    /// What is rounded away is less than one unit a block; whoever owes an exact total keeps the
    /// total and divides that instead.
    pub const fn rate(&self, amount: u128) -> u128 {
        let (from, to) = (self.from.block_millis() as u128, self.to.block_millis() as u128);
        // amount * to / from, without overflow where the result fits.
        let (whole, rest) = (amount / from, amount % from);
        whole.saturating_mul(to).saturating_add(rest * to / from)
    }
}

#[cfg(test)]
use proptest::prelude::*;

/// Cadences from half a second to twelve.
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

    const SWITCH: Change = Change { from: SYNCHRONOUS, to: ASYNCHRONOUS, at: 1_000 };

    /// Milliseconds from the change to `block`, counted at `cadence`; negative in the past.
    fn moment(cadence: Cadence, at: BlockNumber, block: BlockNumber) -> i128 {
        (i128::from(block) - i128::from(at)) * i128::from(cadence.block_millis())
    }

    fn any_change() -> impl Strategy<Value = Change> {
        (any_cadence(), any_cadence(), any::<BlockNumber>()).prop_map(|(from, to, at)| Change {
            from,
            to,
            at,
        })
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
    }

    proptest! {
        #[test]
        fn a_duration_is_never_shortened_and_lengthened_by_less_than_a_block(
            change in any_change(), blocks: BlockNumber,
        ) {
            let after = change.duration(blocks);
            prop_assume!(after < BlockNumber::MAX);
            prop_assert!(change.to.time(after) >= change.from.time(blocks));
            prop_assert!(change.to.time(after) < change.from.time(blocks) + change.to.time(1));
        }

        #[test]
        fn a_deadline_keeps_its_moment_within_a_block(change in any_change(), block: BlockNumber) {
            let before = moment(change.from, change.at, block);
            match change.deadline(block) {
                Some(BlockNumber::MAX) => (),
                Some(after) => {
                    let drift = moment(change.to, change.at, after) - before;
                    let away = if before < 0 { -drift } else { drift };
                    prop_assert!((0..i128::from(change.to.block_millis())).contains(&away), "drift {drift} ms");
                },
                None => prop_assert!(before < moment(change.to, change.at, 0), "block zero would do"),
            }
        }

        #[test]
        fn deadlines_keep_their_order(change in any_change(), a: BlockNumber, b: BlockNumber) {
            prop_assume!(a <= b);
            prop_assert!(change.deadline(a) <= change.deadline(b));
        }

        #[test]
        fn a_rate_pays_the_same_in_the_same_time(change in any_change(), amount in 0..u128::MAX >> 32) {
            let (from, to) = (u128::from(change.from.block_millis()), u128::from(change.to.block_millis()));
            let after = change.rate(amount);
            prop_assert!(after * from <= amount * to, "minted by rounding");
            prop_assert!((after + 1) * from > amount * to, "lost more than a unit a block");
        }

        #[test]
        fn no_change_changes_nothing(cadence in any_cadence(), at: BlockNumber, n: BlockNumber, amount: u128) {
            let change = Change { from: cadence, to: cadence, at };
            prop_assert_eq!(change.duration(n), n);
            prop_assert_eq!(change.deadline(n), Some(n));
            prop_assert_eq!(change.rate(amount), amount);
        }
    }
}
