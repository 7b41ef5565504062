//! A chain with balances and inflation only.

use crate as pallet_inflation;
use frame_support::{derive_impl, parameter_types, traits::ConstU128};
use sp_runtime::BuildStorage;

pub const ISSUANCE: u128 = 1_000_000_007;
pub const TREASURY: u64 = 1;
pub const COLLATORS: u64 = 2;
pub const ALICE: u64 = 3;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        Inflation: pallet_inflation,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type AccountData = pallet_balances::AccountData<u128>;
    type Block = frame_system::mocking::MockBlock<Test>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type AccountStore = System;
    type Balance = u128;
    type ExistentialDeposit = ConstU128<10>;
}

parameter_types! {
    pub const Treasury: u64 = TREASURY;
    pub const Collators: u64 = COLLATORS;
}

impl pallet_inflation::Config for Test {
    type Currency = Balances;
    type Treasury = Treasury;
    type Collators = Collators;
    type ParametersOrigin = frame_system::EnsureRoot<u64>;
    type WeightInfo = ();
}

/// A chain before its first cycle, on which Alice owns all tokens.
pub fn chain() -> sp_io::TestExternalities {
    let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
    pallet_balances::GenesisConfig::<Test> { balances: vec![(ALICE, ISSUANCE)], ..Default::default() }
        .assimilate_storage(&mut storage)
        .unwrap();
    pallet_inflation::GenesisConfig::<Test>::default().assimilate_storage(&mut storage).unwrap();
    let mut chain = sp_io::TestExternalities::new(storage);
    chain.execute_with(|| System::set_block_number(1));
    chain
}
