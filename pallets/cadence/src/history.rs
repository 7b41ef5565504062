//! The history of cadences, and what it shows: the moment of a block, and the block of a moment.

use cadence::{BlockNumber, Cadence, Change, Duration};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A cadence and the block after which it came into force.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Entry {
    /// The last block of the cadence before. Zero for the chain's first cadence.
    pub since: BlockNumber,
    /// The moment of that block, in milliseconds since the Unix epoch. Zero if it is not known yet.
    pub moment: u64,
    /// The cadence of the blocks after `since`.
    pub cadence: Cadence,
}

/// A block and its moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The number of the block.
    pub block: BlockNumber,
    /// Its moment, in milliseconds since the Unix epoch.
    pub moment: u64,
}

impl From<&Entry> for Point {
    fn from(entry: &Entry) -> Self {
        Point { block: entry.since, moment: entry.moment }
    }
}

/// The moment of `block`, in milliseconds since the Unix epoch, on a chain that is at `now`. None if the
/// history is empty or begins after `block`.
///
/// For a block ahead, the result assumes that no slot is missed. For a block behind, it lies between two
/// points that the chain knows, and assumes that missed slots were spread evenly between them. It is an
/// estimate, because a chain does not remember the moment of each block. The exact moment of a block is the
/// timestamp in that block's state.
pub fn moment(history: &[Entry], now: Point, block: BlockNumber) -> Option<u64> {
    if block >= now.block {
        let cadence = history.last()?.cadence;
        let ahead = u64::from(block - now.block).saturating_mul(cadence.block_millis().into());
        return Some(now.moment.saturating_add(ahead));
    }
    let (from, to) = neighbors(history, now, |point| point.block > block)?;
    Some(from.moment.saturating_add(part(
        (block - from.block).into(),
        to.moment.saturating_sub(from.moment),
        (to.block - from.block).into(),
    )))
}

/// The first block that is not before `moment` (milliseconds since the Unix epoch), on a chain that is at
/// `now`. It is an estimate, as that of [`moment`] is. Saturates at [`BlockNumber::MAX`]. None if the history
/// is empty.
pub fn block_at(history: &[Entry], now: Point, moment: u64) -> Option<BlockNumber> {
    if moment >= now.moment {
        let cadence = history.last()?.cadence;
        return Some(now.block.saturating_add(cadence.blocks(Duration::from_millis(moment - now.moment))));
    }
    let Some((from, to)) = neighbors(history, now, |point| point.moment > moment) else {
        // The moment is before the first block.
        return history.first().map(|first| first.since);
    };
    let blocks = u64::from(to.block - from.block);
    let span = to.moment.saturating_sub(from.moment);
    let behind = part(to.moment.saturating_sub(moment), blocks, span);
    Some(to.block.saturating_sub(behind as BlockNumber))
}

/// The two neighboring points around something: the last point before the first one that is `beyond` it, and
/// that one.
fn neighbors(history: &[Entry], now: Point, beyond: impl Fn(&Point) -> bool) -> Option<(Point, Point)> {
    let points = || history.iter().map(Point::from).chain([now]);
    let after = points().position(|point| beyond(&point))?;
    Some((points().nth(after.checked_sub(1)?)?, points().nth(after)?))
}

/// `whole * n / of`, rounded down. Zero if `of` is zero.
fn part(n: u64, whole: u64, of: u64) -> u64 {
    (u128::from(n) * u128::from(whole)).checked_div(of.into()).unwrap_or(0) as u64
}

/// The offset, in blocks, at which periods of length `time` begin. With it, a period that ran when the
/// cadence changed ends at the moment at which it would have ended without the change.
pub fn phase(history: &[Entry], time: Duration) -> BlockNumber {
    let mut offset = 0;
    for pair in history.windows(2) {
        let [before, after] = pair else { continue };
        let (old, new) = (before.cadence.blocks(time).max(1), after.cadence.blocks(time).max(1));
        let into = (u64::from(after.since) + u64::from(old) - u64::from(offset % old)) % u64::from(old);
        let next = after.since.saturating_add(old - into as BlockNumber);
        let change = Change::of_cadence(before.cadence, after.cadence, after.since);
        offset = change.deadline(next).unwrap_or(0) % new;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadence::{hours, ASYNCHRONOUS, SYNCHRONOUS};
    use proptest::prelude::*;

    const START: u64 = 1_700_000_000_000;

    /// A chain that changed its cadence at block 1 000, after a hundred missed slots, and is at block 3 000.
    fn history() -> (Vec<Entry>, Point) {
        let change = START + 1_100 * u64::from(SYNCHRONOUS.block_millis());
        let now = change + 2_000 * u64::from(ASYNCHRONOUS.block_millis());
        (
            vec![
                Entry { since: 0, moment: START, cadence: SYNCHRONOUS },
                Entry { since: 1_000, moment: change, cadence: ASYNCHRONOUS },
            ],
            Point { block: 3_000, moment: now },
        )
    }

    #[test]
    fn what_the_chain_knows_is_exact() {
        let (history, now) = history();
        for point in [Point::from(&history[0]), Point::from(&history[1]), now] {
            assert_eq!(moment(&history, now, point.block), Some(point.moment));
            assert_eq!(block_at(&history, now, point.moment), Some(point.block));
        }
        assert_eq!(moment(&history, now, 3_010), Some(now.moment + 60_000));
        assert_eq!(moment(&history, now, 2_990), Some(now.moment - 60_000));
        assert_eq!(block_at(&history, now, now.moment + 1), Some(3_001));
        assert_eq!(block_at(&history, now, START - 1), Some(0));
        assert_eq!(moment(&[], now, 4_000), None);
    }

    proptest! {
        #[test]
        fn blocks_and_moments_are_inverse(block in 0u32..6_000) {
            let (history, now) = history();
            let then = moment(&history, now, block).unwrap();
            prop_assert_eq!(block_at(&history, now, then), Some(block));
        }

        #[test]
        fn moments_rise(block in 0u32..6_000, further in 1u32..6_000) {
            let (history, now) = history();
            prop_assert!(moment(&history, now, block) < moment(&history, now, block + further));
        }

        #[test]
        fn a_period_ends_when_it_would_have(
            // Some changes are in the first periods.
            at in prop_oneof![1u32..600, 1u32..100_000], again in prop_oneof![1u32..600, 1u32..100_000],
        ) {
            let entry = |since, cadence| Entry { since, moment: 0, cadence };
            let history = [
                entry(0, SYNCHRONOUS), entry(at, ASYNCHRONOUS), entry(at + again, SYNCHRONOUS),
            ];
            let (slow, fast) = (SYNCHRONOUS.blocks(hours(1)), ASYNCHRONOUS.blocks(hours(1)));
            let next = |offset: u32, period: u32, after: u32| {
                (after + 1..).find(|block| block % period == offset).unwrap()
            };
            let first = phase(&history[..2], hours(1));
            prop_assert!(first < fast);
            prop_assert_eq!(next(first, fast, at) - at, 2 * (next(0, slow, at) - at));
            let second = phase(&history, hours(1));
            let (left, before) =
                (next(second, slow, at + again) - at - again, next(first, fast, at + again) - at - again);
            prop_assert_eq!(left, before.div_ceil(2));
            prop_assert_eq!(phase(&history[..1], hours(1)), 0);
        }
    }
}
