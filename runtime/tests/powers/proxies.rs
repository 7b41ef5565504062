//! Which type of proxy may make which calls. The list has every call of the runtime, so a new call must be
//! classified.

use super::calls;
use crate::common::Chain;
use frame_support::traits::InstanceFilter;
use pallet_dapp_staking::DappAddress;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Eve, Ferdie};
use std::collections::{BTreeMap, BTreeSet};
use tandem_runtime::*;

const LIST: &str = include_str!("proxies.txt");

const TYPES: [ProxyType; 8] = [
    ProxyType::Any,
    ProxyType::NonTransfer,
    ProxyType::Governance,
    ProxyType::DappStaking,
    ProxyType::StakerRewardClaim,
    ProxyType::Collator,
    ProxyType::IdentityJudgement,
    ProxyType::CancelProxy,
];

/// The calls of each pallet, by the types of proxy that may make them.
fn list() -> String {
    let mut pallets = Vec::<(String, BTreeMap<String, Vec<String>>)>::new();
    for named in Chain::new("local").query(calls::all) {
        let types: Vec<_> =
            TYPES.iter().filter(|ty| ty.filter(&named.call)).map(|ty| format!("{ty:?}")).collect();
        if pallets.last().is_none_or(|(pallet, _)| *pallet != named.pallet) {
            pallets.push((named.pallet, BTreeMap::new()));
        }
        let (_, calls) = pallets.last_mut().expect("pushed");
        calls.entry(types.join(" ")).or_default().push(named.name);
    }
    let mut list = String::new();
    for (pallet, calls) in pallets {
        list += &format!("{pallet}\n");
        for (types, calls) in calls {
            list += &format!("  {types}:\n");
            for call in calls {
                list += &format!("    {call}\n");
            }
        }
    }
    list
}

#[test]
fn every_call_is_for_the_proxies_that_the_list_says() {
    let list = list();
    assert!(list == LIST, "runtime/tests/powers/proxies.txt differs from the runtime, which has:\n{list}");
}

#[test]
fn a_type_is_another_s_superset_if_it_may_all_that_the_other_may() {
    let all = Chain::new("local").query(calls::all);
    let allowed =
        |ty: ProxyType| -> BTreeSet<_> { (0..all.len()).filter(|i| ty.filter(&all[*i].call)).collect() };
    for a in TYPES {
        for b in TYPES {
            assert_eq!(a.is_superset(&b), allowed(a).is_superset(&allowed(b)), "{a:?} and {b:?}");
        }
    }
}

/// Wallets rely on the indices.
#[test]
fn types_have_the_indices_that_they_have_on_astar() {
    use codec::Encode;
    let indices = TYPES.map(|ty| ty.encode()[0]);
    assert_eq!(indices, [0, 1, 8, 6, 7, 9, 4, 5]);
}

/// Whether Bob can make `call` as a proxy of Alice of type `ty`.
fn can_make(chain: &mut Chain, ty: ProxyType, call: RuntimeCall) -> bool {
    let add =
        pallet_proxy::Call::add_proxy { delegate: Bob.to_account_id().into(), proxy_type: ty, delay: 0 };
    chain.call(Alice, add);
    let proxy = pallet_proxy::Call::proxy {
        real: Alice.to_account_id().into(),
        force_proxy_type: Some(ty),
        call: Box::new(call),
    };
    let outcome = chain.call(Bob, proxy);
    let remove = pallet_proxy::Call::remove_proxies {};
    chain.call(Alice, remove);
    outcome
        .events
        .iter()
        .find_map(|event| match event {
            RuntimeEvent::Proxy(pallet_proxy::Event::ProxyExecuted { result }) => Some(result.is_ok()),
            _ => None,
        })
        .expect("a proxy call was executed")
}

#[test]
fn a_proxy_that_stakes_and_claims_takes_over_no_dapp() {
    let mut chain = Chain::new("local");
    chain.empty_block();
    let dapp = DappAddress::Account(Eve.to_account_id());
    chain.query(|| {
        let register = DappStaking::register(RuntimeOrigin::root(), dapp.clone(), Alice.to_account_id());
        frame_support::assert_ok!(register);
    });
    let bob = Bob.to_account_id();
    let owner: RuntimeCall =
        pallet_dapp_staking::Call::set_owner { dapp: dapp.clone(), owner: bob.clone() }.into();
    let beneficiary: RuntimeCall =
        pallet_dapp_staking::Call::set_beneficiary { dapp, beneficiary: Some(bob) }.into();
    for call in [beneficiary, owner] {
        for ty in [ProxyType::DappStaking, ProxyType::StakerRewardClaim, ProxyType::NonTransfer] {
            assert!(!can_make(&mut chain, ty, call.clone()), "{ty:?}");
            let batch = pallet_utility::Call::batch_all { calls: vec![call.clone()] };
            assert!(!can_make(&mut chain, ty, batch.into()), "{ty:?} in a batch");
        }
        assert!(can_make(&mut chain, ProxyType::Any, call));
    }
}

/// A call that makes another call with its own origin is not bound by the type of the proxy.
#[test]
fn a_proxy_moves_no_money_by_way_of_a_multisig_or_of_another_proxy() {
    let mut chain = Chain::new("local");
    let dest = Ferdie.to_account_id();
    let transfer: RuntimeCall =
        pallet_balances::Call::transfer_keep_alive { dest: dest.clone().into(), value: UNIT }.into();
    let multisig = Multisig::multi_account_id(&sorted([Alice, Charlie]), 1);
    let fund = pallet_balances::Call::transfer_keep_alive { dest: multisig.into(), value: 10 * UNIT };
    chain.call(Eve, fund);
    let by_multisig = pallet_multisig::Call::as_multi_threshold_1 {
        other_signatories: vec![Charlie.to_account_id()],
        call: Box::new(transfer.clone()),
    };
    // Alice is a proxy of Charlie for anything.
    let add = pallet_proxy::Call::add_proxy {
        delegate: Alice.to_account_id().into(),
        proxy_type: ProxyType::Any,
        delay: 0,
    };
    chain.call(Charlie, add);
    let by_proxy = pallet_proxy::Call::proxy {
        real: Charlie.to_account_id().into(),
        force_proxy_type: None,
        call: Box::new(transfer.clone()),
    };
    let batch = pallet_utility::Call::batch_all { calls: vec![transfer.clone()] };
    let ways: [RuntimeCall; 4] = [transfer, by_multisig.into(), by_proxy.into(), batch.into()];
    for (i, call) in ways.into_iter().enumerate() {
        let before = chain.query(|| Balances::free_balance(&dest));
        for ty in TYPES.into_iter().filter(|ty| *ty != ProxyType::Any) {
            can_make(&mut chain, ty, call.clone());
        }
        assert_eq!(chain.query(|| Balances::free_balance(&dest)), before, "way {i}");
        assert!(can_make(&mut chain, ProxyType::Any, call));
        assert!(chain.query(|| Balances::free_balance(&dest)) > before, "way {i} is one");
    }
}

fn sorted(who: [Sr25519Keyring; 2]) -> Vec<AccountId> {
    let mut accounts: Vec<_> = who.iter().map(|who| who.to_account_id()).collect();
    accounts.sort();
    accounts
}

#[test]
fn the_page_has_every_type() {
    for ty in TYPES {
        assert!(super::PAGE.contains(&format!("| `{ty:?}` | {} |", ty as u8)), "{ty:?}");
    }
}
