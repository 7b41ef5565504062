//! The length of a collators' session: an hour. The genesis of a test network can make sessions shorter.

pub use pallet::*;

use crate::{Duration, Runtime};

impl pallet::Config for Runtime {}

/// The length of a session on this network.
pub fn length() -> Duration {
    cadence::hours(1) / Speedup::<Runtime>::get().get()
}

#[frame_support::pallet]
pub mod pallet {
    use crate::governance::state::One;
    use core::num::NonZeroU32;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;

    #[pallet::config]
    pub trait Config: frame_system::Config {}

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// How many times shorter than an hour a session is.
    #[pallet::storage]
    pub type Speedup<T> = StorageValue<_, NonZeroU32, ValueQuery, One>;

    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T> {
        /// How many times shorter than an hour a session is. The default is 1.
        pub speedup: Option<NonZeroU32>,
        #[serde(skip)]
        pub _config: PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if let Some(speedup) = self.speedup {
                Speedup::<T>::put(speedup);
            }
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// Pays for the one read that it takes to find out whether a session ends. Later reads in a block are
        /// served from the block's own changes and proof.
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            Speedup::<T>::get();
            T::DbWeight::get().reads(1)
        }
    }
}
