//! Money: balances, fees, vesting, the treasury, and the tokens of other chains.

use crate::{
    governance::{
        ensure::{self, RootOr},
        periods::period_blocks,
    },
    prices::{Deposit, TransactionByteFee},
    *,
};
use frame_support::{
    parameter_types,
    traits::{
        fungible::Credit,
        tokens::{imbalance::ResolveTo, PayFromAccount, UnityAssetBalanceConversion},
        AsEnsureOriginWithArg, ConstU32, ConstU8, EitherOf, Imbalance, OnUnbalanced, VariantCountOf,
        WithdrawReasons,
    },
    weights::ConstantMultiplier,
    PalletId,
};
use frame_system::EnsureRoot;
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{
    traits::{AccountIdConversion, ConvertInto, IdentityLookup},
    FixedPointNumber, Permill, Perquintill,
};
use xcm::latest::Location;

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

parameter_types! {
    /// Fees rise while blocks are fuller than this, and fall while they are emptier.
    pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(25);
    /// How fast fees move. On Astar it is 0.000015 for a block of twelve seconds. Here it is a rate per time,
    /// so that shorter blocks do not make fees move faster.
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

/// Burns half of a fee and puts the other half into the collators' pot. A tip goes into the pot whole.
pub struct DealWithFees;

impl OnUnbalanced<Credit<AccountId, Balances>> for DealWithFees {
    fn on_unbalanceds(mut fees_then_tips: impl Iterator<Item = Credit<AccountId, Balances>>) {
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
    pub SpendPeriod: BlockNumber = period_blocks(cadence::days(7));
    pub PayoutPeriod: BlockNumber = period_blocks(cadence::days(30));
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

/// Tokens of other chains, each identified by its location. Governance registers them.
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

/// Invents tokens of other chains for benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub struct ForeignAsset;

#[cfg(feature = "runtime-benchmarks")]
impl pallet_assets::BenchmarkHelper<Location, ()> for ForeignAsset {
    fn create_asset_id_parameter(id: u32) -> Location {
        Location::new(1, [xcm::latest::Junction::Parachain(id)])
    }

    fn create_reserve_id_parameter(_: u32) {}
}
