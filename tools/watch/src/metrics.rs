//! Metrics for Prometheus. Final results are counted as they come; what may still change is read from the newest
//! snapshot.

use crate::{
    observation::{ClassWeight, ProposalEnd},
    parachain::{BlockState, Reason, Record},
    snapshot::{Link, Snapshot},
};
use anyhow::Result;
use prometheus::{
    histogram_opts, opts, GaugeVec, HistogramVec, IntCounter, IntCounterVec, IntGaugeVec, Registry,
    TextEncoder,
};

/// Bounds of the histograms, in seconds: multiples of the block times there are.
const SECONDS: [f64; 21] = [
    0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 15.0, 18.0, 24.0, 30.0, 36.0, 48.0, 60.0, 90.0,
    120.0, 240.0,
];

pub struct Metrics {
    registry: Registry,
    node_up: IntGaugeVec,
    relay_number: IntGaugeVec,
    relay_target: GaugeVec,
    reorganisations: IntCounter,
    number: IntGaugeVec,
    timestamp: GaugeVec,
    segment: IntGaugeVec,
    capacity: IntGaugeVec,
    target: GaugeVec,
    interval: HistogramVec,
    backing: HistogramVec,
    inclusion: HistogramVec,
    finality: HistogramVec,
    blocks: IntCounterVec,
    missed: IntCounterVec,
    lost: IntCounterVec,
    weight: GaugeVec,
    proof: GaugeVec,
    normal_weight: GaugeVec,
    normal_proof: GaugeVec,
    proposals: IntCounterVec,
}

impl Metrics {
    pub fn new() -> Result<Self> {
        let registry = Registry::new_custom(Some("tandem_watch".into()), None)?;
        macro_rules! metric {
            ($kind:ident, $name:literal, $help:literal, $labels:expr) => {{
                let metric = $kind::new(opts!($name, $help), $labels)?;
                registry.register(Box::new(metric.clone()))?;
                metric
            }};
        }
        let histogram = |name: &str, help: &str| -> Result<HistogramVec> {
            let metric = HistogramVec::new(histogram_opts!(name, help, SECONDS.to_vec()), &["para"])?;
            registry.register(Box::new(metric.clone()))?;
            Ok(metric)
        };
        let reorganisations = IntCounter::new(
            "relay_reorganisations_total",
            "How often the relay chain's best block was not built on the one before",
        )?;
        registry.register(Box::new(reorganisations.clone()))?;
        Ok(Self {
            reorganisations,
            node_up: metric!(IntGaugeVec, "node_up", "Whether the node answers", &["node"]),
            relay_number: metric!(
                IntGaugeVec,
                "relay_block_number",
                "Newest relay block of each state",
                &["state"]
            ),
            relay_target: metric!(
                GaugeVec,
                "relay_block_time_target_seconds",
                "From one relay block to the next, if none is missing",
                &[]
            ),
            number: metric!(
                IntGaugeVec,
                "parablock_number",
                "Newest parablock of each state",
                &["para", "state"]
            ),
            timestamp: metric!(
                GaugeVec,
                "parablock_timestamp_seconds",
                "Timestamp of the newest built parablock",
                &["para"]
            ),
            segment: metric!(
                IntGaugeVec,
                "unincluded_segment_blocks",
                "Parablocks that are built and not included",
                &["para"]
            ),
            capacity: metric!(
                IntGaugeVec,
                "unincluded_segment_capacity_blocks",
                "The most parablocks that may be built and not included",
                &["para"]
            ),
            target: metric!(
                GaugeVec,
                "block_time_target_seconds",
                "From one parablock to the next, by the cadence in force",
                &["para"]
            ),
            interval: histogram(
                "block_interval_seconds",
                "From one parablock to the next, by their timestamps",
            )?,
            backing: histogram("backing_seconds", "From a parablock's timestamp to that of its backing")?,
            inclusion: histogram("inclusion_seconds", "From a parablock's backing to its inclusion")?,
            finality: histogram(
                "finality_seconds",
                "From a parablock's timestamp to when its inclusion was final",
            )?,
            blocks: metric!(
                IntCounterVec,
                "parablocks_total",
                "Parablocks whose inclusion is final",
                &["para"]
            ),
            missed: metric!(
                IntCounterVec,
                "missed_blocks_total",
                "Parablocks that slots had no block for",
                &["para", "reason"]
            ),
            lost: metric!(
                IntCounterVec,
                "lost_parablocks_total",
                "Parablocks that are not part of the chain",
                &["para", "reason"]
            ),
            weight: metric!(
                GaugeVec,
                "block_weight_ratio",
                "Execution of the newest final parablock, of what it may use",
                &["para"]
            ),
            proof: metric!(
                GaugeVec,
                "block_proof_ratio",
                "Proof of the newest final parablock, of what it may use",
                &["para"]
            ),
            normal_weight: metric!(
                GaugeVec,
                "block_normal_weight_ratio",
                "Execution of the normal class in the newest final parablock, of what the class may use",
                &["para"]
            ),
            normal_proof: metric!(
                GaugeVec,
                "block_normal_proof_ratio",
                "Proof of the normal class in the newest final parablock, of what the class may use",
                &["para"]
            ),
            proposals: metric!(
                IntCounterVec,
                "proposals_total",
                "Final parablocks whose collator's log is followed, by how the proposer ended them",
                &["para", "end"]
            ),
            registry,
        })
    }

    /// Counts a final result.
    pub fn count(&self, record: &Record) {
        match record {
            Record::Block(row) => {
                let para = row.para.to_string();
                self.blocks.with_label_values(&[&para]).inc();
                let lengths = [
                    (&self.interval, row.interval),
                    (&self.backing, row.backing()),
                    (&self.inclusion, row.inclusion()),
                    (&self.finality, row.finality()),
                ];
                for (histogram, millis) in lengths {
                    if let Some(millis) = millis {
                        histogram.with_label_values(&[&para]).observe(millis as f64 / 1_000.0);
                    }
                }
                let set = |gauge: &GaugeVec, used: u64, limit: u64| {
                    gauge.with_label_values(&[&para]).set(used as f64 / limit.max(1) as f64);
                };
                if let (Some(used), Some(limit)) = (row.weight, row.limit) {
                    set(&self.weight, used.ref_time, limit.ref_time);
                    set(&self.proof, used.proof_size, limit.proof_size);
                }
                let normal = row.classes.map(|classes| classes.normal);
                if let Some(ClassWeight { used, limit: Some(limit) }) = normal {
                    set(&self.normal_weight, used.ref_time, limit.ref_time);
                    set(&self.normal_proof, used.proof_size, limit.proof_size);
                }
                if let Some(proposal) = row.proposal {
                    self.proposals.with_label_values(&[&para, proposal.end.label()]).inc();
                }
            }
            Record::Lost(row) => {
                if let BlockState::Lost(reason) = row.state {
                    self.lost.with_label_values(&[&row.para.to_string(), reason.label()]).inc();
                }
            }
            Record::Missed(missed) => {
                let labels = [&missed.para.to_string(), missed.reason.label()];
                self.missed.with_label_values(&labels).inc_by(missed.count);
            }
            Record::Cadence { .. } | Record::Link { .. } => (),
        }
    }

    /// All metrics in Prometheus' text format, where `snapshot` is the newest.
    ///
    /// # Errors
    /// If they cannot be encoded.
    pub fn text(&self, snapshot: &Snapshot) -> Result<String> {
        for Link { node, error } in &snapshot.links {
            self.node_up.with_label_values(&[node]).set(error.is_none().into());
        }
        let set = |gauge: &IntGaugeVec, labels: &[&str], number: Option<u64>| {
            if let Some(number) = number {
                gauge.with_label_values(labels).set(number as i64);
            }
        };
        set(&self.relay_number, &["best"], snapshot.relay_best);
        set(&self.relay_number, &["final"], snapshot.relay_final);
        if snapshot.relay_millis > 0 {
            self.relay_target.with_label_values(&[]).set(snapshot.relay_millis as f64 / 1_000.0);
        }
        self.reorganisations.inc_by(snapshot.reorganisations.saturating_sub(self.reorganisations.get()));
        for view in &snapshot.paras {
            let para = view.info.id.to_string();
            set(&self.number, &[&para, "built"], view.built_number);
            set(&self.number, &[&para, "included"], view.included_number);
            set(&self.number, &[&para, "final"], view.final_number);
            set(&self.segment, &[&para], Some(view.segment.len() as u64));
            // A counter that is not there before its first value hides that value from a rate.
            self.blocks.with_label_values(&[&para]);
            for reason in Reason::ALL {
                self.missed.with_label_values(&[&para, reason.label()]);
                self.lost.with_label_values(&[&para, reason.label()]);
            }
            if view.blocks.iter().any(|row| row.proposal.is_some()) {
                for end in ProposalEnd::ALL {
                    self.proposals.with_label_values(&[&para, end.label()]);
                }
            }
            if let Some(cadence) = view.cadences.last() {
                set(&self.capacity, &[&para], cadence.capacity);
                self.target.with_label_values(&[&para]).set(cadence.block_millis() as f64 / 1_000.0);
            }
            if let Some(moment) = view.blocks.last().and_then(|row| row.authored) {
                self.timestamp.with_label_values(&[&para]).set(moment as f64 / 1_000.0);
            }
        }
        Ok(TextEncoder::new().encode_to_string(&self.registry.gather())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        observation::{ClassWeights, Proposal},
        parachain::BlockProgress,
        pipeline::Pipeline,
    };
    use subxt::utils::H256;
    use tandem_rpc::read::Weight;

    #[test]
    fn a_final_block_counts_by_its_end_and_sets_the_share_of_the_normal_class() {
        let used = Weight { ref_time: 1, proof_size: 3 };
        let limit = Some(Weight { ref_time: 4, proof_size: 4 });
        let normal = ClassWeight { used, limit };
        let mandatory = ClassWeight { used, limit: None };
        let block = BlockProgress {
            classes: Some(ClassWeights { normal, operational: normal, mandatory }),
            proposal: Some(Proposal { extrinsics: 5, millis: 7, end: ProposalEnd::Deadline }),
            ..BlockProgress::new(2_000, 1, H256::zero())
        };
        let metrics = Metrics::new().unwrap();
        metrics.count(&Record::Block(block.clone()));
        metrics.count(&Record::Block(BlockProgress { classes: None, proposal: None, ..block }));
        let text = metrics.text(&Snapshot::of(&Pipeline::default(), 0)).unwrap();
        for line in [
            "tandem_watch_parablocks_total{para=\"2000\"} 2",
            "tandem_watch_proposals_total{end=\"deadline\",para=\"2000\"} 1",
            "tandem_watch_block_normal_weight_ratio{para=\"2000\"} 0.25",
            "tandem_watch_block_normal_proof_ratio{para=\"2000\"} 0.75",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }
}
