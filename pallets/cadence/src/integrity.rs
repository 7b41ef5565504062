//! The integrity test of a runtime's [`Config`](crate::Config). It finds mistakes that would harm a chain
//! during a change.

use crate::{rescale::Listed, RescaleAll};
use cadence::BlockNumber;

/// The block of the test. It is not zero, because other clocks have block zero in an empty state.
const BLOCK: BlockNumber = 7_654_321;

/// Panics if a pallet is listed twice, because its entries would be rescaled twice. Panics if a pallet is
/// listed before one that it has to come after. Panics also if a pallet counts other blocks than the chain's
/// own, for example those of the relay chain, because its entries would move by years.
pub(crate) fn check<T: frame_system::Config, S: RescaleAll>() {
    frame_system::Pallet::<T>::set_block_number(BLOCK.into());
    let listed = S::listed();
    for (i, Listed { name, now, after }) in listed.iter().enumerate() {
        let later = &listed[i + 1..];
        assert!(later.iter().all(|other| other.name != *name), "{name} is listed twice in `Stored`");
        if let Some(other) = later.iter().find(|other| after.contains(&other.name)) {
            panic!("{name} is listed before {} in `Stored`, and has to come after it", other.name);
        }
        assert!(
            now.is_none_or(|now| now == BLOCK),
            "{name} does not count the chain's own blocks: leave it out of `Stored`",
        );
    }
}
