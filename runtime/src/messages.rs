//! XCM: which messages are taken, what they may do, and how assets move.
//!
//! Tokens move by reserve transfer: this chain is the reserve of its own token, and holds the
//! tokens of others, the relay chain's among them, as assets whose reserve is their own chain.
//! Nothing is teleported.

use crate::{
    money::{TransactionByteFee, TreasuryAccount, WeightToFee},
    *,
};
use frame_support::{
    parameter_types,
    traits::{tokens::imbalance::ResolveTo, ConstU32, Contains, Disabled, Equals, Everything, Nothing},
    weights::Weight,
};
use frame_system::EnsureRoot;
use polkadot_parachain_primitives::primitives::Sibling;
use polkadot_runtime_common::xcm_sender::ExponentialPrice;
use sp_runtime::traits::Identity;
use xcm::latest::prelude::*;
use xcm_builder::{
    deposit_or_burn_fee, AccountId32Aliases, AllowExplicitUnpaidExecutionFrom, AllowKnownQueryResponses,
    AllowSubscriptionsFrom, AllowTopLevelPaidExecutionFrom, DenyReserveTransferToRelayChain, DenyThenTry,
    DescribeAllTerminal, DescribeFamily, EnsureXcmOrigin, FixedRateOfFungible, FixedWeightBounds,
    FrameTransactionalProcessor, FungibleAdapter, FungiblesAdapter, HashedDescription, IsConcrete,
    MatchedConvertedConcreteId, NativeAsset, NoChecking, ParentIsPreset, RelayChainAsNative,
    SendXcmFeeToAccount, SiblingParachainAsNative, SiblingParachainConvertsVia, SignedAccountId32AsNative,
    SignedToAccountId32, SovereignSignedViaLocation, TakeRevenue, TakeWeightCredit, TrailingSetTopicAsId,
    UsingComponents, WithComputedOrigin, WithUniqueTopic, XcmFeeManagerFromComponents,
};
use xcm_executor::{AssetsInHolding, XcmExecutor};

parameter_types! {
    /// This chain's token, as seen from here.
    pub const Here: Location = Location::here();
    /// The relay chain, and its token.
    pub const Relay: Location = Location::parent();
    /// Would count what is teleported, of which there is nothing.
    pub CheckingAccount: AccountId = PolkadotXcm::check_account();
    pub FeeAsset: AssetId = AssetId(Here::get());
    /// The network that accounts of messages belong to: any, as it differs from network to network.
    pub const AnyNetwork: Option<NetworkId> = None;
    pub UniversalLocation: InteriorLocation = Parachain(ParachainInfo::parachain_id().into()).into();
    /// Weight of one instruction, until each is weighed on its own: the SDK's own estimate.
    pub const InstructionWeight: Weight = Weight::from_parts(1_000_000_000, 64 * 1024);
    pub const MaxInstructions: u32 = 100;
    pub const MaxAssetsIntoHolding: u32 = 64;
    pub const BaseDeliveryFee: Balance = 10 * MILLI;
    /// The relay token that a second of execution and a mebibyte of proof cost.
    pub RelayTokenRate: (AssetId, u128, u128) = (AssetId(Relay::get()), RELAY_TOKEN_PER_SECOND, RELAY_TOKEN_PER_SECOND / 10);
}

/// In the smallest unit of the relay token, which has ten to twelve decimals: a transfer of four
/// instructions costs three thousandths of a token at most.
const RELAY_TOKEN_PER_SECOND: u128 = 1_000_000_000;

/// The account behind a location.
pub type LocationToAccount = (
    ParentIsPreset<AccountId>,
    SiblingParachainConvertsVia<Sibling, AccountId>,
    AccountId32Aliases<AnyNetwork, AccountId>,
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

type ForeignTransactor = FungiblesAdapter<
    ForeignAssets,
    MatchedConvertedConcreteId<Location, Balance, Foreign, Identity, Identity>,
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
    SignedAccountId32AsNative<AnyNetwork, RuntimeOrigin>,
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
        DenyReserveTransferToRelayChain,
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

/// Fees paid in foreign tokens go to the treasury.
pub struct FeesToTreasury;

impl TakeRevenue for FeesToTreasury {
    fn take_revenue(revenue: AssetsInHolding) {
        let treasury = AccountId32 { network: None, id: TreasuryAccount::get().into() };
        deposit_or_burn_fee::<ForeignTransactor>(revenue, None, treasury.into());
    }
}

pub struct XcmConfig;

impl xcm_executor::Config for XcmConfig {
    type Aliasers = Nothing;
    type AssetExchanger = ();
    type AssetLocker = ();
    type AssetTransactor = (NativeTransactor, ForeignTransactor);
    type AssetTrap = PolkadotXcm;
    type Barrier = Barrier;
    type CallDispatcher = RuntimeCall;
    type FeeManager = XcmFeeManagerFromComponents<
        (RelayOrItsBodies, Equals<Here>),
        SendXcmFeeToAccount<Self::AssetTransactor, TreasuryAccount>,
    >;
    type HrmpChannelAcceptedHandler = ();
    type HrmpChannelClosingHandler = ();
    type HrmpNewChannelOpenRequestHandler = ();
    type IsReserve = NativeAsset;
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
        UsingComponents<WeightToFee, Here, AccountId, Balances, ResolveTo<TreasuryAccount, Balances>>,
        FixedRateOfFungible<RelayTokenRate, FeesToTreasury>,
    );
    type TransactionalProcessor = FrameTransactionalProcessor;
    type UniversalAliases = Nothing;
    type UniversalLocation = UniversalLocation;
    type Weigher = FixedWeightBounds<InstructionWeight, RuntimeCall, MaxInstructions>;
    type XcmEventEmitter = PolkadotXcm;
    type XcmRecorder = PolkadotXcm;
    type XcmSender = XcmRouter;
}

/// An account of this chain, as a location.
pub type AccountToLocation = SignedToAccountId32<RuntimeOrigin, AccountId, AnyNetwork>;

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
    type Weigher = FixedWeightBounds<InstructionWeight, RuntimeCall, MaxInstructions>;
    type XcmExecuteFilter = Everything;
    type XcmExecutor = XcmExecutor<XcmConfig>;
    type XcmReserveTransferFilter = Everything;
    type XcmRouter = XcmRouter;
    type XcmTeleportFilter = Nothing;
    const VERSION_DISCOVERY_QUEUE_SIZE: u32 = 100;
}
