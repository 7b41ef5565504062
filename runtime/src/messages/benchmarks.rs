//! What the SDK's benchmarks of XCM instructions need to know about this chain.
//!
//! The benchmarks move the relay token, because that weighs more than moving this chain's own token.

use super::*;
use cumulus_primitives_core::ParaId;
use frame_benchmarking::BenchmarkError;
use frame_support::traits::{fungibles::Mutate, Get};
use frame_support::weights::Weight;
use pallet_xcm_benchmarks::{account_and_location, asset_instance_from, MockCredit};
use polkadot_runtime_common::xcm_sender::ToParachainDeliveryHelper;
use xcm_builder::MintLocation;
use xcm_executor::AssetsInHolding;

pub type XcmFungible = pallet_xcm_benchmarks::fungible::Pallet<Runtime>;
pub type XcmGeneric = pallet_xcm_benchmarks::generic::Pallet<Runtime>;

/// One relay token, or more, depending on its decimals.
const AMOUNT: Balance = 1_000_000_000_000;

parameter_types! {
    pub const Sibling1: ParaId = ParaId::new(2001);
    pub SiblingLocation: Location = para(2001);
    pub ExistentialDepositAsset: Option<Asset> = Some((Here::get(), ExistentialDeposit::get()).into());
    pub const NoCheckedAccount: Option<(AccountId, MintLocation)> = None;
    pub const NoTeleporter: Option<(Location, Asset)> = None;
    /// The reserve of the relay token in the preset that the benchmarks use.
    pub RelayTokenReserve: Option<(Location, Asset)> =
        Some((Location::parent(), (Location::parent(), AMOUNT).into()));
}

impl pallet_asset_rate::AssetKindFactory<Location> for crate::money::ForeignAsset {
    fn create_asset_kind(seed: u32) -> Location {
        para(seed)
    }
}

fn para(id: u32) -> Location {
    Location::new(1, Parachain(id))
}

impl pallet_xcm_benchmarks::Config for Runtime {
    type AccountIdConverter = LocationToAccount;
    type DeliveryHelper = ToParachainDeliveryHelper<
        XcmConfig,
        ExistentialDepositAsset,
        SiblingDeliveryPrice,
        Sibling1,
        ParachainSystem,
    >;
    type XcmConfig = XcmConfig;

    fn valid_destination() -> Result<Location, BenchmarkError> {
        Ok(SiblingLocation::get())
    }

    fn worst_case_holding(depositable_count: u32) -> AssetsInHolding {
        let others = MaxAssetsIntoHolding::get() / 2 - depositable_count;
        let mut holding = AssetsInHolding::new();
        for i in 0..others - 2 {
            let id = AssetId(GeneralIndex(i.into()).into());
            holding.fungible.insert(id, alloc::boxed::Box::new(MockCredit(100)));
        }
        for (id, amount) in [(Here::get(), u128::MAX), (Location::parent(), AMOUNT)] {
            holding.fungible.insert(AssetId(id), alloc::boxed::Box::new(MockCredit(amount)));
        }
        for i in 0..others {
            holding.non_fungible.insert((AssetId(GeneralIndex(i.into()).into()), asset_instance_from(i)));
        }
        holding
    }
}

impl pallet_xcm_benchmarks::fungible::Config for Runtime {
    type CheckedAccount = NoCheckedAccount;
    type TransactAsset = Balances;
    type TrustedReserve = RelayTokenReserve;
    type TrustedTeleporter = NoTeleporter;

    fn get_asset() -> Asset {
        // The asset has accounts already, as on a chain that is in use.
        let (account, _) = account_and_location::<Runtime>(1);
        ForeignAssets::mint_into(Location::parent(), &account, AMOUNT)
            .expect("the relay token is registered");
        (Location::parent(), AMOUNT).into()
    }
}

impl pallet_xcm_benchmarks::generic::Config for Runtime {
    type RuntimeCall = RuntimeCall;
    type TransactAsset = Balances;

    fn worst_case_response() -> (u64, Response) {
        (0, Response::Version(Default::default()))
    }

    fn worst_case_asset_exchange() -> Result<(Assets, Assets), BenchmarkError> {
        Err(BenchmarkError::Skip)
    }

    fn universal_alias() -> Result<(Location, Junction), BenchmarkError> {
        Err(BenchmarkError::Skip)
    }

    fn transact_origin_and_runtime_call() -> Result<(Location, RuntimeCall), BenchmarkError> {
        let call = frame_system::Call::<Runtime>::remark_with_event { remark: Default::default() };
        Ok((SiblingLocation::get(), call.into()))
    }

    fn subscribe_origin() -> Result<Location, BenchmarkError> {
        Ok(SiblingLocation::get())
    }

    fn claimable_asset() -> Result<(Location, Location, Assets), BenchmarkError> {
        Ok((SiblingLocation::get(), Location::here(), (Location::parent(), AMOUNT).into()))
    }

    fn worst_case_for_trader() -> Result<(Asset, WeightLimit), BenchmarkError> {
        Ok(((Location::parent(), AMOUNT).into(), Limited(Weight::from_parts(5_000, 5_000))))
    }

    fn unlockable_asset() -> Result<(Location, Location, Asset), BenchmarkError> {
        Err(BenchmarkError::Skip)
    }

    fn export_message_origin_and_destination(
    ) -> Result<(Location, NetworkId, InteriorLocation), BenchmarkError> {
        Err(BenchmarkError::Skip)
    }

    fn alias_origin() -> Result<(Location, Location), BenchmarkError> {
        Err(BenchmarkError::Skip)
    }
}
