//! The relay chain's newest blocks as a tree, of which finality settles one path.
//!
//! The state of a candidate depends on the fork that one looks at. So nothing is counted as events come in.
//! Blocks that are not final are read anew, along the path to the best block. A block is *settled* once it is
//! final; settled blocks are handed on once, in the order of the chain.

use crate::observation::{Millis, RelayBlock};
use std::collections::{BTreeMap, HashMap};
use subxt::utils::H256;

/// Settled blocks that are kept.
const KEEP: u64 = 256;
/// The most blocks that are kept, however long nothing becomes final.
const MOST: usize = 4_096;
/// A missing block is skipped once so many blocks after it are known.
const GAP: usize = 16;

/// A relay block, and when the watch learned of it.
#[derive(Clone, Debug)]
pub struct Known {
    pub block: RelayBlock,
    at: Millis,
    /// Whether it is final and in the chain.
    pub settled: bool,
}

impl Known {
    /// When it was imported, if it was watched then.
    pub fn seen(&self) -> Option<Millis> {
        self.block.live.then_some(self.at)
    }
}

#[derive(Default)]
pub struct RelayChain {
    /// From one block to the next, in milliseconds, if none is missing.
    pub millis: u64,
    blocks: BTreeMap<(u64, H256), Known>,
    numbers: HashMap<H256, u64>,
    /// The best block as a node reported it, and when.
    best: Option<(Millis, H256)>,
    /// The newest final block, and when the watch learned of it.
    last_final: Option<(u64, H256, Millis)>,
    settled: Option<(u64, H256)>,
}

impl RelayChain {
    /// Takes in a block. Returns whether it is new.
    pub fn insert(&mut self, block: RelayBlock, at: Millis) -> bool {
        let oldest = self.settled.map_or(0, |(number, _)| number.saturating_sub(KEEP));
        if block.number < oldest || self.numbers.contains_key(&block.hash) {
            return false;
        }
        self.numbers.insert(block.hash, block.number);
        self.blocks.insert((block.number, block.hash), Known { block, at, settled: false });
        while self.blocks.len() > MOST {
            self.forget_oldest();
        }
        true
    }

    /// Takes in that a node reports a new best block.
    pub fn best_is(&mut self, hash: H256, at: Millis) {
        if self.best.is_none_or(|(before, _)| before <= at) {
            self.best = Some((at, hash));
        }
    }

    /// Whether the block of this hash, as the new best one, is not built on the one before.
    pub fn reorganises(&self, hash: H256) -> bool {
        let (Some((_, old)), Some(new)) = (self.best, self.get(&hash)) else { return false };
        let Some(old) = self.get(&old) else { return false };
        let mut below = Some(new);
        while let Some(known) = below.filter(|known| known.block.number > old.block.number) {
            below = self.get(&known.block.parent);
        }
        below.is_some_and(|known| known.block.hash != old.block.hash)
    }

    /// Takes in that a node reports a new final block.
    pub fn final_is(&mut self, number: u64, hash: H256, at: Millis) {
        if self.last_final.is_none_or(|(before, ..)| before < number) {
            self.last_final = Some((number, hash, at));
        }
    }

    /// The block of this hash, if it is known.
    pub fn get(&self, hash: &H256) -> Option<&Known> {
        self.blocks.get(&(*self.numbers.get(hash)?, *hash))
    }

    /// The best block: the one that a node reported, or else the highest.
    pub fn best(&self) -> Option<&Known> {
        let reported = self.best.and_then(|(_, hash)| self.get(&hash));
        let highest = || self.blocks.values().next_back();
        reported.or_else(highest)
    }

    /// The newest final block's number.
    pub fn final_number(&self) -> Option<u64> {
        self.last_final.map(|(number, ..)| number)
    }

    /// All blocks that are kept, of every fork, by number.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Known> {
        self.blocks.values()
    }

    /// The path from the last settled block to the best block, in the order of the chain. If a block is
    /// missing, the path begins after it.
    pub fn unsettled(&self) -> Vec<&Known> {
        let Some(best) = self.best() else { return vec![] };
        let (path, _) = self.path(best.block.hash);
        path
    }

    /// Settles the blocks that became final, and forgets those far behind. Returns them in the order of the
    /// chain, each with the time at which the watch learned that it is final, if it was watched then.
    pub fn settle(&mut self) -> Vec<(Known, Option<Millis>)> {
        let Some((number, hash, at)) = self.last_final else { return vec![] };
        if self.settled.is_some_and(|(settled, _)| settled >= number) || self.get(&hash).is_none() {
            return vec![];
        }
        let (path, whole) = self.path(hash);
        if !whole && self.settled.is_some() && path.len() < GAP {
            return vec![];
        }
        let path: Vec<_> = path.iter().map(|known| (known.block.number, known.block.hash)).collect();
        self.settled = Some((number, hash));
        let mut settled = Vec::new();
        for key in path {
            if let Some(known) = self.blocks.get_mut(&key) {
                known.settled = true;
                settled.push((known.clone(), known.seen().map(|_| at)));
            }
        }
        let oldest = number.saturating_sub(KEEP);
        while self.blocks.first_key_value().is_some_and(|((number, _), _)| *number < oldest) {
            self.forget_oldest();
        }
        settled
    }

    fn forget_oldest(&mut self) {
        if let Some(((_, hash), _)) = self.blocks.pop_first() {
            self.numbers.remove(&hash);
        }
    }

    /// The known path from the last settled block to block `hash`, and whether it is whole.
    fn path(&self, hash: H256) -> (Vec<&Known>, bool) {
        let mut path = Vec::new();
        let mut next = hash;
        let whole = loop {
            if self.settled.is_some_and(|(_, settled)| settled == next) {
                break true;
            }
            let Some(known) = self.get(&next) else { break false };
            if self.settled.is_some_and(|(settled, _)| known.block.number <= settled) {
                break false;
            }
            path.push(known);
            next = known.block.parent;
        };
        path.reverse();
        (path, whole)
    }
}
