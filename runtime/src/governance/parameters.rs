//! The origins that referenda speak with, and how fast this network's governance runs.

pub use pallet::*;

#[frame_support::pallet]
pub mod pallet {
    use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
    use core::num::NonZeroU32;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;
    use scale_info::TypeInfo;

    #[pallet::config]
    pub trait Config: frame_system::Config {}

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// What a referendum may act as, besides root.
    #[pallet::origin]
    #[derive(
        Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
    )]
    pub enum Origin {
        /// Looks after collators and identities.
        GeneralAdmin,
        /// Spends from the treasury without limit, and rejects spends.
        Treasurer,
        /// Cancels a referendum.
        ReferendumCanceller,
        /// Cancels a referendum and slashes its deposits.
        ReferendumKiller,
        /// Spends a little from the treasury.
        SmallSpender,
        /// Spends more.
        MediumSpender,
        /// Spends much.
        BigSpender,
    }

    /// How many times faster than written all periods of governance run.
    #[pallet::storage]
    pub type Speedup<T> = StorageValue<_, NonZeroU32, ValueQuery, RealTime>;

    /// Periods as they are written.
    pub struct RealTime;

    impl Get<NonZeroU32> for RealTime {
        fn get() -> NonZeroU32 {
            NonZeroU32::MIN
        }
    }

    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T> {
        /// How many times faster than written periods run; absent means as written.
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
        /// Pays for the one read of the speedup that periods take in a block; later reads are
        /// served from the block's own changes and proof.
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            Speedup::<T>::get();
            T::DbWeight::get().reads(1)
        }
    }
}
