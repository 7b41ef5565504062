//! One parachain: its newest parablocks, how far each has come, and what was missed.
//!
//! A parablock is known by its hash, which is the head that its candidate carries. It is *closed*
//! when the relay block that includes it is settled: then its way is known for good, and it is
//! handed on once, in the order of the parachain, with the slots before it that have no block.

mod reason;

pub use reason::{Missed, Reason};

use super::{
    fact::{Candidate, Emission, Millis, ParaBlock, ParaId, Parachain, Span, Stage, Weight},
    relay::{Known, RelayChain},
};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use subxt::utils::H256;

/// Closed parablocks that are kept.
pub const HISTORY: usize = 2_000;
/// Lost parablocks and missed slots that are kept, of each.
const LOSSES: usize = 500;
/// The most parablocks that are kept open, however long nothing becomes final.
const OPEN: usize = 4_096;
/// So many included parablocks after one whose node has not told of it, it is closed without.
const PATIENCE: usize = 16;
/// When a relay block did something to a parablock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The relay block's number.
    pub relay: u64,
    /// Its timestamp.
    pub moment: Millis,
    /// When it was imported, if it was watched then.
    pub seen: Option<Millis>,
}

impl Step {
    fn of(known: &Known) -> Self {
        Self { relay: known.block.number, moment: known.block.moment, seen: known.seen() }
    }
}

/// How far a parablock has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not backed yet.
    Built,
    Backed,
    Included,
    Final,
    /// Not part of the parachain, and never will be.
    Lost(Reason),
}

/// A parablock and its way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    pub para: ParaId,
    pub number: u64,
    pub hash: H256,
    pub parent: Option<H256>,
    pub state: State,
    /// The key whose turn its slot is.
    pub author: Option<H256>,
    pub slot: Option<u64>,
    /// The relay parent's number.
    pub relay_parent: Option<u64>,
    /// Its timestamp.
    pub authored: Option<Millis>,
    /// When it was imported, if it was watched then.
    pub seen: Option<Millis>,
    /// From the parablock before, by their timestamps.
    pub interval: Option<u64>,
    /// Blocks of the unincluded segment, this one among them, as its relay parent saw it.
    pub depth: Option<u64>,
    pub weight: Option<Weight>,
    pub limit: Option<Weight>,
    pub core: Option<u32>,
    pub candidate: Option<H256>,
    pub backed: Option<Step>,
    pub included: Option<Step>,
    /// When its inclusion was learned to be final.
    pub finalised: Option<Millis>,
}

impl Row {
    /// A parablock of which no more is known.
    pub fn new(para: ParaId, number: u64, hash: H256) -> Self {
        Self {
            para,
            number,
            hash,
            parent: None,
            state: State::Built,
            author: None,
            slot: None,
            relay_parent: None,
            authored: None,
            seen: None,
            interval: None,
            depth: None,
            weight: None,
            limit: None,
            core: None,
            candidate: None,
            backed: None,
            included: None,
            finalised: None,
        }
    }

    /// From its timestamp to that of the relay block that backed it.
    pub fn backing(&self) -> Option<u64> {
        Some(self.backed?.moment.saturating_sub(self.authored?))
    }

    /// From backing to inclusion, by the relay blocks' timestamps.
    pub fn inclusion(&self) -> Option<u64> {
        Some(self.included?.moment.saturating_sub(self.backed?.moment))
    }

    /// From its timestamp to when its inclusion was final.
    pub fn finality(&self) -> Option<u64> {
        Some(self.finalised?.saturating_sub(self.authored?))
    }
}

/// What is known for good, told once.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// A parablock that is included, and that for good.
    Block(Row),
    /// A parablock that is not.
    Lost(Row),
    Missed(Missed),
    /// The parachain's cadence changed.
    Cadence {
        para: ParaId,
        span: Span,
    },
    /// Why a node no longer answers, or that it does again.
    Link {
        node: String,
        lost: Option<String>,
    },
}

/// What the relay chain has done to a candidate so far, on one path.
#[derive(Clone, Copy, Debug, Default)]
struct Way {
    candidate: Option<H256>,
    core: Option<u32>,
    number: u64,
    backed: Option<Step>,
    included: Option<Step>,
    timed_out: bool,
    finalised: Option<Millis>,
}

impl Way {
    fn take(&mut self, candidate: &Candidate, known: &Known) {
        let step = Step::of(known);
        self.number = candidate.number;
        self.candidate = Some(candidate.hash);
        self.core = Some(candidate.core);
        match candidate.stage {
            Stage::Backed => self.backed = Some(step),
            Stage::Included => self.included = Some(step),
            Stage::TimedOut => self.timed_out = true,
        }
    }
}

/// A parablock as its node tells of it, and when it did.
struct Told {
    block: ParaBlock,
    at: Millis,
}

pub struct Para {
    pub about: Parachain,
    pub spans: Vec<Span>,
    pub authorities: Vec<H256>,
    pub emission: Option<Emission>,
    /// Parablocks that are not closed, and those of the same numbers as the newest closed ones.
    told: BTreeMap<(u64, H256), Told>,
    numbers: HashMap<H256, u64>,
    /// The ways of candidates on settled relay blocks, whose parablocks are not closed.
    settled: HashMap<H256, Way>,
    /// Included on settled relay blocks, and not closed.
    waiting: BTreeMap<u64, H256>,
    /// Candidates that any relay block has backed, of whatever fork.
    backed: BTreeMap<(u64, H256), ()>,
    pub closed: VecDeque<Row>,
    pub lost: VecDeque<Row>,
    pub missed: VecDeque<Missed>,
    /// Blocks of the slot of the last closed one, up to that.
    in_slot: u64,
    /// The highest number that settled relay blocks have included, by relay block.
    inclusions: BTreeMap<u64, u64>,
}

impl Para {
    pub fn new(about: Parachain) -> Self {
        Self {
            about,
            spans: vec![],
            authorities: vec![],
            emission: None,
            told: BTreeMap::new(),
            numbers: HashMap::new(),
            settled: HashMap::new(),
            waiting: BTreeMap::new(),
            backed: BTreeMap::new(),
            closed: VecDeque::new(),
            lost: VecDeque::new(),
            missed: VecDeque::new(),
            in_slot: 0,
            inclusions: BTreeMap::new(),
        }
    }

    /// The cadence of block `number`.
    pub fn span(&self, number: u64) -> Option<&Span> {
        self.spans.iter().rev().find(|span| span.since < number).or(self.spans.first())
    }

    /// Takes in the cadences that the chain has had; tells of new ones.
    pub fn spans_are(&mut self, spans: Vec<Span>) -> Vec<Record> {
        let para = self.about.id;
        let known = self.spans.last().map(|span| span.since);
        let new = spans.iter().filter(|span| known.is_some_and(|known| span.since > known));
        let records = new.map(|span| Record::Cadence { para, span: *span }).collect();
        if spans.last().map(|span| span.since) >= known {
            self.spans = spans;
        }
        records
    }

    /// Takes in a parablock.
    pub fn insert(&mut self, block: ParaBlock, at: Millis) -> Vec<Record> {
        if self.numbers.contains_key(&block.hash) {
            return vec![];
        }
        let (key, last) = ((block.number, block.hash), self.closed.back());
        if let Some(last) = last.filter(|last| last.number >= block.number) {
            let ours = |row: &Row| row.number == block.number && row.hash != block.hash;
            let lost = if last.number == block.number { ours(last) } else { self.closed.iter().any(ours) };
            if !lost || self.lost.iter().any(|row| row.hash == block.hash) {
                return vec![];
            }
            let mut row = self.row(&Told { block, at }, None, &self.inclusions);
            row.state = State::Lost(Reason::ForkLost);
            return vec![self.lose(row)];
        }
        self.numbers.insert(block.hash, block.number);
        self.told.insert(key, Told { block, at });
        while self.told.len() > OPEN {
            if let Some(((_, hash), _)) = self.told.pop_first() {
                self.numbers.remove(&hash);
            }
        }
        vec![]
    }

    /// Takes in what a relay block does, of whatever fork.
    pub fn mentioned(&mut self, candidate: &Candidate) {
        if candidate.stage == Stage::Backed {
            self.backed.insert((candidate.number, candidate.head), ());
            while self.backed.len() > OPEN {
                self.backed.pop_first();
            }
        }
    }

    /// Takes in what a settled relay block does, in the order of the chain.
    pub fn settle(&mut self, candidate: &Candidate, known: &Known, finalised: Option<Millis>) {
        if self.closed.back().is_some_and(|last| last.number >= candidate.number) {
            return;
        }
        let way = self.settled.entry(candidate.head).or_default();
        way.take(candidate, known);
        if candidate.stage == Stage::Included {
            way.finalised = finalised;
            self.waiting.insert(candidate.number, candidate.head);
            self.inclusions.insert(known.block.number, candidate.number);
            while self.inclusions.len() > PATIENCE * 8 {
                self.inclusions.pop_first();
            }
        }
    }

    /// Closes what can be closed.
    pub fn close(&mut self, relay: &RelayChain) -> Vec<Record> {
        let mut records = Vec::new();
        while let Some((&number, &head)) = self.waiting.first_key_value() {
            let is_told = self.told.contains_key(&(number, head));
            if !is_told && self.waiting.len() < PATIENCE {
                break;
            }
            self.waiting.pop_first();
            let way = self.settled.remove(&head).unwrap_or_default();
            // Where the watch began in the middle, what lies before is not ours to tell.
            let ancestors = if self.closed.is_empty() { vec![] } else { self.ancestors(head) };
            for ancestor in ancestors {
                let way = if self.bundled(&ancestor, &head) { way } else { Way::default() };
                self.close_one(ancestor, &way, relay, &mut records);
            }
            self.close_one(head, &Way { number, ..way }, relay, &mut records);
            self.settled.retain(|_, way| way.number > number);
            while self.backed.first_key_value().is_some_and(|((of, _), _)| *of <= number) {
                self.backed.pop_first();
            }
        }
        records
    }

    /// Open ancestors of `head`, oldest first.
    fn ancestors(&self, head: H256) -> Vec<H256> {
        let mut ancestors = Vec::new();
        let mut told = self.get(&head);
        while let Some(parent) = told.and_then(|told| self.get(&told.block.parent)) {
            ancestors.push(parent.block.hash);
            told = Some(parent);
        }
        ancestors.reverse();
        ancestors
    }

    /// Whether an ancestor that has no candidate of its own is in that of `head`: such blocks have one
    /// relay parent.
    fn bundled(&self, ancestor: &H256, head: &H256) -> bool {
        let of = |hash| self.get(hash).and_then(|told| told.block.relay_parent);
        of(ancestor).is_some() && of(ancestor) == of(head)
    }

    fn get(&self, hash: &H256) -> Option<&Told> {
        self.told.get(&(*self.numbers.get(hash)?, *hash))
    }

    fn close_one(&mut self, hash: H256, way: &Way, relay: &RelayChain, records: &mut Vec<Record>) {
        let mut row = match self.get(&hash) {
            Some(told) => self.row(told, Some(way), &self.inclusions),
            None => self.untold(hash, way),
        };
        row.state = State::Final;
        let missed = self.missed_before(&row, relay);
        for missed in missed {
            self.missed.push_back(missed);
            records.push(Record::Missed(missed));
        }
        self.missed.drain(..self.missed.len().saturating_sub(LOSSES));
        let same_slot = self.closed.back().is_some_and(|last| last.slot == row.slot);
        self.in_slot = if same_slot { self.in_slot + 1 } else { 1 };

        while let Some((&(number, other), _)) =
            self.told.first_key_value().filter(|((number, _), _)| *number <= row.number)
        {
            if other != hash {
                let reason = self.why_lost(&other, Some(&row), relay);
                if let Some(told) = self.told.get(&(number, other)) {
                    let mut lost = self.row(told, self.settled.get(&other), &self.inclusions);
                    lost.state = State::Lost(reason);
                    records.push(self.lose(lost));
                }
            }
            self.told.remove(&(number, other));
            self.numbers.remove(&other);
        }
        self.closed.push_back(row.clone());
        self.closed.drain(..self.closed.len().saturating_sub(HISTORY));
        records.push(Record::Block(row));
    }

    fn lose(&mut self, row: Row) -> Record {
        self.lost.push_back(row.clone());
        self.lost.drain(..self.lost.len().saturating_sub(LOSSES));
        Record::Lost(row)
    }

    /// When a block was built: its timestamp, or else when its slot began.
    fn moment(&self, block: &ParaBlock) -> Option<Millis> {
        let begun = || Some(block.slot? * self.span(block.number)?.slot_millis);
        block.moment.or_else(begun)
    }

    fn author(&self, slot: u64) -> Option<H256> {
        let turn = slot.checked_rem(self.authorities.len() as u64)?;
        self.authorities.get(turn as usize).copied()
    }

    /// A parablock's row, where the chain has these `inclusions`.
    fn row(&self, told: &Told, way: Option<&Way>, inclusions: &BTreeMap<u64, u64>) -> Row {
        let block = &told.block;
        let authored = self.moment(block);
        let before = match self.get(&block.parent) {
            Some(parent) => self.moment(&parent.block),
            None => {
                let closed = self.closed.iter().rev().find(|row| row.hash == block.parent);
                closed.and_then(|row| row.authored)
            }
        };
        let included = block.relay_parent.and_then(|at| {
            let (_, number) = inclusions.range(..=at).next_back()?;
            Some(*number)
        });
        Row {
            parent: Some(block.parent),
            author: block.slot.and_then(|slot| self.author(slot)),
            slot: block.slot,
            relay_parent: block.relay_parent,
            authored,
            seen: block.live.then_some(told.at),
            interval: authored.zip(before).map(|(authored, before)| authored.saturating_sub(before)),
            depth: included.map(|included| block.number.saturating_sub(included)),
            weight: block.weight,
            limit: block.limit,
            ..self.untold(block.hash, &Way { number: block.number, ..way.copied().unwrap_or_default() })
        }
    }

    /// A row of a parablock that no node has told of.
    fn untold(&self, hash: H256, way: &Way) -> Row {
        let state = match way {
            Way { included: Some(_), .. } => State::Included,
            Way { backed: Some(_), .. } => State::Backed,
            _ => State::Built,
        };
        Row {
            state,
            core: way.core,
            candidate: way.candidate,
            backed: way.backed,
            included: way.included,
            finalised: way.finalised,
            ..Row::new(self.about.id, way.number, hash)
        }
    }

    /// Parablocks that are not closed, as they stand on the path to the relay chain's best block: those
    /// of the chain, in its order, and those of forks.
    pub fn open(&self, relay: &RelayChain) -> Open {
        let (mut ways, mut inclusions) = (self.settled.clone(), self.inclusions.clone());
        let mut mark = self.closed.back().map(|row| (row.number, row.hash));
        if let Some((&number, &head)) = self.waiting.last_key_value() {
            mark = Some((number, head));
        }
        for known in relay.unsettled() {
            for candidate in known.block.candidates.iter().filter(|one| one.para == self.about.id) {
                ways.entry(candidate.head).or_default().take(candidate, known);
                if candidate.stage == Stage::Included && mark.is_none_or(|(best, _)| best < candidate.number)
                {
                    mark = Some((candidate.number, candidate.head));
                    inclusions.insert(known.block.number, candidate.number);
                }
            }
        }
        // The chain: down from the included head, and up from it by what is backed, then what is longest.
        let mut chain: HashSet<H256> = HashSet::new();
        if let Some((_, head)) = mark {
            chain.insert(head);
            chain.extend(self.ancestors(head));
        }
        let top = self.top(&ways, mark);
        let mut below = top;
        while let Some(told) = below.and_then(|hash| self.get(&hash)) {
            if !chain.insert(told.block.hash) {
                break;
            }
            below = Some(told.block.parent);
        }
        let mut open = Open { included: mark.map(|(number, _)| number), ..Open::default() };
        let mut bundle = None;
        // Newest first, so that the last one's way is met before the rest of its bundle.
        for ((_, hash), told) in self.told.iter().rev() {
            let own = ways.get(hash);
            if !chain.contains(hash) {
                open.forks.push(self.row(told, own, &inclusions));
                continue;
            }
            bundle = own.map(|way| (*hash, way)).or(bundle.filter(|(head, _)| self.bundled(hash, head)));
            open.chain.push(self.row(told, bundle.map(|(_, way)| way), &inclusions));
        }
        // What no node has told of, yet.
        for (hash, way) in ways.iter().filter(|(hash, _)| !self.numbers.contains_key(*hash)) {
            open.chain.push(self.untold(*hash, way));
        }
        open.chain.sort_by_key(|row| row.number);
        open.forks.sort_by_key(|row| row.number);
        open
    }

    /// The newest block of the chain that goes on from the included head.
    fn top(&self, ways: &HashMap<H256, Way>, mark: Option<(u64, H256)>) -> Option<H256> {
        // For each block, how many backed ones and how many in all lead to it from the mark.
        let mut reach: HashMap<H256, (u64, u64)> = HashMap::new();
        let mut best = None;
        for ((_, hash), told) in &self.told {
            let backed = u64::from(ways.get(hash).is_some_and(|way| way.backed.is_some()));
            let before = match (reach.get(&told.block.parent), mark) {
                (Some(before), _) => *before,
                (None, Some((_, head))) if told.block.parent != head => continue,
                (None, _) => (0, 0),
            };
            let this = (before.0 + backed, before.1 + 1);
            reach.insert(*hash, this);
            if best.is_none_or(|(other, _)| this > other) {
                best = Some((this, *hash));
            }
        }
        best.map(|(_, hash)| hash)
    }
}

/// Parablocks that are not closed.
#[derive(Default)]
pub struct Open {
    /// The number of the newest included one.
    pub included: Option<u64>,
    pub chain: Vec<Row>,
    pub forks: Vec<Row>,
}
