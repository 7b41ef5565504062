//! A run: offers transactions at a rate, or as many as the pool may hold, until its end. Then it waits for
//! what is still on its way.
//!
//! Each sender submits to one node, one transaction after the other, so that its nonces arrive in order. A
//! pool that is full is tried again with the next block. A pool can also forget transactions that it has
//! accepted, and then the later ones of that sender are stuck in it. So if the first transaction of a sender
//! that waits stays the same for some blocks, all of them are submitted again, to every node.
//!
//! All of this runs on one thread, in functions that never end but for the clock.

use crate::{
    accounts,
    blocks::{failures, read},
    ledger::{Id, Ledger},
    report::Report,
    submit::{Answer, Connection, Node},
    summary::{report, Asked},
    workload::Workload,
};
use anyhow::{bail, ensure, Context, Result};
use futures_util::{future::try_join_all, stream::FuturesUnordered, TryStreamExt};
use sp_crypto_hashing::blake2_256;
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    future::{pending, Future},
    pin::pin,
    time::{Duration, Instant},
};
use subxt::{
    client::OnlineClientAtBlockImpl, config::DefaultExtrinsicParamsBuilder, tx::TransactionsClient,
    utils::H256, PolkadotConfig,
};
use subxt_signer::sr25519::Keypair;
use tandem_rpc::{hash, parachain::ParachainClient};
use tandem_watch::{
    parachain::Record,
    source::{now, FollowOptions},
    Watch,
};
use tokio::{
    sync::{Notify, Semaphore},
    time::{interval, sleep, timeout, MissedTickBehavior},
};

/// Time between two looks at how many transactions may be offered.
const TICK: Duration = Duration::from_millis(50);
/// Time between two reports of the progress.
const PROGRESS: Duration = Duration::from_secs(1);
/// How long, and for how many blocks, a sender may stand still before its transactions are submitted again.
const STALL: Duration = Duration::from_secs(30);
const STALL_BLOCKS: u64 = 5;
/// How many blocks to wait for before a refusal counts.
const TRIES: u32 = 3;
/// How long nothing may happen, after the last offer, until the rest is given up.
const GRACE: Duration = Duration::from_secs(120);
/// How long a node may report no block until another one is asked.
const SILENCE: Duration = Duration::from_secs(60);
/// How long to wait before a node that does not answer is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// What to do.
pub struct Options {
    /// RPC endpoints of the parachain's nodes.
    pub nodes: Vec<String>,
    /// What to watch for inclusion; `None` if the relay chain is not known.
    pub follow: Option<FollowOptions>,
    /// The account that funds the senders, and from whose key theirs are derived.
    pub root: Keypair,
    pub senders: u32,
    /// What each sender must have, in whole tokens.
    pub tokens: u64,
    pub workload: Workload,
    /// Transactions per second; `None` to keep the pool full.
    pub rate: Option<f64>,
    /// The most transactions that are offered and in no block.
    pub in_flight: usize,
    pub end: End,
}

/// When to offer no more.
#[derive(Clone, Copy, Debug)]
pub enum End {
    After(Duration),
    /// Once this many blocks have transactions of the run.
    Blocks(u32),
}

/// How far a run is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Since the first offer.
    pub elapsed: Duration,
    /// Numbers of transactions.
    pub offered: u64,
    pub accepted: u64,
    pub in_blocks: u64,
    pub included: u64,
    pub finalized: u64,
    pub waiting: u64,
    /// Whether it offers no more, and waits for the rest.
    pub ending: bool,
}

struct Run<'a> {
    options: &'a Options,
    accounts: Vec<Keypair>,
    /// The next nonce of each account when the run starts.
    nonces: Vec<u64>,
    connections: Vec<Connection>,
    /// Blocks up to this one have no transaction of the run.
    start: u64,
    /// Signs for the runtime that is in force.
    signer: RefCell<TransactionsClient<PolkadotConfig, OnlineClientAtBlockImpl<PolkadotConfig>>>,
    ledger: RefCell<Ledger>,
    /// The transactions that are not final, as they were last signed.
    signed: RefCell<BTreeMap<Id, Vec<u8>>>,
    /// How many may be offered now. Closed when no more are.
    permits: Semaphore,
    /// A block has become the best one.
    new_best: Notify,
    best: Cell<u64>,
    /// Final blocks whose events are not read yet.
    unread: Cell<usize>,
    stopped_at: Cell<Option<u64>>,
}

/// Carries out a run. `progress` is called every second. When `stop` is ready, no more is offered, as at the
/// end.
///
/// # Errors
/// If the nodes do not answer at the start, if the senders cannot be funded, if the workload's call does not
/// fit the chain, or if every sender is refused.
pub async fn run(
    options: &Options,
    mut progress: impl FnMut(Progress),
    stop: impl Future<Output = ()>,
) -> Result<Report> {
    ensure!(options.senders > 1, "a run needs two senders or more");
    let first = options.nodes.first().context("no node of the parachain is given")?;
    let connections = try_join_all(options.nodes.iter().map(|url| Connection::open(url))).await?;
    let node = connections[0].node();
    let chain = node.rpc.system_chain().await?;
    let accounts = accounts::derive(&options.root, options.senders);
    let para = ParachainClient::connect(first).await?;
    let newest = node.newest().await?;
    // Whatever can be wrong shows before money is spent.
    read(&node, newest.block_hash()).await?;
    let call = options.workload.call(&accounts[0], &accounts[1], 0);
    newest
        .tx()
        .call_data(&call)
        .with_context(|| format!("the chain has no such call: {}", options.workload.name()))?;
    let watch = match &options.follow {
        Some(follow) => Some(Watch::follow(follow.clone(), false).await?),
        None => None,
    };
    let balance = accounts::unit(&node).await?.saturating_mul(options.tokens.into());
    accounts::fund(&para, &options.root, &accounts, balance).await?;
    let nonces = accounts::nonces(&node, &accounts).await?;
    let newest = node.newest().await?;
    let run = Run {
        options,
        accounts,
        nonces,
        connections,
        // Genesis has no parent.
        start: newest.block_number().max(1),
        best: Cell::new(newest.block_number()),
        signer: RefCell::new(newest.tx()),
        ledger: RefCell::default(),
        signed: RefCell::default(),
        permits: Semaphore::new(0),
        new_best: Notify::new(),
        unread: Cell::new(0),
        stopped_at: Cell::new(None),
    };
    let relay_watched = watch.is_some();
    let started = Instant::now();
    tokio::select! {
        ended = run.clock(started, relay_watched, &mut progress, stop) => ended,
        ended = run.send() => ended,
        ended = run.follow_best() => ended,
        ended = run.follow_final() => ended,
        ended = run.follow_relay(watch) => ended,
        ended = run.repair() => ended,
    }?;
    let asked = Asked {
        chain,
        workload: options.workload.name(),
        rate: options.rate,
        senders: options.senders,
        connections: options.nodes.len() as u32,
    };
    let ended_at = now();
    let stopped_at = run.stopped_at.get().unwrap_or(ended_at);
    let ledger = run.ledger.borrow();
    Ok(report(asked, &ledger, stopped_at, ended_at, relay_watched))
}

impl Run<'_> {
    /// Says how many may be offered, reports the progress, and ends the run.
    async fn clock(
        &self,
        started: Instant,
        relay_watched: bool,
        progress: &mut impl FnMut(Progress),
        stop: impl Future<Output = ()>,
    ) -> Result<()> {
        let mut stop = pin!(stop);
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut tokens, mut last_tick, mut last_report) = (0.0, Instant::now(), started);
        let (mut last_counts, mut last_change) = ([0; 5], Instant::now());
        loop {
            tokio::select! {
                biased;
                () = &mut stop, if self.stopped_at.get().is_none() => self.stop(),
                _ = ticks.tick() => (),
            }
            if self.stopped_at.get().is_none() {
                let since = last_tick.elapsed().as_secs_f64();
                self.permit(&mut tokens, since);
                if self.is_over(started) {
                    self.stop();
                }
            }
            last_tick = Instant::now();
            if last_report.elapsed() < PROGRESS {
                continue;
            }
            last_report = Instant::now();
            let ending = self.stopped_at.get().is_some();
            let ledger = self.ledger.borrow();
            let counts @ [offered, accepted, in_blocks, included, finalized] = ledger.counts();
            let waiting = ledger.waiting() as u64;
            let elapsed = started.elapsed();
            progress(Progress {
                elapsed,
                offered,
                accepted,
                in_blocks,
                included,
                finalized,
                waiting,
                ending,
            });
            if counts != last_counts {
                (last_counts, last_change) = (counts, Instant::now());
            }
            let done = self.unread.get() == 0 && ledger.is_done(relay_watched);
            if ending && (done || last_change.elapsed() > GRACE) {
                return Ok(());
            }
        }
    }

    /// Lets as many be offered as the rate and the pool allow. `tokens` is what the rate has allowed so far,
    /// and was not used.
    fn permit(&self, tokens: &mut f64, seconds: f64) {
        let used = self.ledger.borrow().waiting() + self.permits.available_permits();
        let room = self.options.in_flight.saturating_sub(used);
        let permits = match self.options.rate {
            None => room,
            Some(rate) => {
                // At most a second's worth is made up for.
                let second = rate.max(1.0);
                *tokens = (*tokens + rate * seconds).min(second);
                let unused = self.permits.available_permits();
                let permits = room.min(*tokens as usize).min((second as usize).saturating_sub(unused));
                *tokens -= permits as f64;
                permits
            }
        };
        self.permits.add_permits(permits);
    }

    fn is_over(&self, started: Instant) -> bool {
        match self.options.end {
            End::After(duration) => started.elapsed() >= duration,
            End::Blocks(blocks) => {
                let ledger = self.ledger.borrow();
                ledger.best_chain().filter(|block| block.transactions > 0).count() >= blocks as usize
            }
        }
    }

    /// Offers no more.
    fn stop(&self) {
        self.stopped_at.set(Some(now()));
        self.permits.close();
    }

    /// Has all senders offer transactions.
    async fn send(&self) -> Result<()> {
        let senders: FuturesUnordered<_> =
            (0..self.options.senders).map(|sender| self.offer_all(sender)).collect();
        senders.try_collect::<Vec<()>>().await?;
        if self.stopped_at.get().is_none() {
            let ledger = self.ledger.borrow();
            if ledger.counts()[0] == 0 {
                let most = ledger.refusals.iter().max_by_key(|(_, times)| **times);
                bail!(
                    "every sender was refused: {}",
                    most.map_or("no reason was given", |(reason, _)| reason)
                );
            }
            // They have run out of tokens, or of what the call needs.
            self.stop();
        }
        pending().await
    }

    /// Has a sender offer transactions, until the end or until one is refused.
    async fn offer_all(&self, sender: u32) -> Result<()> {
        let mut nonce = self.nonces[sender as usize];
        while let Ok(permit) = self.permits.acquire().await {
            permit.forget();
            let id = (sender, nonce);
            self.sign(id, 0)?;
            if !self.place(id).await? {
                break;
            }
            nonce += 1;
        }
        Ok(())
    }

    /// Signs a transaction, for the first time or again. Another `tip` makes it another transaction.
    fn sign(&self, id: Id, tip: u128) -> Result<()> {
        let (sender, nonce) = id;
        let receiver = (sender as usize + 1) % self.accounts.len();
        let sender = &self.accounts[sender as usize];
        let call = self.options.workload.call(sender, &self.accounts[receiver], nonce);
        // Immortal: the newest block, which a mortal one would be bound to, may be of a fork that loses.
        let params = DefaultExtrinsicParamsBuilder::<PolkadotConfig>::new().nonce(nonce).tip(tip).immortal();
        let signer = self.signer.borrow();
        let mut signable = signer.create_signable_offline(&call, params.build())?;
        let transaction = signable.sign(sender)?.into_encoded();
        self.ledger.borrow_mut().offer(id, H256(blake2_256(&transaction)), now());
        self.signed.borrow_mut().insert(id, transaction);
        Ok(())
    }

    /// The position of the node that a sender submits to.
    fn own_node(&self, sender: u32) -> usize {
        sender as usize % self.connections.len()
    }

    /// Submits a transaction to its sender's node until the pool has it. Returns whether it has, or else the
    /// transaction is refused.
    async fn place(&self, id: Id) -> Result<bool> {
        let connection = &self.connections[self.own_node(id.0)];
        let (mut tip, mut resigned, mut tries) = (0, false, 0);
        loop {
            let Some(transaction) = self.signed.borrow().get(&id).cloned() else { return Ok(true) };
            match connection.submit(&transaction).await {
                Answer::Accepted | Answer::Known | Answer::Stale => {
                    self.ledger.borrow_mut().accept(id, now());
                    return Ok(true);
                }
                Answer::PoolFull => {
                    self.ledger.borrow_mut().pool_full += 1;
                    self.next_block().await;
                }
                Answer::Banned => {
                    tip += 1;
                    self.sign(id, tip)?;
                }
                Answer::BadSignature if !resigned => {
                    resigned = true;
                    self.signer_anew(connection).await;
                    self.sign(id, tip)?;
                }
                Answer::BadSignature => return Ok(self.refuse(id, "bad signature".into())),
                // Its node may not have the block yet that brought the sender's tokens.
                Answer::Refused(_) if tries < TRIES => {
                    tries += 1;
                    self.next_block().await;
                }
                Answer::Refused(reason) => return Ok(self.refuse(id, reason)),
                Answer::Disconnected => sleep(PAUSE).await,
            }
        }
    }

    /// Signs for the runtime of the newest block from now on, if the node answers.
    async fn signer_anew(&self, connection: &Connection) {
        if let Ok(newest) = connection.node().newest().await {
            self.signer.replace(newest.tx());
        }
    }

    /// Enters the refusal of a transaction.
    fn refuse(&self, id: Id, reason: String) -> bool {
        self.ledger.borrow_mut().refuse(id, reason);
        self.signed.borrow_mut().remove(&id);
        false
    }

    /// Waits for the next block, but no longer than a relay-chain slot.
    async fn next_block(&self) {
        let _ = timeout(Duration::from_secs(6), self.new_best.notified()).await;
    }

    /// Submits the transactions of senders that stand still again.
    async fn repair(&self) -> Result<()> {
        // For each sender the first nonce that waits, and since when and which block.
        let mut standing = vec![(None, Instant::now(), 0); self.accounts.len()];
        loop {
            self.next_block().await;
            for sender in 0..self.options.senders {
                let first = self.ledger.borrow().waiting_of(sender).next();
                let (nonce, since, block) = &mut standing[sender as usize];
                let stalled = first.is_some()
                    && *nonce == first
                    && since.elapsed() > STALL
                    && self.best.get() >= *block + STALL_BLOCKS;
                if stalled {
                    self.submit_again(sender).await?;
                }
                if stalled || *nonce != first {
                    (*nonce, *since, *block) = (first, Instant::now(), self.best.get());
                }
            }
        }
    }

    async fn submit_again(&self, sender: u32) -> Result<()> {
        let waiting: Vec<_> = self.ledger.borrow().waiting_of(sender).collect();
        for (i, connection) in self.connections.iter().enumerate() {
            for nonce in &waiting {
                let id = (sender, *nonce);
                let Some(transaction) = self.signed.borrow().get(&id).cloned() else { continue };
                let mut answer = connection.submit(&transaction).await;
                if matches!(answer, Answer::Banned | Answer::BadSignature) {
                    // Signed again, with a tip, it is another transaction, and not banned.
                    self.signer_anew(connection).await;
                    self.sign(id, 1)?;
                    let transaction = self.signed.borrow().get(&id).cloned().unwrap_or_default();
                    answer = connection.submit(&transaction).await;
                }
                match answer {
                    Answer::Accepted => {
                        let mut ledger = self.ledger.borrow_mut();
                        ledger.accept(id, now());
                        // Another node may never have had it.
                        ledger.resubmitted += u64::from(i == self.own_node(sender));
                    }
                    Answer::Disconnected => break,
                    _ => (),
                }
            }
        }
        Ok(())
    }

    /// Enters the blocks of the best chain.
    async fn follow_best(&self) -> Result<()> {
        loop {
            for connection in &self.connections {
                let node = connection.node();
                // A node that is gone may come back. Until then, another one is asked.
                let _ = self.follow_best_of(&node).await;
                sleep(PAUSE).await;
                connection.reconnect(&node).await;
            }
        }
    }

    async fn follow_best_of(&self, node: &Node) -> Result<()> {
        let mut heads = node.rpc.chain_subscribe_new_heads().await?;
        while let Some(head) = timeout(SILENCE, heads.next()).await?.transpose()? {
            let best = hash(&head);
            let (mut next, mut new) = (best, vec![]);
            while !self.ledger.borrow().knows(&next) {
                let block = read(node, next).await?;
                let oldest = block.0.number <= self.start;
                next = block.0.parent;
                new.push(block);
                if oldest {
                    break;
                }
            }
            let mut ledger = self.ledger.borrow_mut();
            for (block, extrinsics) in new {
                ledger.add_block(block, &extrinsics);
            }
            ledger.best_is(best, now());
            self.best.set(head.number);
            self.new_best.notify_waiters();
        }
        bail!("the node reports no more blocks")
    }

    /// Enters which blocks are final, and which of their extrinsics have failed.
    async fn follow_final(&self) -> Result<()> {
        // Blocks whose events are not read yet.
        let mut unread = VecDeque::new();
        loop {
            for connection in &self.connections {
                let node = connection.node();
                let _ = self.follow_final_of(&node, &mut unread).await;
                sleep(PAUSE).await;
                connection.reconnect(&node).await;
            }
        }
    }

    async fn follow_final_of(&self, node: &Node, unread: &mut VecDeque<H256>) -> Result<()> {
        let mut heads = node.rpc.chain_subscribe_finalized_heads().await?;
        while let Some(head) = timeout(SILENCE, heads.next()).await?.transpose()? {
            let finalized = self.ledger.borrow_mut().final_is(head.number, hash(&head), now());
            unread.extend(finalized.into_iter().filter(|block| self.ledger.borrow().has_ours(block)));
            self.unread.set(unread.len());
            while let Some(block) = unread.front() {
                let failed = failures(node, *block).await?;
                self.ledger.borrow_mut().failed(block, &failed);
                unread.pop_front();
                self.unread.set(unread.len());
            }
            let ledger = self.ledger.borrow();
            self.signed.borrow_mut().retain(|id, _| !ledger.is_final(id));
        }
        bail!("the node reports no more blocks")
    }

    /// Enters what the relay chain does to the blocks.
    async fn follow_relay(&self, watch: Option<Watch>) -> Result<()> {
        let Some(mut watch) = watch else { return pending().await };
        while let Some(records) = watch.next().await? {
            for record in &records {
                if let Record::Block(block) = record {
                    self.ledger.borrow_mut().included(block);
                }
            }
        }
        bail!("the watch has ended")
    }
}
