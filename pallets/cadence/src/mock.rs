//! A small chain with most of the SDK's pallets that the kit can rescale, and with a pallet of its own that
//! counts blocks. A test can choose the cadence that the chain is built for.

use crate::{self as pallet_cadence, rescale, weights::WeightInfo, Open, Resting};
use alloc::borrow::Cow;
use cadence::{days, hours, Duration, ASYNCHRONOUS, SYNCHRONOUS};
use frame_support::{
    derive_impl,
    instances::Instance2,
    migrations::MultiStepMigrator,
    ord_parameter_types, parameter_types,
    traits::{
        tokens::{PayFromAccount, UnityAssetBalanceConversion},
        AsEnsureOriginWithArg, ConstU128, ConstU32, ConstU64, EqualPrivilegeOnly, InstanceFilter, OnFinalize,
        OnInitialize, OnPoll, OnRuntimeUpgrade, WithdrawReasons,
    },
    weights::{Weight, WeightMeter},
    PalletId,
};
use frame_system::{EnsureRoot, EnsureSigned, EnsureSignedBy};
use pallet_referenda::{Curve, Track, TrackInfo, TracksInfo};
use sp_runtime::{
    str_array,
    testing::{TestSignature, UintAuthorityId},
    traits::{ConvertInto, IdentityLookup},
    BuildStorage, Perbill, Permill,
};

/// The most tasks of the scheduler that a block can have.
pub const TASKS: u32 = 4;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Timestamp: pallet_timestamp,
        Cadence: pallet_cadence,
        Balances: pallet_balances,
        Preimage: pallet_preimage,
        Rounds: rounds,
        Democracy: pallet_democracy,
        Migrations: pallet_migrations,
        Scheduler: pallet_scheduler,
        Referenda: pallet_referenda,
        Ranked: pallet_referenda::<Instance2>,
        ConvictionVoting: pallet_conviction_voting,
        Treasury: pallet_treasury,
        Vesting: pallet_vesting,
        Proxy: pallet_proxy,
        Identity: pallet_identity,
        Multisig: pallet_multisig,
        Utility: pallet_utility,
    }
);

/// A pallet of the chain's own, which the kit does not cover: a game in rounds. A round lasts some blocks,
/// and its prize grows with every block.
#[frame_support::pallet(dev_mode)]
pub mod rounds {
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;

    #[pallet::config]
    pub trait Config: frame_system::Config {}

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    #[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
    pub struct Round<N> {
        pub number: u32,
        pub start: N,
        pub length: N,
        pub prize_per_block: u128,
    }

    #[pallet::storage]
    pub type Current<T> = StorageValue<_, Round<BlockNumberFor<T>>>;

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// An inherent, which the author of each block has to include.
        #[pallet::weight((Weight::zero(), DispatchClass::Mandatory))]
        pub fn note_author(origin: OriginFor<T>) -> DispatchResult {
            ensure_none(origin)?;
            Ok(())
        }

        pub fn join(origin: OriginFor<T>) -> DispatchResult {
            ensure_signed(origin)?;
            Ok(())
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            Current::<T>::mutate_extant(|round| {
                if now >= round.start + round.length {
                    round.start = now;
                    round.number += 1;
                }
            });
            Weight::zero()
        }
    }
}

/// The implementation with which the chain has its own pallet rescaled.
pub struct RoundsInBlocks;

impl crate::Rescale for RoundsInBlocks {
    type Pallet = Rounds;

    /// A hook ends a round, so this cannot wait.
    fn begin(change: &cadence::Change) -> crate::Touched {
        rounds::Current::<Test>::mutate_extant(|round| {
            rescale::deadline(change, &mut round.start);
            rescale::duration(change, &mut round.length);
            round.prize_per_block = change.rate(round.prize_per_block);
        });
        crate::Touched::of(1, 32)
    }

    fn stored(clock: &cadence::Clock) -> Vec<crate::Stored> {
        let Some(round) = rounds::Current::<Test>::get() else { return vec![] };
        vec![
            crate::Stored::deadline("start of the round".into(), clock, round.start),
            crate::Stored::duration("length of a round".into(), clock, round.length),
        ]
    }
}

impl rounds::Config for Test {}

parameter_types! {
    pub static CurrentCadence: cadence::Cadence = SYNCHRONOUS;
    pub const Synchronous: cadence::Cadence = SYNCHRONOUS;
    /// The weight that rescaling may use of a block.
    pub static Share: Weight = Weight::from_parts(1_000_000_000_000, 5 * 1_024 * 1_024);
    /// The weight that the scheduler may use of a block.
    pub static MaxScheduled: Weight = Weight::from_parts(1_000_000_000_000, u64::MAX);
}

/// The number of blocks in `time` at the cadence that the chain is built for.
pub fn blocks(time: Duration) -> u32 {
    CurrentCadence::get().blocks(time)
}

impl pallet_cadence::Config for Test {
    type Cadence = CurrentCadence;
    type Before = Synchronous;
    type Stored = (
        RoundsInBlocks,
        rescale::Scheduler<Test>,
        rescale::Democracy<Test>,
        rescale::Referenda<Test>,
        rescale::Referenda<Test, Instance2>,
        rescale::Treasury<Test>,
        rescale::Identity<Test>,
        rescale::ConvictionVoting<Test>,
        rescale::Vesting<Test>,
        rescale::Proxy<Test>,
        rescale::Closed<Multisig>,
    );
    type Time = Timestamp;
    type MaxWeight = Share;
    type WeightInfo = ();
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type AccountData = pallet_balances::AccountData<u128>;
    type BaseCallFilter = Open<Test>;
    type Block = frame_system::mocking::MockBlockU32<Test>;
    type MultiBlockMigrator = Migrations;
}

#[derive_impl(pallet_migrations::config_preludes::TestDefaultConfig)]
impl pallet_migrations::Config for Test {
    type Migrations = pallet_migrations::mock_helpers::MockedMigrations;
}

impl pallet_timestamp::Config for Test {
    type MinimumPeriod = ConstU64<0>;
    type Moment = u64;
    type OnTimestampSet = ();
    type WeightInfo = ();
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type AccountStore = System;
    type Balance = u128;
    type ExistentialDeposit = ConstU128<1>;
}

impl pallet_preimage::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type Consideration = ();
    type Currency = Balances;
    type ManagerOrigin = EnsureRoot<u64>;
    type WeightInfo = ();
}

impl pallet_scheduler::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type BlockNumberProvider = System;
    type MaxScheduledPerBlock = ConstU32<TASKS>;
    type MaximumWeight = Resting<Test, MaxScheduled>;
    type OriginPrivilegeCmp = EqualPrivilegeOnly;
    type PalletsOrigin = OriginCaller;
    type Preimages = Preimage;
    type RuntimeCall = RuntimeCall;
    type RuntimeOrigin = RuntimeOrigin;
    type ScheduleOrigin = EnsureRoot<u64>;
    type WeightInfo = ();
}

ord_parameter_types! {
    pub const One: u64 = 1;
}

parameter_types! {
    pub Days: u32 = blocks(days(1));
    pub Always: bool = true;
}

impl pallet_democracy::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type BlacklistOrigin = EnsureRoot<u64>;
    type CancelProposalOrigin = EnsureRoot<u64>;
    type CancellationOrigin = EnsureRoot<u64>;
    type CooloffPeriod = Days;
    type Currency = Balances;
    type EnactmentPeriod = Days;
    type ExternalDefaultOrigin = EnsureRoot<u64>;
    type ExternalMajorityOrigin = EnsureRoot<u64>;
    type ExternalOrigin = EnsureRoot<u64>;
    type FastTrackOrigin = EnsureRoot<u64>;
    type FastTrackVotingPeriod = Days;
    type InstantAllowed = Always;
    type InstantOrigin = EnsureSignedBy<One, u64>;
    type LaunchPeriod = Days;
    type MaxBlacklisted = ConstU32<5>;
    type MaxDeposits = ConstU32<5>;
    type MaxProposals = ConstU32<5>;
    type MaxVotes = ConstU32<8>;
    type MinimumDeposit = ConstU128<1>;
    type PalletsOrigin = OriginCaller;
    type Preimages = Preimage;
    type Scheduler = Scheduler;
    type Slash = ();
    type SubmitOrigin = EnsureSigned<u64>;
    type VetoOrigin = EnsureSignedBy<One, u64>;
    type VoteLockingPeriod = Days;
    type VotingPeriod = Days;
    type WeightInfo = ();
}

pub struct OneTrack;

impl TracksInfo<u128, u32> for OneTrack {
    type Id = u8;
    type RuntimeOrigin = OriginCaller;

    fn tracks() -> impl Iterator<Item = Cow<'static, Track<u8, u128, u32>>> {
        let line = |floor| Curve::LinearDecreasing {
            length: Perbill::one(),
            floor: Perbill::from_percent(floor),
            ceil: Perbill::one(),
        };
        let info = TrackInfo {
            name: str_array("root"),
            max_deciding: 10,
            decision_deposit: 1,
            prepare_period: blocks(hours(1)),
            decision_period: blocks(days(7)),
            confirm_period: blocks(hours(6)),
            min_enactment_period: blocks(hours(6)),
            min_approval: line(50),
            min_support: line(0),
        };
        [Cow::Owned(Track { id: 0, info })].into_iter()
    }

    fn track_for(_: &OriginCaller) -> Result<u8, ()> {
        Ok(0)
    }
}

/// Both instances of referenda are configured alike.
macro_rules! configure_referenda {
    ($instance:ty) => {
        impl pallet_referenda::Config<$instance> for Test {
            type RuntimeEvent = RuntimeEvent;
            type AlarmInterval = ConstU32<1>;
            type BlockNumberProvider = System;
            type CancelOrigin = EnsureRoot<u64>;
            type Currency = Balances;
            type KillOrigin = EnsureRoot<u64>;
            type MaxQueued = ConstU32<8>;
            type Preimages = Preimage;
            type RuntimeCall = RuntimeCall;
            type Scheduler = Scheduler;
            type Slash = ();
            type SubmissionDeposit = ConstU128<1>;
            type SubmitOrigin = AsEnsureOriginWithArg<EnsureSigned<u64>>;
            type Tally = pallet_conviction_voting::TallyOf<Test>;
            type Tracks = OneTrack;
            type UndecidingTimeout = Days;
            type Votes = pallet_conviction_voting::VotesOf<Test>;
            type WeightInfo = ();
        }
    };
}

configure_referenda!(());
// Nobody votes on the referenda of this instance.
configure_referenda!(Instance2);

parameter_types! {
    /// The votes for whose removal the hooks were called: account and poll.
    pub static Removed: Vec<(u64, u32)> = vec![];
    /// The accounts whose losing votes lock, as winning ones do.
    pub static Losers: Vec<u64> = vec![];
}

/// The voting hooks of another pallet of the chain.
pub struct Hooks;

impl pallet_conviction_voting::VotingHooks<u64, u32, u128> for Hooks {
    fn on_before_vote(
        _: &u64,
        _: u32,
        _: pallet_conviction_voting::AccountVote<u128>,
    ) -> frame_support::dispatch::DispatchResult {
        Ok(())
    }

    fn on_remove_vote(who: &u64, poll: u32, _: pallet_conviction_voting::Status) {
        Removed::mutate(|removed| removed.push((*who, poll)));
    }

    fn lock_balance_on_unsuccessful_vote(who: &u64, _: u32) -> Option<u128> {
        Losers::get().contains(who).then_some(400)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn on_vote_worst_case(_: &u64) {}

    #[cfg(feature = "runtime-benchmarks")]
    fn on_remove_vote_worst_case(_: &u64) {}
}

impl pallet_conviction_voting::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type BlockNumberProvider = System;
    type Currency = Balances;
    type MaxTurnout = frame_support::traits::TotalIssuanceOf<Balances, u64>;
    type MaxVotes = ConstU32<8>;
    type Polls = Referenda;
    type VoteLockingPeriod = Days;
    type VotingHooks = Hooks;
    type WeightInfo = ();
}

parameter_types! {
    pub const TreasuryId: PalletId = PalletId(*b"treasury");
    pub const TreasuryAccount: u64 = 99;
    pub const NoBurn: Permill = Permill::zero();
    pub const MaxSpend: u128 = u128::MAX;
}

impl pallet_treasury::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type AssetKind = ();
    type BalanceConverter = UnityAssetBalanceConversion;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
    type Beneficiary = u64;
    type BeneficiaryLookup = IdentityLookup<u64>;
    type BlockNumberProvider = System;
    type Burn = NoBurn;
    type BurnDestination = ();
    type Currency = Balances;
    type MaxApprovals = ConstU32<10>;
    type PalletId = TreasuryId;
    type Paymaster = PayFromAccount<Balances, TreasuryAccount>;
    type PayoutPeriod = Days;
    type RejectOrigin = EnsureRoot<u64>;
    type SpendFunds = ();
    type SpendOrigin = frame_system::EnsureRootWithSuccess<u64, MaxSpend>;
    type SpendPeriod = Days;
    type WeightInfo = ();
}

parameter_types! {
    pub NoReasons: WithdrawReasons = WithdrawReasons::empty();
}

impl pallet_vesting::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type BlockNumberProvider = System;
    type BlockNumberToBalance = ConvertInto;
    type Currency = Balances;
    type MinVestedTransfer = ConstU128<1>;
    type UnvestedFundsAllowedWithdrawReasons = NoReasons;
    type WeightInfo = ();
    const MAX_VESTING_SCHEDULES: u32 = 3;
}

/// The type of a proxy that may do anything.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    codec::Encode,
    codec::Decode,
    codec::DecodeWithMemTracking,
    codec::MaxEncodedLen,
    scale_info::TypeInfo,
)]
pub struct Anything;

impl InstanceFilter<RuntimeCall> for Anything {
    fn filter(&self, _: &RuntimeCall) -> bool {
        true
    }
}

impl pallet_proxy::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type AnnouncementDepositBase = ConstU128<1>;
    type AnnouncementDepositFactor = ConstU128<1>;
    type BlockNumberProvider = System;
    type CallHasher = sp_runtime::traits::BlakeTwo256;
    type Currency = Balances;
    type MaxPending = ConstU32<4>;
    type MaxProxies = ConstU32<4>;
    type ProxyDepositBase = ConstU128<1>;
    type ProxyDepositFactor = ConstU128<1>;
    type ProxyType = Anything;
    type RuntimeCall = RuntimeCall;
    type WeightInfo = ();
}

impl pallet_identity::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
    type BasicDeposit = ConstU128<1>;
    type ByteDeposit = ConstU128<1>;
    type Currency = Balances;
    type ForceOrigin = EnsureRoot<u64>;
    type IdentityInformation = pallet_identity::legacy::IdentityInfo<ConstU32<1>>;
    type MaxRegistrars = ConstU32<1>;
    type MaxSubAccounts = ConstU32<1>;
    type MaxSuffixLength = ConstU32<7>;
    type MaxUsernameLength = ConstU32<32>;
    type OffchainSignature = TestSignature;
    type PendingUsernameExpiration = Days;
    type RegistrarOrigin = EnsureRoot<u64>;
    type SigningPublicKey = UintAuthorityId;
    type Slashed = ();
    type SubAccountDeposit = ConstU128<1>;
    type UsernameAuthorityOrigin = EnsureRoot<u64>;
    type UsernameDeposit = ConstU128<1>;
    type UsernameGracePeriod = Days;
    type WeightInfo = ();
}

impl pallet_multisig::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type BlockNumberProvider = System;
    type Currency = Balances;
    type DepositBase = ConstU128<1>;
    type DepositFactor = ConstU128<1>;
    type MaxSignatories = ConstU32<3>;
    type RuntimeCall = RuntimeCall;
    type WeightInfo = ();
}

impl pallet_utility::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type PalletsOrigin = OriginCaller;
    type RuntimeCall = RuntimeCall;
    type WeightInfo = ();
}

/// The moment of block zero, in milliseconds since the Unix epoch.
pub const BEGINNING: u64 = 1_700_000_000_000;

/// A chain at the synchronous cadence, at block `at`, that has missed no slot. The accounts 1 to 9 have a
/// million each. Nothing has happened between its first block and this one.
pub fn chain(at: u32) -> sp_io::TestExternalities {
    CurrentCadence::set(SYNCHRONOUS);
    Share::set(Weight::from_parts(1_000_000_000_000, 5 * 1_024 * 1_024));
    MaxScheduled::set(Weight::from_parts(1_000_000_000_000, u64::MAX));
    Removed::set(vec![]);
    Losers::set(vec![]);
    let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
    let balances = (1..10).chain([99]).map(|who| (who, 1_000_000)).collect();
    pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }
        .assimilate_storage(&mut storage)
        .unwrap();
    pallet_cadence::GenesisConfig::<Test>::default().assimilate_storage(&mut storage).unwrap();
    let mut chain = sp_io::TestExternalities::new(storage);
    chain.execute_with(|| {
        System::set_block_number(1);
        Timestamp::set_timestamp(BEGINNING + SYNCHRONOUS.time(1).as_millis() as u64);
        Cadence::on_poll(1, &mut WeightMeter::new());
        System::set_block_number(at - 1);
        Timestamp::set_timestamp(BEGINNING + SYNCHRONOUS.time(at - 1).as_millis() as u64);
        next_block();
        System::reset_events();
    });
    chain
}

/// Makes a block without transactions, on time after the last one.
pub fn next_block() {
    System::reset_events();
    make_block();
}

/// Makes a block as `frame-executive` does.
fn make_block() {
    let number = System::block_number() + 1;
    System::initialize(&number, &System::parent_hash(), &Default::default());
    AllPalletsWithSystem::on_initialize(number);
    let now = Timestamp::get() + u64::from(CurrentCadence::get().block_millis());
    Timestamp::set_timestamp(now);
    if Migrations::ongoing() {
        Migrations::step();
    } else {
        AllPalletsWithSystem::on_poll(number, &mut WeightMeter::new());
    }
    AllPalletsWithSystem::on_finalize(number);
}

/// Enacts new code for the asynchronous cadence, and makes the first block under it.
pub fn switch() {
    upgrade(ASYNCHRONOUS);
}

/// Enacts new code for `cadence`, and makes the first block under it.
pub fn upgrade(cadence: cadence::Cadence) {
    CurrentCadence::set(cadence);
    System::reset_events();
    AllPalletsWithSystem::on_runtime_upgrade();
    make_block();
}

/// The weight with which a block can rescale about `entries` entries, besides its own work.
pub fn entries_per_block(entries: u64) -> Weight {
    <() as WeightInfo>::step().saturating_add(<() as WeightInfo>::entry(0).saturating_mul(entries))
}
