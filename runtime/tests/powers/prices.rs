//! The prices of transactions and accounts.

use crate::common::Chain;
use codec::Encode;
use frame_support::{
    dispatch::GetDispatchInfo,
    traits::{fungibles::Inspect as _, Get},
    weights::{Weight, WeightToFee as _},
};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Dave};
use sp_runtime::FixedPointNumber;
use tandem_runtime::*;

/// The length of a transaction's signature and extensions, in bytes.
const SIGNED: u32 = 100;

fn transfer(value: Balance) -> RuntimeCall {
    pallet_balances::Call::transfer_keep_alive { dest: AccountId::new([7; 32]).into(), value }.into()
}

#[test]
fn weight_is_priced_by_time_and_by_proof_whichever_is_dearer() {
    for (name, divisor) in [("astar", 1), ("shiden", 100), ("shibuya", 1), ("local", 1)] {
        Chain::new(name).query(|| {
            let fee = |time, proof| WeightToFee::weight_to_fee(&Weight::from_parts(time, proof)) * divisor;
            // A second of execution, and a megabyte of proof.
            assert_eq!(fee(1_000_000_000_000, 0), 10 * UNIT);
            assert_eq!(fee(0, 1_000_000), UNIT);
            assert_eq!(fee(1_000_000_000_000, 1_000_000), 10 * UNIT);
            assert_eq!(fee(1_000_000_000_000, 20_000_000), 20 * UNIT);
            assert_eq!(fee(0, 0), 0);
        });
    }
}

#[test]
fn transactions_cost_what_the_page_says() {
    let claim: RuntimeCall = pallet_dapp_staking::Call::claim { staker: Dave.to_account_id() }.into();
    let lock: RuntimeCall = pallet_dapp_staking::Call::lock { amount: UNIT }.into();
    let deposit: RuntimeCall = pallet_referenda::Call::place_decision_deposit { index: 0 }.into();
    Chain::new("astar").query(|| {
        for (what, call) in [
            ("balances.transferKeepAlive", transfer(UNIT)),
            ("dappStaking.lock", lock),
            ("dappStaking.claim", claim),
            ("referenda.placeDecisionDeposit", deposit),
        ] {
            let info = call.get_dispatch_info();
            let weight = info.call_weight;
            let fee = TransactionPayment::compute_fee(call.encoded_size() as u32 + SIGNED, &info, 0);
            let row = format!(
                "| `{what}` | {} µs | {:.1} KiB | {:.4} |",
                weight.ref_time() / 1_000_000,
                weight.proof_size() as f64 / 1_024.0,
                fee as f64 / UNIT as f64,
            );
            assert!(crate::PAGE.contains(&row), "docs/powers.md lacks\n{row}");
        }
    });
}

#[test]
fn an_account_holds_at_least_what_an_item_costs() {
    for (name, least) in [("astar", 100 * MILLI), ("shiden", MILLI), ("shibuya", 100 * MILLI)] {
        let mut chain = Chain::new(name);
        assert_eq!(chain.query(<Runtime as pallet_balances::Config>::ExistentialDeposit::get), least);
        let outcome = chain.block(vec![(Alice, transfer(least - 1))], Default::default());
        assert!(outcome.results[0].is_err(), "{name}");
        chain.call(Alice, transfer(least));
    }
}

/// An account can exist by holding only a foreign asset.
#[test]
fn an_account_by_another_asset_costs_no_less() {
    for name in ["astar", "shiden", "shibuya", "local"] {
        Chain::new(name).query(|| {
            let least = <Runtime as pallet_balances::Config>::ExistentialDeposit::get();
            let rates: Vec<_> = pallet_asset_rate::ConversionRateToNative::<Runtime>::iter().collect();
            assert_eq!(rates.len(), 1, "{name}");
            for (asset, rate) in rates {
                let worth = rate.saturating_mul_int(ForeignAssets::minimum_balance(asset.clone()));
                assert!(worth >= least, "{name}: {asset:?} at {worth}, not {least}");
            }
        });
    }
}

/// The price divisor applies to deposits, too.
#[test]
fn deposits_on_shiden_are_a_hundredth_of_those_on_astar() {
    let reserved = ["astar", "shiden"].map(|name| {
        let mut chain = Chain::new(name);
        let add = pallet_proxy::Call::add_proxy {
            delegate: Bob.to_account_id().into(),
            proxy_type: ProxyType::Any,
            delay: 0,
        };
        chain.call(Alice, add);
        chain.query(|| Balances::reserved_balance(Alice.to_account_id()))
    });
    assert_eq!(reserved, [100 * MILLI + 8 * MILLI + 33 * MILLI, MILLI + 41 * MILLI / 100]);
}
