//! A system chain: the relay chain, or its Asset Hub. Both have the relay token as their own, and trust each
//! other to teleport it. The Asset Hub also has assets, and is the reserve of all of them.
//!
//! Both are one runtime of FRAME's pallets and the SDK's XCM executor. Its storage says which of the two it
//! is.

use frame_support::{
    construct_runtime, derive_impl, parameter_types,
    traits::{
        tokens::imbalance::ResolveTo, AsEnsureOriginWithArg, ConstU128, ConstU32, Contains, ContainsPair,
        Disabled, Everything, Nothing,
    },
    weights::{FixedFee, Weight},
};
use frame_system::{EnsureNever, EnsureRoot};
use polkadot_parachain_primitives::primitives::{Id as ParaId, Sibling};
use sp_io::TestExternalities;
use sp_runtime::{traits::Identity, AccountId32 as AccountId, BuildStorage};
use std::cell::RefCell;
use xcm::latest::prelude::*;
use xcm_builder::{
    AccountId32Aliases, AllowTopLevelPaidExecutionFrom, ChildParachainConvertsVia, EnsureXcmOrigin,
    FixedWeightBounds, FrameTransactionalProcessor, FungibleAdapter, FungiblesAdapter, IsConcrete,
    MatchedConvertedConcreteId, NativeAsset, NoChecking, ParentIsPreset, SiblingParachainConvertsVia,
    SignedToAccountId32, TakeWeightCredit, UsingComponents, WithComputedOrigin,
};
use xcm_executor::{traits::ConvertLocation, XcmExecutor};

/// The Asset Hub's parachain id.
pub const ASSET_HUB: u32 = 1000;
/// The fee of any message on a system chain, in the smallest unit of the relay token.
pub const FEE: u32 = 1_000_000;

construct_runtime!(
    pub enum Runtime {
        System: frame_system,
        Balances: pallet_balances,
        Assets: pallet_assets,
        Xcm: pallet_xcm,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Runtime {
    type AccountData = pallet_balances::AccountData<u128>;
    type AccountId = AccountId;
    type Block = frame_system::mocking::MockBlock<Self>;
    type Lookup = sp_runtime::traits::IdentityLookup<AccountId>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
    type AccountStore = System;
    type Balance = u128;
    type ExistentialDeposit = ConstU128<1>;
}

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config for Runtime {
    type AssetId = Location;
    type AssetIdParameter = Location;
    type Balance = u128;
    type CreateOrigin = AsEnsureOriginWithArg<EnsureNever<AccountId>>;
    type Currency = Balances;
    type ForceOrigin = EnsureRoot<AccountId>;
    type Freezer = ();
    type Holder = ();
    type ReserveData = ();
}

parameter_types! {
    pub const RelayNetwork: NetworkId = Polkadot;
    pub storage IsRelayChain: bool = true;
    pub UniversalLocation: InteriorLocation = if IsRelayChain::get() {
        GlobalConsensus(Polkadot).into()
    } else {
        [GlobalConsensus(Polkadot), Parachain(ASSET_HUB)].into()
    };
    pub RelayToken: Location = if IsRelayChain::get() { Location::here() } else { Location::parent() };
    pub const InstructionWeight: Weight = Weight::from_parts(1_000, 1_000);
    pub Treasury: AccountId = AccountId::new([9; 32]);
    pub CheckingAccount: AccountId = Xcm::check_account();
}

pub type LocationToAccount = (
    ParentIsPreset<AccountId>,
    SiblingParachainConvertsVia<Sibling, AccountId>,
    ChildParachainConvertsVia<ParaId, AccountId>,
    AccountId32Aliases<RelayNetwork, AccountId>,
);

/// Every asset except the relay token.
pub struct Others;

impl Contains<Location> for Others {
    fn contains(asset: &Location) -> bool {
        *asset != RelayToken::get()
    }
}

type Transactors = (
    FungibleAdapter<Balances, IsConcrete<RelayToken>, LocationToAccount, AccountId, ()>,
    FungiblesAdapter<
        Assets,
        MatchedConvertedConcreteId<Location, u128, Others, Identity, Identity>,
        LocationToAccount,
        AccountId,
        NoChecking,
        CheckingAccount,
    >,
);

/// The relay token, teleported between the relay chain and its Asset Hub.
pub struct RelayTokenInTheSystem;

impl ContainsPair<Asset, Location> for RelayTokenInTheSystem {
    fn contains(asset: &Asset, other: &Location) -> bool {
        asset.id.0 == RelayToken::get() && matches!(other.unpack(), (1, []) | (0, [Parachain(ASSET_HUB)]))
    }
}

pub struct ExecutorConfig;

impl xcm_executor::Config for ExecutorConfig {
    type Aliasers = Nothing;
    type AssetExchanger = ();
    type AssetLocker = ();
    type AssetTransactor = Transactors;
    type AssetTrap = Xcm;
    type Barrier = (
        TakeWeightCredit,
        WithComputedOrigin<AllowTopLevelPaidExecutionFrom<Everything>, UniversalLocation, ConstU32<8>>,
    );
    type CallDispatcher = RuntimeCall;
    type FeeManager = ();
    type HrmpChannelAcceptedHandler = ();
    type HrmpChannelClosingHandler = ();
    type HrmpNewChannelOpenRequestHandler = ();
    type IsReserve = NativeAsset;
    type IsTeleporter = RelayTokenInTheSystem;
    type MaxAssetsIntoHolding = ConstU32<64>;
    type MessageExporter = ();
    type OriginConverter = ();
    type PalletInstancesInfo = AllPalletsWithSystem;
    type ResponseHandler = Xcm;
    type RuntimeCall = RuntimeCall;
    type SafeCallFilter = Nothing;
    type SubscriptionService = Xcm;
    type Trader =
        UsingComponents<FixedFee<FEE, u128>, RelayToken, AccountId, Balances, ResolveTo<Treasury, Balances>>;
    type TransactionalProcessor = FrameTransactionalProcessor;
    type UniversalAliases = Nothing;
    type UniversalLocation = UniversalLocation;
    type Weigher = FixedWeightBounds<InstructionWeight, RuntimeCall, ConstU32<100>>;
    type XcmEventEmitter = Xcm;
    type XcmRecorder = Xcm;
    type XcmSender = Outbox;
}

type AccountToLocation = SignedToAccountId32<RuntimeOrigin, AccountId, RelayNetwork>;

impl pallet_xcm::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type AdminOrigin = EnsureRoot<AccountId>;
    type AdvertisedXcmVersion = pallet_xcm::CurrentXcmVersion;
    type AuthorizedAliasConsideration = Disabled;
    type Currency = Balances;
    type CurrencyMatcher = ();
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
    type WeightInfo = pallet_xcm::TestWeightInfo;
    type Weigher = FixedWeightBounds<InstructionWeight, RuntimeCall, ConstU32<100>>;
    type XcmExecuteFilter = Everything;
    type XcmExecutor = XcmExecutor<ExecutorConfig>;
    type XcmReserveTransferFilter = Everything;
    type XcmRouter = Outbox;
    type XcmTeleportFilter = Everything;
    const VERSION_DISCOVERY_QUEUE_SIZE: u32 = 100;
}

thread_local! {
    static SENT: RefCell<Vec<(Location, xcm::latest::Xcm<()>)>> = const { RefCell::new(Vec::new()) };
}

/// Keeps messages until the network delivers them.
pub struct Outbox;

impl SendXcm for Outbox {
    type Ticket = (Location, xcm::latest::Xcm<()>);

    fn validate(
        destination: &mut Option<Location>,
        message: &mut Option<xcm::latest::Xcm<()>>,
    ) -> SendResult<Self::Ticket> {
        let destination = destination.take().ok_or(SendError::MissingArgument)?;
        let message = message.take().ok_or(SendError::MissingArgument)?;
        Ok(((destination, message), xcm::latest::Assets::new()))
    }

    fn deliver(ticket: Self::Ticket) -> Result<XcmHash, SendError> {
        SENT.with_borrow_mut(|sent| sent.push(ticket));
        Ok([0; 32])
    }
}

/// Messages with their destinations, as seen from the chain that sends them.
pub type Sent = Vec<(Location, xcm::latest::Xcm<()>)>;

/// A system chain's state.
pub struct SystemChain(TestExternalities);

impl SystemChain {
    /// The relay chain, or its Asset Hub, on which each of `who` has `amount` of the relay token.
    pub fn new(is_relay_chain: bool, who: &[AccountId], amount: u128) -> Self {
        let genesis = RuntimeGenesisConfig {
            balances: pallet_balances::GenesisConfig {
                balances: who.iter().map(|who| (who.clone(), amount)).collect(),
                ..Default::default()
            },
            xcm: pallet_xcm::GenesisConfig { safe_xcm_version: Some(XCM_VERSION), ..Default::default() },
            ..Default::default()
        };
        let mut state = TestExternalities::new(genesis.build_storage().expect("the genesis builds"));
        state.execute_with(|| {
            System::set_block_number(1);
            IsRelayChain::set(&is_relay_chain);
        });
        Self(state)
    }

    /// Reads or changes the state. Also returns the messages that are sent meanwhile.
    pub fn run<R>(&mut self, f: impl FnOnce() -> R) -> (R, Sent) {
        let result = self.0.execute_with(f);
        (result, SENT.take())
    }

    /// Reads or changes the state, without sending messages.
    pub fn query<R>(&mut self, f: impl FnOnce() -> R) -> R {
        let (result, sent) = self.run(f);
        assert!(sent.is_empty(), "{sent:?} is sent");
        result
    }

    /// Executes a message.
    pub fn receive(&mut self, from: Location, message: xcm::latest::Xcm<()>) -> (Outcome, Sent) {
        self.run(|| {
            let mut id = [0; 32];
            let message = message.into();
            XcmExecutor::<ExecutorConfig>::prepare_and_execute(
                from,
                message,
                &mut id,
                Weight::MAX,
                Weight::zero(),
            )
        })
    }

    /// How much of `asset` the account behind `location` has.
    pub fn holds(&mut self, location: Location, asset: Location) -> u128 {
        self.query(|| {
            let account =
                LocationToAccount::convert_location(&location).expect("the location has an account");
            if asset == RelayToken::get() {
                Balances::free_balance(account)
            } else {
                Assets::balance(asset, account)
            }
        })
    }
}
