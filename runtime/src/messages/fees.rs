//! Fees of messages in tokens of other chains, at rates that governance sets.
//!
//! A message costs in its own asset what it costs in this chain's token, by the asset's rate, and at
//! least the asset's minimum balance, so that the treasury can always hold it. An asset without a
//! rate pays no fees.
//!
//! Root sets rates. At one that is too low, fees in the asset are too dear for anyone, and what messages
//! bring of it is trapped for the chain that sent them; at one that is too high they are next to nothing,
//! and messages fill their share of blocks.

use super::ForeignMatcher;
use crate::{
    money::{MessageWeightToFee, TreasuryAccount},
    *,
};
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

/// Prices weight in an asset by its rate.
pub struct ByRate;

impl ChargeWeightInFungibles<AccountId, ForeignAssets> for ByRate {
    /// Rounds up; fails where the asset has no rate.
    fn charge_weight_in_fungibles(asset: Location, weight: Weight) -> Result<Balance, XcmError> {
        let rate = ConversionRateToNative::<Runtime>::get(asset).ok_or(XcmError::TooExpensive)?;
        let fee = MessageWeightToFee::weight_to_fee(&weight);
        multiply_by_rational_with_rounding(fee, FixedU128::DIV, rate.into_inner(), Rounding::Up)
            .ok_or(XcmError::TooExpensive)
    }
}

/// Sells weight for assets that have a rate; what they pay goes to the treasury.
pub type RateTrader = TakeFirstAssetTrader<
    AccountId,
    ByRate,
    ForeignMatcher,
    ForeignAssets,
    ResolveAssetTo<TreasuryAccount, ForeignAssets>,
>;

/// The registered assets that fees are payable in.
pub fn assets_with_rates() -> impl Iterator<Item = Location> {
    ConversionRateToNative::<Runtime>::iter_keys().filter(|asset| ForeignAssets::asset_exists(asset.clone()))
}
