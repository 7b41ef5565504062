//! Tokens that arrive and leave. After a transfer the Asset Hub holds as much for a chain as the chain has
//! issued, including what is trapped.

use crate::{common::Chain, network::*, system_chain::ASSET_HUB};
use frame_support::{
    traits::{fungibles::Inspect as _, Get},
    weights::Weight,
};
use pallet_xcm::Call;
use sp_keyring::Sr25519Keyring::{self, Bob, Charlie, Dave};
use tandem_runtime::*;
use xcm::latest::prelude::*;
use xcm_executor::traits::TransferType;
use xcm_runtime_apis::fees::runtime_decl_for_xcm_payment_api::XcmPaymentApiV2;

fn balance(chain: &mut Chain, asset: Location, who: Sr25519Keyring) -> u128 {
    chain.query(|| ForeignAssets::balance(asset, who.to_account_id()))
}

fn issued(chain: &mut Chain, asset: Location) -> u128 {
    chain.query(|| ForeignAssets::total_issuance(asset))
}

/// How much of an asset the treasury has. It gets only fees.
fn treasury(chain: &mut Chain, asset: Location) -> u128 {
    chain.query(|| ForeignAssets::balance(asset, Treasury::account_id()))
}

/// A transfer from the Asset Hub to Bob on Astar.
fn out_of_asset_hub(asset: Asset) -> Call<crate::system_chain::Runtime> {
    transfer(para(ASTAR), TransferType::LocalReserve, vec![asset], Bob)
}

/// A transfer of assets to `who` on `dest`. `kind` says where their reserve is. The first asset pays the fees
/// there.
fn transfer<T: pallet_xcm::Config>(
    dest: Location,
    kind: TransferType,
    assets: Vec<Asset>,
    who: Sr25519Keyring,
) -> Call<T> {
    let deposit =
        Xcm(vec![DepositAsset { assets: AllCounted(assets.len() as u32).into(), beneficiary: account(who) }]);
    Call::transfer_assets_using_type_and_then {
        dest: Box::new(dest.into()),
        remote_fees_id: Box::new(assets[0].id.clone().into()),
        assets: Box::new(assets.into()),
        assets_transfer_type: Box::new(kind.clone()),
        fees_transfer_type: Box::new(kind),
        custom_xcm_on_dest: Box::new(xcm::VersionedXcm::from(deposit)),
        weight_limit: Unlimited,
    }
}

/// The fee that Astar takes for a transfer of one asset.
fn fee(chain: &mut Chain, asset: Location) -> u128 {
    let message = Xcm(vec![
        ReserveAssetDeposited((asset.clone(), 1u128).into()),
        ClearOrigin,
        BuyExecution { fees: (asset.clone(), 1u128).into(), weight_limit: Unlimited },
        DepositAsset { assets: AllCounted(1).into(), beneficiary: account(Bob) },
        SetTopic([0; 32]),
    ]);
    chain.query(|| {
        let weight = Runtime::query_xcm_weight(xcm::VersionedXcm::from(message)).expect("it has a weight");
        Runtime::query_weight_to_asset_fee(weight, AssetId(asset).into()).expect("it has a price")
    })
}

#[test]
fn the_relay_token_comes_from_the_asset_hub_and_goes_back() {
    let mut network = Network::new();
    network.on_asset_hub(out_of_asset_hub((Location::parent(), 10 * DOT).into()));

    let arrived = balance(&mut network.astar, Location::parent(), Bob);
    let paid = treasury(&mut network.astar, Location::parent());
    assert_eq!(arrived + paid, 10 * DOT);
    assert!(paid > 0 && paid <= DOT / 1_000, "{paid}");
    assert_eq!(network.reserve_of_astar(Location::parent()), 10 * DOT);

    let reserve = TransferType::DestinationReserve;
    network.on_astar(transfer(para(ASSET_HUB), reserve, vec![(Location::parent(), 4 * DOT).into()], Charlie));
    assert_eq!(balance(&mut network.astar, Location::parent(), Bob), arrived - 4 * DOT);
    let back = network.asset_hub.holds(account(Charlie), Location::parent());
    assert_eq!(back, 4 * DOT - u128::from(crate::system_chain::FEE));
    assert_eq!(network.reserve_of_astar(Location::parent()), issued(&mut network.astar, Location::parent()));
}

#[test]
fn an_asset_of_the_asset_hub_pays_its_own_way_in_and_the_relay_token_its_way_out() {
    let mut network = Network::new();
    network.register_usdt(true);
    network.on_asset_hub(out_of_asset_hub((usdt_at_home(), 100 * USD).into()));
    network.on_asset_hub(out_of_asset_hub((Location::parent(), DOT).into()));

    let arrived = balance(&mut network.astar, usdt(), Bob);
    let paid = treasury(&mut network.astar, usdt());
    assert_eq!(arrived + paid, 100 * USD);
    assert!(paid > 0 && paid < USD / 10, "{paid}");

    let assets = vec![(Location::parent(), DOT / 2).into(), (usdt(), 40 * USD).into()];
    network.on_astar(transfer(para(ASSET_HUB), TransferType::DestinationReserve, assets, Charlie));
    assert_eq!(network.asset_hub.holds(account(Charlie), usdt_at_home()), 40 * USD);
    assert_eq!(balance(&mut network.astar, usdt(), Bob), arrived - 40 * USD);
    for (here, there) in [(usdt(), usdt_at_home()), (Location::parent(), Location::parent())] {
        assert_eq!(network.reserve_of_astar(there), issued(&mut network.astar, here));
    }
}

#[test]
fn the_relay_token_goes_to_a_sibling_by_way_of_the_asset_hub() {
    let mut network = Network::new();
    network.on_asset_hub(out_of_asset_hub((Location::parent(), 10 * DOT).into()));
    let before = balance(&mut network.astar, Location::parent(), Bob);

    let by = TransferType::RemoteReserve(para(ASSET_HUB).into());
    network.on_astar(transfer(para(SIBLING), by, vec![(Location::parent(), 6 * DOT).into()], Charlie));
    assert_eq!(balance(&mut network.astar, Location::parent(), Bob), before - 6 * DOT);
    let arrived = balance(&mut network.sibling, Location::parent(), Charlie);
    assert!(arrived > 5 * DOT && arrived < 6 * DOT, "{arrived}");

    assert_eq!(network.reserve_of_astar(Location::parent()), issued(&mut network.astar, Location::parent()));
    let held = network.asset_hub.holds(para(SIBLING), Location::parent());
    assert_eq!(held, issued(&mut network.sibling, Location::parent()));
}

#[test]
fn our_token_goes_to_a_sibling_and_comes_back() {
    let mut network = Network::new();
    let held = |network: &mut Network| {
        use xcm_runtime_apis::conversions::runtime_decl_for_location_to_account_api::LocationToAccountApiV1;
        network.astar.query(|| {
            let account = Runtime::convert_location(para(SIBLING).into()).expect("a sibling has an account");
            Balances::free_balance(account)
        })
    };
    let ours = vec![(Location::here(), 100 * UNIT).into()];
    network.on_astar(transfer(para(SIBLING), TransferType::LocalReserve, ours, Bob));
    assert_eq!(held(&mut network), 100 * UNIT);
    assert_eq!(issued(&mut network.sibling, para(ASTAR)), 100 * UNIT);

    // Charlie is not a collator, and so is not paid in every block.
    let before = network.astar.query(|| Balances::free_balance(Charlie.to_account_id()));
    let home = vec![(para(ASTAR), 60 * UNIT).into()];
    network.on_sibling(transfer(para(ASTAR), TransferType::DestinationReserve, home, Charlie));
    let arrived = network.astar.query(|| Balances::free_balance(Charlie.to_account_id())) - before;
    assert!(arrived > 59 * UNIT && arrived < 60 * UNIT, "{arrived}: all but the fee");
    assert_eq!(held(&mut network), 40 * UNIT);
    assert_eq!(issued(&mut network.sibling, para(ASTAR)), 40 * UNIT);
}

/// The message by which a reserve has a chain issue what the reserve holds for it.
fn deposited(asset: Asset) -> Xcm<()> {
    Xcm(vec![
        ReserveAssetDeposited(asset.clone().into()),
        ClearOrigin,
        BuyExecution { fees: asset, weight_limit: Unlimited },
        DepositAsset { assets: AllCounted(1).into(), beneficiary: account(Dave) },
    ])
}

#[test]
fn nothing_is_issued_by_who_is_not_its_reserve() {
    let mut network = Network::new();
    network.register_usdt(true);
    let ours = network.astar.query(|| Balances::free_balance(Dave.to_account_id()));
    let bridged = Location::new(2, [GlobalConsensus(Polkadot), Parachain(ASTAR)]);

    network.relay_sends(deposited((Location::parent(), 10 * DOT).into()));
    network.relay_sends(deposited((usdt(), 10 * USD).into()));
    for asset in [Location::parent(), usdt(), Location::here(), para(ASTAR)] {
        network.sibling_sends(&[deposited((asset, 10 * UNIT).into())]);
    }
    for asset in [Location::here(), para(ASTAR), para(SIBLING), bridged] {
        network.asset_hub_sends(deposited((asset, 10 * UNIT).into()));
    }
    // The sibling withdraws our token, although nothing is held for it.
    network.sibling_sends(&[Xcm(vec![
        WithdrawAsset((Location::here(), UNIT).into()),
        BuyExecution { fees: (Location::here(), UNIT).into(), weight_limit: Unlimited },
        DepositAsset { assets: AllCounted(1).into(), beneficiary: account(Dave) },
    ])]);

    assert_eq!(issued(&mut network.astar, Location::parent()), 0);
    assert_eq!(issued(&mut network.astar, usdt()), 0);
    assert_eq!(network.astar.query(|| Balances::free_balance(Dave.to_account_id())), ours);
    let processed = network.take_events().into_iter().filter_map(|event| match event {
        RuntimeEvent::MessageQueue(pallet_message_queue::Event::Processed { success, .. }) => Some(success),
        _ => None,
    });
    assert_eq!(processed.collect::<Vec<_>>(), [false; 11]);
}

/// Assets that bridges bring to the Asset Hub come from the Asset Hub.
#[test]
fn an_asset_of_another_consensus_system_comes_from_the_asset_hub() {
    let ether = Location::new(2, GlobalConsensus(Ethereum { chain_id: 1 }));
    let mut network = Network::new();
    network.astar.query(|| register(ether.clone(), 1, Some(sp_runtime::FixedU128::from_u32(1_000_000))));
    network.asset_hub_sends(deposited(Asset::from((ether.clone(), 1_000 * DOT))));
    assert_eq!(issued(&mut network.astar, ether.clone()), 1_000 * DOT);
    // It does not come from a sibling.
    network.sibling_sends(&[deposited(Asset::from((ether.clone(), 1_000 * DOT)))]);
    assert_eq!(issued(&mut network.astar, ether), 1_000 * DOT);
}

#[test]
fn a_chain_knows_where_it_is() {
    for (name, of, id) in [("astar", Polkadot, 2006), ("shiden", Kusama, 2007)] {
        Chain::new(name).query(|| {
            let here = <Runtime as pallet_xcm::Config>::UniversalLocation::get();
            assert_eq!(here, InteriorLocation::from([GlobalConsensus(of), Parachain(id)]), "{name}");
        });
    }
}

#[test]
fn an_asset_without_a_rate_pays_no_fees_and_is_trapped() {
    let mut network = Network::new();
    network.register_usdt(false);
    network.on_asset_hub(out_of_asset_hub((usdt_at_home(), 100 * USD).into()));

    assert_eq!(balance(&mut network.astar, usdt(), Bob) + treasury(&mut network.astar, usdt()), 0);
    assert_eq!(network.reserve_of_astar(usdt_at_home()), 100 * USD);
    assert_eq!(issued(&mut network.astar, usdt()), 100 * USD, "what is trapped stays issued");
    assert_eq!(trapped(&mut network), [(para(ASSET_HUB), Assets::from((usdt(), 100 * USD)))]);

    // Once it has a rate, the Asset Hub claims it for Bob.
    let rate = sp_runtime::FixedU128::from_rational(40 * UNIT, USD);
    network.astar.query(|| {
        AssetRate::create(RuntimeOrigin::root(), Box::new(usdt()), rate).expect("Root sets rates");
    });
    network.asset_hub_sends(claim((usdt(), 100 * USD).into()));
    let arrived = balance(&mut network.astar, usdt(), Bob);
    assert!(arrived > 99 * USD, "{arrived}");
    assert_eq!(issued(&mut network.astar, usdt()), 100 * USD);
}

/// The assets trapped on Astar since its events were last taken, each with the location that may claim them.
fn trapped(network: &mut Network) -> Vec<(Location, Assets)> {
    let trapped = network.take_events().into_iter().filter_map(|event| match event {
        RuntimeEvent::PolkadotXcm(pallet_xcm::Event::AssetsTrapped { origin, assets, .. }) => {
            Some((origin, assets.try_into().expect("of this version")))
        }
        _ => None,
    });
    trapped.collect()
}

/// A message that claims trapped assets for Bob.
fn claim(assets: Assets) -> Xcm<()> {
    let fees = assets.get(0).expect("something is claimed").clone();
    Xcm(vec![
        ClaimAsset { assets, ticket: Location::here() },
        BuyExecution { fees, weight_limit: Unlimited },
        DepositAsset { assets: AllCounted(1).into(), beneficiary: account(Bob) },
    ])
}

#[test]
fn what_a_failing_message_brought_is_trapped_for_its_claimer() {
    let mut network = Network::new();
    network.on_asset_hub(out_of_asset_hub((Location::parent(), 10 * DOT).into()));
    let before = balance(&mut network.astar, Location::parent(), Bob);
    network.take_events();

    // The Asset Hub must hold for Astar what the message brings.
    network.asset_hub.query(|| {
        use crate::system_chain::{Balances, LocationToAccount, RuntimeOrigin};
        use xcm_executor::traits::ConvertLocation;
        let astar = LocationToAccount::convert_location(&para(ASTAR)).expect("an account");
        let bob = RuntimeOrigin::signed(Bob.to_account_id());
        Balances::transfer_keep_alive(bob, astar, 5 * DOT).expect("Bob has it");
    });
    let asset = Asset::from((Location::parent(), 5 * DOT));
    // Without its network, as most people name an account.
    let bob = Location::new(0, [AccountId32 { network: None, id: Bob.to_raw_public() }]);
    network.asset_hub_sends(Xcm(vec![
        ReserveAssetDeposited(asset.clone().into()),
        SetHints { hints: vec![AssetClaimer { location: bob }].try_into().expect("one hint fits") },
        ClearOrigin,
        BuyExecution { fees: asset, weight_limit: Unlimited },
        Trap(7),
    ]));
    let trapped = trapped(&mut network);
    let [(claimer, assets)] = &trapped[..] else { panic!("{trapped:?}") };
    assert_eq!(*claimer, account(Bob));
    let [Asset { fun: Fungible(left), .. }] = assets.inner()[..] else { panic!("{assets:?}") };
    assert!(left > 4 * DOT && left < 5 * DOT, "{left}: all but the fee");
    let held = network.reserve_of_astar(Location::parent());
    assert_eq!(held, issued(&mut network.astar, Location::parent()), "what is trapped stays issued");

    let call = Call::claim_assets {
        assets: Box::new(assets.clone().into()),
        beneficiary: Box::new(account(Bob).into()),
    };
    network.on_astar(call);
    assert_eq!(balance(&mut network.astar, Location::parent(), Bob), before + left);
    assert_eq!(held, issued(&mut network.astar, Location::parent()));
}

#[test]
fn what_no_account_could_hold_is_burned_and_not_trapped() {
    let mut network = Network::new();
    network.on_asset_hub(out_of_asset_hub((Location::parent(), 10 * DOT).into()));
    let least = network.astar.query(<Runtime as pallet_balances::Config>::ExistentialDeposit::get);
    let least_dot = network.astar.query(|| ForeignAssets::minimum_balance(Location::parent()));
    for (asset, least) in [(Location::here(), least), (Location::parent(), least_dot)] {
        for (amount, burned) in [(1, 1), (least - 1, least - 1), (least, 0)] {
            network.take_events();
            let before = issued(&mut network.astar, asset.clone());
            let left = Assets::from((asset.clone(), amount));
            network.on_astar(Call::execute {
                message: Box::new(xcm::VersionedXcm::from(Xcm(vec![WithdrawAsset(left.clone())]))),
                max_weight: Weight::from_parts(1_000_000_000, 100_000),
            });
            let expected = if burned == 0 { vec![(account(Bob), left)] } else { vec![] };
            assert_eq!(trapped(&mut network), expected, "{amount} of {asset:?}");
            if asset == Location::parent() {
                assert_eq!(issued(&mut network.astar, asset.clone()), before - burned);
            }
        }
    }
}

#[test]
fn prices_are_what_is_paid() {
    let mut network = Network::new();
    network.register_usdt(true);
    let acceptable = network.astar.query(|| Runtime::query_acceptable_payment_assets(XCM_VERSION));
    let mut acceptable = acceptable.expect("the version is known");
    acceptable.sort_by_key(|asset| format!("{asset:?}"));
    let mut expected = [Location::here(), Location::parent(), usdt()].map(|asset| AssetId(asset).into());
    expected.sort_by_key(|asset: &xcm::VersionedAssetId| format!("{asset:?}"));
    assert_eq!(acceptable, expected);

    for (here, there, amount) in
        [(Location::parent(), Location::parent(), DOT), (usdt(), usdt_at_home(), USD)]
    {
        network.on_asset_hub(out_of_asset_hub((there, amount).into()));
        let paid = treasury(&mut network.astar, here.clone());
        let quoted = fee(&mut network.astar, here.clone());
        println!("{here:?}: {paid}");
        // The fee is at least the minimum balance, so the treasury can hold it.
        let minimum = network.astar.query(|| ForeignAssets::minimum_balance(here.clone()));
        assert!(paid >= minimum && paid <= quoted && quoted < 2 * paid, "{paid} of {quoted}");
    }

    // A second of execution, in our token, and by the rates: a relay token is worth 200 of ours, a dollar 40.
    let mut price = |asset: Location| {
        let second = Weight::from_parts(1_000_000_000_000, 0);
        network.astar.query(|| Runtime::query_weight_to_asset_fee(second, AssetId(asset).into()))
    };
    let ours = price(Location::here()).expect("our token pays fees");
    assert!(ours > UNIT, "{ours}");
    assert_eq!(price(Location::parent()), Ok((ours * DOT).div_ceil(200 * UNIT)));
    assert_eq!(price(usdt()), Ok((ours * USD).div_ceil(40 * UNIT)));
    assert!(price(para(SIBLING)).is_err());
}

#[test]
fn the_relay_chain_is_the_reserve_where_there_is_no_asset_hub() {
    use codec::{Decode, Encode};
    const ROC: u128 = 1_000_000_000_000;
    for name in ["local", "shibuya"] {
        let mut chain = Chain::new(name);
        let mut message = deposited((Location::parent(), 10 * ROC).into());
        message.0.pop();
        let bob = AccountId32 { network: None, id: Bob.to_account_id().into() };
        message.0.push(DepositAsset { assets: AllCounted(1).into(), beneficiary: bob.into() });
        let from_relay = vec![xcm::VersionedXcm::from(message).encode()];
        chain.block(vec![], crate::common::Inbound { from_relay, ..Default::default() });
        chain.empty_block();
        let arrived = balance(&mut chain, Location::parent(), Bob);
        assert!(arrived > 9 * ROC && arrived < 10 * ROC, "{arrived}: all but the fee");

        let back = vec![(Location::parent(), 4 * ROC).into()];
        let reserve = TransferType::DestinationReserve;
        let outcome = chain.call(Bob, transfer(Location::parent(), reserve, back, Bob));
        assert_eq!(balance(&mut chain, Location::parent(), Bob), arrived - 4 * ROC);
        let [message] = &outcome.to_relay[..] else {
            panic!("one message goes up, not {}", outcome.to_relay.len())
        };
        let message = xcm::VersionedXcm::<()>::decode(&mut &message[..]).expect("a message");
        let message = Xcm::try_from(message).expect("of this version");
        let give_back = WithdrawAsset((Location::here(), 4 * ROC).into());
        assert!(message.0.contains(&give_back), "{message:?}");
    }
}
