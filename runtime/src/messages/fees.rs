//! Fees of messages in tokens of other chains, at rates that governance sets.
//!
//! A message pays in its own asset what it costs in this chain's token, converted by the asset's rate. It
//! pays at least the asset's minimum balance, so that the treasury can always hold the fee. An asset without
//! a rate cannot pay fees.
//!
//! Root sets the rates. If a rate is too low, nobody can afford the fees in this asset, and what messages
//! bring of it is trapped for the chain that sent them. If a rate is too high, the fees are next to nothing,
//! and messages can fill their share of every block.

use super::locations::ForeignMatcher;
use crate::{money::TreasuryAccount, prices::MessageWeightToFee, *};
use cumulus_primitives_utility::{ChargeWeightInFungibles, TakeFirstAssetTrader};
use frame_support::{
    traits::{fungibles::Inspect as _, tokens::imbalance::ResolveAssetTo},
    weights::{Weight, WeightToFee as _},
};
use frame_system::EnsureRoot;
use pallet_asset_rate::ConversionRateToNative;
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, FixedPointNumber, FixedU128, Rounding};
use xcm::latest::{Error as XcmError, Location};

impl pallet_asset_rate::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type AssetKind = Location;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = crate::money::ForeignAsset;
    type CreateOrigin = EnsureRoot<AccountId>;
    type Currency = Balances;
    type RemoveOrigin = EnsureRoot<AccountId>;
    type UpdateOrigin = EnsureRoot<AccountId>;
    type WeightInfo = pallet_asset_rate::weights::SubstrateWeight<Runtime>;
}

/// Charges for weight in an asset, by the asset's rate.
pub struct ChargeByRate;

impl ChargeWeightInFungibles<AccountId, ForeignAssets> for ChargeByRate {
    /// Rounds up. Fails if the asset has no rate.
    fn charge_weight_in_fungibles(asset: Location, weight: Weight) -> Result<Balance, XcmError> {
        let rate = ConversionRateToNative::<Runtime>::get(asset).ok_or(XcmError::TooExpensive)?;
        let fee = MessageWeightToFee::weight_to_fee(&weight);
        multiply_by_rational_with_rounding(fee, FixedU128::DIV, rate.into_inner(), Rounding::Up)
            .ok_or(XcmError::TooExpensive)
    }
}

/// Sells weight for assets that have a rate. The fees go to the treasury.
pub type RateTrader = TakeFirstAssetTrader<
    AccountId,
    ChargeByRate,
    ForeignMatcher,
    ForeignAssets,
    ResolveAssetTo<TreasuryAccount, ForeignAssets>,
>;

/// The registered assets in which fees can be paid.
pub fn assets_with_rates() -> impl Iterator<Item = Location> {
    ConversionRateToNative::<Runtime>::iter_keys().filter(|asset| ForeignAssets::asset_exists(asset.clone()))
}
