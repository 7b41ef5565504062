//! The state of the pipeline at a moment, as the views show it: plain data, made anew each time.

use super::{
    fact::{Millis, ParaId, Parachain, Span},
    para::{Missed, Para, Row, State},
    pipeline::Pipeline,
};
use crate::up::name;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet, VecDeque};
use subxt::utils::H256;

/// Relay blocks and parablocks that a view shows, of each.
const SHOWN: usize = 120;
/// Blocks that the pace is taken over.
const PACE: usize = 50;
const YEAR: u64 = 31_557_600_000;

/// Everything a view needs. Times are milliseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// The moment that it is of.
    pub now: Millis,
    /// The relay chain's name.
    pub relay: String,
    /// From one relay block to the next, if none is missing.
    pub relay_millis: u64,
    pub relay_best: Option<u64>,
    pub relay_final: Option<u64>,
    pub reorganisations: u64,
    /// Nodes, and why they no longer answer, if they do not.
    pub links: Vec<(String, Option<String>)>,
    /// Names of authors that have one, by their keys.
    pub names: BTreeMap<H256, String>,
    pub relay_blocks: Vec<RelayRow>,
    pub paras: Vec<ParaView>,
    pub transaction: Option<Transaction>,
}

#[derive(Clone, Debug, Serialize)]
pub struct RelayRow {
    pub number: u64,
    pub hash: H256,
    pub moment: Millis,
    pub seen: Option<Millis>,
    /// Whether it begins a session.
    pub session: bool,
    pub state: RelayState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RelayState {
    Best,
    Final,
    Fork,
}

#[derive(Clone, Debug, Serialize)]
pub struct ParaView {
    pub about: Parachain,
    /// The cadences that the chain has had; none if it does not tell, nor its slots.
    pub spans: Vec<Span>,
    /// Numbers of the newest block built, included, and included for good.
    pub best: Option<u64>,
    pub included: Option<u64>,
    pub finalised: Option<u64>,
    /// The unincluded segment, oldest first.
    pub segment: Vec<H256>,
    /// The newest blocks of the chain, oldest first.
    pub blocks: Vec<Row>,
    /// The newest blocks that are not part of it, or not on the way to be, oldest first.
    pub forks: Vec<Row>,
    pub missed: Vec<Missed>,
    /// Over the newest blocks.
    pub pace: Option<Pace>,
    /// Over the blocks of each cadence that are known still, oldest cadence first.
    pub paces: Vec<Pace>,
    pub distributions: Distributions,
    pub emission: Option<EmissionView>,
}

/// How fast blocks came, over some that are final.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pace {
    /// Time between two blocks at this cadence, if the chain tells it.
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

/// How many of the closed blocks that are known still took how long, to the nearest second: the n-th
/// number, from zero, counts those of n seconds, the last one all that are longer too.
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

/// The transaction looked for.
#[derive(Clone, Debug, Serialize)]
pub struct Transaction {
    pub hash: H256,
    /// The parachain and the block that it is in, if it is in one of a parachain's chain.
    pub para: Option<ParaId>,
    pub block: Option<Row>,
    /// Whether it was seen in a block that is not part of the chain.
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
            .map(|known| RelayRow {
                number: known.block.number,
                hash: known.block.hash,
                moment: known.block.moment,
                seen: known.seen(),
                session: known.block.session,
                state: match known.settled {
                    true => RelayState::Final,
                    false if path.contains(&known.block.hash) => RelayState::Best,
                    false => RelayState::Fork,
                },
            })
            .collect();
        relay_blocks.reverse();
        let paras: Vec<_> = pipeline.paras.values().map(|para| view(para, pipeline)).collect();
        let transaction = pipeline.start.transaction.map(|hash| {
            let here = |row: &&Row| pipeline.transaction.contains(&(row.para, row.hash));
            let block = pipeline.paras.values().find_map(|para| {
                let open = para.open(relay).chain;
                open.iter().find(here).or(para.closed.iter().rev().find(here)).cloned()
            });
            let forked = block.is_none() && !pipeline.transaction.is_empty();
            Transaction { hash, para: block.as_ref().map(|row| row.para), block, forked }
        });
        Self {
            now,
            relay: pipeline.start.relay.clone(),
            relay_millis: relay.millis,
            relay_best: relay.best().map(|known| known.block.number),
            relay_final: relay.final_number(),
            reorganisations: pipeline.reorganisations,
            links: pipeline.links.clone().into_iter().collect(),
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

fn view(para: &Para, pipeline: &Pipeline) -> ParaView {
    let open = para.open(&pipeline.relay);
    let included = open.included.or(para.closed.back().map(|row| row.number));
    let newest = open.chain.last().or(para.closed.back());
    let unincluded = |row: &&Row| matches!(row.state, State::Built | State::Backed);
    let closed = para.closed.iter().rev().take(SHOWN).rev().cloned();
    let tail = |rows: &VecDeque<Row>| rows.iter().rev().take(SHOWN).rev().cloned().collect();
    let mut forks: Vec<Row> = tail(&para.lost);
    forks.extend(open.forks);
    ParaView {
        about: para.about.clone(),
        spans: para.spans.clone(),
        best: newest.map(|row| row.number),
        included,
        finalised: para.closed.back().map(|row| row.number),
        segment: open.chain.iter().filter(unincluded).map(|row| row.hash).collect(),
        forks,
        missed: para.missed.iter().rev().take(SHOWN).rev().copied().collect(),
        pace: pace(para, para.closed.iter().rev().take(PACE + 1).rev()),
        paces: paces(para),
        distributions: distributions(para),
        emission: para.emission.map(|emission| {
            let unit = 10f64.powi(para.about.decimals as i32);
            let cycles = YEAR as f64 / emission.cycle_millis.max(1) as f64;
            EmissionView {
                per_block: emission.per_block as f64 / unit,
                per_year: emission.maximum as f64 / unit * cycles,
            }
        }),
        blocks: closed.chain(open.chain).collect(),
    }
}

/// The pace over blocks in order.
fn pace<'a>(para: &Para, blocks: impl Iterator<Item = &'a Row>) -> Option<Pace> {
    let blocks: Vec<_> = blocks.collect();
    let (first, last) = (*blocks.first()?, *blocks.last()?);
    let gaps = last.number.checked_sub(first.number).filter(|gaps| *gaps > 0)?;
    let (from, to) = (first.authored?, last.authored?);
    let missed = para.missed.iter().filter(|missed| missed.moment > from && missed.moment < to);
    Some(Pace {
        block_millis: para.span(last.number).map(Span::block_millis),
        from: first.number,
        to: last.number,
        mean: to.saturating_sub(from) as f64 / gaps as f64,
        worst: blocks[1..].iter().filter_map(|row| row.interval).max()?,
        missed: missed.map(|missed| missed.count).sum(),
    })
}

fn paces(para: &Para) -> Vec<Pace> {
    let ends = para.spans.iter().skip(1).map(|span| span.since).chain([u64::MAX]);
    let begins = para.spans.iter().map(|span| span.since);
    let of = |(begin, end)| {
        pace(para, para.closed.iter().filter(move |row| row.number > begin && row.number <= end))
    };
    begins.zip(ends).filter_map(of).collect()
}

fn distributions(para: &Para) -> Distributions {
    let by_second = |most: usize, length: fn(&Row) -> Option<u64>| {
        let mut counts = vec![0; most + 1];
        for millis in para.closed.iter().filter_map(length) {
            counts[most.min(((millis + 500) / 1_000) as usize)] += 1;
        }
        counts
    };
    Distributions {
        interval: by_second(60, |row| row.interval),
        backing: by_second(60, Row::backing),
        inclusion: by_second(60, Row::inclusion),
        finality: by_second(120, Row::finality),
    }
}
