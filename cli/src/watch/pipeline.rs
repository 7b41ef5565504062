//! What facts mean together: the relay chain, the parachains, and the way of every parablock.
//!
//! [`Pipeline::apply`] takes in one fact and returns what is known for good since; what may still
//! change is read with [`Para::open`]. Memory is bounded, however long it runs.

use super::{
    fact::{Fact, Millis, ParaId, Start, What},
    para::{Para, Record},
    relay::RelayChain,
};
use std::collections::BTreeMap;
use subxt::utils::H256;

/// The most nodes whose connection is told of.
const NODES: usize = 64;

#[derive(Default)]
pub struct Pipeline {
    pub start: Start,
    /// When the newest fact was learned.
    pub now: Millis,
    pub relay: RelayChain,
    pub paras: BTreeMap<ParaId, Para>,
    /// Nodes, and why they no longer answer, if they do not.
    pub links: BTreeMap<String, Option<String>>,
    /// Where the transaction looked for was seen: in which blocks of which parachain.
    pub transaction: Vec<(ParaId, H256)>,
    /// How often the relay chain's best block was not built on the one before.
    pub reorganisations: u64,
}

impl Pipeline {
    /// Takes in a fact. What is known for good since, in order.
    pub fn apply(&mut self, fact: Fact) -> Vec<Record> {
        let Fact { at, what } = fact;
        self.now = self.now.max(at);
        match what {
            What::Start(start) => {
                self.relay.millis = start.relay_millis;
                for about in &start.paras {
                    self.paras.entry(about.id).or_insert_with(|| Para::new(about.clone()));
                }
                self.start = start;
            }
            What::Relay(block) => {
                for candidate in &block.candidates {
                    if let Some(para) = self.paras.get_mut(&candidate.para) {
                        para.mentioned(candidate);
                    }
                }
                if self.relay.insert(block, at) {
                    return self.settle();
                }
            }
            What::RelayBest(hash) => {
                if self.relay.reorganises(hash) {
                    self.reorganisations += 1;
                }
                self.relay.best_is(hash, at);
            }
            What::RelayFinal { number, hash } => {
                self.relay.final_is(number, hash, at);
                return self.settle();
            }
            What::Para(block) => {
                if let Some(para) = self.paras.get_mut(&block.para) {
                    let mut records = para.insert(block, at);
                    records.extend(para.close(&self.relay));
                    return records;
                }
            }
            What::Cadence { para, spans } => {
                if let Some(para) = self.paras.get_mut(&para) {
                    return para.spans_are(spans);
                }
            }
            What::Authorities { para, keys } => {
                if let Some(para) = self.paras.get_mut(&para) {
                    para.authorities = keys;
                }
            }
            What::Emission { para, emission } => {
                if let Some(para) = self.paras.get_mut(&para) {
                    para.emission = Some(emission);
                }
            }
            What::Transaction { para, block, .. } => {
                if !self.transaction.contains(&(para, block)) && self.transaction.len() < NODES {
                    self.transaction.push((para, block));
                }
            }
            What::Link { node, lost } => {
                let before = self.links.get(&node);
                let is_news = before.map_or(lost.is_some(), |before| *before != lost);
                if before.is_some() || self.links.len() < NODES {
                    self.links.insert(node.clone(), lost.clone());
                }
                if is_news {
                    return vec![Record::Link { node, lost }];
                }
            }
        }
        vec![]
    }

    /// Hands what the relay chain has settled to the parachains.
    fn settle(&mut self) -> Vec<Record> {
        let settled = self.relay.settle();
        for (known, finalised) in &settled {
            for candidate in &known.block.candidates {
                if let Some(para) = self.paras.get_mut(&candidate.para) {
                    para.settle(candidate, known, *finalised);
                }
            }
        }
        let relay = &self.relay;
        self.paras.values_mut().flat_map(|para| para.close(relay)).collect()
    }
}
