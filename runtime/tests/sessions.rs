//! Sessions of collators: an hour long, unless the genesis makes them shorter.

mod common;

use common::Chain;
use core::num::NonZeroU32;
use frame_support::traits::{EstimateNextSessionRotation, Get};
use tandem_runtime::{Runtime, SessionSpeedup, CADENCE};

type Rotation = <Runtime as pallet_session::Config>::NextSessionRotation;
type Threshold = <Runtime as pallet_collator_selection::Config>::KickThreshold;

/// The local network, with sessions that are `speedup` times shorter than an hour.
fn with_sessions_shorter_by(speedup: u32) -> Chain {
    let mut chain = Chain::new("local");
    chain.query(|| SessionSpeedup::<Runtime>::set(NonZeroU32::new(speedup).expect("it is not zero")));
    chain
}

/// Checks that a session has this length, and that a candidate is dropped after twice as long.
#[track_caller]
fn expect_sessions(chain: &mut Chain, length: cadence::Duration) {
    let blocks = CADENCE.blocks(length);
    chain.query(|| {
        let session = <Rotation as EstimateNextSessionRotation<u32>>::average_session_length();
        assert_eq!(session, blocks);
        assert_eq!(<Threshold as Get<u32>>::get(), 2 * blocks);
    });
}

#[test]
fn a_session_is_an_hour_unless_genesis_says_otherwise() {
    for network in ["astar", "shiden", "shibuya", "local"] {
        expect_sessions(&mut Chain::new(network), cadence::hours(1));
    }
    expect_sessions(&mut with_sessions_shorter_by(60), cadence::minutes(1));
}

/// The index of the session after each of `blocks` new blocks.
fn sessions(chain: &mut Chain, blocks: u32) -> Vec<u32> {
    let mut session = || {
        chain.empty_block();
        chain.query(pallet_session::CurrentIndex::<Runtime>::get)
    };
    (0..blocks).map(|_| session()).collect()
}

#[test]
fn a_session_ends_with_its_time() {
    let mut chain = with_sessions_shorter_by(60);
    let minute = CADENCE.blocks(cadence::minutes(1));
    let expected: Vec<_> = (1..=3 * minute).map(|block| block / minute).collect();
    assert_eq!(sessions(&mut chain, 3 * minute), expected);
}

#[test]
fn a_session_too_short_for_a_block_is_one_block() {
    assert_eq!(sessions(&mut with_sessions_shorter_by(u32::MAX), 3), [1, 2, 3]);
}
