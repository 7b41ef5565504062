//! The weights of messages, and how much of a block they take.

use crate::network::*;
use frame_support::traits::{fungibles::Inspect as _, Get};
use frame_support::weights::Weight;
use sp_keyring::Sr25519Keyring::Bob;
use tandem_runtime::*;
use xcm::latest::prelude::*;
use xcm_runtime_apis::{
    conversions::runtime_decl_for_location_to_account_api::LocationToAccountApiV1,
    fees::runtime_decl_for_xcm_payment_api::XcmPaymentApiV2,
};

/// The share of a block that messages may take.
fn share() -> Weight {
    type Share = <Runtime as pallet_message_queue::Config>::ServiceWeight;
    <Share as Get<Option<Weight>>>::get().expect("messages have a share")
}

fn weight(network: &mut Network, message: Xcm<()>) -> Weight {
    network
        .astar
        .query(|| Runtime::query_xcm_weight(xcm::VersionedXcm::from(message)))
        .expect("it has a weight")
}

/// A message from the Asset Hub: it pays, has the instructions `rest`, and makes a deposit.
fn message(rest: Vec<Instruction<()>>) -> Xcm<()> {
    let asset = Asset::from((Location::parent(), 10 * DOT));
    let mut all = vec![
        ReserveAssetDeposited(asset.clone().into()),
        BuyExecution { fees: asset, weight_limit: Unlimited },
    ];
    all.extend(rest);
    all.push(DepositAsset { assets: AllCounted(1).into(), beneficiary: account(Bob) });
    Xcm(all)
}

#[test]
fn a_transfer_weighs_what_it_does() {
    let mut network = Network::new();
    let transfer = weight(&mut network, message(vec![ClearOrigin]));
    println!("a transfer of four instructions: {transfer:?}");
    // A flat estimate of 1 ms and 64 KiB for each instruction would be 4 ms and 256 KiB.
    assert!(transfer.ref_time() < 1_000_000_000, "{transfer:?}");
    assert!(transfer.proof_size() < 16 * 1024, "{transfer:?}");
    // Instructions that move assets weigh more than those that do not, and more assets weigh more.
    let cheap = weight(&mut network, message(vec![ClearOrigin; 97]));
    assert!(cheap.ref_time() < 2 * transfer.ref_time() && cheap.proof_size() == transfer.proof_size());
    let assets = |n| {
        let assets = (1..=n).map(|id| Asset::from((para(id), 1u128))).collect::<Vec<_>>();
        weight(&mut Network::new(), Xcm(vec![WithdrawAsset(assets.into())]))
    };
    assert_eq!(assets(10), assets(1) * 10);
}

/// An instruction that sends a message along is priced, and sends it, even if it names no asset.
#[test]
fn nothing_weighs_as_much_as_one_thing() {
    let one = || Assets::from(vec![Asset::from((Location::here(), 1u128))]);
    let mut network = Network::new();
    let mut same = |instruction: fn(Assets) -> Instruction<()>| {
        let [none, one] =
            [Assets::new(), one()].map(|assets| weight(&mut network, Xcm(vec![instruction(assets)])));
        assert!(none.all_gte(one) && none.ref_time() > 0, "{none:?} and {one:?}");
    };
    same(WithdrawAsset);
    same(ReserveAssetDeposited);
    same(|assets| TransferAsset { assets, beneficiary: account(Bob) });
    same(|assets| TransferReserveAsset { assets, dest: para(SIBLING), xcm: Xcm(vec![]) });
    same(|assets| DepositAsset { assets: Definite(assets), beneficiary: account(Bob) });
    same(|assets| ClaimAsset { assets, ticket: Location::here() });
    same(BurnAsset);
    same(ExpectAsset);
    let hints = weight(&mut network, Xcm(vec![SetHints { hints: Default::default() }]));
    assert!(hints.ref_time() > 0);
}

/// A message that has bought much execution and much proof gets a refund for what it did not use, and pays
/// for what it did use. Here it does not execute the handler that it has paid for.
#[test]
fn what_a_message_did_not_use_does_not_pay_for_what_it_did() {
    let mut network = Network::new();
    let spent = |network: &mut Network, rest: Vec<Instruction<()>>| {
        let before = network.astar.query(|| Balances::free_balance(Treasury::account_id()));
        let fees = Asset::from((Location::here(), 10 * UNIT));
        let start = vec![WithdrawAsset(fees.clone().into()), BuyExecution { fees, weight_limit: Unlimited }];
        let end = DepositAsset { assets: AllCounted(1).into(), beneficiary: account(Bob) };
        network.sibling_sends(&[Xcm(start.into_iter().chain(rest).chain([end]).collect())]);
        network.astar.query(|| Balances::free_balance(Treasury::account_id())) - before
    };
    let sibling =
        network.astar.query(|| Runtime::convert_location(para(SIBLING).into()).expect("it has an account"));
    network.astar.query(|| {
        Balances::force_set_balance(RuntimeOrigin::root(), sibling.into(), 100 * UNIT).expect("Root may");
    });
    let proofs = || vec![ClaimAsset { assets: Assets::new(), ticket: Location::here() }; 20];
    let handler = Xcm(vec![BurnAsset(Assets::new()); 60]);
    let plain = spent(&mut network, proofs());
    let tricky = spent(
        &mut network,
        [vec![SetErrorHandler(handler), SetErrorHandler(Xcm(vec![]))], proofs(), vec![RefundSurplus]]
            .concat(),
    );
    assert!(plain > 0 && tricky >= plain, "{tricky} instead of {plain}");
}

#[test]
fn long_messages_share_a_block() {
    let mut network = Network::new();
    let long = message(vec![ClearError; 97]);
    assert_eq!(long.0.len(), 100);
    assert!(weight(&mut network, long.clone()).all_lte(share() / 100));

    // Twenty of the longest messages fit into one block.
    let events = network.arrive(&vec![long; 20]);
    let processed = events.iter().filter(|event| {
        matches!(
            event,
            RuntimeEvent::MessageQueue(pallet_message_queue::Event::Processed { success: true, .. })
        )
    });
    assert_eq!(processed.count(), 20);
    let issued = network.astar.query(|| ForeignAssets::total_issuance(Location::parent()));
    assert_eq!(issued, 200 * DOT);
}

#[test]
fn a_message_heavier_than_the_share_is_set_aside() {
    let mut network = Network::new();
    let heavy =
        message(vec![DepositReserveAsset { assets: All.into(), dest: para(SIBLING), xcm: Xcm(vec![]) }; 97]);
    let required = weight(&mut network, heavy.clone());
    assert!(required.any_gt(share()), "{required:?}");

    let events = network.arrive(&[heavy, message(vec![])]);
    let [mut aside, mut processed] = [0, 0];
    for event in events {
        match event {
            RuntimeEvent::MessageQueue(pallet_message_queue::Event::OverweightEnqueued { .. }) => aside += 1,
            RuntimeEvent::MessageQueue(pallet_message_queue::Event::Processed { success: true, .. }) => {
                processed += 1;
            }
            _ => (),
        }
    }
    assert_eq!((aside, processed), (1, 1));
    let used = network.astar.query(|| System::block_weight().total());
    assert!(used.all_lte(MAXIMUM_BLOCK_WEIGHT), "{used:?}");
}

/// The heaviest message that fits leaves the rest of the block to transactions.
#[test]
fn the_heaviest_message_that_fits_leaves_the_block_to_others() {
    let mut network = Network::new();
    let instruction =
        || DepositReserveAsset { assets: AllCounted(64).into(), dest: para(SIBLING), xcm: Xcm(vec![]) };
    let with = |n: usize| message(std::iter::repeat_with(instruction).take(n).collect());
    let most = (1..97).rev().find(|n| weight(&mut network, with(*n)).all_lte(share()));
    let most = most.expect("one of them fits");

    let events = network.arrive(&[with(most)]);
    let used = network.astar.query(|| System::block_weight().total());
    println!("{most} deposits of all: {used:?} of {MAXIMUM_BLOCK_WEIGHT:?}");
    assert!(events.iter().any(|event| matches!(
        event,
        RuntimeEvent::MessageQueue(pallet_message_queue::Event::Processed { .. })
    )));
    assert!(used.all_lte(MAXIMUM_BLOCK_WEIGHT / 5 * 3), "{used:?}");
}
