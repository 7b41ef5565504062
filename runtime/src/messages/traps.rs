//! What a message leaves in its holding is trapped, for its origin or for whom it names to claim.
//!
//! As in [`pallet_xcm`], but for two things. What is less than an account can hold is burned: each trap
//! is an entry in the state for ever, that would cost next to nothing otherwise. And an account of this
//! chain that is named without its network is named with it, as only so can it claim.

use super::RelayNetwork;
use crate::{money::ExistentialDeposit, *};
use frame_support::{
    traits::{fungibles::Inspect as _, Get},
    weights::Weight,
};
use xcm::latest::prelude::*;
use xcm_executor::{
    traits::{ClaimAssets, DropAssets},
    AssetsInHolding,
};

/// Where what is left is trapped, and claimed.
pub struct Traps;

/// Whether no account could hold it.
fn is_dust(asset: &Asset) -> bool {
    let Fungible(amount) = asset.fun else { return false };
    let least = match asset.id.0.unpack() {
        (0, []) => ExistentialDeposit::get(),
        _ => ForeignAssets::minimum_balance(asset.id.0.clone()),
    };
    amount < least
}

impl DropAssets for Traps {
    fn drop_assets(origin: &Location, holding: AssetsInHolding, context: &XcmContext) -> Weight {
        let assets = holding.len() as u64;
        let mut kept = AssetsInHolding::new();
        for one in holding.into_per_asset_holdings() {
            // Dust is burned as it goes out of scope.
            if !one.assets_iter().all(|asset| is_dust(&asset)) {
                kept.subsume_assets(one);
            }
        }
        let claimer = match origin.unpack() {
            (0, [AccountId32 { network: None, id }]) => {
                Location::new(0, [AccountId32 { network: Some(RelayNetwork::get()), id: *id }])
            }
            _ => origin.clone(),
        };
        let trapped = PolkadotXcm::drop_assets(&claimer, kept, context);
        let entry = <Runtime as frame_system::Config>::DbWeight::get().reads_writes(assets + 1, 1);
        trapped.saturating_add(entry)
    }
}

impl ClaimAssets for Traps {
    fn claim_assets(
        origin: &Location,
        ticket: &Location,
        assets: &Assets,
        context: &XcmContext,
    ) -> Option<AssetsInHolding> {
        <PolkadotXcm as ClaimAssets>::claim_assets(origin, ticket, assets, context)
    }
}
