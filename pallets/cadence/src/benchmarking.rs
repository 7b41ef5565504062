//! Benchmarks of the hooks, and of rescaling one entry. `scripts/weights` runs them.

use super::*;
use alloc::vec;
use frame_benchmarking::v2::*;
use frame_support::{storage_alias, Twox64Concat};

#[storage_alias]
type Entries<T: Config> = StorageMap<Pallet<T>, Twox64Concat, u32, Vec<u8>>;

/// The size of the largest entry that is measured, in bytes. Larger ones are charged in proportion.
const LARGEST: u32 = 32 * 1_024;

#[benchmarks]
mod benchmarks {
    use super::*;

    /// An upgrade that changes the cadence, on a chain that stores nothing in blocks.
    #[benchmark]
    fn begin() {
        let other = Cadence::pipelined(2 * T::Cadence::get().slot_millis, 1, 0, 500);
        History::<T>::put(BoundedVec::truncate_from(vec![Entry { since: 0, moment: 0, cadence: other }]));
        #[block]
        {
            Pallet::<T>::begin_change();
        }
        assert_eq!(Pallet::<T>::cadence(), T::Cadence::get());
    }

    /// A block of a change, without the entries that it rescales. All pallets but the last are rescaled
    /// already, and the last one has no entries.
    #[benchmark]
    fn step() {
        let clock = cadence::Clock { origin: 1, block_millis: T::Cadence::get().block_millis() };
        let change = Change { from: clock, to: clock };
        let last = T::Stored::names().len().saturating_sub(1) as u32;
        let position = Position { pallet: last, ..Default::default() };
        Rescaling::<T>::put(Ongoing { change, position });
        #[block]
        {
            Pallet::<T>::continue_rescaling(&mut WeightMeter::new());
        }
        assert!(!Rescaling::<T>::exists());
    }

    /// An entry of `l` bytes is found by its key, read, and written.
    #[benchmark]
    fn entry(l: Linear<0, LARGEST>) {
        Entries::<T>::insert(0, vec![1; l as usize]);
        let (mut position, mut meter) = (Position::default(), WeightMeter::new());
        #[block]
        {
            let mut walk = Walk::new(&mut position, &mut meter, EntryWeights::of::<T::WeightInfo>(), true);
            walk.map(0, (LARGEST as usize, 0), entries!(Entries<T>), |(key, mut value)| {
                value.iter_mut().for_each(|byte| *byte = 2);
                Entries::<T>::insert(key, value);
                0
            });
        }
        assert_eq!(Entries::<T>::get(0), Some(vec![2; l as usize]));
    }
}
