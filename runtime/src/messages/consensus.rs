//! The consensus system that this chain is a part of: which relay chain secures it, and where the reserve of
//! the relay token is. Networks differ in both.
//!
//! Genesis sets both. If a relay chain moves its token's reserve, it also moves what this chain owns of the
//! token. So the runtime upgrade that comes with such a move has to change both, in one migration.

pub use pallet::*;

#[frame_support::pallet]
pub mod pallet {
    use alloc::vec::Vec;
    use cumulus_primitives_core::ParaId;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;
    use sp_runtime::FixedU128;
    use xcm::latest::{Location, NetworkId};

    #[pallet::config]
    pub trait Config: frame_system::Config + pallet_asset_rate::Config<AssetKind = Location> {}

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// The relay chain.
    #[pallet::storage]
    pub type Network<T> = StorageValue<_, NetworkId, ValueQuery, Nowhere>;

    /// The parachain that holds the reserve of the relay token, and at which bridges to other consensus
    /// systems end. Without one, the relay chain itself holds the reserve.
    #[pallet::storage]
    pub type AssetHub<T> = StorageValue<_, ParaId>;

    /// A relay chain that does not exist, for a chain whose genesis names none.
    pub struct Nowhere;

    impl Get<NetworkId> for Nowhere {
        fn get() -> NetworkId {
            NetworkId::ByGenesis([0; 32])
        }
    }

    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T> {
        pub network: Option<NetworkId>,
        pub asset_hub: Option<ParaId>,
        /// The assets in which fees can be paid besides this chain's token, each with its rate: how many of
        /// the smallest units of this chain's token the asset's smallest unit is worth.
        pub rates: Vec<(Location, FixedU128)>,
        #[serde(skip)]
        pub _config: PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if let Some(network) = self.network {
                Network::<T>::put(network);
            }
            AssetHub::<T>::set(self.asset_hub);
            for (asset, rate) in &self.rates {
                pallet_asset_rate::ConversionRateToNative::<T>::insert(asset, rate);
            }
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// Pays for reading each of the two once, as messages in a block do. Later reads are served from the
        /// block's own changes and proof.
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            Network::<T>::get();
            AssetHub::<T>::get();
            T::DbWeight::get().reads(2)
        }
    }
}
