//! A chain with balances, inflation and dApp staking, at a cadence that the test can choose.

use crate as pallet_dapp_staking;
use crate::{Limits, Parameters, Range, Timetable};
use cadence::{Cadence, Change, Duration};
use frame_support::{
    derive_impl, ord_parameter_types, parameter_types,
    traits::{ConstU64, Contains, EitherOfDiverse, Hooks, VariantCountOf},
    weights::Weight,
};
use frame_system::{EnsureRoot, EnsureSignedBy};
use pallet_inflation::Shape;
use sp_runtime::{BuildStorage, Perbill};

pub const TREASURY: u64 = 1_001;
pub const COLLATORS: u64 = 1_002;
/// An account that may not stake.
pub const COLLATOR: u64 = 1_003;
/// The account of [`pallet_dapp_staking::Config::ManagerOrigin`].
pub const MANAGER: u64 = 1_004;
/// The account of [`pallet_dapp_staking::Config::EmergencyOrigin`].
pub const GUARD: u64 = 1_005;
/// The length of an era, in milliseconds.
pub const ERA: u64 = 120_000;
pub const ISSUANCE: u128 = 10_000_000_000;
pub const SHAPE: Shape = Shape { periods: 2, voting_eras: 2, earning_eras: 4 };

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Timestamp: pallet_timestamp,
        Balances: pallet_balances,
        Inflation: pallet_inflation,
        DappStaking: pallet_dapp_staking,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type AccountData = pallet_balances::AccountData<u128>;
    type Block = frame_system::mocking::MockBlockU32<Test>;
}

impl pallet_timestamp::Config for Test {
    type Moment = u64;
    type OnTimestampSet = ();
    type MinimumPeriod = ConstU64<0>;
    type WeightInfo = ();
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type AccountStore = System;
    type Balance = u128;
    type ExistentialDeposit = ExistentialDeposit;
    type FreezeIdentifier = RuntimeFreezeReason;
    type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
    type RuntimeFreezeReason = RuntimeFreezeReason;
}

parameter_types! {
    pub const Treasury: u64 = TREASURY;
    pub const Collators: u64 = COLLATORS;
    pub static CurrentCadence: Cadence = cadence::ASYNCHRONOUS;
    /// The accounts that may not stake.
    pub static Collating: Vec<u64> = vec![COLLATOR];
    pub static ExistentialDeposit: u128 = 1;
    pub const MaintenanceTime: Duration = Duration::from_secs(5 * 60);
    pub const MaintenanceRest: Duration = Duration::from_secs(8 * 60);
}

ord_parameter_types! {
    pub const Manager: u64 = MANAGER;
    pub const Guard: u64 = GUARD;
}

impl pallet_inflation::Config for Test {
    type Currency = Balances;
    type Treasury = Treasury;
    type Collators = Collators;
    type ParametersOrigin = EnsureRoot<u64>;
    type WeightInfo = ();
}

pub struct NotCollators;

impl Contains<u64> for NotCollators {
    fn contains(who: &u64) -> bool {
        !Collating::get().contains(who)
    }
}

impl pallet_dapp_staking::Config for Test {
    type Freezer = Balances;
    type RuntimeFreezeReason = RuntimeFreezeReason;
    type Cadence = CurrentCadence;
    type Time = Timestamp;
    type MayStake = NotCollators;
    type SettingsOrigin = EnsureRoot<u64>;
    type ManagerOrigin = EitherOfDiverse<EnsureRoot<u64>, EnsureSignedBy<Manager, u64>>;
    type EmergencyOrigin = EitherOfDiverse<EnsureRoot<u64>, EnsureSignedBy<Guard, u64>>;
    type MaintenanceTime = MaintenanceTime;
    type MaintenanceRest = MaintenanceRest;
    type WeightInfo = ();
}

/// Short eras, in cycles of two periods.
pub fn timetable() -> Timetable {
    Timetable { era_millis: ERA, shape: SHAPE, retention: 2 }
}

/// Small minimums, few slots.
pub fn parameters() -> Parameters {
    Parameters {
        minimum_lock: 100,
        minimum_stake: 50,
        unlocking_eras: 2,
        max_stakes: 4,
        slots: 10,
        ..Parameters::default()
    }
}

/// Eras of ten slow blocks and more, and cycles of any length.
pub fn limits() -> Limits {
    Limits {
        era_millis: Range { least: ERA, most: 4 * ERA },
        cycle_millis: Range { least: 2 * ERA, most: 10_000 * ERA },
        period_millis: Range { least: 2 * ERA, most: 10_000 * ERA },
        minimum: Range { least: 1, most: 1_000 },
        unlocking_eras: Range { least: 1, most: 20 },
        threshold: Range { least: Perbill::from_parts(10), most: Perbill::from_percent(10) },
        ..Limits::default()
    }
}

/// A chain in its first block, in which era 1 begins. Accounts 1 to `accounts` share the issuance.
pub fn chain_with(
    accounts: u64,
    cadence: Cadence,
    timetable: Timetable,
    parameters: Parameters,
) -> sp_io::TestExternalities {
    CurrentCadence::set(cadence);
    Collating::set(vec![COLLATOR]);
    ExistentialDeposit::set(1);
    let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
    let balances = (1..=accounts).map(|who| (who, ISSUANCE / u128::from(accounts))).collect();
    pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }
        .assimilate_storage(&mut storage)
        .unwrap();
    pallet_inflation::GenesisConfig::<Test> { ceiling: Perbill::one(), ..Default::default() }
        .assimilate_storage(&mut storage)
        .unwrap();
    let limits = limits();
    pallet_dapp_staking::GenesisConfig::<Test> { limits, timetable, parameters, ..Default::default() }
        .assimilate_storage(&mut storage)
        .unwrap();
    let mut chain = sp_io::TestExternalities::new(storage);
    chain.execute_with(|| {
        System::set_block_number(0);
        pallet_timestamp::Now::<Test>::put(0);
        next_block();
    });
    chain
}

pub fn chain() -> sp_io::TestExternalities {
    chain_with(10, cadence::ASYNCHRONOUS, timetable(), parameters())
}

/// Makes a block. Returns the weight that the hook of dApp staking declares.
pub fn next_block() -> Weight {
    let now = System::block_number() + 1;
    System::set_block_number(now);
    System::reset_events();
    pallet_timestamp::Now::<Test>::mutate(|now| *now += u64::from(CurrentCadence::get().block_millis()));
    Inflation::on_initialize(now);
    DappStaking::on_initialize(now)
}

/// Changes the cadence for the blocks after this one.
pub fn change_cadence(to: Cadence) {
    let change = Change::of_cadence(CurrentCadence::get(), to, System::block_number());
    Inflation::rescale(&change);
    DappStaking::rescale(&change);
    DappStaking::rescale_maintenance(&change);
    CurrentCadence::set(to);
}

/// Makes blocks until era `era` has begun and the tiers of the era before it are assigned.
pub fn to_era(era: u32) {
    let begun = |era| crate::CurrentCalendar::<Test>::get().is_some_and(|calendar| calendar.era >= era);
    while !begun(era) || crate::CurrentTurn::<Test>::exists() {
        next_block();
        frame_support::assert_ok!(DappStaking::check());
    }
    frame_support::assert_ok!(Inflation::check());
}
