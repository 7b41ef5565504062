//! What a message leaves in its holding is trapped. Its origin, or the claimer that it names, can claim it.
//!
//! This works as in [`pallet_xcm`], with two exceptions. First, an amount that is less than an account can
//! hold is burned. Each trap is an entry that stays in the state for ever, and without this it would cost
//! next to nothing. Second, a claimer that is an account of this chain, named without its network, is
//! recorded with the network, because otherwise it could not claim.

use super::locations::RelayNetwork;
use crate::*;
use frame_support::{
    traits::{fungibles::Inspect as _, Get},
    weights::Weight,
};
use xcm::latest::prelude::*;
use xcm_executor::{
    traits::{ClaimAssets, DropAssets},
    AssetsInHolding,
};

/// Traps what is left in a message's holding, and gives it back to its claimer.
pub struct Traps;

/// Whether the amount is less than any account can hold.
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
            // Dust is burned when it goes out of scope.
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
