//! What nodes tell of blocks: all that the views are made of, and what a recording holds.
//!
//! Facts may come in any order, twice, or not at all; what they mean together is up to the
//! [`Pipeline`](super::pipeline::Pipeline). They say nothing of a fixed block time, one parachain or
//! one core.

use serde::{Deserialize, Serialize};
use subxt::utils::H256;

/// Milliseconds since the Unix epoch.
pub type Millis = u64;
/// The relay chain's number of a parachain.
pub type ParaId = u32;

/// A fact and when it was learned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    pub at: Millis,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// What is watched; the first fact of all.
    Start(Start),
    /// A relay block, with what it does to parachains.
    Relay(RelayBlock),
    /// The relay chain's newest block is now this one.
    RelayBest(H256),
    /// The relay chain is final up to this block.
    RelayFinal { number: u64, hash: H256 },
    /// A parablock.
    Para(ParaBlock),
    /// The cadences that a parachain has had, oldest first, as it tells or as its slots tell.
    Cadence { para: ParaId, spans: Vec<Span> },
    /// The keys whose turn the slots of a parachain are, in turn.
    Authorities { para: ParaId, keys: Vec<H256> },
    /// What a parachain mints.
    Emission { para: ParaId, emission: Emission },
    /// The transaction looked for is in this block.
    Transaction { para: ParaId, block: H256, hash: H256 },
    /// A node answers, or why it no longer does.
    Link { node: String, lost: Option<String> },
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// The name of the relay chain.
    pub relay: String,
    /// From one relay block to the next, in milliseconds, if none is missed.
    pub relay_millis: u64,
    pub paras: Vec<Parachain>,
    /// The transaction that is looked for.
    pub transaction: Option<H256>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Parachain {
    pub id: ParaId,
    pub name: String,
    /// Its token.
    pub symbol: String,
    pub decimals: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RelayBlock {
    pub number: u64,
    pub hash: H256,
    pub parent: H256,
    /// Its timestamp.
    pub moment: Millis,
    /// Whether it was learned of as it was imported, not looked up later.
    pub live: bool,
    /// Whether it begins a session, and so backs nothing.
    pub session: bool,
    /// What happens to the candidates of watched parachains, in order.
    pub candidates: Vec<Candidate>,
}

/// What a relay block does to a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    pub stage: Stage,
    pub para: ParaId,
    pub core: u32,
    /// The candidate's hash, as in the validators' logs.
    pub hash: H256,
    /// The parablock's hash and number; of a bundle, those of the last one.
    pub head: H256,
    pub number: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Enough validators of a group vouch for it.
    Backed,
    /// Its proof is available: it is part of the parachain.
    Included,
    /// Its proof did not become available in time; the core is free again.
    TimedOut,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParaBlock {
    pub para: ParaId,
    pub number: u64,
    pub hash: H256,
    pub parent: H256,
    /// Whether it was learned of as it was imported, not looked up later.
    pub live: bool,
    /// Its timestamp.
    pub moment: Option<Millis>,
    /// The number of the relay block that it was built on.
    pub relay_parent: Option<u64>,
    /// Its Aura slot.
    pub slot: Option<u64>,
    /// What it declares to use, and the most that it may.
    pub weight: Option<Weight>,
    pub limit: Option<Weight>,
}

/// Execution in picoseconds, and proof in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weight {
    pub time: u64,
    pub proof: u64,
}

/// A cadence and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The last block of the cadence before; zero for the first.
    pub since: u64,
    /// The moment of that block, if the chain tells it.
    pub moment: Option<Millis>,
    pub slot_millis: u64,
    /// Blocks per slot.
    pub velocity: u64,
    /// The most blocks of the unincluded segment, if the chain tells it.
    pub capacity: Option<u64>,
}

impl Span {
    /// Time between two blocks, in milliseconds.
    pub fn block_millis(&self) -> u64 {
        self.slot_millis / self.velocity.max(1)
    }
}

/// What a parachain mints for the treasury and the collators with each block, and the most that all
/// recipients can get in a cycle of so many milliseconds; in its smallest unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emission {
    pub per_block: u128,
    pub maximum: u128,
    pub cycle_millis: u64,
}
