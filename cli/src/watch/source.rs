//! Follows nodes: turns what they tell, as it comes, into [`Fact`]s.
//!
//! A chain is followed on one node at a time. If the connection is lost, the next of its nodes is tried,
//! for ever; blocks that came in between are looked up by their hashes, from a new block back to a known
//! one, so that nothing is left out and nothing is told of before its parent.

use super::{
    fact::{Fact, Millis, ParaId, Span, Start, Weight, What},
    node::{self, Node},
};
use crate::chain::{ClientAt, Header};
use anyhow::{bail, ensure, Context, Result};
use std::{
    collections::{HashSet, VecDeque},
    convert::Infallible,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use subxt::utils::H256;
use tokio::{
    sync::mpsc::{self, Receiver, Sender},
    time::{sleep, timeout},
};

/// Relay blocks that are looked up before the first one that is watched, if none is asked for.
const BEFORE: u64 = 20;
/// The most blocks that are looked up before one, in one go.
const MOST: u64 = 50_000;
/// Blocks whose hashes are remembered.
const KNOWN: usize = 2 * MOST as usize;
/// A node that says nothing for so long is left.
const SILENCE: Duration = Duration::from_secs(120);
/// A lost node is tried every so often.
const RETURN: Duration = Duration::from_secs(5);
/// Facts that wait to be taken.
const WAITING: usize = 1_024;
/// What a chain mints is asked for anew every so many blocks.
const EMISSION: u64 = 25;

/// Where to look.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    /// Nodes of the relay chain.
    pub relay: Vec<String>,
    /// Nodes of parachains.
    pub paras: Vec<String>,
    /// The first parablock to look up, instead of those of the last minutes.
    pub since: Option<u64>,
    /// The hash of a transaction to look for.
    pub transaction: Option<H256>,
}

/// Milliseconds since the Unix epoch.
pub fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
}

/// Follows the chains at `endpoints` until the facts are no longer taken. The first one is the
/// [`Start`].
///
/// # Errors
/// If no node of a chain answers, if one is none of the SDK's, or if the chains are not a relay chain and
/// parachains of it.
pub async fn follow(endpoints: Endpoints) -> Result<Receiver<Result<Fact>>> {
    ensure!(!endpoints.paras.is_empty(), "no node of a parachain is given");
    let (_, relay) = first(&endpoints.relay).await?;
    let mut start = Start {
        relay: relay.chain().await?,
        relay_millis: relay.relay_millis().await.with_context(|| {
            format!(
                "the chain at '{}' has no Babe slots, so it is not a relay chain",
                endpoints.relay.join(", ")
            )
        })?,
        paras: vec![],
        transaction: endpoints.transaction,
    };

    // Nodes of one parachain stand in for each other.
    let mut chains: Vec<(ParaId, Vec<String>)> = vec![];
    let mut unreached = vec![];
    for url in &endpoints.paras {
        let node = match Node::connect(url).await {
            Ok(node) => node,
            Err(error) => {
                unreached.push((url.clone(), error));
                continue;
            }
        };
        let about = node.parachain().await.with_context(|| format!("asking {url}"))?;
        match chains.iter_mut().find(|(id, _)| *id == about.id) {
            Some((_, urls)) => urls.push(url.clone()),
            None => {
                belongs(&relay, &start.relay, &node, about.id).await?;
                chains.push((about.id, vec![url.clone()]));
                start.paras.push(about);
            }
        }
    }
    for (url, error) in unreached {
        match &mut chains[..] {
            // It will be one of this chain's, and is tried like its others.
            [(_, urls)] => urls.push(url),
            _ => return Err(error.context("at the start a node of each parachain has to answer")),
        }
    }

    let ids: Vec<_> = chains.iter().map(|(id, _)| *id).collect();
    let best = relay.header(None).await?;
    let mut oldest = best.number.saturating_sub(BEFORE).max(1);
    let mut oldest_paras = vec![];
    for (id, urls) in &chains {
        let first_of = match endpoints.since {
            Some(number) => {
                let (_, node) = first(urls).await?;
                let header = header_of(&node, number).await.with_context(|| format!("parachain {id}"))?;
                oldest = oldest.min(node::relay_parent(&header).unwrap_or(oldest).max(1));
                number
            }
            None => {
                let at =
                    relay.rpc.chain_get_block_hash(Some(oldest.into())).await?.context("a relay block")?;
                relay.head(at, *id).await.ok().flatten().map_or(0, |(number, _)| number)
            }
        };
        oldest_paras.push(first_of.max(1));
    }

    let (facts, taken) = mpsc::channel(WAITING);
    let millis = start.relay_millis;
    let looks_for = start.transaction;
    facts.send(Ok(Fact { at: now(), what: What::Start(start) })).await?;
    let chain = Chain { facts: facts.clone(), nodes: endpoints.relay, known: Known::default(), oldest };
    tokio::spawn(chain.follow(Reads::Relay(ids)));
    for ((id, nodes), oldest) in chains.into_iter().zip(oldest_paras) {
        let chain = Chain { facts: facts.clone(), nodes, known: Known::default(), oldest };
        let reader =
            Parachain { id, relay_millis: millis, looks_for, asks_after: Some(0), ..Parachain::default() };
        tokio::spawn(chain.follow(Reads::Para(Box::new(reader))));
    }
    Ok(taken)
}

/// The first of `urls` that answers.
async fn first(urls: &[String]) -> Result<(String, Node)> {
    let mut error = None;
    for url in urls {
        match Node::connect(url).await {
            Ok(node) => return Ok((url.clone(), node)),
            Err(refused) => error = error.or(Some(refused)),
        }
    }
    Err(error.context("no node of the relay chain is given")?)
}

async fn header_of(node: &Node, number: u64) -> Result<Header> {
    let hash = node.rpc.chain_get_block_hash(Some(number.into())).await?;
    node.header(Some(hash.with_context(|| format!("there is no block #{number} yet"))?)).await
}

/// Whether `node` is of the parachain that the relay chain knows as `para`.
async fn belongs(relay: &Node, name: &str, node: &Node, para: ParaId) -> Result<()> {
    // Of what is final there are no forks.
    let known = relay.rpc.chain_get_finalized_head().await?;
    let Some((number, head)) = relay.head(known, para).await? else {
        bail!("the chain '{name}' knows no parachain {para}: is it the relay chain of this one?")
    };
    // A node that lags behind cannot be asked yet.
    if let Some(hash) = node.rpc.chain_get_block_hash(Some(number.into())).await? {
        ensure!(
            hash == head,
            "block #{number} of parachain {para} is {head:?} for '{name}' and {hash:?} for its node: it is a \
             parachain of another relay chain"
        );
    }
    Ok(())
}

/// Whether a node has dropped the state that was asked for, as nodes do after some hundred blocks.
fn is_forgotten(error: &anyhow::Error) -> bool {
    format!("{error:#}").contains("State already discarded")
}

async fn tell(facts: &Sender<Result<Fact>>, what: What) {
    // If nobody takes it, nothing is followed any more.
    let _ = facts.send(Ok(Fact { at: now(), what })).await;
}

/// Waits for a lost node, as another one of its chain may be followed meanwhile.
async fn comes_back(node: String, facts: Sender<Result<Fact>>) {
    while !facts.is_closed() {
        sleep(RETURN).await;
        if Node::connect(&node).await.is_ok() {
            return tell(&facts, What::Link { node, lost: None }).await;
        }
    }
}

/// A chain that is followed.
struct Chain {
    facts: Sender<Result<Fact>>,
    nodes: Vec<String>,
    known: Known,
    /// The number of the first block that is told of.
    oldest: u64,
}

/// What is read from each block.
enum Reads {
    /// What it does to these parachains.
    Relay(Vec<ParaId>),
    Para(Box<Parachain>),
}

impl Chain {
    async fn follow(mut self, mut reads: Reads) {
        let nodes = self.nodes.clone();
        let mut tried = HashSet::new();
        for url in nodes.iter().cycle() {
            let is_new = tried.insert(url);
            let lost = match Node::connect(url).await {
                Ok(node) => {
                    self.tell(What::Link { node: url.clone(), lost: None }).await;
                    // It ends by an error alone, and what is not told yet is told by the next node.
                    let Err(lost) = self.listen(&node, &mut reads).await;
                    Some(lost)
                }
                // It is waited for already.
                Err(_) if !is_new => None,
                Err(unreached) => Some(unreached),
            };
            if let Some(error) = lost {
                self.tell(What::Link { node: url.clone(), lost: Some(format!("{error:#}")) }).await;
                tokio::spawn(comes_back(url.clone(), self.facts.clone()));
            }
            if self.facts.is_closed() {
                return;
            }
            sleep(Duration::from_secs(1)).await;
        }
    }

    async fn tell(&self, what: What) {
        tell(&self.facts, what).await;
    }

    async fn listen(&mut self, node: &Node, reads: &mut Reads) -> Result<Infallible> {
        let mut all = node.rpc.chain_subscribe_all_heads().await?;
        let mut best = node.rpc.chain_subscribe_new_heads().await?;
        let mut finals = node.rpc.chain_subscribe_finalized_heads().await?;
        // What a subscription begins with is not news.
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
            let (stream, header) = timeout(SILENCE, next).await.context("the node is silent")??;
            let header = header.context("the subscription ended")??;
            let hash = node::hash(&header);
            let live = is_new(stream);
            self.block(node, reads, hash, &header, live).await?;
            if let Reads::Relay(_) = reads {
                match stream {
                    1 => self.tell(What::RelayBest(hash)).await,
                    2 => self.tell(What::RelayFinal { number: header.number, hash }).await,
                    _ => (),
                }
            }
            ensure!(!self.facts.is_closed(), "the facts are not taken any more");
        }
    }

    /// Tells of a block, after those before it that were not told of.
    async fn block(
        &mut self,
        node: &Node,
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
            self.tell_of(node, reads, hash, &header, false).await?;
        }
        self.tell_of(node, reads, hash, header, live).await
    }

    async fn tell_of(
        &mut self,
        node: &Node,
        reads: &mut Reads,
        hash: H256,
        header: &Header,
        live: bool,
    ) -> Result<()> {
        match reads {
            Reads::Relay(paras) => match node.relay_block(hash, header, paras, live).await {
                Ok(block) => self.tell(What::Relay(block)).await,
                // Its state is forgotten: history begins later than was asked for, or has a gap as long as
                // no node was reached.
                Err(error) if !live && (self.known.is_empty() || is_forgotten(&error)) => return Ok(()),
                Err(error) => return Err(error),
            },
            Reads::Para(reader) => {
                for what in reader.read(node, hash, header, live).await? {
                    self.tell(what).await;
                }
            }
        }
        self.known.insert(hash);
        Ok(())
    }
}

/// What is remembered of a parachain from one block to the next.
#[derive(Default)]
struct Parachain {
    id: ParaId,
    relay_millis: u64,
    looks_for: Option<H256>,
    limit: Option<Weight>,
    spans: Vec<Span>,
    authorities: Vec<H256>,
    /// The code is to be asked anew in a block after this one.
    asks_after: Option<u64>,
    read: u64,
}

impl Parachain {
    async fn read(&mut self, node: &Node, hash: H256, header: &Header, live: bool) -> Result<Vec<What>> {
        let (para, mut facts) = (self.id, vec![]);
        // A change of code is in force, and told of, in the block after.
        let changed = self.asks_after.is_some_and(|number| header.number > number);
        if changed || (live && self.read % EMISSION == 0) {
            if let Ok(at) = node.after(hash).await {
                self.ask(&at, header.number, changed, &mut facts).await;
            }
        }
        self.read += 1;
        if node::changes_code(header) {
            self.asks_after = Some(header.number);
        }
        let (block, authorities) = node.parablock(para, hash, header, self.limit, live).await;
        if authorities != self.authorities && !authorities.is_empty() {
            self.authorities = authorities.clone();
            facts.push(What::Authorities { para, keys: authorities });
        }
        facts.push(What::Para(block));
        if let Some(wanted) = self.looks_for {
            if node.transactions(hash).await.is_ok_and(|found| found.contains(&wanted)) {
                facts.push(What::Transaction { para, block: hash, hash: wanted });
            }
        }
        Ok(facts)
    }

    /// Asks the code of a block what follows from it.
    async fn ask(&mut self, at: &ClientAt, number: u64, changed: bool, facts: &mut Vec<What>) {
        let para = self.id;
        if changed {
            self.limit = node::limit(at);
            let told = node::spans(at, self.relay_millis).await;
            // Slots alone tell of now, not of the past.
            if let [now] = told[..] {
                match self.spans.last() {
                    Some(last) if last.block_millis() == now.block_millis() => (),
                    Some(_) => self.spans.push(Span { since: number - 1, ..now }),
                    None => self.spans = told,
                }
            } else {
                self.spans = told;
            }
            facts.push(What::Cadence { para, spans: self.spans.clone() });
            self.asks_after = None;
        }
        if let Some(now) = self.spans.last() {
            if let Some(emission) = node::emission(at, now.block_millis()).await {
                facts.push(What::Emission { para, emission });
            }
        }
    }
}

/// Hashes of blocks that were told of.
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
