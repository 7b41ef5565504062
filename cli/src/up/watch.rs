//! Follows a network by its RPC alone: parablocks as they are built, and what the relay chain says
//! of them.

use super::{
    nodes::{Node, Nodes, NAMES},
    pace::Pace,
    specs::{dev_accounts, PARA_ID},
    table::{Row, Table},
};
use anyhow::{bail, Context, Result};
use codec::{Compact, Decode};
use sp_crypto_hashing::blake2_256;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use subxt::{
    client::{Block, Blocks},
    config::substrate::{ConsensusEngineId, DigestItem},
    dynamic,
    ext::scale_decode::DecodeAsType,
    utils::H256,
    OnlineClient, PolkadotConfig,
};
use tokio::time::sleep;

type Client = OnlineClient<PolkadotConfig>;

/// How long a node may take until its RPC answers.
const START: Duration = Duration::from_secs(120);

/// Shows the network's parablocks for ever, or until `blocks` of them are included and final.
///
/// # Errors
/// If no node answers, or if the pace of the `blocks` was missed.
pub async fn watch(nodes: &Nodes, blocks: Option<u32>) -> Result<()> {
    println!("starting {} nodes", nodes.validators.len() + nodes.collators.len());
    let started = Instant::now();
    let relay = connect(&nodes.validators[0], started).await?;
    println!("{:>6.1} s  relay chain answers", started.elapsed().as_secs_f32());
    let para = connect(&nodes.collators[0], started).await?;
    println!("{:>6.1} s  parachain answers", started.elapsed().as_secs_f32());
    endpoints(nodes);

    let mut view = View::new(slot_duration(&para).await?, started);
    let mut streams = Streams::open(relay, para).await?;
    loop {
        match streams.next(&mut view).await {
            Ok(()) => (),
            // A node that died may be coming back; another may be there already.
            Err(_) => streams = reopen(nodes).await?,
        }
        if let Some(n) = blocks.filter(|n| view.pace.blocks() >= *n) {
            view.table.finish();
            println!("{}", view.pace.summary());
            if view.pace.missed() {
                bail!("the pace was missed over {n} blocks: see the summary above");
            }
            return Ok(());
        }
    }
}

async fn connect(node: &Node, since: Instant) -> Result<Client> {
    loop {
        match Client::from_insecure_url(&node.rpc).await {
            Ok(client) => return Ok(client),
            Err(error) if since.elapsed() > START => {
                return Err(error).with_context(|| {
                    format!("{} does not answer at {}; its log is {}", node.name, node.rpc, node.log.display())
                })
            },
            Err(_) => sleep(Duration::from_millis(300)).await,
        }
    }
}

fn endpoints(nodes: &Nodes) {
    println!();
    for node in nodes.validators.iter().chain(&nodes.collators) {
        println!("{:<14} {}", node.name, node.rpc);
    }
    let rpc = &nodes.collators[0].rpc;
    println!("\nwallet         https://polkadot.js.org/apps/?rpc={rpc}#/explorer");
    println!("accounts       each holds a sixth of the issuance; the seed is the name, as //Alice");
    for (name, account) in NAMES.iter().zip(dev_accounts()) {
        println!("{name:>14} {account}");
    }
    println!();
}

/// The block streams that the view is made of.
struct Streams {
    built: Blocks<PolkadotConfig>,
    finalised: Blocks<PolkadotConfig>,
    relay: Blocks<PolkadotConfig>,
}

impl Streams {
    async fn open(relay: Client, para: Client) -> Result<Self> {
        Ok(Self {
            built: para.stream_best_blocks().await?,
            finalised: para.stream_blocks().await?,
            relay: relay.stream_best_blocks().await?,
        })
    }

    /// Takes the next block of any stream into `view`.
    async fn next(&mut self, view: &mut View) -> Result<()> {
        tokio::select! {
            block = self.built.next() => view.built(&block.context("stream ended")??).await?,
            block = self.relay.next() => view.relay(&block.context("stream ended")??).await?,
            block = self.finalised.next() => view.finalised(&block.context("stream ended")??),
        }
        Ok(())
    }
}

/// Opens the streams again, on the first nodes that answer.
async fn reopen(nodes: &Nodes) -> Result<Streams> {
    let since = Instant::now();
    loop {
        if let (Some(relay), Some(para)) = (any(&nodes.validators).await, any(&nodes.collators).await) {
            if let Ok(streams) = Streams::open(relay, para).await {
                return Ok(streams);
            }
        }
        if since.elapsed() > START {
            bail!("no node of the network answers any more");
        }
        sleep(Duration::from_secs(1)).await;
    }
}

async fn any(nodes: &[Node]) -> Option<Client> {
    for node in nodes {
        if let Ok(client) = Client::from_insecure_url(&node.rpc).await {
            return Some(client);
        }
    }
    None
}

async fn slot_duration(para: &Client) -> Result<Duration> {
    let millis = para
        .at_current_block()
        .await?
        .runtime_apis()
        .call(dynamic::runtime_api_call::<(), u64>("AuraApi", "slot_duration", ()))
        .await?;
    Ok(Duration::from_millis(millis))
}

/// What is known of the parachain's newest blocks.
struct View {
    table: Table,
    pace: Pace,
    /// Blocks that are not final yet.
    pending: BTreeMap<(u64, H256), Seen>,
    last_included: u64,
    last_built: Option<Instant>,
}

/// A block, when and in which slot it was seen.
struct Seen {
    row: Row,
    slot: u64,
    at: Instant,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Receipt {
    descriptor: Descriptor,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Descriptor {
    para_id: u32,
}

#[derive(Clone, Copy, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Weight {
    ref_time: u64,
    proof_size: u64,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct ByClass {
    normal: Weight,
    operational: Weight,
    mandatory: Weight,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Limits {
    max_block: Weight,
}

impl View {
    fn new(slot: Duration, started: Instant) -> Self {
        Self {
            table: Table::new(started),
            pace: Pace::new(slot),
            pending: BTreeMap::new(),
            last_included: 0,
            last_built: None,
        }
    }

    async fn built(&mut self, block: &Block<PolkadotConfig>) -> Result<()> {
        let key = (block.number(), block.hash());
        let Some(slot) = slot(block) else { return Ok(()) };
        if self.pending.contains_key(&key) {
            return Ok(());
        }
        let at = Instant::now();
        let client = block.at().await?;
        let authorities = client
            .storage()
            .fetch(dynamic::storage::<(), Vec<[u8; 32]>>("Aura", "Authorities"), ())
            .await?
            .decode()?;
        let used =
            client.storage().fetch(dynamic::storage::<(), ByClass>("System", "BlockWeight"), ()).await?.decode()?;
        let limits = client.constants().entry(dynamic::constant::<Limits>("System", "BlockWeights"))?;
        let ref_time = used.normal.ref_time + used.operational.ref_time + used.mandatory.ref_time;
        let proof = used.normal.proof_size + used.operational.proof_size + used.mandatory.proof_size;
        let row = Row {
            number: key.0,
            author: author(&authorities, slot),
            after: self.last_built.map(|last| at - last),
            weight_percent: ref_time as f64 * 100.0 / limits.max_block.ref_time as f64,
            proof_kib: proof as f64 / 1024.0,
            unincluded: key.0.saturating_sub(self.last_included),
            backed: None,
            included: None,
            finalised: None,
        };
        self.last_built = Some(at);
        self.pending.insert(key, Seen { row, slot, at });
        self.draw();
        Ok(())
    }

    async fn relay(&mut self, block: &Block<PolkadotConfig>) -> Result<()> {
        let events = block.at().await?.events().fetch().await?;
        for event in events.iter() {
            let event = event?;
            let name = event.event_name();
            if event.pallet_name() != "ParaInclusion" || !["CandidateBacked", "CandidateIncluded"].contains(&name) {
                continue;
            }
            let (receipt, head, _core, _group) =
                event.decode_fields_unchecked_as::<(Receipt, Vec<u8>, u32, u32)>()?;
            if receipt.descriptor.para_id != PARA_ID {
                continue;
            }
            // A header is its parent's hash, its number, and the rest; the chain hashes by Blake2.
            let Compact(number) = Compact::<u64>::decode(&mut head.get(32..).context("a parachain head")?)?;
            let hash = H256(blake2_256(&head));
            let seen = self.pending.get_mut(&(number, hash));
            if name == "CandidateIncluded" {
                self.last_included = self.last_included.max(number);
                if let Some(seen) = seen {
                    seen.row.included = Some(block.number());
                }
            } else if let Some(seen) = seen {
                seen.row.backed = Some(block.number());
            }
        }
        self.draw();
        Ok(())
    }

    fn finalised(&mut self, block: &Block<PolkadotConfig>) {
        // What is as high and was not finalised is a fork that lost.
        let rest = self.pending.split_off(&(block.number() + 1, H256::zero()));
        let decided = std::mem::replace(&mut self.pending, rest);
        for ((_, hash), mut seen) in decided {
            if hash == block.hash() {
                seen.row.finalised = Some(seen.at.elapsed());
                self.pace.add(seen.slot, seen.at);
                self.table.done(&seen.row);
            }
        }
        self.draw();
    }

    fn draw(&mut self) {
        self.table.draw(self.pending.values().map(|seen| &seen.row));
    }
}

/// The slot that the block was authored in, from Aura's digest.
fn slot(block: &Block<PolkadotConfig>) -> Option<u64> {
    const AURA: ConsensusEngineId = *b"aura";
    block.header().digest.logs.iter().find_map(|item| match item {
        DigestItem::PreRuntime(AURA, data) => u64::decode(&mut &data[..]).ok(),
        _ => None,
    })
}

/// Aura lets the authorities take turns by slot.
fn author(authorities: &[[u8; 32]], slot: u64) -> String {
    let Some(author) = authorities.get(slot as usize % authorities.len().max(1)) else { return "?".into() };
    let name = dev_keys().iter().position(|key| key == author).map(|i| NAMES[i].to_string());
    name.unwrap_or_else(|| hex::encode(&author[..4]))
}

fn dev_keys() -> [[u8; 32]; NAMES.len()] {
    use subxt_signer::sr25519::dev;
    [dev::alice(), dev::bob(), dev::charlie(), dev::dave(), dev::eve(), dev::ferdie()].map(|pair| pair.public_key().0)
}
