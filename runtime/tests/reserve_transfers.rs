//! Tokens that come and go by XCM, on the real runtime: the relay chain and a sibling are the
//! messages they send and are sent.

mod common;

use codec::{Decode, Encode};
use common::{Chain, Inbound};
use sp_keyring::Sr25519Keyring::{Bob, Charlie, Dave};
use tandem_runtime::*;
use xcm::{latest::prelude::*, VersionedXcm};
use xcm_runtime_apis::conversions::runtime_decl_for_location_to_account_api::LocationToAccountApiV1;

const SIBLING: u32 = 2001;
/// One relay token.
const ROC: u128 = 1_000_000_000_000;

fn beneficiary(who: sp_keyring::Sr25519Keyring) -> Location {
    AccountId32 { network: None, id: who.to_account_id().into() }.into()
}

fn relay_tokens(chain: &mut Chain, who: sp_keyring::Sr25519Keyring) -> Balance {
    chain.query(|| ForeignAssets::balance(Location::parent(), who.to_account_id()))
}

/// What a reserve sends to a chain that is to issue the token it holds for it.
fn deposited(asset: Asset, to: Location) -> Xcm<()> {
    Xcm(vec![
        ReserveAssetDeposited(asset.clone().into()),
        ClearOrigin,
        BuyExecution { fees: asset, weight_limit: Unlimited },
        DepositAsset { assets: Wild(AllCounted(1)), beneficiary: to },
    ])
}

/// A message as siblings send it: in pages of one format.
fn page(message: Xcm<()>) -> Vec<u8> {
    let format = cumulus_primitives_core::XcmpMessageFormat::ConcatenatedVersionedXcm;
    [format.encode(), VersionedXcm::from(message).encode()].concat()
}

fn transfer(chain: &mut Chain, dest: Location, asset: Asset) -> common::Outcome {
    let call = pallet_xcm::Call::transfer_assets {
        dest: Box::new(dest.into()),
        beneficiary: Box::new(beneficiary(Bob).into()),
        assets: Box::new(asset.into()),
        fee_asset_item: 0,
        weight_limit: Unlimited,
    };
    chain.call(Bob, call)
}

fn decode(mut bytes: &[u8]) -> Xcm<()> {
    VersionedXcm::<()>::decode(&mut bytes).expect("a message").try_into().expect("of this version")
}

#[test]
fn the_relay_token_comes_from_the_relay_chain_and_goes_back() {
    let mut chain = Chain::new("local");
    let asset = Asset::from((Location::parent(), 10 * ROC));
    let message = VersionedXcm::from(deposited(asset, beneficiary(Bob))).encode();
    chain.block(vec![], Inbound { from_relay: vec![message], ..Default::default() });
    chain.empty_block();

    let arrived = relay_tokens(&mut chain, Bob);
    assert!(arrived > 9 * ROC && arrived < 10 * ROC, "{arrived}: all but the fee");

    let outcome = transfer(&mut chain, Location::parent(), (Location::parent(), 4 * ROC).into());
    assert_eq!(relay_tokens(&mut chain, Bob), arrived - 4 * ROC);
    let [message] = &outcome.to_relay[..] else {
        panic!("one message goes up, not {}", outcome.to_relay.len())
    };
    assert!(
        decode(message).0.iter().any(|step| *step == WithdrawAsset((Location::here(), 4 * ROC).into())),
        "the relay chain is to give back what it holds"
    );
}

#[test]
fn our_token_goes_to_a_sibling_and_comes_back() {
    let mut chain = Chain::with_siblings("local", &[SIBLING]);
    let sibling = Location::new(1, Parachain(SIBLING));
    let held = |chain: &mut Chain| {
        let account = chain
            .query(|| Runtime::convert_location(sibling.clone().into()).expect("a sibling has an account"));
        chain.query(|| Balances::free_balance(account))
    };

    let outcome = transfer(&mut chain, sibling.clone(), (Location::here(), 100 * UNIT).into());
    assert_eq!(held(&mut chain), 100 * UNIT, "held for the sibling, which issues its own of it");
    let sent =
        outcome.to_siblings.into_iter().chain(chain.empty_block().to_siblings).next().expect("a message");
    assert_eq!(sent.recipient, SIBLING.into());
    let message = decode(&sent.data[1..]);
    let ours = Location::new(1, Parachain(2000));
    assert!(
        message.0.iter().any(|step| *step == ReserveAssetDeposited((ours.clone(), 100 * UNIT).into())),
        "{message:?}"
    );

    // Not a collator, who is paid in every block.
    let before = chain.query(|| Balances::free_balance(Charlie.to_account_id()));
    let back = Xcm(vec![
        WithdrawAsset((Location::here(), 60 * UNIT).into()),
        ClearOrigin,
        BuyExecution { fees: (Location::here(), 60 * UNIT).into(), weight_limit: Unlimited },
        DepositAsset { assets: Wild(AllCounted(1)), beneficiary: beneficiary(Charlie) },
    ]);
    let inbound = Inbound { from_siblings: vec![(SIBLING.into(), page(back))], ..Default::default() };
    chain.block(vec![], inbound);
    chain.empty_block();
    assert_eq!(held(&mut chain), 40 * UNIT);
    let arrived = chain.query(|| Balances::free_balance(Charlie.to_account_id())) - before;
    assert!(arrived > 59 * UNIT && arrived < 60 * UNIT, "{arrived}: all but the fee");
}

#[test]
fn a_sibling_cannot_issue_the_relay_token_nor_take_more_than_it_has() {
    let mut chain = Chain::with_siblings("local", &[SIBLING]);
    let forged = deposited((Location::parent(), 10 * ROC).into(), beneficiary(Dave));
    let stolen = Xcm(vec![
        WithdrawAsset((Location::here(), UNIT).into()),
        BuyExecution { fees: (Location::here(), UNIT).into(), weight_limit: Unlimited },
        DepositAsset { assets: Wild(AllCounted(1)), beneficiary: beneficiary(Dave) },
    ]);
    let before = chain.query(|| Balances::free_balance(Dave.to_account_id()));
    for message in [forged, stolen] {
        let inbound = Inbound { from_siblings: vec![(SIBLING.into(), page(message))], ..Default::default() };
        chain.block(vec![], inbound);
        chain.empty_block();
    }
    assert_eq!(relay_tokens(&mut chain, Dave), 0);
    assert_eq!(chain.query(|| Balances::free_balance(Dave.to_account_id())), before);
}
