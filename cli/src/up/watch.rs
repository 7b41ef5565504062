//! Follows a network by its RPC alone: parablocks as they are built, and what the relay chain says
//! of them.

use super::{
    nodes::{Node, Nodes, NAMES},
    pace::Pace,
    specs::{dev_accounts, dev_keys, PARA_ID},
    table::{header, Row, Table},
};
use crate::chain::{self, AnyBlock, Candidate, Client, Stage};
use anyhow::{bail, Context, Result};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use subxt::{client::Blocks, utils::H256, PolkadotConfig};
use tokio::time::sleep;

/// How long a node may take until its RPC answers.
const START: Duration = Duration::from_secs(120);

/// Shows the network's parablocks for ever, or until `blocks` of them are included and final.
///
/// # Errors
/// If no node answers, or if the pace of the `blocks` was missed.
pub async fn watch(nodes: &Nodes, blocks: Option<u32>) -> Result<()> {
    println!("starting {} nodes", nodes.validators.len() + nodes.collators.len());
    let started = Instant::now();
    connect(&nodes.validators[0], started).await?;
    println!("{:>6.1} s  relay chain answers", started.elapsed().as_secs_f32());
    connect(&nodes.collators[0], started).await?;
    println!("{:>6.1} s  parachain answers", started.elapsed().as_secs_f32());
    endpoints(nodes);

    let mut streams = open(nodes).await?;
    let mut view = View::new(streams.slot, started);
    loop {
        match streams.next(&mut view).await {
            Ok(()) => (),
            // A node that died may be coming back; another may be there already.
            Err(_) => streams = open(nodes).await?,
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

/// A client of `node`, once it answers; it may take two minutes from `since` on.
pub(crate) async fn connect(node: &Node, since: Instant) -> Result<Client> {
    loop {
        match Client::from_insecure_url(&node.rpc).await {
            Ok(client) => return Ok(client),
            Err(error) if since.elapsed() > START => {
                return Err(error).with_context(|| {
                    format!(
                        "{} does not answer at {}; its log is {}",
                        node.name,
                        node.rpc,
                        node.log.display()
                    )
                })
            }
            Err(_) => sleep(Duration::from_millis(250)).await,
        }
    }
}

/// Prints where the nodes answer, and who has money.
pub(crate) fn endpoints(nodes: &Nodes) {
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
    /// Length of the parachain's slots.
    slot: Duration,
    built: Blocks<PolkadotConfig>,
    finalised: Blocks<PolkadotConfig>,
    relay: Blocks<PolkadotConfig>,
}

impl Streams {
    async fn open(relay: Client, para: Client) -> Result<Self> {
        Ok(Self {
            slot: chain::slot_duration(&para).await?,
            // Not only the best: that stream leaves out the blocks that a reorganisation skips over.
            built: para.stream_all_blocks().await?,
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

/// Opens the streams on the first nodes that answer, until some do.
async fn open(nodes: &Nodes) -> Result<Streams> {
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

/// What is known of the parachain's newest blocks.
struct View {
    table: Table,
    pace: Pace,
    /// Blocks that are not final yet.
    pending: BTreeMap<(u64, H256), Seen>,
    last_included: u64,
    started: Instant,
    last_built: Option<Instant>,
}

/// A block, when and in which slot it was seen.
struct Seen {
    row: Row,
    parent: H256,
    slot: u64,
    at: Instant,
}

impl View {
    fn new(slot: Duration, started: Instant) -> Self {
        Self {
            table: Table::new(),
            pace: Pace::new(slot),
            pending: BTreeMap::new(),
            last_included: 0,
            started,
            last_built: None,
        }
    }

    async fn built(&mut self, block: &AnyBlock) -> Result<()> {
        let key = (block.number(), block.hash());
        let Some(slot) = chain::slot(block.header()) else { return Ok(()) };
        if self.pending.contains_key(&key) {
            return Ok(());
        }
        let at = Instant::now();
        if self.last_built.is_none() {
            let seconds = self.started.elapsed().as_secs_f32();
            println!("{seconds:>6.1} s  parablock #{}\n\n{}", key.0, header());
        }
        let client = block.at().await?;
        let author = chain::author(&client, slot).await?;
        let used = chain::used_weight(&client).await?;
        let row = Row {
            number: key.0,
            author: name(author),
            after: self.last_built.map(|last| at - last),
            weight_percent: used.ref_time as f64 * 100.0 / chain::max_weight(&client)?.ref_time as f64,
            proof_kib: used.proof_size as f64 / 1024.0,
            unincluded: key.0.saturating_sub(self.last_included),
            backed: None,
            included: None,
            finalised: None,
        };
        self.last_built = Some(at);
        self.pending.insert(key, Seen { row, parent: block.header().parent_hash, slot, at });
        self.draw();
        Ok(())
    }

    async fn relay(&mut self, block: &AnyBlock) -> Result<()> {
        for Candidate { stage, number, hash } in chain::candidates(&block.at().await?, PARA_ID).await? {
            let row = self.pending.get_mut(&(number, hash)).map(|seen| &mut seen.row);
            match stage {
                Stage::Backed => row.into_iter().for_each(|row| row.backed = Some(block.number())),
                Stage::Included => {
                    self.last_included = self.last_included.max(number);
                    row.into_iter().for_each(|row| row.included = Some(block.number()));
                }
            }
        }
        self.draw();
        Ok(())
    }

    fn finalised(&mut self, block: &AnyBlock) {
        let rest = self.pending.split_off(&(block.number() + 1, H256::zero()));
        let decided = std::mem::replace(&mut self.pending, rest);
        // Its ancestors are final with it; what is no ancestor is a fork that lost.
        let (mut ancestor, mut chain) = (block.hash(), Vec::new());
        for ((_, hash), seen) in decided.into_iter().rev() {
            if hash == ancestor {
                ancestor = seen.parent;
                chain.push(seen);
            }
        }
        for mut seen in chain.into_iter().rev() {
            seen.row.finalised = Some(seen.at.elapsed());
            self.pace.add(seen.slot, seen.at);
            self.table.done(&seen.row);
        }
        self.draw();
    }

    fn draw(&mut self) {
        self.table.draw(self.pending.values().map(|seen| &seen.row));
    }
}

/// The name of a development account, or else the start of the key.
fn name(key: [u8; 32]) -> String {
    match dev_keys().iter().position(|dev| *dev == key) {
        Some(i) => NAMES[i].into(),
        None => hex::encode(&key[..4]),
    }
}
