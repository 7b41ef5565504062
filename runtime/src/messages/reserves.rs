//! Which chain holds the reserve of an asset, and so may send the asset here.
//!
//! | asset | reserve |
//! |---|---|
//! | the relay token | Asset Hub, or the relay chain on a network without one |
//! | a token of a sibling, its own or one of its pallets' | that sibling |
//! | a token of another consensus system | Asset Hub, where bridges to it end |
//!
//! No chain may send this chain's own assets here as their reserve, because their reserve is here.

use super::{consensus, locations::RelayNetwork};
use crate::{ParachainInfo, Runtime};
use frame_support::traits::ContainsPair;
use xcm::latest::prelude::*;

/// The chain that holds the reserve of `asset`. `None` for this chain's own assets, and if it is not known.
pub fn reserve(asset: &Location) -> Option<Location> {
    let asset_hub = || consensus::AssetHub::<Runtime>::get().map(|id| Location::new(1, Parachain(id.into())));
    match asset.unpack() {
        (1, []) => Some(asset_hub().unwrap_or(Location::parent())),
        (1, [Parachain(id), ..]) if *id != u32::from(ParachainInfo::parachain_id()) => {
            Some(Location::new(1, Parachain(*id)))
        }
        (2, [GlobalConsensus(network), ..]) if *network != RelayNetwork::get() => asset_hub(),
        _ => None,
    }
}

/// An asset that comes from its reserve.
pub struct FromReserve;

impl ContainsPair<Asset, Location> for FromReserve {
    fn contains(asset: &Asset, origin: &Location) -> bool {
        reserve(&asset.id.0).is_some_and(|reserve| reserve == *origin)
    }
}
