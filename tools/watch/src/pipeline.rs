//! The pipeline: follows every parablock from authored to final, by the observations of both chains.
//!
//! [`Pipeline::apply`] takes in one observation and returns the results that it makes final. What may still
//! change is computed by [`Parachain::open`]. Memory is bounded, however long it runs.

use crate::{
    observation::{Millis, Observation, Observed, ParaId, Start},
    parachain::{Parachain, Record},
    relay::RelayChain,
};
use std::collections::BTreeMap;
use subxt::utils::H256;

/// The most nodes whose connections are kept, and the most blocks of the transaction that is looked for.
const NODES: usize = 64;

/// The transaction that is looked for.
pub struct Sought {
    pub hash: H256,
    /// When the page submitted it, if it did.
    pub submitted_at: Option<Millis>,
    /// The blocks in which it was seen, of any fork.
    pub blocks: Vec<(ParaId, H256)>,
}

impl Sought {
    fn new(hash: H256) -> Self {
        Self { hash, submitted_at: None, blocks: vec![] }
    }
}

#[derive(Default)]
pub struct Pipeline {
    pub start: Start,
    /// The time of the newest observation.
    pub now: Millis,
    pub relay: RelayChain,
    pub paras: BTreeMap<ParaId, Parachain>,
    /// Nodes, each with the error if it does not answer.
    pub links: BTreeMap<String, Option<String>>,
    pub transaction: Option<Sought>,
    /// How often the relay chain's best block was not built on the one before.
    pub reorganisations: u64,
}

impl Pipeline {
    /// Takes in an observation. Returns the results that became final by it, in order.
    pub fn apply(&mut self, observation: Observation) -> Vec<Record> {
        let Observation { at, what } = observation;
        self.now = self.now.max(at);
        match what {
            Observed::Start(start) => {
                self.relay.millis = start.relay_millis;
                for info in &start.paras {
                    self.paras.entry(info.id).or_insert_with(|| Parachain::new(info.clone()));
                }
                self.transaction = start.transaction.map(Sought::new).or(self.transaction.take());
                self.start = start;
            }
            Observed::Relay(block) => {
                for candidate in &block.candidates {
                    if let Some(para) = self.paras.get_mut(&candidate.para) {
                        para.candidate_seen(candidate);
                    }
                }
                if self.relay.insert(block, at) {
                    return self.settle();
                }
            }
            Observed::RelayBest(hash) => {
                if self.relay.reorganises(hash) {
                    self.reorganisations += 1;
                }
                self.relay.best_is(hash, at);
            }
            Observed::RelayFinal { number, hash } => {
                self.relay.final_is(number, hash, at);
                return self.settle();
            }
            Observed::Para(block) => {
                if let Some(para) = self.paras.get_mut(&block.para) {
                    let mut records = para.insert(block, at);
                    records.extend(para.finalize(&self.relay));
                    return records;
                }
            }
            Observed::Proposed { para, number, hash, proposal } => {
                if let Some(para) = self.paras.get_mut(&para) {
                    para.proposed(number, hash, proposal);
                }
            }
            Observed::Cadence { para, cadences } => {
                if let Some(para) = self.paras.get_mut(&para) {
                    return para.set_cadences(cadences);
                }
            }
            Observed::Authorities { para, keys } => {
                if let Some(para) = self.paras.get_mut(&para) {
                    para.authorities = keys;
                }
            }
            Observed::Emission { para, emission } => {
                if let Some(para) = self.paras.get_mut(&para) {
                    para.emission = Some(emission);
                }
            }
            Observed::Submitted(hash) => {
                self.transaction = Some(Sought { submitted_at: Some(at), ..Sought::new(hash) });
            }
            Observed::Transaction { para, block, hash } => {
                if let Some(sought) = self.transaction.as_mut().filter(|sought| sought.hash == hash) {
                    if !sought.blocks.contains(&(para, block)) && sought.blocks.len() < NODES {
                        sought.blocks.push((para, block));
                    }
                }
            }
            Observed::Link { node, error } => {
                let before = self.links.get(&node);
                let is_news = before.map_or(error.is_some(), |before| *before != error);
                if before.is_some() || self.links.len() < NODES {
                    self.links.insert(node.clone(), error.clone());
                }
                if is_news {
                    return vec![Record::Link { node, error }];
                }
            }
        }
        vec![]
    }

    /// Hands newly settled relay blocks to the parachains.
    fn settle(&mut self) -> Vec<Record> {
        let settled = self.relay.settle();
        for (known, final_at) in &settled {
            for candidate in &known.block.candidates {
                if let Some(para) = self.paras.get_mut(&candidate.para) {
                    para.settle(candidate, known, *final_at);
                }
            }
        }
        let relay = &self.relay;
        self.paras.values_mut().flat_map(|para| para.finalize(relay)).collect()
    }
}
