//! What messages weigh, and how much of a block they take.

use crate::network::*;
use frame_support::traits::{fungibles::Inspect as _, Get};
use frame_support::weights::Weight;
use sp_keyring::Sr25519Keyring::Bob;
use tandem_runtime::*;
use xcm::latest::prelude::*;
use xcm_runtime_apis::fees::runtime_decl_for_xcm_payment_api::XcmPaymentApiV2;

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

/// A message from the Asset Hub that pays, `rest`, and a deposit.
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
    // By the flat estimate of 1 ms and 64 KiB an instruction: 4 ms and 256 KiB.
    assert!(transfer.ref_time() < 1_000_000_000, "{transfer:?}");
    assert!(transfer.proof_size() < 16 * 1024, "{transfer:?}");
    // What moves assets weighs more than what does not, and more of it more.
    let cheap = weight(&mut network, message(vec![ClearOrigin; 97]));
    assert!(cheap.ref_time() < 2 * transfer.ref_time() && cheap.proof_size() == transfer.proof_size());
    let assets = |n| {
        let assets = (1..=n).map(|id| Asset::from((para(id), 1u128))).collect::<Vec<_>>();
        weight(&mut Network::new(), Xcm(vec![WithdrawAsset(assets.into())]))
    };
    assert_eq!(assets(10), assets(1) * 10);
}

#[test]
fn long_messages_share_a_block() {
    let mut network = Network::new();
    let long = message(vec![ClearError; 97]);
    assert_eq!(long.0.len(), 100);
    assert!(weight(&mut network, long.clone()).all_lte(share() / 100));

    // Twenty of the longest messages, in one block.
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

/// The heaviest message of those that fit leaves the rest of the block to transactions.
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
