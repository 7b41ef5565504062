//! A snapshot: the state of the pipeline at a moment, as the views and the page show it. It is plain data, made
//! anew each time.

use crate::{
    observation::{CadenceSpan, Millis, ParaId, ParachainInfo},
    parachain::{BlockProgress, BlockState, Missed, Parachain, Reason},
    pipeline::Pipeline,
};
use serde::Serialize;
use std::collections::{BTreeMap, HashSet, VecDeque};
use subxt::utils::H256;
use tandem_rpc::keys::name;

/// Relay blocks and parablocks that a view shows, of each.
const SHOWN: usize = 120;
/// Blocks that the pace is taken over.
const PACE: usize = 50;
const YEAR: u64 = 31_557_600_000;

/// Version of the JSON form. It changes when a field is renamed, removed, or gets another meaning.
pub const FORMAT: u32 = 2;

/// Everything a view needs. Times are milliseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// [`FORMAT`].
    pub format: u32,
    /// The time of the snapshot.
    pub now: Millis,
    /// Texts of the reasons for missed slots and lost blocks.
    pub reasons: BTreeMap<&'static str, &'static str>,
    /// Whether the page may send payments.
    pub payments: bool,
    /// The relay chain's name.
    pub relay: String,
    /// From one relay block to the next, if none is missing.
    pub relay_millis: u64,
    pub relay_best: Option<u64>,
    pub relay_final: Option<u64>,
    pub reorganisations: u64,
    pub links: Vec<Link>,
    /// Names of authors that have one, by their keys.
    pub names: BTreeMap<H256, String>,
    pub relay_blocks: Vec<RelayBlockView>,
    pub paras: Vec<ParachainView>,
    pub transaction: Option<TrackedTransaction>,
}

/// A node, and the error if it does not answer.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    pub node: String,
    pub error: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct RelayBlockView {
    pub number: u64,
    pub hash: H256,
    pub moment: Millis,
    pub seen: Option<Millis>,
    /// Whether it begins a session.
    pub session: bool,
    pub status: RelayBlockStatus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RelayBlockStatus {
    Best,
    Final,
    Fork,
}

#[derive(Clone, Debug, Serialize)]
pub struct ParachainView {
    pub info: ParachainInfo,
    /// The cadences that the chain has had, oldest first; empty if they are not known.
    pub cadences: Vec<CadenceSpan>,
    /// Numbers of the newest block that is built, included, and final.
    pub built_number: Option<u64>,
    pub included_number: Option<u64>,
    pub final_number: Option<u64>,
    /// The unincluded segment, oldest first.
    pub segment: Vec<H256>,
    /// The newest blocks of the chain, oldest first.
    pub blocks: Vec<BlockProgress>,
    /// The newest blocks of forks, oldest first.
    pub forks: Vec<BlockProgress>,
    pub missed: Vec<Missed>,
    /// Over the newest blocks.
    pub pace: Option<Pace>,
    /// Over the blocks of each cadence that are still kept, oldest cadence first.
    pub paces: Vec<Pace>,
    pub distributions: Distributions,
    pub emission: Option<EmissionView>,
}

/// How fast blocks came, over some that are final.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pace {
    /// Time between two blocks at this cadence, if it is known.
    pub block_millis: Option<u64>,
    /// The first and the last block.
    pub from: u64,
    pub to: u64,
    /// The mean time between two of them.
    pub mean: f64,
    /// The longest.
    pub worst: u64,
    /// Blocks that are missing between them.
    pub missed: u64,
}

/// How long the finalized blocks that are still kept took, to the nearest second. The number at index n counts
/// the blocks that took n seconds; the last number also counts all longer ones.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Distributions {
    /// From one block to the next.
    pub interval: Vec<u64>,
    /// From authored to backed.
    pub backing: Vec<u64>,
    /// From backed to included.
    pub inclusion: Vec<u64>,
    /// From authored to final.
    pub finality: Vec<u64>,
}

/// In tokens.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EmissionView {
    /// To treasury and collators, with each block.
    pub per_block: f64,
    /// The most that all recipients get in a year.
    pub per_year: f64,
}

/// The transaction that is looked for.
#[derive(Clone, Debug, Serialize)]
pub struct TrackedTransaction {
    pub hash: H256,
    /// When it was submitted, if the page submitted it.
    pub submitted_at: Option<Millis>,
    /// The parachain and the block that it is in, if that block is not of a fork.
    pub para: Option<ParaId>,
    pub block: Option<BlockProgress>,
    /// Whether it was seen in a block of a fork only.
    pub forked: bool,
}

impl Snapshot {
    pub fn of(pipeline: &Pipeline, now: Millis) -> Self {
        let relay = &pipeline.relay;
        let path: HashSet<_> = relay.unsettled().iter().map(|known| known.block.hash).collect();
        let mut relay_blocks: Vec<_> = relay
            .all()
            .rev()
            .take(SHOWN)
            .map(|known| RelayBlockView {
                number: known.block.number,
                hash: known.block.hash,
                moment: known.block.moment,
                seen: known.seen(),
                session: known.block.session,
                status: match known.settled {
                    true => RelayBlockStatus::Final,
                    false if path.contains(&known.block.hash) => RelayBlockStatus::Best,
                    false => RelayBlockStatus::Fork,
                },
            })
            .collect();
        relay_blocks.reverse();
        let paras: Vec<_> = pipeline.paras.values().map(|para| view(para, pipeline)).collect();
        let transaction = pipeline.transaction.as_ref().map(|sought| {
            let here = |row: &&BlockProgress| sought.blocks.contains(&(row.para, row.hash));
            let block = pipeline.paras.values().find_map(|para| {
                let open = para.open(relay).chain;
                open.iter().find(here).or(para.finalized.iter().rev().find(here)).cloned()
            });
            TrackedTransaction {
                hash: sought.hash,
                submitted_at: sought.submitted_at,
                para: block.as_ref().map(|row| row.para),
                forked: block.is_none() && !sought.blocks.is_empty(),
                block,
            }
        });
        Self {
            format: FORMAT,
            now,
            reasons: Reason::ALL.map(|reason| (reason.label(), reason.text())).into(),
            payments: false,
            relay: pipeline.start.relay.clone(),
            relay_millis: relay.millis,
            relay_best: relay.best().map(|known| known.block.number),
            relay_final: relay.final_number(),
            reorganisations: pipeline.reorganisations,
            links: pipeline
                .links
                .iter()
                .map(|(node, error)| Link { node: node.clone(), error: error.clone() })
                .collect(),
            names: names(pipeline),
            relay_blocks,
            paras,
            transaction,
        }
    }
}

fn names(pipeline: &Pipeline) -> BTreeMap<H256, String> {
    let keys = pipeline.paras.values().flat_map(|para| &para.authorities);
    keys.map(|key| (*key, name(key.0))).collect()
}

fn view(para: &Parachain, pipeline: &Pipeline) -> ParachainView {
    let open = para.open(&pipeline.relay);
    let included = open.included.or(para.finalized.back().map(|row| row.number));
    let newest = open.chain.last().or(para.finalized.back());
    let unincluded = |row: &&BlockProgress| matches!(row.state, BlockState::Built | BlockState::Backed);
    let finalized = para.finalized.iter().rev().take(SHOWN).rev().cloned();
    let tail = |rows: &VecDeque<BlockProgress>| rows.iter().rev().take(SHOWN).rev().cloned().collect();
    let mut forks: Vec<BlockProgress> = tail(&para.lost);
    forks.extend(open.forks);
    ParachainView {
        info: para.info.clone(),
        cadences: para.cadences.clone(),
        built_number: newest.map(|row| row.number),
        included_number: included,
        final_number: para.finalized.back().map(|row| row.number),
        segment: open.chain.iter().filter(unincluded).map(|row| row.hash).collect(),
        forks,
        missed: para.missed.iter().rev().take(SHOWN).rev().copied().collect(),
        pace: pace(para, para.finalized.iter().rev().take(PACE + 1).rev()),
        paces: paces(para),
        distributions: distributions(para),
        emission: para.emission.map(|emission| {
            let unit = 10f64.powi(para.info.decimals as i32);
            let cycles = YEAR as f64 / emission.cycle_millis.max(1) as f64;
            EmissionView {
                per_block: emission.per_block as f64 / unit,
                per_year: emission.maximum as f64 / unit * cycles,
            }
        }),
        blocks: finalized.chain(open.chain).collect(),
    }
}

/// The pace over blocks in order.
fn pace<'a>(para: &Parachain, blocks: impl Iterator<Item = &'a BlockProgress>) -> Option<Pace> {
    let blocks: Vec<_> = blocks.collect();
    let (first, last) = (*blocks.first()?, *blocks.last()?);
    let gaps = last.number.checked_sub(first.number).filter(|gaps| *gaps > 0)?;
    let (from, to) = (first.authored?, last.authored?);
    let missed = para.missed.iter().filter(|missed| missed.moment > from && missed.moment < to);
    Some(Pace {
        block_millis: para.cadence(last.number).map(CadenceSpan::block_millis),
        from: first.number,
        to: last.number,
        mean: to.saturating_sub(from) as f64 / gaps as f64,
        worst: blocks[1..].iter().filter_map(|row| row.interval).max()?,
        missed: missed.map(|missed| missed.count).sum(),
    })
}

fn paces(para: &Parachain) -> Vec<Pace> {
    let ends = para.cadences.iter().skip(1).map(|cadence| cadence.since).chain([u64::MAX]);
    let begins = para.cadences.iter().map(|cadence| cadence.since);
    let of = |(begin, end)| {
        pace(para, para.finalized.iter().filter(move |row| row.number > begin && row.number <= end))
    };
    begins.zip(ends).filter_map(of).collect()
}

fn distributions(para: &Parachain) -> Distributions {
    let by_second = |most: usize, length: fn(&BlockProgress) -> Option<u64>| {
        let mut counts = vec![0; most + 1];
        for millis in para.finalized.iter().filter_map(length) {
            counts[most.min(((millis + 500) / 1_000) as usize)] += 1;
        }
        counts
    };
    Distributions {
        interval: by_second(60, |row| row.interval),
        backing: by_second(60, BlockProgress::backing),
        inclusion: by_second(60, BlockProgress::inclusion),
        finality: by_second(120, BlockProgress::finality),
    }
}
