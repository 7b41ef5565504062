//! A relay chain, its Asset Hub, and two chains with the real runtime: Astar and a sibling. The messages are
//! those that the chains put on the wire, and the blocks of the runtime are whole blocks.

use crate::{
    common::{self, Chain, Inbound, Outcome},
    system_chain::{Sent, SystemChain, ASSET_HUB},
};
use codec::{Decode, Encode};
use cumulus_primitives_core::{ParaId, XcmpMessageFormat};
use frame_support::traits::Get;
use frame_support::{assert_ok, genesis_builder_helper::build_state};
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring::{self, Bob};
use sp_runtime::FixedU128;
use tandem_runtime::*;
use xcm::{latest::prelude::*, VersionedXcm};

/// Astar's parachain id.
pub const ASTAR: u32 = 2006;
/// The sibling's parachain id. Otherwise it is the same as Astar.
pub const SIBLING: u32 = 2007;
/// One relay token.
pub const DOT: u128 = 10_000_000_000;
/// One token of the stable coin on the Asset Hub.
pub const USD: u128 = 1_000_000;

/// The location of parachain `id`, seen from another parachain.
pub fn para(id: u32) -> Location {
    Location::new(1, Parachain(id))
}

/// The stable coin, seen from the Asset Hub.
pub fn usdt_at_home() -> Location {
    [PalletInstance(50), GeneralIndex(1984)].into()
}

/// The stable coin, seen from another parachain.
pub fn usdt() -> Location {
    Location::new(1, [Parachain(ASSET_HUB), PalletInstance(50), GeneralIndex(1984)])
}

/// The location of an account on the chain that it is on.
pub fn account(who: Sr25519Keyring) -> Location {
    AccountId32 { network: Some(Polkadot), id: who.to_account_id().into() }.into()
}

/// Messages as siblings send them: in a page, which has one format.
pub fn page(messages: &[Xcm<()>]) -> Vec<u8> {
    let mut page = XcmpMessageFormat::ConcatenatedVersionedXcm.encode();
    for message in messages {
        VersionedXcm::from(message.clone()).encode_to(&mut page);
    }
    page
}

pub struct Network {
    pub relay: SystemChain,
    pub asset_hub: SystemChain,
    pub astar: Chain,
    pub sibling: Chain,
    to_astar: Inbound,
    to_sibling: Inbound,
    /// The events of Astar's blocks since they were last taken.
    events: Vec<RuntimeEvent>,
}

impl Network {
    /// Bob has a thousand of each token on the chain that it comes from. Nothing has been sent yet.
    pub fn new() -> Self {
        let bob = [Bob.to_account_id()];
        let mut asset_hub = SystemChain::new(false, &bob, 1_000 * DOT);
        asset_hub.query(|| {
            use crate::system_chain::{Assets, RuntimeOrigin};
            for (asset, minimum) in [(usdt_at_home(), 10_000), (para(ASTAR), 1)] {
                let owner = Bob.to_account_id();
                assert_ok!(Assets::force_create(RuntimeOrigin::root(), asset, owner, true, minimum));
            }
            let owner = RuntimeOrigin::signed(Bob.to_account_id());
            assert_ok!(Assets::mint(owner, usdt_at_home(), Bob.to_account_id(), 1_000 * USD));
        });
        let mut network = Self {
            relay: SystemChain::new(true, &bob, 1_000 * DOT),
            asset_hub,
            astar: chain(ASTAR, &[ASSET_HUB, SIBLING]),
            sibling: chain(SIBLING, &[ASSET_HUB, ASTAR]),
            to_astar: Inbound::default(),
            to_sibling: Inbound::default(),
            events: Vec::new(),
        };
        network
            .sibling
            .query(|| register(para(ASTAR), ExistentialDeposit::get(), Some(FixedU128::from_u32(1))));
        network
    }

    /// Registers the stable coin on Astar. If it pays fees, it is worth forty of Astar's tokens.
    pub fn register_usdt(&mut self, pays_fees: bool) {
        let rate = FixedU128::from_rational(40 * UNIT, USD);
        self.astar.query(|| register(usdt(), 10_000, pays_fees.then_some(rate)));
    }

    /// Bob makes a call on the Asset Hub, and the messages that it sends are delivered.
    pub fn on_asset_hub(&mut self, call: pallet_xcm::Call<crate::system_chain::Runtime>) {
        use frame_support::traits::UnfilteredDispatchable;
        let origin = crate::system_chain::RuntimeOrigin::signed(Bob.to_account_id());
        let (result, sent) = self.asset_hub.run(|| call.dispatch_bypass_filter(origin));
        assert_ok!(result);
        self.post_of_asset_hub(sent);
        self.settle();
    }

    /// Bob makes a call on Astar, and the messages that it sends are delivered.
    pub fn on_astar(&mut self, call: impl Into<RuntimeCall>) {
        let outcome = self.astar.call(Bob, call);
        self.post_of_astar(outcome);
        self.settle();
    }

    /// Bob makes a call on the sibling, and the messages that it sends are delivered.
    pub fn on_sibling(&mut self, call: impl Into<RuntimeCall>) {
        let outcome = self.sibling.call(Bob, call);
        self.post(SIBLING, outcome);
        self.settle();
    }

    /// The Asset Hub itself sends a message to Astar.
    pub fn asset_hub_sends(&mut self, message: Xcm<()>) {
        self.post_of_asset_hub(vec![(para(ASTAR), message)]);
        self.settle();
    }

    /// The relay chain itself sends a message to Astar.
    pub fn relay_sends(&mut self, message: Xcm<()>) {
        self.post_of_relay(vec![(Parachain(ASTAR).into(), message)]);
        self.settle();
    }

    /// The sibling itself sends messages to Astar, which arrive in one block.
    pub fn sibling_sends(&mut self, messages: &[Xcm<()>]) {
        self.to_astar.from_siblings.push((SIBLING.into(), page(messages)));
        self.settle();
    }

    /// Sends Astar messages from the Asset Hub. Returns the events of the block that executes them, which is
    /// the one that they arrive with or the one after it.
    pub fn arrive(&mut self, messages: &[Xcm<()>]) -> Vec<RuntimeEvent> {
        let from_siblings = vec![(ASSET_HUB.into(), page(messages))];
        let mut events = self.astar.block(vec![], Inbound { from_siblings, ..Default::default() }).events;
        if !events.iter().any(|event| matches!(event, RuntimeEvent::MessageQueue(_))) {
            events = self.astar.empty_block().events;
        }
        events
    }

    /// Builds blocks until all messages have arrived, and the messages that they cause, too.
    pub fn settle(&mut self) {
        for _ in 0..6 {
            let inbound = std::mem::take(&mut self.to_astar);
            let outcome = self.astar.block(vec![], inbound);
            self.post_of_astar(outcome);
            let inbound = std::mem::take(&mut self.to_sibling);
            let outcome = self.sibling.block(vec![], inbound);
            self.post(SIBLING, outcome);
        }
    }

    /// Astar's events since this was last called.
    pub fn take_events(&mut self) -> Vec<RuntimeEvent> {
        std::mem::take(&mut self.events)
    }

    /// How much of `asset`, as the Asset Hub sees it, the Asset Hub holds for Astar.
    pub fn reserve_of_astar(&mut self, asset: Location) -> u128 {
        self.asset_hub.holds(para(ASTAR), asset)
    }

    fn post_of_astar(&mut self, mut outcome: Outcome) {
        self.events.append(&mut outcome.events);
        self.post(ASTAR, outcome);
    }

    /// Delivers the messages that a block of parachain `from` sends.
    fn post(&mut self, from: u32, outcome: Outcome) {
        for message in outcome.to_relay {
            let (outcome, sent) = self.relay.receive(Parachain(from).into(), decode(&mut &message[..]));
            println!("relay chain: {outcome:?}");
            self.post_of_relay(sent);
        }
        for message in outcome.to_siblings {
            if message.recipient == ParaId::from(ASSET_HUB) {
                let mut data = &message.data[..];
                let format = XcmpMessageFormat::decode(&mut data).expect("a page begins with its format");
                if format == XcmpMessageFormat::ConcatenatedOpaqueVersionedXcm {
                    assert!(data.is_empty(), "an offer to use that format, which the Asset Hub ignores");
                    continue;
                }
                assert_eq!(format, XcmpMessageFormat::ConcatenatedVersionedXcm);
                while !data.is_empty() {
                    let (outcome, sent) = self.asset_hub.receive(para(from), decode(&mut data));
                    println!("Asset Hub: {outcome:?}");
                    self.post_of_asset_hub(sent);
                }
            } else if message.recipient == ParaId::from(SIBLING) {
                self.to_sibling.from_siblings.push((from.into(), message.data));
            } else {
                assert_eq!(message.recipient, ParaId::from(ASTAR));
                self.to_astar.from_siblings.push((from.into(), message.data));
            }
        }
    }

    fn post_of_asset_hub(&mut self, sent: Sent) {
        for (to, message) in sent {
            match to.unpack() {
                (1, [Parachain(ASTAR)]) => {
                    self.to_astar.from_siblings.push((ASSET_HUB.into(), page(&[message])));
                }
                (1, [Parachain(SIBLING)]) => {
                    self.to_sibling.from_siblings.push((ASSET_HUB.into(), page(&[message])));
                }
                (1, []) => {
                    let (outcome, sent) = self.relay.receive(Parachain(ASSET_HUB).into(), message);
                    println!("relay chain: {outcome:?}");
                    self.post_of_relay(sent);
                }
                _ => panic!("the Asset Hub cannot send to {to:?}"),
            }
        }
    }

    fn post_of_relay(&mut self, sent: Sent) {
        for (to, message) in sent {
            match to.unpack() {
                (0, [Parachain(ASTAR)]) => {
                    self.to_astar.from_relay.push(VersionedXcm::from(message).encode())
                }
                (0, [Parachain(SIBLING)]) => {
                    self.to_sibling.from_relay.push(VersionedXcm::from(message).encode());
                }
                (0, [Parachain(ASSET_HUB)]) => {
                    let (outcome, sent) = self.asset_hub.receive(Location::parent(), message);
                    println!("Asset Hub: {outcome:?}");
                    self.post_of_asset_hub(sent);
                }
                _ => panic!("the relay chain cannot send to {to:?}"),
            }
        }
    }
}

/// Astar at its genesis, as parachain `id`.
fn chain(id: u32, siblings: &[u32]) -> Chain {
    let mut genesis: serde_json::Value = serde_json::from_slice(&common::genesis("astar")).expect("JSON");
    genesis["parachainInfo"]["parachainId"] = id.into();
    let mut state = TestExternalities::default();
    state.execute_with(|| {
        build_state::<RuntimeGenesisConfig>(genesis.to_string().into_bytes()).expect("the genesis builds");
    });
    Chain::from_genesis(state, CADENCE, siblings)
}

/// Registers an asset, which can pay fees if there is a `rate`.
pub fn register(asset: Location, minimum: u128, rate: Option<FixedU128>) {
    let owner = Bob.to_account_id().into();
    assert_ok!(ForeignAssets::force_create(RuntimeOrigin::root(), asset.clone(), owner, true, minimum));
    if let Some(rate) = rate {
        assert_ok!(AssetRate::create(RuntimeOrigin::root(), Box::new(asset), rate));
    }
}

fn decode(bytes: &mut &[u8]) -> Xcm<()> {
    VersionedXcm::<()>::decode(bytes).expect("a message decodes").try_into().expect("it has this version")
}
