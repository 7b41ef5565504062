//! The integrity test of a runtime's [`Config`](crate::Config). It finds mistakes that would harm a chain
//! during a change.

use crate::RescaleAll;
use cadence::BlockNumber;

/// The block of the test. It is not zero, because other clocks have block zero in an empty state.
const BLOCK: BlockNumber = 7_654_321;

/// Panics if a pallet is listed twice, because its entries would be rescaled twice. Panics also if a pallet
/// counts other blocks than the chain's own, for example those of the relay chain, because its entries would
/// move by years.
pub(crate) fn check<T: frame_system::Config, S: RescaleAll>() {
    frame_system::Pallet::<T>::set_block_number(BLOCK.into());
    let clocks = S::clocks();
    for (i, (name, now)) in clocks.iter().enumerate() {
        assert!(clocks[..i].iter().all(|(other, _)| other != name), "{name} is listed twice in `Stored`");
        assert!(
            now.is_none_or(|now| now == BLOCK),
            "{name} does not count the chain's own blocks: leave it out of `Stored`",
        );
    }
}
