//! Follows nodes and collators' logs, and turns what they report into [`Observation`]s.
//!
//! A chain is followed on one node at a time. If the connection is lost, the next of its nodes is tried,
//! for ever. Blocks that came in between are looked up by their hashes, from the new block back to a known
//! one. So no block is left out, and none is reported before its parent.

use crate::{
    collator_log::{CollatorLog, ProposedBlock},
    node::{self, NodeClient},
    observation::{CadenceSpan, Millis, Observation, Observed, ParaId, Start},
};
use anyhow::{bail, ensure, Context, Result};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    convert::Infallible,
    future::Future,
    path::PathBuf,
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use subxt::utils::H256;
use tandem_rpc::{
    hash,
    read::{block_limits, BlockLimits},
    ClientAt, Header,
};
use tokio::{
    sync::{
        mpsc::{self, Receiver, Sender},
        watch,
    },
    task::{yield_now, JoinHandle},
    time::{sleep, timeout},
};

/// Relay blocks that are looked up before the first one that is watched, if the user asks for none.
const BEFORE: u64 = 20;
/// The most missing blocks that are looked up before a new one.
const MOST: u64 = 50_000;
/// Blocks whose hashes are remembered.
const KNOWN: usize = 2 * MOST as usize;
/// If a node sends nothing for so long, the next one is tried.
const SILENCE: Duration = Duration::from_secs(120);
/// Time between a lost node and the next one.
const PAUSE: Duration = Duration::from_secs(1);
/// Time between two attempts to reach a lost node.
const RETRY: Duration = Duration::from_secs(5);
/// Time between two looks into a collator's log.
const LOOK: Duration = Duration::from_millis(250);
/// Observations that may wait to be received.
const WAITING: usize = 1_024;
/// Emission is read anew every so many blocks.
const EMISSION: u64 = 25;

/// What to follow, and on which nodes.
#[derive(Clone, Debug, Default)]
pub struct FollowOptions {
    /// Nodes of the relay chain.
    pub relay: Vec<String>,
    /// Nodes of parachains, in groups. If a node does not answer at the start, it counts as a node of the
    /// parachain that the rest of its group belongs to. So a group must not mix parachains, unless all of its
    /// nodes answer.
    pub paras: Vec<Vec<String>>,
    /// The first parablock to look up, instead of those of the last minutes. A parachain that is shorter is
    /// followed from its best block on.
    pub since: Option<u64>,
    /// The hash of a transaction to look for.
    pub transaction: Option<H256>,
    /// Logs of collators, to see how their blocks were ended. A log may appear later.
    pub logs: Vec<LogFile>,
}

/// The log of a collator that runs on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFile {
    /// The collator's parachain; needed only if several are followed.
    pub para: Option<ParaId>,
    pub path: PathBuf,
}

/// Milliseconds since the Unix epoch.
pub fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
}

/// A source of observations.
pub struct Source {
    pub observations: Receiver<Result<Observation>>,
    /// For observations that do not come from nodes.
    pub sender: Sender<Result<Observation>>,
    /// The transaction that is looked for; may be set at any time.
    pub looks_for: watch::Sender<Option<H256>>,
}

/// Follows chains until the observations are no longer received. The first one is the [`Start`].
///
/// # Errors
/// If no node of a chain answers, if a server is not a node of the Polkadot SDK, if the chains are not a
/// relay chain and its parachains, if no parachain has the first parablock to look up, or if a log belongs to
/// none of the parachains.
pub async fn follow(options: FollowOptions) -> Result<Source> {
    follow_by(Connector::default(), options).await
}

async fn follow_by(connector: Connector, options: FollowOptions) -> Result<Source> {
    ensure!(options.paras.iter().any(|group| !group.is_empty()), "no node of a parachain is given");
    let relay = connector.first(&options.relay).await?;
    let mut start = Start {
        relay: relay.chain().await?,
        relay_millis: relay.relay_millis().await.with_context(|| {
            format!(
                "the chain at '{}' has no Babe slots, so it is not a relay chain",
                options.relay.join(", ")
            )
        })?,
        paras: vec![],
        transaction: options.transaction,
    };
    let chains = parachains(&connector, &relay, &options.paras, &mut start).await?;
    let ids: Vec<_> = chains.iter().map(|(id, _)| *id).collect();
    let mut logs = vec![];
    for log in &options.logs {
        logs.push((parachain_of(log, &ids)?, CollatorLog::new(&log.path)));
    }
    let best = relay.header(None).await?;
    let mut oldest = best.number.saturating_sub(BEFORE).max(1);
    let mut oldest_paras = vec![];
    let mut any_has_since = false;
    for (id, nodes) in &chains {
        let first_of = match options.since {
            Some(number) => {
                let node = connector.first(&nodes.urls).await?;
                let found = header_of(&node, number).await.with_context(|| format!("parachain {id}"))?;
                any_has_since |= found.is_some();
                let header = match found {
                    Some(header) => header,
                    None => node.header(None).await?,
                };
                oldest = oldest.min(node::relay_parent(&header).unwrap_or(oldest).max(1));
                header.number
            }
            None => {
                let at =
                    relay.rpc.chain_get_block_hash(Some(oldest.into())).await?.context("a relay block")?;
                relay.head(at, *id).await.ok().flatten().map_or(0, |(number, _)| number)
            }
        };
        oldest_paras.push(first_of.max(1));
    }
    if let Some(number) = options.since {
        ensure!(any_has_since, "no parachain has block #{number} yet");
    }

    let (sender, receiver) = mpsc::channel(WAITING);
    let millis = start.relay_millis;
    let looks_for = watch::Sender::new(start.transaction);
    sender.send(Ok(Observation { at: now(), what: Observed::Start(start) })).await?;
    let followed = |nodes, oldest| FollowedChain {
        connector: connector.clone(),
        sender: sender.clone(),
        nodes,
        known: Known::default(),
        oldest,
    };
    let chain = followed(ChainNodes { genesis: relay.genesis(), urls: options.relay }, oldest);
    tokio::spawn(chain.follow(Reads::Relay(ids)));
    for ((id, nodes), oldest) in chains.into_iter().zip(oldest_paras) {
        let chain = followed(nodes, oldest);
        let reader = ParachainReader::new(id, millis, looks_for.subscribe());
        tokio::spawn(chain.follow(Reads::Para(Box::new(reader))));
    }
    for (id, log) in logs {
        tokio::spawn(follow_log(id, log, sender.clone()));
    }
    Ok(Source { observations: receiver, sender, looks_for })
}

/// Finds the parachains that the nodes in `groups` belong to, and enters them in `start`.
async fn parachains(
    connector: &Connector,
    relay: &NodeClient,
    groups: &[Vec<String>],
    start: &mut Start,
) -> Result<Vec<(ParaId, ChainNodes)>> {
    let mut chains: Vec<(ParaId, ChainNodes)> = vec![];
    for group in groups {
        let mut ids = HashSet::new();
        let mut unreached = vec![];
        for url in group {
            let node = match connector.connect(url).await {
                Ok(node) => node,
                Err(error) => {
                    unreached.push((url, error));
                    continue;
                }
            };
            let info = node.parachain().await.with_context(|| format!("asking {url}"))?;
            ids.insert(info.id);
            match chains.iter_mut().find(|(id, _)| *id == info.id) {
                Some((id, nodes)) => {
                    ensure!(
                        node.genesis() == nodes.genesis,
                        "{url} and {} are nodes of different chains, and both chains are parachain {id}",
                        nodes.urls[0]
                    );
                    nodes.urls.push(url.clone());
                }
                None => {
                    belongs(relay, &start.relay, &node, info.id).await?;
                    chains.push((info.id, ChainNodes { genesis: node.genesis(), urls: vec![url.clone()] }));
                    start.paras.push(info);
                }
            }
        }
        let in_group = chains.iter_mut().filter(|(id, _)| ids.contains(id));
        let mut in_group: Vec<_> = in_group.map(|(_, nodes)| nodes).collect();
        for (url, error) in unreached {
            match &mut in_group[..] {
                [nodes] => nodes.urls.push(url.clone()),
                [] => return Err(error.context("at the start a node of each parachain has to answer")),
                // It may be a node of any of them.
                _ => return Err(error.context("nodes of several parachains all have to answer at the start")),
            }
        }
    }
    Ok(chains)
}

/// The one of these parachains that `log` belongs to.
fn parachain_of(log: &LogFile, ids: &[ParaId]) -> Result<ParaId> {
    let path = log.path.display();
    match (log.para, ids) {
        (Some(id), _) if ids.contains(&id) => Ok(id),
        (Some(id), _) => bail!("the log '{path}' belongs to parachain {id}, which is not watched"),
        (None, [id]) => Ok(*id),
        (None, _) => bail!("several parachains are watched: say which one the log '{path}' belongs to"),
    }
}

/// Reports the blocks that a collator logs, as long as observations are received.
async fn follow_log(para: ParaId, mut log: CollatorLog, sender: Sender<Result<Observation>>) {
    while !sender.is_closed() {
        for ProposedBlock { number, hash, proposal } in log.blocks() {
            send(&sender, Observed::Proposed { para, number, hash, proposal }).await;
        }
        // What has been written faster than it was read is read at once.
        match log.has_more() {
            true => yield_now().await,
            false => sleep(LOOK).await,
        }
    }
}

/// Nodes of one chain, which are fallbacks for each other.
struct ChainNodes {
    /// The hash of the chain's genesis block.
    genesis: H256,
    urls: Vec<String>,
}

/// A connection that is being opened.
type Opening = Pin<Box<dyn Future<Output = Result<NodeClient>> + Send>>;

/// Connects to nodes, and knows how long to wait for them. In tests the nodes are scripted, and the waits are
/// short.
#[derive(Clone)]
struct Connector {
    open: Arc<dyn Fn(String) -> Opening + Send + Sync>,
    silence: Duration,
    pause: Duration,
    retry: Duration,
}

impl Default for Connector {
    fn default() -> Self {
        let open = |url: String| -> Opening { Box::pin(async move { NodeClient::connect(&url).await }) };
        Self { open: Arc::new(open), silence: SILENCE, pause: PAUSE, retry: RETRY }
    }
}

impl Connector {
    async fn connect(&self, url: &str) -> Result<NodeClient> {
        (self.open)(url.into()).await
    }

    /// Connects to a node of the chain with this genesis block.
    async fn connect_to(&self, url: &str, genesis: H256) -> Result<NodeClient> {
        let node = self.connect(url).await?;
        ensure!(node.genesis() == genesis, "the node at {url} belongs to another chain");
        Ok(node)
    }

    /// Connects to the first of `urls` that answers.
    async fn first(&self, urls: &[String]) -> Result<NodeClient> {
        let mut error = None;
        for url in urls {
            match self.connect(url).await {
                Ok(node) => return Ok(node),
                Err(refused) => error = error.or(Some(refused)),
            }
        }
        Err(error.context("no node of the relay chain is given")?)
    }
}

/// The header of block `number`, if there is such a block yet.
async fn header_of(node: &NodeClient, number: u64) -> Result<Option<Header>> {
    match node.rpc.chain_get_block_hash(Some(number.into())).await? {
        Some(hash) => node.header(Some(hash)).await.map(Some),
        None => Ok(None),
    }
}

/// Whether `node` is of the parachain that the relay chain knows as `para`.
async fn belongs(relay: &NodeClient, name: &str, node: &NodeClient, para: ParaId) -> Result<()> {
    // Among final blocks there are no forks.
    let known = relay.rpc.chain_get_finalized_head().await?;
    let Some((number, head)) = relay.head(known, para).await? else {
        bail!("the chain '{name}' knows no parachain {para}: is it the relay chain of this one?")
    };
    // A node that lags behind does not have the block yet.
    if let Some(hash) = node.rpc.chain_get_block_hash(Some(number.into())).await? {
        ensure!(
            hash == head,
            "block #{number} of parachain {para} is {head:?} for '{name}' and {hash:?} for its node: it is a \
             parachain of another relay chain"
        );
    }
    Ok(())
}

/// Whether a node has pruned the state that was asked for. By default nodes prune it after 256 blocks, which
/// is some 26 minutes of a relay chain.
fn is_pruned(error: &anyhow::Error) -> bool {
    // The SDK has no code of its own for this.
    format!("{error:#}").contains("State already discarded")
}

async fn send(sender: &Sender<Result<Observation>>, what: Observed) {
    // If nobody receives it, the watch is over.
    let _ = sender.send(Ok(Observation { at: now(), what })).await;
}

/// Waits until a node answers again, which was lost with this `error`. Reports when it answers, and when the
/// error becomes another one. Meanwhile another node of its chain may be followed.
async fn comes_back(
    connector: Connector,
    node: String,
    genesis: H256,
    sender: Sender<Result<Observation>>,
    mut error: String,
) {
    while !sender.is_closed() {
        sleep(connector.retry).await;
        let Err(refused) = connector.connect_to(&node, genesis).await else {
            return send(&sender, Observed::Link { node, error: None }).await;
        };
        let refused = format!("{refused:#}");
        if refused != error {
            error = refused;
            send(&sender, Observed::Link { node: node.clone(), error: Some(error.clone()) }).await;
        }
    }
}

/// A chain that is followed.
struct FollowedChain {
    connector: Connector,
    sender: Sender<Result<Observation>>,
    nodes: ChainNodes,
    known: Known,
    /// The number of the first block that is reported.
    oldest: u64,
}

/// What is read from each block.
enum Reads {
    /// What it does to these parachains.
    Relay(Vec<ParaId>),
    Para(Box<ParachainReader>),
}

impl FollowedChain {
    async fn follow(mut self, mut reads: Reads) {
        let (urls, genesis) = (self.nodes.urls.clone(), self.nodes.genesis);
        // A task for each lost node, which ends when the node answers again.
        let mut waiting: HashMap<&String, JoinHandle<()>> = HashMap::new();
        for url in urls.iter().cycle() {
            let lost = match self.connector.connect_to(url, genesis).await {
                Ok(node) => {
                    if let Some(task) = waiting.remove(url) {
                        task.abort();
                        // What it still reports comes before what is reported here.
                        let _ = task.await;
                    }
                    self.send(Observed::Link { node: url.clone(), error: None }).await;
                    // It ends by an error only. The next node reports what is missing.
                    let Err(lost) = self.listen(&node, &mut reads).await;
                    Some(lost)
                }
                // `comes_back` reports it already.
                Err(_) if waiting.get(url).is_some_and(|task| !task.is_finished()) => None,
                Err(unreached) => Some(unreached),
            };
            if let Some(error) = lost {
                let error = format!("{error:#}");
                self.send(Observed::Link { node: url.clone(), error: Some(error.clone()) }).await;
                let (connector, sender) = (self.connector.clone(), self.sender.clone());
                let task = tokio::spawn(comes_back(connector, url.clone(), genesis, sender, error));
                waiting.insert(url, task);
            }
            if self.sender.is_closed() {
                return;
            }
            sleep(self.connector.pause).await;
        }
    }

    async fn send(&self, what: Observed) {
        send(&self.sender, what).await;
    }

    async fn listen(&mut self, node: &NodeClient, reads: &mut Reads) -> Result<Infallible> {
        let mut all = node.rpc.chain_subscribe_all_heads().await?;
        let mut best = node.rpc.chain_subscribe_new_heads().await?;
        let mut finals = node.rpc.chain_subscribe_finalized_heads().await?;
        // The first header of a subscription is not new.
        let mut begun = [false; 3];
        let mut is_new = |stream: usize| std::mem::replace(&mut begun[stream], true);
        loop {
            let next = async {
                anyhow::Ok(tokio::select! {
                    header = all.next() => (0, header),
                    header = best.next() => (1, header),
                    header = finals.next() => (2, header),
                })
            };
            let (stream, header) =
                timeout(self.connector.silence, next).await.context("the node is silent")??;
            let header = header.context("the subscription ended")??;
            let hash = hash(&header);
            let live = is_new(stream);
            self.block(node, reads, hash, &header, live).await?;
            if let Reads::Relay(_) = reads {
                match stream {
                    1 => self.send(Observed::RelayBest(hash)).await,
                    2 => self.send(Observed::RelayFinal { number: header.number, hash }).await,
                    _ => (),
                }
            }
            ensure!(!self.sender.is_closed(), "the watch is over");
        }
    }

    /// Reports a block, after the missing ones before it.
    async fn block(
        &mut self,
        node: &NodeClient,
        reads: &mut Reads,
        hash: H256,
        header: &Header,
        live: bool,
    ) -> Result<()> {
        let mut missing = vec![];
        let mut parent = header.parent_hash;
        if self.known.has(&hash) || header.number < self.oldest {
            return Ok(());
        }
        let oldest = self.oldest.max(header.number.saturating_sub(MOST));
        let mut number = header.number;
        while number > oldest && !self.known.has(&parent) {
            let before = node.header(Some(parent)).await?;
            number = before.number;
            let next = before.parent_hash;
            missing.push((parent, before));
            parent = next;
        }
        for (hash, header) in missing.into_iter().rev() {
            self.send_block(node, reads, hash, &header, false).await?;
        }
        self.send_block(node, reads, hash, header, live).await
    }

    async fn send_block(
        &mut self,
        node: &NodeClient,
        reads: &mut Reads,
        hash: H256,
        header: &Header,
        live: bool,
    ) -> Result<()> {
        match reads {
            Reads::Relay(paras) => match node.relay_block(hash, header, paras, live).await {
                Ok(block) => self.send(Observed::Relay(block)).await,
                // Its state is pruned. The history begins later than was asked for, or it has a gap from the
                // time without a node.
                Err(error) if !live && (self.known.is_empty() || is_pruned(&error)) => return Ok(()),
                Err(error) => return Err(error),
            },
            Reads::Para(reader) => {
                for what in reader.read(node, hash, header, live).await? {
                    self.send(what).await;
                }
            }
        }
        self.known.insert(hash);
        Ok(())
    }
}

/// Reads the blocks of a parachain, and remembers what is needed from one to the next.
struct ParachainReader {
    id: ParaId,
    relay_millis: u64,
    looks_for: watch::Receiver<Option<H256>>,
    limits: Option<BlockLimits>,
    cadences: Vec<CadenceSpan>,
    authorities: Vec<H256>,
    /// The runtime is to be read anew in a block after this one.
    asks_after: Option<u64>,
    read: u64,
}

impl ParachainReader {
    fn new(id: ParaId, relay_millis: u64, looks_for: watch::Receiver<Option<H256>>) -> Self {
        Self {
            id,
            relay_millis,
            looks_for,
            limits: None,
            cadences: vec![],
            authorities: vec![],
            asks_after: Some(0),
            read: 0,
        }
    }

    async fn read(
        &mut self,
        node: &NodeClient,
        hash: H256,
        header: &Header,
        live: bool,
    ) -> Result<Vec<Observed>> {
        let (para, mut observed) = (self.id, vec![]);
        // New code is in force from the block after the one that sets it.
        let changed = self.asks_after.is_some_and(|number| header.number > number);
        if changed || (live && self.read.is_multiple_of(EMISSION)) {
            if let Ok(at) = node.after(hash).await {
                self.ask(&at, header.number, changed, &mut observed).await;
            }
        }
        self.read += 1;
        if node::changes_code(header) {
            self.asks_after = Some(header.number);
        }
        let (block, authorities) = node.parablock(para, hash, header, self.limits, live).await;
        if authorities != self.authorities && !authorities.is_empty() {
            self.authorities = authorities.clone();
            observed.push(Observed::Authorities { para, keys: authorities });
        }
        observed.push(Observed::Para(block));
        let wanted = *self.looks_for.borrow();
        if let Some(wanted) = wanted {
            if node.transactions(hash).await.is_ok_and(|found| found.contains(&wanted)) {
                observed.push(Observed::Transaction { para, block: hash, hash: wanted });
            }
        }
        Ok(observed)
    }

    /// Reads what follows from the runtime of a block.
    async fn ask(&mut self, at: &ClientAt, number: u64, changed: bool, observed: &mut Vec<Observed>) {
        let para = self.id;
        if changed {
            self.limits = block_limits(at).ok();
            let reported = node::cadences(at, self.relay_millis).await;
            // A chain without a history only has its present slots.
            if let [now] = reported[..] {
                match self.cadences.last() {
                    Some(last) if last.block_millis() == now.block_millis() => (),
                    Some(_) => self.cadences.push(CadenceSpan { since: number - 1, ..now }),
                    None => self.cadences = reported,
                }
            } else {
                self.cadences = reported;
            }
            observed.push(Observed::Cadence { para, cadences: self.cadences.clone() });
            self.asks_after = None;
        }
        if let Some(now) = self.cadences.last() {
            if let Some(emission) = node::emission(at, now.block_millis()).await {
                observed.push(Observed::Emission { para, emission });
            }
        }
    }
}

/// Hashes of blocks that were reported.
#[derive(Default)]
struct Known {
    hashes: HashSet<H256>,
    order: VecDeque<H256>,
}

impl Known {
    fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    fn has(&self, hash: &H256) -> bool {
        self.hashes.contains(hash)
    }

    fn insert(&mut self, hash: H256) {
        if self.hashes.insert(hash) {
            self.order.push_back(hash);
        }
        if self.order.len() > KNOWN {
            if let Some(oldest) = self.order.pop_front() {
                self.hashes.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests;
