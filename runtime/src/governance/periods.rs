//! The length of governance's periods on this network, in blocks and in milliseconds.

use super::state::Speedup;
use crate::{blocks, BlockNumber, Duration, Runtime};

/// The time that a governance period of `time` takes on this network.
fn sped_up(time: Duration) -> Duration {
    time / Speedup::<Runtime>::get().get()
}

/// The number of blocks that a governance period of `time` takes on this network.
pub fn period_blocks(time: Duration) -> BlockNumber {
    blocks(sped_up(time))
}

/// The milliseconds that a governance period of `time` takes on this network.
pub fn period_millis(time: Duration) -> u64 {
    sped_up(time).as_millis() as u64
}
