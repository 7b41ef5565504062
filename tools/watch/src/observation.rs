//! Observations: what nodes report about blocks. They are the only input of the
//! [`Pipeline`](crate::pipeline::Pipeline), and what a recording holds.
//!
//! They may come in any order, more than once, or not at all. None of them assumes a fixed block time, one
//! parachain or one core.

use serde::{Deserialize, Serialize};
use subxt::utils::H256;
use tandem_rpc::read::Weight;

/// Milliseconds since the Unix epoch.
pub type Millis = u64;
/// The relay chain's number of a parachain.
pub type ParaId = u32;

/// What was observed, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    pub at: Millis,
    pub what: Observed,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Observed {
    /// What is watched. It is the first observation.
    Start(Start),
    /// A relay block, with what it does to the candidates of watched parachains.
    Relay(RelayBlock),
    /// The relay chain's new best block.
    RelayBest(H256),
    /// The relay chain's new final block.
    RelayFinal { number: u64, hash: H256 },
    /// A parablock.
    Para(Parablock),
    /// How a collator's proposer ended a parablock, from the collator's log. The hash is the sealed block's.
    Proposed { para: ParaId, number: u64, hash: H256, proposal: Proposal },
    /// The cadences that a parachain has had, oldest first: from its runtime API, or else from its slots.
    Cadence { para: ParaId, cadences: Vec<CadenceSpan> },
    /// The Aura authorities of a parachain, in the order of their slots.
    Authorities { para: ParaId, keys: Vec<H256> },
    /// What a parachain mints.
    Emission { para: ParaId, emission: Emission },
    /// This transaction was submitted just now, and is the one that is looked for from here on.
    Submitted(H256),
    /// The transaction that is looked for is in this block.
    Transaction { para: ParaId, block: H256, hash: H256 },
    /// A node does not answer, with the error, or answers again.
    Link { node: String, error: Option<String> },
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// The name of the relay chain.
    pub relay: String,
    /// From one relay block to the next, in milliseconds, if none is missed.
    pub relay_millis: u64,
    pub paras: Vec<ParachainInfo>,
    /// The transaction that is looked for.
    pub transaction: Option<H256>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ParachainInfo {
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
    /// Whether the watch learned of it when it was imported, and did not look it up later.
    pub live: bool,
    /// Whether it begins a session, and so backs nothing.
    pub session: bool,
    /// What happens to the candidates of watched parachains, in order.
    pub candidates: Vec<CandidateEvent>,
}

/// What a relay block does to a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CandidateEvent {
    pub stage: CandidateStage,
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
pub enum CandidateStage {
    /// Enough validators of a group vouch for it.
    Backed,
    /// Its proof is available: it is part of the parachain.
    Included,
    /// Its proof did not become available in time; the core is free again.
    TimedOut,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parablock {
    pub para: ParaId,
    pub number: u64,
    pub hash: H256,
    pub parent: H256,
    /// Whether the watch learned of it when it was imported, and did not look it up later.
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
    /// The weight of each class of extrinsics. Older recordings lack it.
    #[serde(default)]
    pub classes: Option<ClassWeights>,
}

/// The weight of each class of extrinsics in a parablock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassWeights {
    pub normal: ClassWeight,
    pub operational: ClassWeight,
    /// Inherents, and the pallets' work at the beginning of the block.
    pub mandatory: ClassWeight,
}

/// What a class uses, and the most that it may; most chains do not limit the mandatory class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassWeight {
    pub used: Weight,
    pub limit: Option<Weight>,
}

/// What a collator's proposer logs of a parablock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// All extrinsics of the block, with the inherents.
    pub extrinsics: u32,
    /// How long building the block took, in milliseconds.
    pub millis: u32,
    pub end: ProposalEnd,
}

/// Why the proposer added no further transaction to a parablock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalEnd {
    /// The collator's pool had no further transaction that was ready.
    NoMoreTransactions,
    /// The time for building the block was over.
    Deadline,
    /// The block and its proof so far left no room for the next transactions.
    BlockSize,
    /// The next transactions would have exceeded the block's weight or length.
    BlockWeight,
    /// The runtime accepted inherents only, as it does during a multi-block migration.
    TransactionForbidden,
}

impl ProposalEnd {
    pub const ALL: [ProposalEnd; 5] = [
        ProposalEnd::NoMoreTransactions,
        ProposalEnd::Deadline,
        ProposalEnd::BlockSize,
        ProposalEnd::BlockWeight,
        ProposalEnd::TransactionForbidden,
    ];

    /// For labels of metrics, as in JSON.
    pub fn label(self) -> &'static str {
        match self {
            ProposalEnd::NoMoreTransactions => "no_more_transactions",
            ProposalEnd::Deadline => "deadline",
            ProposalEnd::BlockSize => "block_size",
            ProposalEnd::BlockWeight => "block_weight",
            ProposalEnd::TransactionForbidden => "transaction_forbidden",
        }
    }
}

/// A cadence and the block with which it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CadenceSpan {
    /// The last block of the cadence before; zero for the first.
    pub since: u64,
    /// The timestamp of that block, if the chain has it.
    pub moment: Option<Millis>,
    pub slot_millis: u64,
    /// Blocks per slot.
    pub velocity: u64,
    /// The most blocks of the unincluded segment, if the chain has it.
    pub capacity: Option<u64>,
}

impl CadenceSpan {
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
