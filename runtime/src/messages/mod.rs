//! XCM: which messages are taken, what they may do, and how assets move.
//!
//! Tokens move by reserve transfer: this chain is the reserve of its own token, and holds the
//! tokens of others as assets, each of which comes from [its reserve](reserves) alone. Nothing is
//! teleported.

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarks;
pub mod consensus;
mod fees;
mod reserves;
mod traps;
mod weights;

pub use fees::assets_with_rates;

use crate::{
    money::{price, MessageWeightToFee, TransactionByteFee, TreasuryAccount},
    *,
};
use frame_support::{
    parameter_types,
    traits::{tokens::imbalance::ResolveTo, ConstU32, Contains, Disabled, Equals, Everything, Nothing},
};
use frame_system::EnsureRoot;
use polkadot_parachain_primitives::primitives::Sibling;
use polkadot_runtime_common::xcm_sender::ExponentialPrice;
use sp_runtime::traits::Identity;
use xcm::latest::prelude::*;
use xcm_builder::{
    AccountId32Aliases, AllowExplicitUnpaidExecutionFrom, AllowKnownQueryResponses, AllowSubscriptionsFrom,
    AllowTopLevelPaidExecutionFrom, DenyRecursively, DenyReserveTransferToRelayChain, DenyThenTry,
    DescribeAllTerminal, DescribeFamily, EnsureXcmOrigin, FrameTransactionalProcessor, FungibleAdapter,
    FungiblesAdapter, HashedDescription, IsConcrete, MatchedConvertedConcreteId, NoChecking, ParentIsPreset,
    RelayChainAsNative, SendXcmFeeToAccount, SiblingParachainAsNative, SiblingParachainConvertsVia,
    SignedAccountId32AsNative, SignedToAccountId32, SovereignSignedViaLocation, TakeWeightCredit,
    TrailingSetTopicAsId, UsingComponents, WeightInfoBounds, WithComputedOrigin, WithUniqueTopic,
    XcmFeeManagerFromComponents,
};
use xcm_executor::XcmExecutor;

parameter_types! {
    /// This chain's token, as seen from here.
    pub const Here: Location = Location::here();
    /// Would count what is teleported, of which there is nothing.
    pub CheckingAccount: AccountId = PolkadotXcm::check_account();
    pub FeeAsset: AssetId = AssetId(Here::get());
    /// The relay chain's network, which accounts of messages belong to.
    pub RelayNetwork: NetworkId = consensus::Network::<Runtime>::get();
    pub UniversalLocation: InteriorLocation =
        [GlobalConsensus(RelayNetwork::get()), Parachain(ParachainInfo::parachain_id().into())].into();
    /// As many as a message may have by the SDK's decoder.
    pub const MaxInstructions: u32 = xcm::MAX_INSTRUCTIONS_TO_DECODE as u32;
    pub const MaxAssetsIntoHolding: u32 = 64;
    pub BaseDeliveryFee: Balance = price(10 * MILLI);
}

impl consensus::Config for Runtime {}

/// Weighs messages by their instructions.
type Weigher = WeightInfoBounds<weights::XcmWeight<RuntimeCall>, RuntimeCall, MaxInstructions>;

/// The account behind a location.
pub type LocationToAccount = (
    ParentIsPreset<AccountId>,
    SiblingParachainConvertsVia<Sibling, AccountId>,
    AccountId32Aliases<RelayNetwork, AccountId>,
    HashedDescription<AccountId, DescribeFamily<DescribeAllTerminal>>,
);

/// This chain's own token.
type NativeTransactor = FungibleAdapter<Balances, IsConcrete<Here>, LocationToAccount, AccountId, ()>;

/// Every asset but this chain's own token and what else may be inside it.
pub struct Foreign;

impl Contains<Location> for Foreign {
    fn contains(location: &Location) -> bool {
        location.parent_count() > 0
    }
}

type ForeignMatcher = MatchedConvertedConcreteId<Location, Balance, Foreign, Identity, Identity>;

type ForeignTransactor = FungiblesAdapter<
    ForeignAssets,
    ForeignMatcher,
    LocationToAccount,
    AccountId,
    NoChecking,
    CheckingAccount,
>;

/// The origin on this chain that a message's origin speaks as.
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

/// The relay chain and pluralities of it.
pub struct RelayOrItsBodies;

impl Contains<Location> for RelayOrItsBodies {
    fn contains(location: &Location) -> bool {
        matches!(location.unpack(), (1, []) | (1, [Plurality { .. }]))
    }
}

/// The relay chain and sibling parachains.
pub struct RelayOrSiblings;

impl Contains<Location> for RelayOrSiblings {
    fn contains(location: &Location) -> bool {
        matches!(location.unpack(), (1, []) | (1, [Parachain(_)]))
    }
}

/// Takes what pays, what the relay chain says, and answers to questions of ours.
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

/// Messages go up to the relay chain, or across to siblings, with a topic to follow them by.
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

/// An account of this chain, as a location.
pub type AccountToLocation = SignedToAccountId32<RuntimeOrigin, AccountId, RelayNetwork>;

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
