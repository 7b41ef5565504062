//! The ledger: what has become of every transaction. It does no IO, and does not read the clock.
//!
//! A transaction is identified by its sender and nonce, because a pool can make it necessary to sign it
//! again, with another hash. It is offered, accepted by a pool, in a block of the best chain, included, and
//! final. The best chain can change: what was in blocks that are left waits again, until it is in another
//! block.

use crate::blocks::BlockInfo;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use subxt::utils::H256;
use tandem_watch::parachain::BlockProgress;

/// A sender, by its position, and a nonce of its account.
pub type Id = (u32, u64);

/// What has become of a transaction. Times are milliseconds since the Unix epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transaction {
    /// When it was first submitted.
    pub offered_at: u64,
    /// When a pool first took it.
    pub accepted_at: Option<u64>,
    /// When it was in a block of the best chain, for the last time that it came into one.
    pub in_block_at: Option<u64>,
    /// The block of the best chain that it is in.
    pub block: Option<H256>,
    pub included_at: Option<u64>,
    pub final_at: Option<u64>,
    /// Whether it is in a final block with `System.ExtrinsicFailed`.
    pub failed: bool,
}

#[derive(Default)]
pub struct Ledger {
    transactions: BTreeMap<Id, Transaction>,
    ids: HashMap<H256, Id>,
    /// Those that are offered, and in no block of the best chain.
    waiting: BTreeSet<Id>,
    blocks: HashMap<H256, Entry>,
    /// What the relay chain did to blocks that are not known yet.
    early: HashMap<H256, BlockProgress>,
    /// The best chain, by block number.
    chain: BTreeMap<u64, H256>,
    final_number: Option<u64>,
    /// How often each reason was given for a refusal.
    pub refusals: BTreeMap<String, u64>,
    /// Transactions in two final blocks.
    pub double: u64,
    pub resubmitted: u64,
    pub pool_full: u64,
}

struct Entry {
    info: BlockInfo,
    /// The transactions of this run, each with the index of its extrinsic.
    ours: Vec<(u32, Id)>,
}

impl Ledger {
    /// The transaction is submitted, for the first time or again, with this hash.
    pub fn offer(&mut self, id: Id, hash: H256, now: u64) {
        self.ids.insert(hash, id);
        self.transactions.entry(id).or_insert_with(|| {
            self.waiting.insert(id);
            Transaction { offered_at: now, ..Transaction::default() }
        });
    }

    /// A pool has taken the transaction.
    pub fn accept(&mut self, id: Id, now: u64) {
        if let Some(tx) = self.transactions.get_mut(&id) {
            tx.accepted_at.get_or_insert(now);
        }
    }

    /// No pool will take the transaction, and its nonce is free again; unless it is in a block already, by an
    /// earlier signature.
    pub fn refuse(&mut self, id: Id, reason: String) {
        if !self.waiting.contains(&id) {
            return;
        }
        *self.refusals.entry(reason).or_default() += 1;
        self.transactions.remove(&id);
        self.waiting.remove(&id);
    }

    /// Whether the block is known.
    pub fn knows(&self, block: &H256) -> bool {
        self.blocks.contains_key(block)
    }

    /// A block whose extrinsics have these hashes.
    pub fn add_block(&mut self, info: BlockInfo, extrinsics: &[H256]) {
        let ours = extrinsics.iter().zip(0..).filter_map(|(hash, index)| Some((index, *self.ids.get(hash)?)));
        let ours: Vec<_> = ours.collect();
        let info = BlockInfo { transactions: ours.len() as u32, ..info };
        let hash = info.hash;
        self.blocks.insert(hash, Entry { info, ours });
        if let Some(block) = self.early.remove(&hash) {
            self.included(&block);
        }
    }

    /// The best block is a known one. Blocks of the best chain that it is not built on are left.
    pub fn best_is(&mut self, best: H256, now: u64) {
        let mut path = Vec::new();
        let mut next = self.blocks.get(&best);
        while let Some(Entry { info, .. }) = next {
            if self.chain.get(&info.number) == Some(&info.hash) {
                break;
            }
            path.push((info.number, info.hash));
            next = self.blocks.get(&info.parent);
        }
        // On the best chain already, or built on nothing that is known: the first block.
        let keeps =
            next.map_or_else(|| path.last().map(|(number, _)| number - 1), |entry| Some(entry.info.number));
        let Some(keeps) = keeps else { return };
        for (_, left) in self.chain.split_off(&(keeps + 1)) {
            for (_, id) in &self.blocks[&left].ours {
                if let Some(tx) = self.transactions.get_mut(id).filter(|tx| tx.block == Some(left)) {
                    (tx.block, tx.in_block_at) = (None, None);
                    self.waiting.insert(*id);
                }
            }
        }
        for (number, hash) in path.into_iter().rev() {
            self.chain.insert(number, hash);
            for (_, id) in &self.blocks[&hash].ours {
                if let Some(tx) = self.transactions.get_mut(id) {
                    (tx.block, tx.in_block_at) = (Some(hash), Some(now));
                    self.waiting.remove(id);
                }
            }
            let authored_at = self.blocks[&hash].info.authored_at;
            let had_waited = |id: &&Id| {
                let accepted_at = self.transactions.get(id).and_then(|tx| tx.accepted_at);
                accepted_at.is_some_and(|accepted_at| accepted_at + SETTLING < authored_at)
            };
            let waited = self.waiting.iter().filter(had_waited).count() as u32;
            if let Some(Entry { info, .. }) = self.blocks.get_mut(&hash) {
                (info.seen_at, info.waited) = (now, waited);
            }
        }
    }

    /// The block is final. Returns the known blocks that became final with it, oldest first. If it is not
    /// known to be on the best chain yet, they become final with a later one.
    pub fn final_is(&mut self, number: u64, hash: H256, now: u64) -> Vec<H256> {
        let first = self.final_number.map_or(0, |number| number + 1);
        if first > number || self.chain.get(&number) != Some(&hash) {
            return vec![];
        }
        let blocks: Vec<_> = self.chain.range(first..=number).map(|(_, hash)| *hash).collect();
        for hash in &blocks {
            let Some(Entry { info, ours }) = self.blocks.get_mut(hash) else { continue };
            info.final_at = Some(now);
            for (_, id) in ours {
                let Some(tx) = self.transactions.get_mut(id) else { continue };
                if tx.final_at.replace(now).is_some() {
                    self.double += 1;
                }
            }
        }
        self.final_number = Some(number);
        blocks
    }

    /// What the relay chain's watch has reported of a block: when it was included, by whom it was authored.
    pub fn included(&mut self, block: &BlockProgress) {
        let Some(Entry { info, ours }) = self.blocks.get_mut(&block.hash) else {
            self.early.insert(block.hash, block.clone());
            return;
        };
        let included_at = block.included.map(|step| step.seen.unwrap_or(step.moment));
        info.included_at = included_at;
        info.author = block.author;
        info.end = block.proposal.map(|proposal| proposal.end);
        for (_, id) in ours {
            if let Some(tx) = self.transactions.get_mut(id) {
                tx.included_at = included_at;
            }
        }
    }

    /// Those extrinsics of a block have failed.
    pub fn failed(&mut self, block: &H256, extrinsics: &BTreeSet<u32>) {
        let Some(Entry { ours, .. }) = self.blocks.get(block) else { return };
        for (_, id) in ours.iter().filter(|(index, _)| extrinsics.contains(index)) {
            if let Some(tx) = self.transactions.get_mut(id) {
                tx.failed = true;
            }
        }
    }

    /// Whether a block has transactions of this run.
    pub fn has_ours(&self, block: &H256) -> bool {
        self.blocks.get(block).is_some_and(|entry| !entry.ours.is_empty())
    }

    pub fn transactions(&self) -> impl Iterator<Item = &Transaction> {
        self.transactions.values()
    }

    /// Blocks of the best chain, oldest first.
    pub fn best_chain(&self) -> impl DoubleEndedIterator<Item = &BlockInfo> {
        self.chain.values().map(|hash| &self.blocks[hash].info)
    }

    /// Transactions that are offered, and in no block of the best chain.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The nonces of a sender that wait, in order.
    pub fn waiting_of(&self, sender: u32) -> impl Iterator<Item = u64> + '_ {
        self.waiting.range((sender, 0)..=(sender, u64::MAX)).map(|(_, nonce)| *nonce)
    }

    /// Whether the transaction is final.
    pub fn is_final(&self, id: &Id) -> bool {
        self.transactions.get(id).is_some_and(|tx| tx.final_at.is_some())
    }

    /// Whether everything that was offered is final, and seen included if the relay chain is watched.
    pub fn is_done(&self, relay_watched: bool) -> bool {
        let done = |tx: &Transaction| tx.final_at.is_some() && (tx.included_at.is_some() || !relay_watched);
        self.waiting.is_empty() && self.transactions.values().all(done)
    }

    /// Numbers of transactions: offered, accepted, in blocks, included, final.
    pub fn counts(&self) -> [u64; 5] {
        let mut counts = [self.transactions.len() as u64, 0, 0, 0, 0];
        for tx in self.transactions.values() {
            let steps = [
                tx.accepted_at.is_some(),
                tx.block.is_some(),
                tx.included_at.is_some(),
                tx.final_at.is_some(),
            ];
            for (count, reached) in counts[1..].iter_mut().zip(steps) {
                *count += u64::from(reached);
            }
        }
        counts
    }
}

/// A transaction that was accepted so many milliseconds before a block was built could have been in it.
const SETTLING: u64 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(n: u8) -> H256 {
        H256::repeat_byte(n)
    }

    fn block(number: u64, own: u8, parent: u8) -> BlockInfo {
        BlockInfo {
            number,
            hash: hash(own),
            parent: hash(parent),
            authored_at: 10_000,
            ..BlockInfo::default()
        }
    }

    /// Three transactions of one sender, with the hashes 101, 102 and 103.
    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        for nonce in 0..3 {
            ledger.offer((0, nonce), hash(101 + nonce as u8), 1_000);
            ledger.accept((0, nonce), 1_100);
        }
        ledger
    }

    #[test]
    fn a_transaction_of_a_block_that_is_left_waits_again() {
        let mut ledger = ledger();
        ledger.add_block(block(5, 1, 0), &[hash(9), hash(101), hash(102)]);
        ledger.best_is(hash(1), 2_000);
        assert_eq!(ledger.counts(), [3, 3, 2, 0, 0]);
        assert_eq!(ledger.waiting(), 1);
        // Another block five, with the first transaction alone.
        ledger.add_block(block(5, 2, 0), &[hash(101)]);
        ledger.best_is(hash(2), 3_000);
        assert_eq!(ledger.waiting_of(0).collect::<Vec<_>>(), [1, 2]);
        ledger.add_block(block(6, 3, 2), &[hash(102)]);
        ledger.best_is(hash(3), 4_000);
        let blocks: Vec<_> = ledger.best_chain().map(|block| (block.number, block.hash)).collect();
        assert_eq!(blocks, [(5, hash(2)), (6, hash(3))]);
        let in_block_at: Vec<_> = ledger.transactions().map(|tx| tx.in_block_at).collect();
        assert_eq!(in_block_at, [Some(3_000), Some(4_000), None]);
    }

    #[test]
    fn the_best_block_can_go_back() {
        let mut ledger = ledger();
        ledger.add_block(block(5, 1, 0), &[hash(101)]);
        ledger.add_block(block(6, 2, 1), &[hash(102)]);
        ledger.best_is(hash(2), 2_000);
        assert_eq!(ledger.waiting(), 1);
        ledger.best_is(hash(1), 3_000);
        assert_eq!(ledger.waiting_of(0).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn what_is_signed_again_is_the_same_transaction() {
        let mut ledger = ledger();
        ledger.offer((0, 2), hash(203), 5_000);
        ledger.add_block(block(5, 1, 0), &[hash(101), hash(102), hash(203)]);
        ledger.best_is(hash(1), 6_000);
        assert_eq!(ledger.final_is(5, hash(1), 9_000), [hash(1)]);
        assert!(ledger.is_done(false));
        assert_eq!(ledger.transactions().map(|tx| tx.offered_at).collect::<Vec<_>>(), [1_000; 3]);
        assert_eq!(ledger.double, 0);
    }

    #[test]
    fn a_transaction_in_two_final_blocks_is_double() {
        let mut ledger = ledger();
        ledger.add_block(block(5, 1, 0), &[hash(101)]);
        ledger.add_block(block(6, 2, 1), &[hash(101)]);
        ledger.best_is(hash(2), 2_000);
        assert_eq!(ledger.final_is(5, hash(1), 9_000).len(), 1);
        assert_eq!(ledger.final_is(6, hash(2), 9_000).len(), 1);
        assert_eq!(ledger.final_is(6, hash(2), 9_000).len(), 0);
        assert_eq!(ledger.double, 1);
        assert!(!ledger.is_done(false));
    }

    #[test]
    fn a_block_knows_how_many_had_waited_for_it() {
        let mut ledger = ledger();
        // Accepted when the block was being built.
        ledger.offer((1, 0), hash(110), 9_500);
        ledger.accept((1, 0), 9_900);
        ledger.add_block(block(5, 1, 0), &[hash(101)]);
        ledger.best_is(hash(1), 11_000);
        assert_eq!(ledger.best_chain().map(|block| block.waited).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn a_refused_transaction_is_none_and_its_reason_is_counted() {
        let mut ledger = ledger();
        ledger.refuse((0, 2), "no funds".into());
        ledger.failed(&hash(1), &[0].into());
        assert_eq!((ledger.waiting(), ledger.counts()[0]), (2, 2));
        assert_eq!(ledger.refusals, [("no funds".to_string(), 1)].into());
    }

    #[test]
    fn extrinsics_that_failed_are_known_by_their_index() {
        let mut ledger = ledger();
        ledger.add_block(block(5, 1, 0), &[hash(9), hash(101), hash(102)]);
        ledger.failed(&hash(1), &[0, 2].into());
        assert_eq!(ledger.transactions().map(|tx| tx.failed).collect::<Vec<_>>(), [false, true, false]);
    }
}
