//! A chain of the real runtime: whole blocks with the inherents that a collator provides. The relay chain
//! exists only as a state proof.

#![allow(dead_code)] // each test file uses only a part

use codec::Encode;
use cumulus_primitives_core::{
    relay_chain::{HeadData, UpgradeGoAhead},
    AbridgedHrmpChannel, InboundDownwardMessage, InboundHrmpMessage, OutboundHrmpMessage, ParaId,
    PersistedValidationData,
};
use cumulus_primitives_parachain_inherent::{MessageQueueChain, ParachainInherentData, INHERENT_IDENTIFIER};
use cumulus_test_relay_sproof_builder::RelayStateSproofBuilder;
use frame_support::{assert_ok, genesis_builder_helper::build_state};
use pallet_session::ShouldEndSession;
use sp_block_builder::runtime_decl_for_block_builder::BlockBuilderV6;
use sp_inherents::InherentData;
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
    generic::{Digest, DigestItem, Era, SignedPayload},
    traits::Header as _,
    DispatchResult, MultiSignature,
};
use std::collections::BTreeMap;
use tandem_runtime::*;

/// A chain, with the state of its newest block.
pub struct Chain {
    pub state: TestExternalities,
    newest: Header,
    /// The cadence of its blocks.
    pub cadence: cadence::Cadence,
    /// The timestamp of the newest block, in milliseconds of the Unix epoch.
    millis: u64,
    /// Whether the relay chain signals that the chain may go ahead with an upgrade.
    pub go_ahead: bool,
    relay_block: u32,
    para_id: ParaId,
    downward: MessageQueueChain,
    /// The hash chain of the messages from each sibling so far.
    inbound: BTreeMap<ParaId, MessageQueueChain>,
    /// The siblings to which channels are open.
    siblings: Vec<ParaId>,
}

/// Messages that reach the chain with a block, each encoded as on the wire.
#[derive(Default)]
pub struct Inbound {
    pub from_relay: Vec<Vec<u8>>,
    pub from_siblings: Vec<(ParaId, Vec<u8>)>,
}

/// The results of a block.
pub struct Outcome {
    pub events: Vec<RuntimeEvent>,
    /// The result of each transaction, in order.
    pub results: Vec<DispatchResult>,
    pub to_relay: Vec<Vec<u8>>,
    pub to_siblings: Vec<OutboundHrmpMessage>,
}

impl Chain {
    /// The chain of the network `name`, at its genesis.
    pub fn new(name: &str) -> Self {
        Self::with_siblings(name, &[])
    }

    /// Like [`Chain::new`], with channels to and from siblings.
    pub fn with_siblings(name: &str, siblings: &[u32]) -> Self {
        let mut state = TestExternalities::default();
        state.execute_with(|| {
            build_state::<RuntimeGenesisConfig>(genesis(name)).expect("the genesis builds");
        });
        Self::from_genesis(state, CADENCE, siblings)
    }

    /// The chain whose genesis is `state`.
    pub fn from_genesis(state: TestExternalities, cadence: cadence::Cadence, siblings: &[u32]) -> Self {
        let newest = Header::new(
            0,
            sp_core::H256::zero(),
            state.backend.root().to_owned(),
            Default::default(),
            Default::default(),
        );
        let mut chain = Self {
            state,
            newest,
            cadence,
            // Some day in June 2025.
            millis: 1_749_254_400_000,
            go_ahead: false,
            relay_block: 100,
            para_id: 0.into(),
            downward: Default::default(),
            inbound: Default::default(),
            siblings: siblings.iter().map(|id| ParaId::from(*id)).collect(),
        };
        chain.para_id = chain.query(ParachainInfo::parachain_id);
        chain
    }

    /// Reads or changes the newest state.
    pub fn query<R>(&mut self, f: impl FnOnce() -> R) -> R {
        self.state.execute_with(f)
    }

    pub fn number(&self) -> BlockNumber {
        self.newest.number
    }

    /// Builds a block with one transaction, which must succeed.
    pub fn call(&mut self, who: Sr25519Keyring, call: impl Into<RuntimeCall>) -> Outcome {
        let outcome = self.block(vec![(who, call.into())], Inbound::default());
        assert_ok!(outcome.results[0]);
        outcome
    }

    /// Builds an empty block.
    pub fn empty_block(&mut self) -> Outcome {
        self.block(vec![], Inbound::default())
    }

    /// Builds a block with `calls`, each signed, and with messages that reach the chain. The block at the end
    /// of a session has no room for calls, so before it this builds an empty block first.
    pub fn block(&mut self, calls: Vec<(Sr25519Keyring, RuntimeCall)>, inbound: Inbound) -> Outcome {
        let ends_a_session = |chain: &mut Self| {
            type Sessions = <Runtime as pallet_session::Config>::ShouldEndSession;
            chain.query(|| Sessions::should_end_session(System::block_number() + 1))
        };
        if !calls.is_empty() && ends_a_session(self) {
            self.empty_block();
        }
        let (header, inherents) = self.next(inbound);
        let (header, outcome) = self.state.execute_with(|| {
            Executive::initialize_block(&header);
            for extrinsic in Runtime::inherent_extrinsics(inherents) {
                Executive::apply_extrinsic(extrinsic).expect("inherents are valid").expect("and succeed");
            }
            let results = calls
                .into_iter()
                .map(|(who, call)| {
                    let outcome =
                        Executive::apply_extrinsic(signed(who, call)).expect("the transaction is valid");
                    outcome.map(|_| ())
                })
                .collect();
            let header = Executive::finalize_block();
            let collation = ParachainSystem::collect_collation_info(&header);
            let events = System::events().into_iter().map(|record| record.event).collect();
            let outcome = Outcome {
                events,
                results,
                to_relay: collation.upward_messages,
                to_siblings: collation.horizontal_messages,
            };
            (header, outcome)
        });
        self.newest = header;
        outcome
    }

    /// Goes on to the next slot. Returns the header of its block, not yet executed, and the inherents.
    pub fn next(&mut self, inbound: Inbound) -> (Header, InherentData) {
        self.miss_slot();
        let slot = self.millis / u64::from(self.cadence.slot_millis);
        let digest = Digest { logs: vec![DigestItem::PreRuntime(*b"aura", slot.encode())] };
        let (number, parent) = (self.newest.number + 1, self.newest.hash());
        let header = Header::new(number, Default::default(), Default::default(), parent, digest);
        (header, self.inherents(inbound))
    }

    /// Lets the next slot pass without a block.
    pub fn miss_slot(&mut self) {
        let slot_millis = self.cadence.slot_millis;
        self.millis += u64::from(slot_millis);
        self.relay_block += (slot_millis / cadence::RELAY_CHAIN_SLOT_MILLIS).max(1);
    }

    /// The collator whose slot is next.
    pub fn next_author(&mut self) -> AccountId {
        let slot = self.millis / u64::from(self.cadence.slot_millis) + 1;
        let collators = self.query(Session::validators);
        collators[slot as usize % collators.len()].clone()
    }

    /// Makes an executed block the newest block.
    pub fn built(&mut self, header: Header) {
        self.newest = header;
    }

    fn inherents(&mut self, inbound: Inbound) -> InherentData {
        let downward_messages: Vec<_> = inbound
            .from_relay
            .into_iter()
            .map(|msg| InboundDownwardMessage { sent_at: self.relay_block, msg })
            .collect();
        for message in &downward_messages {
            self.downward.extend_downward(message);
        }
        let mut horizontal_messages = BTreeMap::<ParaId, Vec<_>>::new();
        for (from, data) in inbound.from_siblings {
            let message = InboundHrmpMessage { sent_at: self.relay_block, data };
            self.inbound.entry(from).or_default().extend_hrmp(&message);
            horizontal_messages.entry(from).or_default().push(message);
        }

        let relay_millis = u64::from(cadence::RELAY_CHAIN_SLOT_MILLIS);
        let millis = self.millis;
        let mut relay = RelayStateSproofBuilder {
            para_id: self.para_id,
            current_slot: (millis / relay_millis).into(),
            included_para_head: Some(HeadData(self.newest.encode())),
            dmq_mqc_head: Some(self.downward.head()),
            upgrade_go_ahead: self.go_ahead.then_some(UpgradeGoAhead::GoAhead),
            ..Default::default()
        };
        for sibling in &self.siblings {
            let channel = AbridgedHrmpChannel {
                max_capacity: 10,
                max_total_size: 100_000,
                max_message_size: 10_000,
                msg_count: 0,
                total_size: 0,
                mqc_head: None,
            };
            *relay.upsert_outbound_channel(*sibling) = channel.clone();
            let mqc_head = self.inbound.get(sibling).map(MessageQueueChain::head);
            *relay.upsert_inbound_channel(*sibling) = AbridgedHrmpChannel { mqc_head, ..channel };
        }
        let (relay_parent_storage_root, relay_chain_state, relay_parent_descendants) =
            relay.into_state_root_proof_and_descendants(self.cadence.relay_parent_offset.into());

        let mut data = InherentData::new();
        data.put_data(sp_timestamp::INHERENT_IDENTIFIER, &millis).expect("each inherent is put once");
        data.put_data(
            INHERENT_IDENTIFIER,
            &ParachainInherentData {
                validation_data: PersistedValidationData {
                    parent_head: HeadData(self.newest.encode()),
                    relay_parent_number: self.relay_block,
                    relay_parent_storage_root,
                    max_pov_size: cumulus_primitives_core::relay_chain::MAX_POV_SIZE,
                },
                relay_chain_state,
                downward_messages,
                horizontal_messages,
                relay_parent_descendants: if self.cadence.relay_parent_offset > 0 {
                    relay_parent_descendants
                } else {
                    vec![]
                },
                collator_peer_id: None,
            },
        )
        .expect("each inherent is put once");
        data
    }
}

/// The genesis of the network `name` as JSON. As in a node, the preset patches the defaults.
pub fn genesis(name: &str) -> Vec<u8> {
    let defaults = serde_json::to_value(RuntimeGenesisConfig::default()).expect("the defaults are JSON");
    let preset = networks::preset(&name.into()).expect("the network has a preset");
    let mut config = defaults;
    merge(&mut config, serde_json::from_slice(&preset).expect("the preset is JSON"));
    config.to_string().into_bytes()
}

/// Patches `into` as a node does.
fn merge(into: &mut serde_json::Value, patch: serde_json::Value) {
    match (into, patch) {
        (serde_json::Value::Object(into), serde_json::Value::Object(patch)) => {
            for (key, value) in patch {
                merge(into.entry(key).or_insert(serde_json::Value::Null), value);
            }
        }
        (into, patch) => *into = patch,
    }
}

fn signed(who: Sr25519Keyring, call: RuntimeCall) -> UncheckedExtrinsic {
    let account = who.to_account_id();
    let extensions = TransactionExtensions::from((
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(Era::Immortal),
        frame_system::CheckNonce::from(System::account_nonce(&account)),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(0),
        metadata_hash::CheckMetadataHash::new(false),
    ));
    let payload = SignedPayload::new(call, extensions).expect("the payload is complete");
    let signature = payload.using_encoded(|bytes| who.sign(bytes));
    let (call, extensions, _) = payload.deconstruct();
    UncheckedExtrinsic::new_signed(call, account.into(), MultiSignature::Sr25519(signature), extensions)
}
