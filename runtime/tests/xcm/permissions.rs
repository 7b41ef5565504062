//! What others may do on this chain by messages, besides moving their tokens.

use crate::network::*;
use codec::Encode;
use frame_support::traits::fungibles::Inspect as _;
use sp_keyring::Sr25519Keyring::{Bob, Dave};
use tandem_runtime::*;
use xcm::latest::prelude::*;
use xcm_runtime_apis::conversions::runtime_decl_for_location_to_account_api::LocationToAccountApiV1;

fn account_of(network: &mut Network, location: Location) -> AccountId {
    network.astar.query(|| Runtime::convert_location(location.into()).expect("it has an account"))
}

fn transact(kind: OriginKind, call: impl Into<RuntimeCall>) -> Instruction<()> {
    Transact { origin_kind: kind, fallback_max_weight: None, call: call.into().encode().into() }
}

/// A message that pays with what its sender has on this chain.
fn paid(instructions: Vec<Instruction<()>>) -> Xcm<()> {
    let fees = Asset::from((Location::here(), UNIT));
    let start = [WithdrawAsset(fees.clone().into()), BuyExecution { fees, weight_limit: Unlimited }];
    Xcm(start.into_iter().chain(instructions).collect())
}

/// A message that pays nothing.
fn unpaid(instructions: Vec<Instruction<()>>) -> Xcm<()> {
    let start = UnpaidExecution { weight_limit: Unlimited, check_origin: None };
    Xcm(std::iter::once(start).chain(instructions).collect())
}

/// A call that only Root may make: it sets governance's speedup.
fn set_speedup(n: u32) -> frame_system::Call<Runtime> {
    let key = Speedup::<Runtime>::hashed_key().to_vec();
    frame_system::Call::set_storage { items: vec![(key, n.encode())] }
}

const KINDS: [OriginKind; 4] =
    [OriginKind::Native, OriginKind::SovereignAccount, OriginKind::Superuser, OriginKind::Xcm];

#[test]
fn a_sibling_acts_as_its_own_account_and_nobody_else() {
    let mut network = Network::new();
    let account = account_of(&mut network, para(SIBLING));
    network.astar.query(|| {
        Balances::force_set_balance(RuntimeOrigin::root(), account.into(), 100 * UNIT).expect("Root may");
    });
    let before = network.astar.query(|| Balances::free_balance(Dave.to_account_id()));

    let give = pallet_balances::Call::transfer_keep_alive { dest: Dave.to_account_id().into(), value: UNIT };
    network.sibling_sends(&[paid(vec![transact(OriginKind::SovereignAccount, give)])]);
    assert_eq!(network.astar.query(|| Balances::free_balance(Dave.to_account_id())), before + UNIT);

    for kind in KINDS {
        let suspend = cumulus_pallet_xcmp_queue::Call::suspend_xcm_execution {};
        network.sibling_sends(&[
            paid(vec![transact(kind, set_speedup(99))]),
            paid(vec![transact(kind, suspend)]),
            // Only the relay chain may send unpaid messages.
            unpaid(vec![transact(kind, set_speedup(99))]),
        ]);
    }
    assert_eq!(network.astar.query(|| Speedup::<Runtime>::get().get()), 1);
    let suspended = frame_support::storage::storage_prefix(b"XcmpQueue", b"QueueSuspended");
    assert_eq!(network.astar.query(|| sp_io::storage::get(&suspended)), None);
}

/// A message of no weight would need no credit. So every instruction must have a weight.
#[test]
fn a_message_that_names_no_assets_is_not_free() {
    let mut network = Network::new();
    let send = TransferReserveAsset { assets: Assets::new(), dest: para(SIBLING), xcm: Xcm(vec![]) };
    network.sibling_sends(&[Xcm(vec![send; 10])]);
    let events = network.take_events();
    let processed = events.iter().find_map(|event| match event {
        RuntimeEvent::MessageQueue(pallet_message_queue::Event::Processed { success, .. }) => Some(*success),
        _ => None,
    });
    assert_ne!(processed, Some(true), "{events:?}");
}

#[test]
fn the_relay_chain_is_not_root_here() {
    let mut network = Network::new();
    let relay = account_of(&mut network, Location::parent());
    network.astar.query(|| {
        Balances::force_set_balance(RuntimeOrigin::root(), relay.into(), 100 * UNIT).expect("Root may");
    });
    for kind in KINDS {
        network.relay_sends(unpaid(vec![transact(kind, set_speedup(99))]));
    }
    assert_eq!(network.astar.query(|| Speedup::<Runtime>::get().get()), 1);
}

#[test]
fn accounts_are_of_this_network_or_of_none() {
    let mut network = Network::new();
    let id = Bob.to_account_id().into();
    for (of, known) in [(None, true), (Some(Polkadot), true), (Some(Kusama), false)] {
        let location = Location::from(AccountId32 { network: of, id });
        let converted = network.astar.query(|| Runtime::convert_location(location.into()));
        assert_eq!(converted.ok(), known.then(|| Bob.to_account_id()), "{of:?}");
    }
    // For an account on another chain the network makes no difference, so the accounts derived for it stay
    // the same.
    let derived = [None, Some(Polkadot), Some(Kusama)].map(|network| {
        let junction = AccountId32 { network, id };
        Location::new(1, [Parachain(SIBLING), junction])
    });
    let derived = derived.map(|location| account_of(&mut network, location));
    assert!(derived.iter().all(|account| *account == derived[0]));
}

#[test]
fn nothing_is_teleported() {
    let mut network = Network::new();
    let issued =
        |network: &mut Network| network.astar.query(|| ForeignAssets::total_issuance(Location::parent()));
    let asset = Asset::from((Location::parent(), DOT));
    network.asset_hub_sends(Xcm(vec![
        ReceiveTeleportedAsset(asset.clone().into()),
        BuyExecution { fees: asset, weight_limit: Unlimited },
        DepositAsset { assets: AllCounted(1).into(), beneficiary: account(Bob) },
    ]));
    assert_eq!(issued(&mut network), 0);

    let before = network.astar.query(|| Balances::free_balance(Bob.to_account_id()));
    let out = Xcm(vec![
        WithdrawAsset((Location::here(), 100 * UNIT).into()),
        InitiateTeleport { assets: AllCounted(1).into(), dest: para(SIBLING), xcm: Xcm(vec![]) },
    ]);
    let call = pallet_xcm::Call::execute {
        message: Box::new(xcm::VersionedXcm::from(out)),
        max_weight: MAXIMUM_BLOCK_WEIGHT / 4,
    };
    let outcome = network.astar.block(vec![(Bob, call.into())], Default::default());
    assert!(outcome.results[0].is_err());
    assert!(outcome.to_siblings.is_empty() && network.astar.empty_block().to_siblings.is_empty());
    let after = network.astar.query(|| Balances::free_balance(Bob.to_account_id()));
    assert!(after + 99 * UNIT > before, "Bob has paid no more than a fee");
}

#[test]
fn a_reserve_transfer_to_the_relay_chain_does_not_hide_inside_another_instruction() {
    let mut network = Network::new();
    let account = account_of(&mut network, para(SIBLING));
    network.astar.query(|| {
        Balances::force_set_balance(RuntimeOrigin::root(), account.into(), 100 * UNIT).expect("Root may");
    });
    let escape =
        DepositReserveAsset { assets: AllCounted(1).into(), dest: Location::parent(), xcm: Xcm(vec![]) };
    let relay = account_of(&mut network, Location::parent());
    network.sibling_sends(&[paid(vec![SetAppendix(Xcm(vec![escape]))])]);
    assert_eq!(network.astar.query(|| Balances::free_balance(relay)), 0);
}
