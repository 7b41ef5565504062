//! Tests on the chain of [`mock`](crate::mock), and the accounts, dApps and helpers that they share.

mod behaviour;
mod events;
mod governance;
mod histories;
mod invariants;
mod model;

use crate::{mock::*, Error, *};
use frame_support::{assert_ok, dispatch::DispatchResult, traits::fungible::InspectFreeze};

const ALICE: u64 = 1;
const BOB: u64 = 2;
const OWNER: u64 = 9;
const DAPP: DappAddress<u64> = DappAddress::Account(100);
const OTHER: DappAddress<u64> = DappAddress::Contract(H160::repeat_byte(7));

fn signed(who: u64) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

fn root() -> RuntimeOrigin {
    RuntimeOrigin::root()
}

fn ledger_error(error: LedgerError) -> Error<Test> {
    Error::Ledger(error)
}

/// Parameters with tiers that a stake of some thousands reaches.
fn low_thresholds() -> Parameters {
    let mut parameters = parameters();
    for (tier, parts) in parameters.tiers.iter_mut().zip([900, 500, 100, 10]) {
        tier.threshold = sp_runtime::Perbill::from_parts(parts);
    }
    parameters
}

/// A chain with two dApps, on which Alice and Bob have locked 10 000 each.
fn with_locks() -> sp_io::TestExternalities {
    let mut chain = chain();
    chain.execute_with(|| {
        assert_ok!(DappStaking::register(root(), DAPP, OWNER));
        assert_ok!(DappStaking::register(root(), OTHER, OWNER));
        for who in [ALICE, BOB] {
            assert_ok!(DappStaking::lock(signed(who), 10_000));
        }
    });
    chain
}

fn era() -> Era {
    CurrentCalendar::<Test>::get().unwrap().era
}

fn frozen(who: u64) -> u128 {
    Balances::balance_frozen(&FreezeReason::DappStaking.into(), &who)
}

fn account(who: u64) -> AccountPosition<u64> {
    DappStaking::account(&who).unwrap()
}

/// The amount that the call mints for `who`.
fn paid(who: u64, call: impl FnOnce() -> DispatchResult) -> u128 {
    let before = Balances::free_balance(who);
    assert_ok!(call());
    Balances::free_balance(who) - before
}
