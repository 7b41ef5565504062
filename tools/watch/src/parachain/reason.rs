//! Why a slot has no block, and why a block is not part of the parachain.
//!
//! If a block was built and lost, the reason is how far it came. If no block of the slot is known, the reason
//! is what prevented one when the slot began: no relay block to build on, or a full unincluded segment.

use super::{BlockProgress, BlockState, Parachain};
use crate::{
    observation::{Millis, ParaId},
    relay::{Known, RelayChain},
};
use serde::Serialize;
use std::collections::HashSet;
use subxt::utils::H256;

/// The most missed slots in a row that are reported one by one.
const GAP: u64 = 100;

/// Why a slot has no block in the parachain, or why a block is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No block of the slot is known: its collator built none, or no node received it.
    NoCollation,
    /// The unincluded segment was full.
    SegmentFull,
    /// The relay chain had no block for the slot to be built on.
    NoRelayBlock,
    /// The relay chain began a session: it backed nothing, and dropped the candidates that were pending.
    SessionChange,
    /// It was built, and no relay block backed it in time.
    NotBacked,
    /// It was backed, and its proof did not become available in time.
    Unavailable,
    /// Another block of the parachain took its place.
    ForkLost,
    /// It was backed on a fork of the relay chain that lost.
    RelayFork,
}

impl Reason {
    pub const ALL: [Reason; 8] = [
        Reason::NoCollation,
        Reason::SegmentFull,
        Reason::NoRelayBlock,
        Reason::SessionChange,
        Reason::NotBacked,
        Reason::Unavailable,
        Reason::ForkLost,
        Reason::RelayFork,
    ];

    /// Short text for people.
    pub fn text(self) -> &'static str {
        match self {
            Reason::NoCollation => "no collation",
            Reason::SegmentFull => "segment full",
            Reason::NoRelayBlock => "no relay block",
            Reason::SessionChange => "session change",
            Reason::NotBacked => "not backed in time",
            Reason::Unavailable => "availability late",
            Reason::ForkLost => "fork lost",
            Reason::RelayFork => "relay fork lost",
        }
    }

    /// For labels of metrics, as in JSON.
    pub fn label(self) -> &'static str {
        match self {
            Reason::NoCollation => "no_collation",
            Reason::SegmentFull => "segment_full",
            Reason::NoRelayBlock => "no_relay_block",
            Reason::SessionChange => "session_change",
            Reason::NotBacked => "not_backed",
            Reason::Unavailable => "unavailable",
            Reason::ForkLost => "fork_lost",
            Reason::RelayFork => "relay_fork",
        }
    }
}

/// A slot without a block in the parachain, or several in a row.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Missed {
    pub para: ParaId,
    pub slot: u64,
    /// How many blocks are missing, from this slot on.
    pub count: u64,
    /// When the slot began.
    pub moment: Millis,
    /// The key whose turn it was.
    pub author: Option<H256>,
    pub reason: Reason,
}

impl Parachain {
    /// Why `hash` is not part of the chain, whose next finalized block is `finalized`.
    pub(super) fn why_lost(
        &self,
        hash: &H256,
        finalized: Option<&BlockProgress>,
        relay: &RelayChain,
    ) -> Reason {
        let Some(built) = self.get(hash) else { return Reason::ForkLost };
        if let Some(steps) = self.settled.get(hash) {
            // A backed candidate is included or times out, unless a new session drops it.
            if steps.timed_out {
                return Reason::Unavailable;
            }
            if steps.backed.is_some() {
                return Reason::SessionChange;
            }
        }
        if self.backed.contains_key(&(built.block.number, *hash)) {
            return Reason::RelayFork;
        }
        let rival = finalized.is_some_and(|progress| {
            progress.number <= built.block.number
                && progress.slot <= built.block.slot
                && progress.hash != *hash
        });
        if rival {
            Reason::ForkLost
        } else if self.near_session(self.moment(&built.block), relay) {
            Reason::SessionChange
        } else {
            Reason::NotBacked
        }
    }

    /// Whether the relay block that would back a block built at `moment` begins a session. It backs nothing,
    /// and drops what was built on a relay block of the session before.
    fn near_session(&self, moment: Option<Millis>, relay: &RelayChain) -> bool {
        let Some(moment) = moment else { return false };
        let (from, to) = (moment + relay.millis / 2, moment + relay.millis * 3 / 2);
        let backs = |known: &Known| known.settled && (from..=to).contains(&known.block.moment);
        relay.all().any(|known| known.block.session && backs(known))
    }

    /// The slots without a block between the last finalized block and `progress`.
    pub(super) fn missed_before(&self, progress: &BlockProgress, relay: &RelayChain) -> Vec<Missed> {
        let Some((last, cadence)) = self.finalized.back().zip(self.cadence(progress.number)) else {
            return vec![];
        };
        let (Some(before), Some(slot)) = (last.slot, progress.slot) else { return vec![] };
        let length = cadence.slot_millis.max(1);
        let old = self.cadence(last.number).map_or(length, |cadence| cadence.slot_millis);
        // The first slot that may be missed. A change of cadence counts slots anew.
        let next = if old == length { before + 1 } else { ((before + 1) * old).div_ceil(length) };
        let mut missed = Vec::new();
        let mut miss = |slot: u64, count: u64| {
            missed.push(Missed {
                para: self.info.id,
                slot,
                count,
                moment: slot * length,
                author: self.author(slot),
                reason: self.why_missed(slot, length, last, progress, relay),
            });
        };
        let few = cadence.velocity.saturating_sub(self.in_slot);
        if old == length && slot > before && few > 0 && last.number > self.first() {
            miss(before, few);
        }
        let gap = slot.saturating_sub(next);
        for slot in next..next + gap.min(GAP) {
            miss(slot, cadence.velocity.max(1));
        }
        if gap > GAP {
            miss(next + GAP, (gap - GAP) * cadence.velocity.max(1));
        }
        missed
    }

    /// The number of the first finalized block, whose slot may have begun before the watch did.
    fn first(&self) -> u64 {
        self.finalized.front().map_or(0, |progress| progress.number)
    }

    fn why_missed(
        &self,
        slot: u64,
        length: u64,
        last: &BlockProgress,
        progress: &BlockProgress,
        relay: &RelayChain,
    ) -> Reason {
        let begins = slot * length;
        let built = self.built.values().find(|built| {
            built.block.slot == Some(slot)
                && built.block.hash != progress.hash
                && built.block.hash != last.hash
        });
        if let Some(built) = built {
            return self.why_lost(&built.block.hash, Some(progress), relay);
        }
        if let Some(lost) = self.lost.iter().rev().find(|lost| lost.slot == Some(slot)) {
            if let BlockState::Lost(reason) = lost.state {
                return reason;
            }
        }
        let from = begins.saturating_sub(relay.millis);
        let relay_blocks = || relay.all().filter(|known| known.settled).map(|known| known.block.moment);
        let watched = relay_blocks().next().is_some_and(|first| first <= from);
        if watched && !relay_blocks().any(|moment| moment >= from && moment < begins + length) {
            return Reason::NoRelayBlock;
        }
        // A block that was built and dropped is seen only by a watch that was connected at the time.
        let live = last.seen.is_some() && progress.seen.is_some();
        if !live && self.near_session(Some(begins), relay) {
            return Reason::SessionChange;
        }
        let capacity = self.cadence(progress.number).and_then(|cadence| cadence.capacity);
        if capacity.is_some_and(|capacity| self.waited(begins) as u64 >= capacity) {
            return Reason::SegmentFull;
        }
        Reason::NoCollation
    }

    /// How many blocks waited for inclusion at `moment`, including those that were lost later. Each height
    /// above the included head counts once.
    fn waited(&self, moment: Millis) -> usize {
        let included =
            |progress: &&BlockProgress| progress.included.is_some_and(|step| step.moment <= moment);
        let head = self.finalized.iter().rev().find(included).map_or(0, |progress| progress.number);
        let blocks =
            self.finalized.iter().rev().take_while(|progress| progress.number > head).chain(&self.lost);
        let blocks = blocks.map(|progress| (progress.number, progress.authored));
        let built = self.built.values().map(|built| (built.block.number, self.moment(&built.block)));
        let waits = |(number, authored): &(u64, Option<Millis>)| {
            *number > head && authored.is_some_and(|authored| authored < moment)
        };
        let heights: HashSet<_> = blocks.chain(built).filter(waits).map(|(number, _)| number).collect();
        heights.len()
    }
}
