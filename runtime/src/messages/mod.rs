//! XCM: which messages the chain accepts, what they may do, and how assets move.
//!
//! Tokens move by reserve transfer. This chain is the reserve of its own token. It holds the tokens of other
//! chains as assets, and takes each only from [its reserve](reserves). Nothing is teleported.

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarks;
pub mod consensus;
mod fees;
pub mod locations;
mod reserves;
mod traps;
mod weights;

pub use fees::assets_with_rates;

use crate::{
    money::TreasuryAccount,
    prices::{MessageWeightToFee, TransactionByteFee},
    *,
};
use frame_support::{
    parameter_types,
    traits::{tokens::imbalance::ResolveTo, ConstU32, Disabled, Equals, Everything, Nothing},
};
use frame_system::EnsureRoot;
use locations::{
    AccountToLocation, ForeignMatcher, Here, LocationToAccount, RelayNetwork, RelayOrItsBodies,
    RelayOrSiblings, UniversalLocation,
};
use polkadot_runtime_common::xcm_sender::ExponentialPrice;
use weights::{MaxAssetsIntoHolding, XcmWeight};
use xcm::latest::prelude::*;
use xcm_builder::{
    AllowExplicitUnpaidExecutionFrom, AllowKnownQueryResponses, AllowSubscriptionsFrom,
    AllowTopLevelPaidExecutionFrom, DenyRecursively, DenyReserveTransferToRelayChain, DenyThenTry,
    EnsureXcmOrigin, FrameTransactionalProcessor, FungibleAdapter, FungiblesAdapter, IsConcrete, NoChecking,
    RelayChainAsNative, SendXcmFeeToAccount, SiblingParachainAsNative, SignedAccountId32AsNative,
    SovereignSignedViaLocation, TakeWeightCredit, TrailingSetTopicAsId, UsingComponents, WeightInfoBounds,
    WithComputedOrigin, WithUniqueTopic, XcmFeeManagerFromComponents,
};
use xcm_executor::XcmExecutor;

parameter_types! {
    /// Would keep count of teleported assets, but nothing is teleported.
    pub CheckingAccount: AccountId = PolkadotXcm::check_account();
    pub FeeAsset: AssetId = AssetId(Here::get());
    /// The most that the SDK's decoder allows in a message.
    pub const MaxInstructions: u32 = xcm::MAX_INSTRUCTIONS_TO_DECODE as u32;
    pub BaseDeliveryFee: Balance = price(10 * MILLI);
}

impl consensus::Config for Runtime {}

/// Weighs messages by their instructions.
type Weigher = WeightInfoBounds<XcmWeight<RuntimeCall>, RuntimeCall, MaxInstructions>;

/// This chain's own token.
type NativeTransactor = FungibleAdapter<Balances, IsConcrete<Here>, LocationToAccount, AccountId, ()>;

type ForeignTransactor = FungiblesAdapter<
    ForeignAssets,
    ForeignMatcher,
    LocationToAccount,
    AccountId,
    NoChecking,
    CheckingAccount,
>;

/// The origin on this chain that a message's origin acts as.
pub type OriginConverter = (
    SovereignSignedViaLocation<LocationToAccount, RuntimeOrigin>,
    RelayChainAsNative<RelayOrigin, RuntimeOrigin>,
    SiblingParachainAsNative<cumulus_pallet_xcm::Origin, RuntimeOrigin>,
    SignedAccountId32AsNative<RelayNetwork, RuntimeOrigin>,
    pallet_xcm::XcmPassthrough<RuntimeOrigin>,
);

parameter_types! {
    pub RelayOrigin: RuntimeOrigin = cumulus_pallet_xcm::Origin::Relay.into();
}

/// Accepts messages that pay, messages of the relay chain, and answers to this chain's own queries. The relay
/// chain and siblings may also subscribe to this chain's XCM version. No message may make a reserve transfer
/// to the relay chain.
pub type Barrier = TrailingSetTopicAsId<
    DenyThenTry<
        DenyRecursively<DenyReserveTransferToRelayChain>,
        (
            TakeWeightCredit,
            AllowKnownQueryResponses<PolkadotXcm>,
            WithComputedOrigin<
                (
                    AllowTopLevelPaidExecutionFrom<Everything>,
                    AllowExplicitUnpaidExecutionFrom<RelayOrItsBodies>,
                    AllowSubscriptionsFrom<RelayOrSiblings>,
                ),
                UniversalLocation,
                ConstU32<8>,
            >,
        ),
    >,
>;

type RelayDeliveryPrice = ExponentialPrice<FeeAsset, BaseDeliveryFee, TransactionByteFee, ParachainSystem>;
pub type SiblingDeliveryPrice = ExponentialPrice<FeeAsset, BaseDeliveryFee, TransactionByteFee, XcmpQueue>;

/// Sends messages up to the relay chain, or across to siblings, each with a topic by which it can be
/// followed.
pub type XcmRouter = WithUniqueTopic<(
    cumulus_primitives_utility::ParentAsUmp<ParachainSystem, PolkadotXcm, RelayDeliveryPrice>,
    XcmpQueue,
)>;

pub struct XcmConfig;

impl xcm_executor::Config for XcmConfig {
    type Aliasers = Nothing;
    type AssetExchanger = ();
    type AssetLocker = ();
    type AssetTransactor = (NativeTransactor, ForeignTransactor);
    type AssetTrap = traps::Traps;
    type Barrier = Barrier;
    type CallDispatcher = RuntimeCall;
    type FeeManager = XcmFeeManagerFromComponents<
        (RelayOrItsBodies, Equals<Here>),
        SendXcmFeeToAccount<Self::AssetTransactor, TreasuryAccount>,
    >;
    type HrmpChannelAcceptedHandler = ();
    type HrmpChannelClosingHandler = ();
    type HrmpNewChannelOpenRequestHandler = ();
    type IsReserve = reserves::FromReserve;
    type IsTeleporter = ();
    type MaxAssetsIntoHolding = MaxAssetsIntoHolding;
    type MessageExporter = ();
    type OriginConverter = OriginConverter;
    type PalletInstancesInfo = AllPalletsWithSystem;
    type ResponseHandler = PolkadotXcm;
    type RuntimeCall = RuntimeCall;
    type SafeCallFilter = Everything;
    type SubscriptionService = PolkadotXcm;
    type Trader = (
        UsingComponents<MessageWeightToFee, Here, AccountId, Balances, ResolveTo<TreasuryAccount, Balances>>,
        fees::RateTrader,
    );
    type TransactionalProcessor = FrameTransactionalProcessor;
    type UniversalAliases = Nothing;
    type UniversalLocation = UniversalLocation;
    type Weigher = Weigher;
    type XcmEventEmitter = PolkadotXcm;
    type XcmRecorder = PolkadotXcm;
    type XcmSender = XcmRouter;
}

impl pallet_xcm::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type AdminOrigin = EnsureRoot<AccountId>;
    type AdvertisedXcmVersion = pallet_xcm::CurrentXcmVersion;
    type AuthorizedAliasConsideration = Disabled;
    type Currency = Balances;
    type CurrencyMatcher = IsConcrete<Here>;
    type ExecuteXcmOrigin = EnsureXcmOrigin<RuntimeOrigin, AccountToLocation>;
    type MaxLockers = ConstU32<0>;
    type MaxRemoteLockConsumers = ConstU32<0>;
    type RemoteLockConsumerIdentifier = ();
    type RuntimeCall = RuntimeCall;
    type RuntimeOrigin = RuntimeOrigin;
    type SendXcmOrigin = EnsureXcmOrigin<RuntimeOrigin, AccountToLocation>;
    type SovereignAccountOf = LocationToAccount;
    type TrustedLockers = ();
    type UniversalLocation = UniversalLocation;
    type WeightInfo = crate::weights::PalletXcm;
    type Weigher = Weigher;
    type XcmExecuteFilter = Everything;
    type XcmExecutor = XcmExecutor<XcmConfig>;
    type XcmReserveTransferFilter = Everything;
    type XcmRouter = XcmRouter;
    type XcmTeleportFilter = Nothing;
    const VERSION_DISCOVERY_QUEUE_SIZE: u32 = 100;
}
