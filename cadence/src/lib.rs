//! A chain's block time as one value, and the conversions between two block times.
//!
//! A [`Cadence`] states how often a parachain builds blocks, how many of them may wait for inclusion, and
//! how long each may execute. People think in time, but the chain counts blocks. [`Cadence::blocks`] is the
//! only place where a [`Duration`] becomes a number of blocks.
//!
//! When a chain [changes](Change) its cadence, or a pallet its [`Clock`], the numbers that are stored in
//! blocks are converted. There are three conversions and no others:
//!
//! - of a [deadline](Change::deadline), which is a block number, ahead or behind;
//! - of a [duration](Change::duration), which is a length in blocks;
//! - of a [rate](Change::rate), which is an amount per block.
//!
//! Each keeps wall-clock time. A lock never gets shorter, and it gets longer by less than one block.

#![cfg_attr(not(feature = "std"), no_std)]

mod change;

pub use change::{Change, Clock};
pub use core::time::Duration;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The number of a block, or a number of blocks.
pub type BlockNumber = u32;

/// Milliseconds between two blocks of the relay chain.
pub const RELAY_CHAIN_SLOT_MILLIS: u32 = 6_000;

/// One block every twelve seconds, each built on an included parent: the cadence before asynchronous
/// backing.
pub const SYNCHRONOUS: Cadence =
    Cadence { slot_millis: 12_000, velocity: 1, relay_parent_offset: 0, capacity: 1, compute_millis: 500 };

/// One block every six seconds, built on parents that may not be included yet.
pub const ASYNCHRONOUS: Cadence = Cadence::pipelined(6_000, 1, 0, 2_000);

/// How often a parachain builds blocks, and how much goes into one.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Cadence {
    /// Length of an Aura slot, in milliseconds.
    pub slot_millis: u32,
    /// Blocks per slot.
    pub velocity: u32,
    /// The number of relay blocks by which the relay parent is behind the newest relay block.
    pub relay_parent_offset: u32,
    /// The most blocks that the unincluded segment may have, that is, blocks that are built but not yet
    /// included by the relay chain.
    pub capacity: u32,
    /// The longest time that one block may execute, in milliseconds.
    pub compute_millis: u32,
}

impl Cadence {
    /// A cadence with asynchronous backing.
    ///
    /// Its capacity is large enough to go on building while earlier blocks are backed and included. It
    /// covers the two relay blocks until inclusion, the distance to the relay parent, and one more block to
    /// build. The formula comes from the SDK's guide to asynchronous backing.
    ///
    /// # Panics
    /// If `velocity` is zero, or if a block is not a whole number of milliseconds: locks would then be
    /// counted in blocks that are shorter than the real ones. In a constant this is a compile-time error.
    pub const fn pipelined(
        slot_millis: u32,
        velocity: u32,
        relay_parent_offset: u32,
        compute_millis: u32,
    ) -> Self {
        assert!(
            slot_millis.is_multiple_of(velocity) && velocity > 0,
            "a block is a whole number of milliseconds"
        );
        let capacity = (2 + relay_parent_offset) * velocity + 1;
        Cadence { slot_millis, velocity, relay_parent_offset, capacity, compute_millis }
    }

    /// The time between two blocks, in milliseconds.
    pub const fn block_millis(&self) -> u32 {
        self.slot_millis / self.velocity
    }

    /// The smallest number of blocks that takes at least `time`. Saturates at [`BlockNumber::MAX`].
    pub const fn blocks(&self, time: Duration) -> BlockNumber {
        let blocks = time.as_millis().div_ceil(self.block_millis() as u128);
        if blocks > BlockNumber::MAX as u128 {
            BlockNumber::MAX
        } else {
            blocks as BlockNumber
        }
    }

    /// The time that `blocks` blocks take.
    pub const fn time(&self, blocks: BlockNumber) -> Duration {
        Duration::from_millis(blocks as u64 * self.block_millis() as u64)
    }
}

/// `n` minutes.
pub const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

/// `n` hours.
pub const fn hours(n: u64) -> Duration {
    minutes(n * 60)
}

/// `n` days.
pub const fn days(n: u64) -> Duration {
    hours(n * 24)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_two_cadences_are_those_of_the_network() {
        assert_eq!(SYNCHRONOUS.block_millis(), 2 * ASYNCHRONOUS.block_millis());
        assert_eq!(SYNCHRONOUS.blocks(days(1)), 7_200);
        assert_eq!(ASYNCHRONOUS.blocks(days(1)), 14_400);
        assert_eq!((SYNCHRONOUS.capacity, ASYNCHRONOUS.capacity), (1, 3));
    }

    #[test]
    fn a_faster_cadence_is_another_value() {
        let three_cores = Cadence::pipelined(6_000, 3, 0, 2_000);
        assert_eq!(three_cores.block_millis(), 2_000);
        assert_eq!(three_cores.capacity, 7);
        // A relay parent that lies one relay block further back takes one more relay slot of blocks.
        assert_eq!(Cadence::pipelined(6_000, 3, 1, 2_000).capacity, 10);
        assert_eq!(three_cores.blocks(minutes(1)), 30);
    }

    /// A seventh of six seconds would count as 857 ms. A lock of 224 days would then end an hour early once
    /// the chain goes back to a block time of whole milliseconds.
    #[test]
    #[should_panic(expected = "a whole number of milliseconds")]
    fn a_block_is_whole_milliseconds() {
        Cadence::pipelined(6_000, 7, 0, 2_000);
    }

    #[test]
    fn no_time_is_no_block_and_endless_time_is_the_last_block() {
        assert_eq!(ASYNCHRONOUS.blocks(Duration::ZERO), 0);
        assert_eq!(ASYNCHRONOUS.blocks(Duration::MAX), BlockNumber::MAX);
    }

    proptest! {
        #[test]
        fn blocks_cover_the_time_by_less_than_one_block(
            cadence in change::any_cadence(),
            millis in 0..u64::from(u32::MAX) * 100,
        ) {
            let time = Duration::from_millis(millis);
            let taken = cadence.time(cadence.blocks(time));
            prop_assert!(taken >= time);
            prop_assert!(taken < time + cadence.time(1));
        }

        #[test]
        fn time_and_blocks_are_inverse(cadence in change::any_cadence(), blocks: BlockNumber) {
            prop_assert_eq!(cadence.blocks(cadence.time(blocks)), blocks);
        }
    }
}
