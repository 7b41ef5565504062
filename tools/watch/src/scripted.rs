//! Scripted nodes, for tests. Each answers by RPC from memory, as a node of the SDK does, and a test decides
//! what happens to it.

use crate::node::{key, NodeClient};
use anyhow::{ensure, Result};
use codec::{Compact, Encode};
use futures_util::stream;
use serde_json::{json, Value};
use sp_crypto_hashing::blake2_256;
use std::{
    collections::HashMap,
    future::ready,
    sync::{Arc, Mutex, MutexGuard},
};
use subxt::{
    config::substrate::Digest,
    rpcs::{
        client::{RawRpcFuture, RawRpcSubscription, RawValue},
        methods::legacy::Bytes,
        Error, RpcClient, RpcClientT, UserError,
    },
    utils::H256,
};
use tandem_rpc::{hash, Header};
use tokio::sync::mpsc::{self, UnboundedSender};

/// Subscriptions to the headers of new blocks, of new best blocks, and of new final blocks.
const ALL: &str = "chain_subscribeAllHeads";
const BEST: &str = "chain_subscribeNewHeads";
const FINAL: &str = "chain_subscribeFinalizedHeads";

/// Pallets of the scripted runtime, by their index.
pub const SESSION: u8 = 1;
pub const PARA_INCLUSION: u8 = 2;

/// A node of a chain without forks. All nodes of a chain have the same blocks.
#[derive(Clone)]
pub struct ScriptedNode(Arc<Mutex<State>>);

struct State {
    name: String,
    /// The blocks that the node has. The first one is the genesis block.
    chain: Vec<Header>,
    numbers: HashMap<H256, u64>,
    /// The number of the newest final block.
    finalized: u64,
    /// Storage, which is the same at each block.
    storage: HashMap<Vec<u8>, Vec<u8>>,
    /// What each runtime API returns.
    returns: HashMap<String, Vec<u8>>,
    /// The first block whose state is not pruned.
    first_state: u64,
    is_open: bool,
    subscriptions: HashMap<String, UnboundedSender<Value>>,
}

impl ScriptedNode {
    /// A node that has blocks up to number `best` of the chain `name`. Only the genesis block is final, and
    /// there is neither a runtime nor storage.
    pub fn new(name: &str, best: u64) -> Self {
        let genesis = Header {
            parent_hash: H256::zero(),
            number: 0,
            state_root: H256(blake2_256(name.as_bytes())),
            extrinsics_root: H256::zero(),
            digest: Digest::default(),
        };
        let node = Self(Arc::new(Mutex::new(State {
            name: name.into(),
            numbers: HashMap::from([(hash(&genesis), 0)]),
            chain: vec![genesis],
            finalized: 0,
            storage: HashMap::new(),
            returns: HashMap::new(),
            first_state: 0,
            is_open: true,
            subscriptions: HashMap::new(),
        })));
        node.grow(best);
        node
    }

    /// A node of a relay chain whose blocks do nothing.
    pub fn relay(best: u64) -> Self {
        let node = Self::new("relay", best);
        node.add_runtime();
        node.store(key("Timestamp", "Now"), 1_000u64.encode());
        node
    }

    /// Adds a runtime that has all that the watch reads from the metadata of a relay chain, and two APIs of
    /// parachains.
    pub fn add_runtime(&self) {
        let apis: Vec<([u8; 8], u32)> = vec![];
        self.returns("Core_version", ("test", "test", 1u32, 1u32, 1u32, apis, 1u32).encode());
        self.returns("Metadata_metadata", metadata().encode());
    }

    /// Opens a connection.
    pub async fn connect(&self, url: &str) -> Result<NodeClient> {
        ensure!(self.state().is_open, "no node answers at {url}");
        NodeClient::over(RpcClient::new(self.clone()), url).await
    }

    /// Ends all connections, and refuses new ones.
    pub fn close(&self) {
        let mut state = self.state();
        state.is_open = false;
        state.subscriptions.clear();
    }

    /// Accepts connections again.
    pub fn open(&self) {
        self.state().is_open = true;
    }

    /// Imports the blocks up to number `best`. Subscribers get nothing.
    pub fn grow(&self, best: u64) {
        let mut state = self.state();
        for number in state.chain.len() as u64..=best {
            let parent = &state.chain[number as usize - 1];
            let header = Header { parent_hash: hash(parent), number, ..parent.clone() };
            state.numbers.insert(hash(&header), number);
            state.chain.push(header);
        }
    }

    /// Sends the best block to the subscribers, as a new block and as the new best one.
    pub fn announce(&self) {
        let best = json!(self.state().best());
        self.send(ALL, best.clone());
        self.send(BEST, best);
    }

    /// Finalizes block `number`, and sends it to the subscribers. As from a real node, they get none of the
    /// blocks that became final with it.
    pub fn finalize(&self, number: u64) {
        self.state().finalized = number;
        self.send(FINAL, json!(self.header(number)));
    }

    /// Sends this instead of the header of a new block.
    pub fn send_header(&self, header: Value) {
        self.send(ALL, header);
    }

    fn send(&self, subscription: &str, item: Value) {
        if let Some(subscriber) = self.state().subscriptions.get(subscription) {
            // The subscriber may be gone.
            let _ = subscriber.send(item);
        }
    }

    /// Sets a storage value.
    pub fn store(&self, key: Vec<u8>, value: Vec<u8>) {
        self.state().storage.insert(key, value);
    }

    /// Sets what a runtime API returns.
    pub fn returns(&self, method: &str, value: Vec<u8>) {
        self.state().returns.insert(method.into(), value);
    }

    /// Prunes the state of all blocks before this one.
    pub fn prune_before(&self, number: u64) {
        self.state().first_state = number;
    }

    pub fn header(&self, number: u64) -> Header {
        self.state().chain[number as usize].clone()
    }

    pub fn hash(&self, number: u64) -> H256 {
        hash(&self.header(number))
    }

    /// The number of a block that the node has.
    pub fn number(&self, hash: H256) -> u64 {
        self.state().numbers[&hash]
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl State {
    fn best(&self) -> &Header {
        &self.chain[self.chain.len() - 1]
    }

    fn number(&self, hash: &Value) -> Option<u64> {
        let hash: H256 = serde_json::from_value(hash.clone()).expect("a hash");
        self.numbers.get(&hash).copied()
    }

    /// Fails as the SDK's database does if there is no state at this block.
    fn check_state(&self, hash: &Value) -> Result<(), String> {
        match self.number(hash) {
            Some(number) if number >= self.first_state => Ok(()),
            _ => Err(format!("Client error: UnknownBlock: State already discarded for {hash}")),
        }
    }

    fn answer(&self, method: &str, params: &[Value]) -> Result<Value, String> {
        if !self.is_open {
            return Err("the connection is closed".into());
        }
        Ok(match method {
            "system_chain" => json!(self.name),
            "system_properties" => json!({ "tokenSymbol": ["ONE", "TWO"], "tokenDecimals": 12 }),
            "chain_getFinalizedHead" => json!(hash(&self.chain[self.finalized as usize])),
            "chain_getBlockHash" => {
                let number = params[0].as_u64().expect("a number");
                json!(self.chain.get(number as usize).map(hash))
            }
            "chain_getHeader" if params[0].is_null() => json!(self.best()),
            "chain_getHeader" => {
                json!(self.number(&params[0]).map(|number| &self.chain[number as usize]))
            }
            "state_queryStorageAt" => {
                self.check_state(&params[1])?;
                let keys: Vec<Bytes> = serde_json::from_value(params[0].clone()).expect("keys");
                let change = |key: Bytes| {
                    let value = self.storage.get(&key.0).cloned().map(Bytes);
                    (key, value)
                };
                let changes: Vec<_> = keys.into_iter().map(change).collect();
                json!([{ "block": params[1], "changes": changes }])
            }
            "state_call" => {
                self.check_state(&params[2])?;
                let name = params[0].as_str().expect("the name of a runtime API");
                let value = self.returns.get(name).ok_or("Client error: Execution failed")?;
                json!(Bytes(value.clone()))
            }
            _ => return Err("Method not found".into()),
        })
    }
}

fn raw(value: &Value) -> Box<RawValue> {
    RawValue::from_string(value.to_string()).expect("a JSON value is JSON")
}

fn refusal(message: String) -> Error {
    UserError { code: 4_003, message, data: None }.into()
}

impl RpcClientT for ScriptedNode {
    fn request_raw<'a>(
        &'a self,
        method: &'a str,
        params: Option<Box<RawValue>>,
    ) -> RawRpcFuture<'a, Box<RawValue>> {
        let params: Vec<Value> =
            params.map_or(vec![], |params| serde_json::from_str(params.get()).expect("a list"));
        let answer = self.state().answer(method, &params);
        Box::pin(ready(answer.map(|value| raw(&value)).map_err(refusal)))
    }

    fn subscribe_raw<'a>(
        &'a self,
        sub: &'a str,
        _params: Option<Box<RawValue>>,
        _unsub: &'a str,
    ) -> RawRpcFuture<'a, RawRpcSubscription> {
        let mut state = self.state();
        if !state.is_open {
            return Box::pin(ready(Err(refusal("the connection is closed".into()))));
        }
        let (sender, receiver) = mpsc::unbounded_channel();
        // As from a real node, the first header is not of a new block.
        let first = if sub == FINAL { &state.chain[state.finalized as usize] } else { state.best() };
        sender.send(json!(first)).expect("the receiver is here");
        state.subscriptions.insert(sub.into(), sender);
        let items = stream::unfold(receiver, |mut receiver| async move {
            let item: Value = receiver.recv().await?;
            Some((Ok::<_, Error>(raw(&item)), receiver))
        });
        Box::pin(ready(Ok(RawRpcSubscription { stream: Box::pin(items), id: None })))
    }
}

/// The storage value of `System.Events`, from the pallet, the index and the fields of each event.
pub fn events(events: &[(u8, u8, Vec<u8>)]) -> Vec<u8> {
    // While a block is initialized, and without topics.
    let record =
        |(pallet, event, fields): &(u8, u8, Vec<u8>)| [&[2, *pallet, *event][..], fields, &[0]].concat();
    let records: Vec<_> = events.iter().map(record).collect();
    [Compact(events.len() as u32).encode(), records.concat()].concat()
}

type Docs = Vec<&'static str>;
/// The name, the type, and the name of the type.
type Field = (Option<&'static str>, Compact<u32>, Option<&'static str>, Docs);

fn field(name: Option<&'static str>, ty: u32) -> Field {
    (name, Compact(ty), None, vec![])
}

/// The definition of a struct, by the names and types of its fields.
fn composite(fields: &[(&'static str, u32)]) -> Vec<u8> {
    let fields: Vec<_> = fields.iter().map(|(name, ty)| field(Some(*name), *ty)).collect();
    (0u8, fields).encode()
}

/// The definition of an enum, by the names of its variants, each with the types of its fields.
fn variants(variants: &[(&'static str, &[u32])]) -> Vec<u8> {
    let variant = |(index, (name, types)): (u8, &(&'static str, &[u32]))| {
        let fields: Vec<_> = types.iter().map(|ty| field(None, *ty)).collect();
        (*name, fields, index, Docs::new())
    };
    let variants: Vec<_> = (0u8..).zip(variants).map(variant).collect();
    (1u8, variants).encode()
}

/// The metadata of the scripted runtime, in version 15: only what the watch reads.
fn metadata() -> Vec<u8> {
    const U8: u32 = 0;
    const U32: u32 = 1;
    const U64: u32 = 2;
    const BYTES: u32 = 3;
    const HASH: u32 = 4;
    const DESCRIPTOR: u32 = 5;
    const RECEIPT: u32 = 6;
    const SESSION_EVENTS: u32 = 7;
    const INCLUSION_EVENTS: u32 = 8;
    // Three primitives, a list and an array, with the indices that scale-info has for them.
    let definitions = [
        (5u8, 3u8).encode(),
        (5u8, 5u8).encode(),
        (5u8, 6u8).encode(),
        (2u8, Compact(U8)).encode(),
        (3u8, 32u32, Compact(U8)).encode(),
        composite(&[("para_id", U32), ("relay_parent", HASH)]),
        composite(&[("descriptor", DESCRIPTOR), ("commitments_hash", HASH)]),
        variants(&[("NewSession", &[U32])]),
        variants(&[
            ("CandidateBacked", &[RECEIPT, BYTES, U32, U32]),
            ("CandidateIncluded", &[RECEIPT, BYTES, U32, U32]),
            ("CandidateTimedOut", &[RECEIPT, BYTES, U32]),
        ]),
    ];
    let mut types = Compact(definitions.len() as u32).encode();
    for (id, definition) in (0u32..).zip(definitions) {
        // A type has no path and no parameters before its definition, and no documentation after it.
        types.extend((Compact(id), 0u8, 0u8).encode());
        types.extend(definition);
        types.push(0);
    }

    type Constant = (&'static str, Compact<u32>, Vec<u8>, Docs);
    const NONE: Option<()> = None;
    let pallet = |index: u8, name: &'static str, events: Option<u32>, constants: Vec<Constant>| {
        (name, NONE, NONE, events.map(Compact), constants, NONE, index, Docs::new())
    };
    let block_time = ("ExpectedBlockTime", Compact(U64), 6_000u64.encode(), Docs::new());
    let pallets = vec![
        pallet(0, "Babe", None, vec![block_time]),
        pallet(SESSION, "Session", Some(SESSION_EVENTS), vec![]),
        pallet(PARA_INCLUSION, "ParaInclusion", Some(INCLUSION_EVENTS), vec![]),
    ];
    // Version 4, four types of its parts, and no extensions.
    let extrinsic = (4u8, [Compact(U8); 4], 0u8);
    // A method without parameters.
    let api = |name: &'static str, method: &'static str, returns: u32| {
        (name, vec![(method, 0u8, Compact(returns), Docs::new())], Docs::new())
    };
    let apis = vec![api("AuraApi", "slot_duration", U64), api("TargetBlockRate", "target_block_rate", U32)];
    // The runtime, the enums of all calls, events and errors, and no types besides.
    let rest = (Compact(U8), apis, [Compact(U8); 3], 0u8);
    [(*b"meta", 15u8).encode(), types, (pallets, extrinsic).encode(), rest.encode()].concat()
}
