//! Why a slot has no block, and why a block is not part of the parachain.
//!
//! What was built and lost says it by how far it came. Where nothing is known to have been built, what
//! stood in the way at the slot's beginning says it: no relay block to build on, or a full segment.

use super::{Para, Row, State};
use crate::watch::{
    fact::{Millis, ParaId},
    relay::{Known, RelayChain},
};
use serde::Serialize;
use std::collections::HashSet;
use subxt::utils::H256;

/// The most missed slots in a row that are told one by one.
const GAP: u64 = 100;

/// Why a slot has no block in the parachain, or why a block is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No block of the slot is known: its collator built none, or it reached nobody.
    NoCollation,
    /// The unincluded segment was full.
    SegmentFull,
    /// The relay chain had no block for the slot to be built on.
    NoRelayBlock,
    /// The relay chain changed its session, and so backed nothing and dropped what was on the way.
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

    /// For people.
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

    /// For labels of metrics; as serialised.
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

/// A slot without a block in the parachain, or more than one in a row.
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

impl Para {
    /// Why `hash` is not part of the chain, in which `closed` is next.
    pub(super) fn why_lost(&self, hash: &H256, closed: Option<&Row>, relay: &RelayChain) -> Reason {
        let Some(told) = self.get(hash) else { return Reason::ForkLost };
        if let Some(way) = self.settled.get(hash) {
            // What is backed is included or times out, unless the relay chain drops all that is pending.
            if way.timed_out {
                return Reason::Unavailable;
            }
            if way.backed.is_some() {
                return Reason::SessionChange;
            }
        }
        if self.backed.contains_key(&(told.block.number, *hash)) {
            return Reason::RelayFork;
        }
        let rival = closed.is_some_and(|row| {
            row.number <= told.block.number && row.slot <= told.block.slot && row.hash != *hash
        });
        if rival {
            Reason::ForkLost
        } else if self.near_session(self.moment(&told.block), relay) {
            Reason::SessionChange
        } else {
            Reason::NotBacked
        }
    }

    /// Whether the relay block that would back what is built at `moment` begins a session: it backs
    /// nothing, and what was built on a relay block of the session before is dropped.
    fn near_session(&self, moment: Option<Millis>, relay: &RelayChain) -> bool {
        let Some(moment) = moment else { return false };
        let (from, to) = (moment + relay.millis / 2, moment + relay.millis * 3 / 2);
        let backs = |known: &Known| known.settled && (from..=to).contains(&known.block.moment);
        relay.all().any(|known| known.block.session && backs(known))
    }

    /// The slots between the last closed block and `row` that have no block.
    pub(super) fn missed_before(&self, row: &Row, relay: &RelayChain) -> Vec<Missed> {
        let Some((last, span)) = self.closed.back().zip(self.span(row.number)) else { return vec![] };
        let (Some(before), Some(slot)) = (last.slot, row.slot) else { return vec![] };
        let length = span.slot_millis.max(1);
        let old = self.span(last.number).map_or(length, |span| span.slot_millis);
        // The first slot that may be missed. A change of cadence counts slots anew.
        let next = if old == length { before + 1 } else { ((before + 1) * old).div_ceil(length) };
        let mut missed = Vec::new();
        let mut miss = |slot: u64, count: u64| {
            missed.push(Missed {
                para: self.about.id,
                slot,
                count,
                moment: slot * length,
                author: self.author(slot),
                reason: self.why_missed(slot, length, last, row, relay),
            });
        };
        let few = span.velocity.saturating_sub(self.in_slot);
        if old == length && slot > before && few > 0 && last.number > self.first() {
            miss(before, few);
        }
        let gap = slot.saturating_sub(next);
        for slot in next..next + gap.min(GAP) {
            miss(slot, span.velocity.max(1));
        }
        if gap > GAP {
            miss(next + GAP, (gap - GAP) * span.velocity.max(1));
        }
        missed
    }

    /// The number of the first block that is closed, whose slot may have begun unwatched.
    fn first(&self) -> u64 {
        self.closed.front().map_or(0, |row| row.number)
    }

    fn why_missed(&self, slot: u64, length: u64, last: &Row, row: &Row, relay: &RelayChain) -> Reason {
        let begins = slot * length;
        let built = self.told.values().find(|told| {
            told.block.slot == Some(slot) && told.block.hash != row.hash && told.block.hash != last.hash
        });
        if let Some(told) = built {
            return self.why_lost(&told.block.hash, Some(row), relay);
        }
        if let Some(lost) = self.lost.iter().rev().find(|lost| lost.slot == Some(slot)) {
            if let State::Lost(reason) = lost.state {
                return reason;
            }
        }
        let from = begins.saturating_sub(relay.millis);
        let relay_blocks = || relay.all().filter(|known| known.settled).map(|known| known.block.moment);
        let watched = relay_blocks().next().is_some_and(|first| first <= from);
        if watched && !relay_blocks().any(|moment| moment >= from && moment < begins + length) {
            return Reason::NoRelayBlock;
        }
        // What was built then and dropped is told of only by a node that was watched as it came.
        let live = last.seen.is_some() && row.seen.is_some();
        if !live && self.near_session(Some(begins), relay) {
            return Reason::SessionChange;
        }
        let capacity = self.span(row.number).and_then(|span| span.capacity);
        if capacity.is_some_and(|capacity| self.waited(begins) as u64 >= capacity) {
            return Reason::SegmentFull;
        }
        Reason::NoCollation
    }

    /// How many blocks waited for inclusion at `moment`, those among them that were lost later: each
    /// height above the included head counts once.
    fn waited(&self, moment: Millis) -> usize {
        let included = |row: &&Row| row.included.is_some_and(|step| step.moment <= moment);
        let head = self.closed.iter().rev().find(included).map_or(0, |row| row.number);
        let rows = self.closed.iter().rev().take_while(|row| row.number > head).chain(&self.lost);
        let rows = rows.map(|row| (row.number, row.authored));
        let told = self.told.values().map(|told| (told.block.number, self.moment(&told.block)));
        let waits = |(number, authored): &(u64, Option<Millis>)| {
            *number > head && authored.is_some_and(|authored| authored < moment)
        };
        let heights: HashSet<_> = rows.chain(told).filter(waits).map(|(number, _)| number).collect();
        heights.len()
    }
}
