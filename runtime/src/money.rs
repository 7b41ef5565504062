//! Money: balances, fees, vesting, the treasury, and the tokens of other chains.

use crate::{
    governance::{ensure, RootOr},
    *,
};
use frame_support::{
    parameter_types,
    traits::{
        fungible::Credit,
        tokens::{imbalance::ResolveTo, PayFromAccount, UnityAssetBalanceConversion},
        AsEnsureOriginWithArg, ConstU32, ConstU8, EitherOf, Get, OnUnbalanced, VariantCountOf,
        WithdrawReasons,
    },
    weights::{constants::WEIGHT_REF_TIME_PER_SECOND, ConstantMultiplier, Weight},
    PalletId,
};
use frame_system::EnsureRoot;
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{
    traits::{AccountIdConversion, ConvertInto, IdentityLookup},
    FixedPointNumber, Permill, Perquintill,
};
use xcm::latest::Location;

/// One token; every network's has eighteen decimals.
pub const UNIT: Balance = 10u128.pow(networks::DECIMALS);
/// A thousandth of a token.
pub const MILLI: Balance = UNIT / 1_000;
/// A millionth of a token.
pub const MICRO: Balance = MILLI / 1_000;

// Prices, as they are on Astar. A network whose token is worth more divides them all by one number on
// chain, `Governance.PriceDivisor`: Shiden has a hundredth of Astar's tokens. `docs/powers.md` says why
// they are what they are.

/// To keep an item, such as an account or a proxy, while it is kept.
const ITEM: Balance = 100 * MILLI;
/// To keep a byte of it.
const BYTE: Balance = MILLI;
/// To execute for a second.
const SECOND: Balance = 10 * UNIT;
/// To prove a byte of state to the relay chain.
const PROOF_BYTE: Balance = MICRO;
/// To include a byte of a transaction in a block.
const TRANSACTION_BYTE: Balance = 10 * MICRO;

/// What costs so much on Astar costs on this network.
pub fn price(on_astar: Balance) -> Balance {
    on_astar / Balance::from(governance::PriceDivisor::<Runtime>::get().get())
}

/// What keeping `ITEMS` items of `BYTES` bytes in all costs while they are kept.
pub struct Deposit<const ITEMS: u32, const BYTES: u32>;

impl<const ITEMS: u32, const BYTES: u32> Get<Balance> for Deposit<ITEMS, BYTES> {
    fn get() -> Balance {
        price(Balance::from(ITEMS) * ITEM + Balance::from(BYTES) * BYTE)
    }
}

/// An account is an item, and holds at least what an item costs.
pub type ExistentialDeposit = Deposit<1, 0>;

impl pallet_balances::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type AccountStore = System;
    type Balance = Balance;
    type DoneSlashHandler = ();
    type DustRemoval = ResolveTo<TreasuryAccount, Balances>;
    type ExistentialDeposit = ExistentialDeposit;
    type FreezeIdentifier = RuntimeFreezeReason;
    type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
    type MaxLocks = ConstU32<50>;
    type MaxReserves = ConstU32<50>;
    type ReserveIdentifier = [u8; 8];
    type RuntimeFreezeReason = RuntimeFreezeReason;
    type RuntimeHoldReason = RuntimeHoldReason;
    type WeightInfo = pallet_balances::weights::SubstrateWeight<Runtime>;
}

/// What a weight's execution costs, and what its proof does, on Astar. Both prices are the same at every
/// cadence, however much a block holds.
fn execution_and_proof(weight: &Weight) -> (Balance, Balance) {
    let execution = Balance::from(weight.ref_time()) * (SECOND / Balance::from(WEIGHT_REF_TIME_PER_SECOND));
    (execution, Balance::from(weight.proof_size()) * PROOF_BYTE)
}

/// A transaction fills a block by its execution or by its proof, and pays for that of the two that is
/// dearer.
pub struct WeightToFee;

impl frame_support::weights::WeightToFee for WeightToFee {
    type Balance = Balance;

    fn weight_to_fee(weight: &Weight) -> Balance {
        let (execution, proof) = execution_and_proof(weight);
        price(execution.max(proof))
    }
}

/// A message of another chain pays for both. It has what it did not use refunded as the price of just
/// that, so the price of a sum has to be the sum of the prices: with the dearer of the two a message that
/// leaves much execution unused would have its proof for nothing.
pub struct MessageWeightToFee;

impl frame_support::weights::WeightToFee for MessageWeightToFee {
    type Balance = Balance;

    fn weight_to_fee(weight: &Weight) -> Balance {
        let (execution, proof) = execution_and_proof(weight);
        price(execution.saturating_add(proof))
    }
}

parameter_types! {
    pub TransactionByteFee: Balance = price(TRANSACTION_BYTE);
    /// Fees rise while blocks are fuller than this, and fall while they are emptier.
    pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(25);
    /// How fast: 0.000015 a block of twelve seconds on Astar, here as a rate per time, so that
    /// shorter blocks do not make fees move faster.
    pub AdjustmentVariable: Multiplier =
        Multiplier::saturating_from_rational(CADENCE.block_millis(), 800_000_000);
    pub MinimumMultiplier: Multiplier = Multiplier::saturating_from_rational(1, 10);
    pub MaximumMultiplier: Multiplier = Multiplier::saturating_from_integer(10);
}

impl pallet_transaction_payment::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type FeeMultiplierUpdate = TargetedFeeAdjustment<
        Runtime,
        TargetBlockFullness,
        AdjustmentVariable,
        MinimumMultiplier,
        MaximumMultiplier,
    >;
    type LengthToFee = ConstantMultiplier<Balance, TransactionByteFee>;
    type OnChargeTransaction = FungibleAdapter<Balances, DealWithFees>;
    type OperationalFeeMultiplier = ConstU8<5>;
    type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
    type WeightToFee = WeightToFee;
}

/// Half of a fee is burned, half goes to the collators' pot; a tip goes there whole.
pub struct DealWithFees;

impl OnUnbalanced<Credit<AccountId, Balances>> for DealWithFees {
    fn on_unbalanceds(mut fees_then_tips: impl Iterator<Item = Credit<AccountId, Balances>>) {
        use frame_support::traits::Imbalance;
        let Some(fees) = fees_then_tips.next() else { return };
        let (burned, mut to_collators) = fees.ration(50, 50);
        drop(burned);
        if let Some(tips) = fees_then_tips.next() {
            to_collators.subsume(tips);
        }
        ResolveTo::<CollatorPot, Balances>::on_unbalanced(to_collators);
    }
}

parameter_types! {
    pub CollatorPot: AccountId = CollatorSelection::account_id();
    pub MinVestedTransfer: Balance = price(UNIT);
    pub UnvestedFundsAllowedWithdrawReasons: WithdrawReasons =
        WithdrawReasons::except(WithdrawReasons::TRANSFER.union(WithdrawReasons::RESERVE));
}

impl pallet_vesting::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type BlockNumberProvider = System;
    type BlockNumberToBalance = ConvertInto;
    type Currency = Balances;
    type MinVestedTransfer = MinVestedTransfer;
    type UnvestedFundsAllowedWithdrawReasons = UnvestedFundsAllowedWithdrawReasons;
    type WeightInfo = pallet_vesting::weights::SubstrateWeight<Runtime>;
    const MAX_VESTING_SCHEDULES: u32 = 28;
}

parameter_types! {
    pub const TreasuryId: PalletId = PalletId(*b"py/trsry");
    pub TreasuryAccount: AccountId = TreasuryId::get().into_account_truncating();
    pub SpendPeriod: BlockNumber = governance::blocks(cadence::days(7));
    pub PayoutPeriod: BlockNumber = governance::blocks(cadence::days(30));
    pub const NoBurn: Permill = Permill::zero();
    pub const MaxBalance: Balance = Balance::MAX;
}

impl pallet_treasury::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type AssetKind = ();
    type BalanceConverter = UnityAssetBalanceConversion;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
    type Beneficiary = AccountId;
    type BeneficiaryLookup = IdentityLookup<AccountId>;
    type BlockNumberProvider = System;
    type Burn = NoBurn;
    type BurnDestination = ();
    type Currency = Balances;
    type MaxApprovals = ConstU32<100>;
    type PalletId = TreasuryId;
    type Paymaster = PayFromAccount<Balances, TreasuryAccount>;
    type PayoutPeriod = PayoutPeriod;
    type RejectOrigin = RootOr<ensure::Treasurer>;
    type SpendFunds = ();
    type SpendOrigin = EitherOf<frame_system::EnsureRootWithSuccess<AccountId, MaxBalance>, ensure::Spender>;
    type SpendPeriod = SpendPeriod;
    type WeightInfo = pallet_treasury::weights::SubstrateWeight<Runtime>;
}

/// Tokens of other chains, each known by its location. Governance registers them.
impl pallet_assets::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type ApprovalDeposit = Deposit<1, 32>;
    type AssetAccountDeposit = Deposit<1, 16>;
    type AssetDeposit = Deposit<1, 190>;
    type AssetId = Location;
    type AssetIdAllocator = ();
    type AssetIdParameter = Location;
    type Balance = Balance;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ForeignAsset;
    type CallbackHandle = ();
    type CreateOrigin = AsEnsureOriginWithArg<frame_system::EnsureNever<AccountId>>;
    type Currency = Balances;
    type Extra = ();
    type ForceOrigin = EnsureRoot<AccountId>;
    type Freezer = ();
    type Holder = ();
    type MetadataDepositBase = Deposit<1, 68>;
    type MetadataDepositPerByte = Deposit<0, 1>;
    type RemoveItemsLimit = ConstU32<1_000>;
    type ReserveData = ();
    type StringLimit = ConstU32<50>;
    type WeightInfo = pallet_assets::weights::SubstrateWeight<Runtime>;
}

/// Makes up tokens of other chains to measure with.
#[cfg(feature = "runtime-benchmarks")]
pub struct ForeignAsset;

#[cfg(feature = "runtime-benchmarks")]
impl pallet_assets::BenchmarkHelper<Location, ()> for ForeignAsset {
    fn create_asset_id_parameter(id: u32) -> Location {
        Location::new(1, [xcm::latest::Junction::Parachain(id)])
    }

    fn create_reserve_id_parameter(_: u32) {}
}
