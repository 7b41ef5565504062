//! Referenda: proposals, votes with conviction, and the scheduler that enacts what has passed.

use super::{
    ensure::{self, RootOr},
    periods::period_blocks,
    schedule::{NextFreeBlock, MAX_SCHEDULED},
    tracks::Tracks,
};
use crate::{limits::RuntimeBlockWeights, prices::Deposit, *};
use frame_support::{
    parameter_types,
    traits::{
        fungible::HoldConsideration, AsEnsureOriginWithArg, ConstU32, EqualPrivilegeOnly, LinearStoragePrice,
        TotalIssuanceOf,
    },
    weights::Weight,
};
use frame_system::{EnsureRoot, EnsureSigned};
use sp_runtime::Perbill;

parameter_types! {
    pub const PreimageHoldReason: RuntimeHoldReason =
        RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
}

impl pallet_preimage::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Consideration = HoldConsideration<
        AccountId,
        Balances,
        PreimageHoldReason,
        LinearStoragePrice<Deposit<2, 64>, Deposit<0, 1>, Balance>,
    >;
    type Currency = Balances;
    type ManagerOrigin = EnsureRoot<AccountId>;
    type WeightInfo = pallet_preimage::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
    pub MaximumSchedulerWeight: Weight = Perbill::from_percent(80) * RuntimeBlockWeights::get().max_block;
}

impl pallet_scheduler::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type BlockNumberProvider = System;
    type MaxScheduledPerBlock = ConstU32<MAX_SCHEDULED>;
    type MaximumWeight = pallet_cadence::Resting<Runtime, MaximumSchedulerWeight>;
    type OriginPrivilegeCmp = EqualPrivilegeOnly;
    type PalletsOrigin = OriginCaller;
    type Preimages = Preimage;
    type RuntimeCall = RuntimeCall;
    type RuntimeOrigin = RuntimeOrigin;
    type ScheduleOrigin = EnsureRoot<AccountId>;
    type WeightInfo = crate::weights::PalletScheduler;
}

parameter_types! {
    pub VoteLockingPeriod: BlockNumber = period_blocks(cadence::days(7));
    pub UndecidingTimeout: BlockNumber = period_blocks(cadence::days(14));
    pub SubmissionDeposit: Balance = price(100 * UNIT);
}

impl pallet_conviction_voting::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type BlockNumberProvider = System;
    type Currency = Balances;
    type MaxTurnout = TotalIssuanceOf<Balances, AccountId>;
    /// A delegation weighs as much as all votes that its target may have. It must fit into a block.
    type MaxVotes = ConstU32<32>;
    type Polls = Referenda;
    type VoteLockingPeriod = VoteLockingPeriod;
    type VotingHooks = ();
    type WeightInfo = pallet_conviction_voting::weights::SubstrateWeight<Runtime>;
}

impl pallet_referenda::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type AlarmInterval = ConstU32<1>;
    type BlockNumberProvider = System;
    type CancelOrigin = RootOr<ensure::ReferendumCanceller>;
    type Currency = Balances;
    type KillOrigin = RootOr<ensure::ReferendumKiller>;
    type MaxQueued = ConstU32<100>;
    type Preimages = Preimage;
    type RuntimeCall = RuntimeCall;
    type Scheduler = NextFreeBlock;
    type Slash = Treasury;
    type SubmissionDeposit = SubmissionDeposit;
    type SubmitOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
    type Tally = pallet_conviction_voting::TallyOf<Runtime>;
    type Tracks = Tracks;
    type UndecidingTimeout = UndecidingTimeout;
    type Votes = pallet_conviction_voting::VotesOf<Runtime>;
    type WeightInfo = pallet_referenda::weights::SubstrateWeight<Runtime>;
}
