//! What a runtime's own tests find out about its [`Config`](crate::Config): mistakes that would harm a
//! chain in its change.

use crate::RescaleAll;
use cadence::BlockNumber;

/// Not zero, which another clock tells in an empty state.
const BLOCK: BlockNumber = 7_654_321;

/// Panics if a pallet is listed twice, as its entries would be rescaled twice; or if one counts other
/// blocks than the chain's, the relay chain's say, as its entries would move by years.
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
