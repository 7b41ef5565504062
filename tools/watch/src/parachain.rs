//! One parachain: its newest parablocks, how far each has come, and which slots have no block.
//!
//! A parablock is identified by its hash, which is the head that its candidate carries. It is finalized
//! together with the relay block that includes it. [`Parachain::finalize`] then returns it once, in the
//! order of the parachain, after the slots before it that have no block. Until then its state may change,
//! and [`Parachain::open`] computes it anew.

mod reason;

pub use reason::{Missed, Reason};

use crate::{
    observation::{
        CadenceSpan, CandidateEvent, CandidateStage, ClassWeights, Emission, Millis, ParaId, Parablock,
        ParachainInfo, Proposal,
    },
    relay::{Known, RelayChain},
};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use subxt::utils::H256;
use tandem_rpc::read::Weight;

/// Finalized parablocks that are kept.
pub const HISTORY: usize = 2_000;
/// Lost parablocks and missed slots that are kept, of each.
const LOSSES: usize = 500;
/// The most parablocks that are kept unfinalized, however long nothing becomes final.
const OPEN: usize = 4_096;
/// An included parablock that no node has reported is finalized anyway, once so many later ones are included.
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

/// How far a parablock has come. In JSON, a lost one also has a `lost_reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "lost_reason")]
pub enum BlockState {
    /// Not backed yet.
    Built,
    Backed,
    Included,
    Final,
    /// Not part of the parachain, and never will be.
    Lost(Reason),
}

/// A parablock and what has become of it. Times are milliseconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BlockProgress {
    pub para: ParaId,
    pub number: u64,
    pub hash: H256,
    pub parent: Option<H256>,
    #[serde(flatten)]
    pub state: BlockState,
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
    /// The weight of each class of extrinsics.
    pub classes: Option<ClassWeights>,
    /// How its collator's proposer ended it, if the collator's log is followed.
    pub proposal: Option<Proposal>,
    pub core: Option<u32>,
    pub candidate: Option<H256>,
    pub backed: Option<Step>,
    pub included: Option<Step>,
    /// When the watch learned that its inclusion is final.
    pub final_at: Option<Millis>,
}

impl BlockProgress {
    /// A parablock with nothing else known about it.
    pub fn new(para: ParaId, number: u64, hash: H256) -> Self {
        Self {
            para,
            number,
            hash,
            parent: None,
            state: BlockState::Built,
            author: None,
            slot: None,
            relay_parent: None,
            authored: None,
            seen: None,
            interval: None,
            depth: None,
            weight: None,
            limit: None,
            classes: None,
            proposal: None,
            core: None,
            candidate: None,
            backed: None,
            included: None,
            final_at: None,
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

    /// From its timestamp until the watch learned that its inclusion is final.
    pub fn finality(&self) -> Option<u64> {
        Some(self.final_at?.saturating_sub(self.authored?))
    }
}

/// A final result. Each is reported once.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// A parablock whose inclusion is final.
    Block(BlockProgress),
    /// A parablock that is not part of the chain, and never will be.
    Lost(BlockProgress),
    Missed(Missed),
    /// The parachain's cadence changed.
    Cadence {
        para: ParaId,
        cadence: CadenceSpan,
    },
    /// A node does not answer, with the error, or answers again.
    Link {
        node: String,
        error: Option<String>,
    },
}

/// What the relay chain has done to a candidate so far, on one of its forks.
#[derive(Clone, Copy, Debug, Default)]
struct CandidateSteps {
    candidate: Option<H256>,
    core: Option<u32>,
    number: u64,
    backed: Option<Step>,
    included: Option<Step>,
    timed_out: bool,
    final_at: Option<Millis>,
}

impl CandidateSteps {
    fn take(&mut self, candidate: &CandidateEvent, known: &Known) {
        let step = Step::of(known);
        self.number = candidate.number;
        self.candidate = Some(candidate.hash);
        self.core = Some(candidate.core);
        match candidate.stage {
            CandidateStage::Backed => self.backed = Some(step),
            CandidateStage::Included => self.included = Some(step),
            CandidateStage::TimedOut => self.timed_out = true,
        }
    }
}

/// A parablock as a node reported it, and when.
struct Built {
    block: Parablock,
    at: Millis,
}

pub struct Parachain {
    pub info: ParachainInfo,
    pub cadences: Vec<CadenceSpan>,
    pub authorities: Vec<H256>,
    pub emission: Option<Emission>,
    /// Parablocks that are not finalized, and those of the same numbers as the newest finalized ones.
    built: BTreeMap<(u64, H256), Built>,
    numbers: HashMap<H256, u64>,
    /// Steps of candidates on settled relay blocks, whose parablocks are not finalized here yet.
    settled: HashMap<H256, CandidateSteps>,
    /// Parablocks that settled relay blocks include, and that are not finalized here yet.
    waiting: BTreeMap<u64, H256>,
    /// Candidates that a relay block of any fork has backed.
    backed: BTreeMap<(u64, H256), ()>,
    /// How parablocks were ended, which may be logged before a node reports the parablock, or after it.
    proposals: BTreeMap<(u64, H256), Proposal>,
    pub finalized: VecDeque<BlockProgress>,
    pub lost: VecDeque<BlockProgress>,
    pub missed: VecDeque<Missed>,
    /// Blocks in the slot of the newest finalized one, up to that.
    in_slot: u64,
    /// The highest number that settled relay blocks have included, by relay block.
    inclusions: BTreeMap<u64, u64>,
}

impl Parachain {
    pub fn new(info: ParachainInfo) -> Self {
        Self {
            info,
            cadences: vec![],
            authorities: vec![],
            emission: None,
            built: BTreeMap::new(),
            numbers: HashMap::new(),
            settled: HashMap::new(),
            waiting: BTreeMap::new(),
            backed: BTreeMap::new(),
            proposals: BTreeMap::new(),
            finalized: VecDeque::new(),
            lost: VecDeque::new(),
            missed: VecDeque::new(),
            in_slot: 0,
            inclusions: BTreeMap::new(),
        }
    }

    /// The cadence of block `number`.
    pub fn cadence(&self, number: u64) -> Option<&CadenceSpan> {
        self.cadences.iter().rev().find(|cadence| cadence.since < number).or(self.cadences.first())
    }

    /// Takes in the cadences that the chain has had. Returns a record for each new one.
    pub fn set_cadences(&mut self, cadences: Vec<CadenceSpan>) -> Vec<Record> {
        let para = self.info.id;
        let known = self.cadences.last().map(|cadence| cadence.since);
        let new = cadences.iter().filter(|cadence| known.is_some_and(|known| cadence.since > known));
        let records = new.map(|cadence| Record::Cadence { para, cadence: *cadence }).collect();
        if cadences.last().map(|cadence| cadence.since) >= known {
            self.cadences = cadences;
        }
        records
    }

    /// Takes in a parablock that a node reports.
    pub fn insert(&mut self, block: Parablock, at: Millis) -> Vec<Record> {
        if self.numbers.contains_key(&block.hash) {
            return vec![];
        }
        let (key, last) = ((block.number, block.hash), self.finalized.back());
        if let Some(last) = last.filter(|last| last.number >= block.number) {
            let ours =
                |progress: &BlockProgress| progress.number == block.number && progress.hash != block.hash;
            let lost = if last.number == block.number { ours(last) } else { self.finalized.iter().any(ours) };
            if !lost || self.lost.iter().any(|progress| progress.hash == block.hash) {
                return vec![];
            }
            let mut progress = self.block_progress(&Built { block, at }, None, &self.inclusions);
            progress.state = BlockState::Lost(Reason::ForkLost);
            return vec![self.record_lost(progress)];
        }
        self.numbers.insert(block.hash, block.number);
        self.built.insert(key, Built { block, at });
        while self.built.len() > OPEN {
            if let Some(((_, hash), _)) = self.built.pop_first() {
                self.numbers.remove(&hash);
            }
        }
        vec![]
    }

    /// Takes in how a parablock was ended. Records that have the parablock already stay as they are.
    pub fn proposed(&mut self, number: u64, hash: H256, proposal: Proposal) {
        self.proposals.insert((number, hash), proposal);
        while self.proposals.len() > OPEN {
            self.proposals.pop_first();
        }
    }

    /// Takes in what a relay block of any fork does to a candidate.
    pub fn candidate_seen(&mut self, candidate: &CandidateEvent) {
        if candidate.stage == CandidateStage::Backed {
            self.backed.insert((candidate.number, candidate.head), ());
            while self.backed.len() > OPEN {
                self.backed.pop_first();
            }
        }
    }

    /// Takes in what a settled relay block does to a candidate. Relay blocks come in the order of the chain.
    pub fn settle(&mut self, candidate: &CandidateEvent, known: &Known, final_at: Option<Millis>) {
        if self.finalized.back().is_some_and(|last| last.number >= candidate.number) {
            return;
        }
        let steps = self.settled.entry(candidate.head).or_default();
        steps.take(candidate, known);
        if candidate.stage == CandidateStage::Included {
            steps.final_at = final_at;
            self.waiting.insert(candidate.number, candidate.head);
            self.inclusions.insert(known.block.number, candidate.number);
            while self.inclusions.len() > PATIENCE * 8 {
                self.inclusions.pop_first();
            }
        }
    }

    /// Finalizes what can be finalized. Returns the records, in the order of the parachain.
    pub fn finalize(&mut self, relay: &RelayChain) -> Vec<Record> {
        let mut records = Vec::new();
        while let Some((&number, &head)) = self.waiting.first_key_value() {
            let is_reported = self.built.contains_key(&(number, head));
            if !is_reported && self.waiting.len() < PATIENCE {
                break;
            }
            self.waiting.pop_first();
            let steps = self.settled.remove(&head).unwrap_or_default();
            // Before the first finalized block nothing was watched.
            let ancestors = if self.finalized.is_empty() { vec![] } else { self.ancestors(head) };
            for ancestor in ancestors {
                let steps = if self.bundled(&ancestor, &head) { steps } else { CandidateSteps::default() };
                self.finalize_one(ancestor, &steps, relay, &mut records);
            }
            self.finalize_one(head, &CandidateSteps { number, ..steps }, relay, &mut records);
            self.settled.retain(|_, steps| steps.number > number);
            while self.backed.first_key_value().is_some_and(|((of, _), _)| *of <= number) {
                self.backed.pop_first();
            }
        }
        records
    }

    /// Unfinalized ancestors of `head`, oldest first.
    fn ancestors(&self, head: H256) -> Vec<H256> {
        let mut ancestors = Vec::new();
        let mut built = self.get(&head);
        while let Some(parent) = built.and_then(|built| self.get(&built.block.parent)) {
            ancestors.push(parent.block.hash);
            built = Some(parent);
        }
        ancestors.reverse();
        ancestors
    }

    /// Whether an ancestor that has no candidate of its own is in that of `head`: such blocks have one
    /// relay parent.
    fn bundled(&self, ancestor: &H256, head: &H256) -> bool {
        let of = |hash| self.get(hash).and_then(|built| built.block.relay_parent);
        of(ancestor).is_some() && of(ancestor) == of(head)
    }

    fn get(&self, hash: &H256) -> Option<&Built> {
        self.built.get(&(*self.numbers.get(hash)?, *hash))
    }

    fn finalize_one(
        &mut self,
        hash: H256,
        steps: &CandidateSteps,
        relay: &RelayChain,
        records: &mut Vec<Record>,
    ) {
        let mut progress = match self.get(&hash) {
            Some(built) => self.block_progress(built, Some(steps), &self.inclusions),
            None => self.unreported(hash, steps),
        };
        progress.state = BlockState::Final;
        let missed = self.missed_before(&progress, relay);
        for missed in missed {
            self.missed.push_back(missed);
            records.push(Record::Missed(missed));
        }
        self.missed.drain(..self.missed.len().saturating_sub(LOSSES));
        let same_slot = self.finalized.back().is_some_and(|last| last.slot == progress.slot);
        self.in_slot = if same_slot { self.in_slot + 1 } else { 1 };

        while let Some((&(number, other), _)) =
            self.built.first_key_value().filter(|((number, _), _)| *number <= progress.number)
        {
            if other != hash {
                let reason = self.why_lost(&other, Some(&progress), relay);
                if let Some(built) = self.built.get(&(number, other)) {
                    let mut lost = self.block_progress(built, self.settled.get(&other), &self.inclusions);
                    lost.state = BlockState::Lost(reason);
                    records.push(self.record_lost(lost));
                }
            }
            self.built.remove(&(number, other));
            self.numbers.remove(&other);
        }
        self.finalized.push_back(progress.clone());
        self.finalized.drain(..self.finalized.len().saturating_sub(HISTORY));
        records.push(Record::Block(progress));
    }

    fn record_lost(&mut self, progress: BlockProgress) -> Record {
        self.lost.push_back(progress.clone());
        self.lost.drain(..self.lost.len().saturating_sub(LOSSES));
        Record::Lost(progress)
    }

    /// When a block was built: its timestamp, or else when its slot began.
    fn moment(&self, block: &Parablock) -> Option<Millis> {
        let begun = || Some(block.slot? * self.cadence(block.number)?.slot_millis);
        block.moment.or_else(begun)
    }

    fn author(&self, slot: u64) -> Option<H256> {
        let turn = slot.checked_rem(self.authorities.len() as u64)?;
        self.authorities.get(turn as usize).copied()
    }

    /// The progress of a parablock, on a relay chain with these `inclusions`.
    fn block_progress(
        &self,
        built: &Built,
        steps: Option<&CandidateSteps>,
        inclusions: &BTreeMap<u64, u64>,
    ) -> BlockProgress {
        let block = &built.block;
        let authored = self.moment(block);
        let before = match self.get(&block.parent) {
            Some(parent) => self.moment(&parent.block),
            None => {
                let finalized = self.finalized.iter().rev().find(|progress| progress.hash == block.parent);
                finalized.and_then(|progress| progress.authored)
            }
        };
        let included = block.relay_parent.and_then(|at| {
            let (_, number) = inclusions.range(..=at).next_back()?;
            Some(*number)
        });
        BlockProgress {
            parent: Some(block.parent),
            author: block.slot.and_then(|slot| self.author(slot)),
            slot: block.slot,
            relay_parent: block.relay_parent,
            authored,
            seen: block.live.then_some(built.at),
            interval: authored.zip(before).map(|(authored, before)| authored.saturating_sub(before)),
            depth: included.map(|included| block.number.saturating_sub(included)),
            weight: block.weight,
            limit: block.limit,
            classes: block.classes,
            ..self.unreported(
                block.hash,
                &CandidateSteps { number: block.number, ..steps.copied().unwrap_or_default() },
            )
        }
    }

    /// The progress of a parablock that no node has reported.
    fn unreported(&self, hash: H256, steps: &CandidateSteps) -> BlockProgress {
        let state = match steps {
            CandidateSteps { included: Some(_), .. } => BlockState::Included,
            CandidateSteps { backed: Some(_), .. } => BlockState::Backed,
            _ => BlockState::Built,
        };
        BlockProgress {
            state,
            proposal: self.proposals.get(&(steps.number, hash)).copied(),
            core: steps.core,
            candidate: steps.candidate,
            backed: steps.backed,
            included: steps.included,
            final_at: steps.final_at,
            ..BlockProgress::new(self.info.id, steps.number, hash)
        }
    }

    /// The unfinalized parablocks, as the relay chain's best block sees them: those of the parachain, in its
    /// order, and those of forks.
    pub fn open(&self, relay: &RelayChain) -> Open {
        let (mut steps_of, mut inclusions) = (self.settled.clone(), self.inclusions.clone());
        let mut mark = self.finalized.back().map(|progress| (progress.number, progress.hash));
        if let Some((&number, &head)) = self.waiting.last_key_value() {
            mark = Some((number, head));
        }
        for known in relay.unsettled() {
            for candidate in known.block.candidates.iter().filter(|one| one.para == self.info.id) {
                steps_of.entry(candidate.head).or_default().take(candidate, known);
                if candidate.stage == CandidateStage::Included
                    && mark.is_none_or(|(best, _)| best < candidate.number)
                {
                    mark = Some((candidate.number, candidate.head));
                    inclusions.insert(known.block.number, candidate.number);
                }
            }
        }
        // The chain: down from the included head, and up from it to the block with most backed ancestors, then
        // most ancestors.
        let mut chain: HashSet<H256> = HashSet::new();
        if let Some((_, head)) = mark {
            chain.insert(head);
            chain.extend(self.ancestors(head));
        }
        let top = self.top(&steps_of, mark);
        let mut below = top;
        while let Some(built) = below.and_then(|hash| self.get(&hash)) {
            if !chain.insert(built.block.hash) {
                break;
            }
            below = Some(built.block.parent);
        }
        let mut open = Open { included: mark.map(|(number, _)| number), ..Open::default() };
        let mut bundle = None;
        // Newest first: the last block of a bundle has the candidate's steps, and the others take them from it.
        for ((_, hash), built) in self.built.iter().rev() {
            let own = steps_of.get(hash);
            if !chain.contains(hash) {
                open.forks.push(self.block_progress(built, own, &inclusions));
                continue;
            }
            bundle = own.map(|steps| (*hash, steps)).or(bundle.filter(|(head, _)| self.bundled(hash, head)));
            open.chain.push(self.block_progress(built, bundle.map(|(_, steps)| steps), &inclusions));
        }
        // Those that no node has reported yet.
        for (hash, steps) in steps_of.iter().filter(|(hash, _)| !self.numbers.contains_key(*hash)) {
            open.chain.push(self.unreported(*hash, steps));
        }
        open.chain.sort_by_key(|progress| progress.number);
        open.forks.sort_by_key(|progress| progress.number);
        open
    }

    /// The newest block of the chain that continues from the included head.
    fn top(&self, steps_of: &HashMap<H256, CandidateSteps>, mark: Option<(u64, H256)>) -> Option<H256> {
        // For each block, how many backed blocks, and how many in all, lead to it from the included head.
        let mut reach: HashMap<H256, (u64, u64)> = HashMap::new();
        let mut best = None;
        for ((_, hash), built) in &self.built {
            let backed = u64::from(steps_of.get(hash).is_some_and(|steps| steps.backed.is_some()));
            let before = match (reach.get(&built.block.parent), mark) {
                (Some(before), _) => *before,
                (None, Some((_, head))) if built.block.parent != head => continue,
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

/// The unfinalized parablocks.
#[derive(Default)]
pub struct Open {
    /// The number of the newest included one.
    pub included: Option<u64>,
    pub chain: Vec<BlockProgress>,
    pub forks: Vec<BlockProgress>,
}
