//! The watch: parablocks from authored to final, seen through RPC alone. If the collators' logs are on this
//! machine, it also reads from them how each block was ended.
//!
//! [`source`] turns what nodes report into observations ([`observation`]); a [`recording`] holds such
//! observations. The [`pipeline`] follows every parablock by them. The views show it: the [`terminal`], a
//! [`plain`] table, JSON, the [`page`] and [`metrics`]. Nothing here assumes a block time, one parachain or
//! one core, and nothing here prints.

mod collator_log;
mod metrics;
mod node;
pub mod observation;
pub mod page;
pub mod parachain;
mod payments;
pub mod pipeline;
pub mod plain;
pub mod recording;
mod relay;
#[cfg(test)]
mod scripted;
pub mod snapshot;
pub mod source;
pub mod terminal;

use anyhow::Result;
use metrics::Metrics;
use observation::Observation;
use parachain::Record;
use payments::Payments;
use pipeline::Pipeline;
use recording::Recording;
use snapshot::Snapshot;
use source::{FollowOptions, Source};
use std::{net::SocketAddr, path::Path, sync::Arc};
use tokio::sync::{mpsc::Receiver, watch};

/// Where the page is served if no address is given.
pub const ADDRESS: &str = "127.0.0.1:9617";

/// What is watched, for all views.
pub struct Watch {
    observations: Receiver<Result<Observation>>,
    pub pipeline: Pipeline,
    recording: Option<Recording>,
    metrics: Arc<Metrics>,
    newest: watch::Sender<Arc<Snapshot>>,
    /// Whether there are observations that the newest snapshot does not have.
    stale: bool,
    /// Whether the chains are watched as they run, not replayed.
    live: bool,
    payments: Option<Arc<Payments>>,
}

impl Watch {
    /// Watches chains. If they are a local `network`, the page can send payments between development
    /// accounts.
    ///
    /// # Errors
    /// As [`source::follow`].
    pub async fn follow(options: FollowOptions, network: bool) -> Result<Self> {
        let node = options.paras.iter().flatten().next().cloned().filter(|_| network);
        let Source { observations, sender, looks_for } = source::follow(options).await?;
        let mut watch = Self::new(observations, true)?;
        watch.payments = node.map(|node| Arc::new(Payments::new(node, sender, looks_for)));
        Ok(watch)
    }

    /// Watches the recording at `path`, `speed` times as fast as it happened, or all at once.
    ///
    /// # Errors
    /// As [`recording::replay`].
    pub fn replay(path: &Path, speed: Option<f64>) -> Result<Self> {
        Self::new(recording::replay(path, speed)?, false)
    }

    fn new(observations: Receiver<Result<Observation>>, live: bool) -> Result<Self> {
        let pipeline = Pipeline::default();
        let newest = watch::Sender::new(Arc::new(Snapshot::of(&pipeline, 0)));
        let metrics = Arc::new(Metrics::new()?);
        Ok(Self {
            observations,
            pipeline,
            recording: None,
            metrics,
            newest,
            stale: true,
            live,
            payments: None,
        })
    }

    /// Records all observations from here on, in a new file at `path`.
    ///
    /// # Errors
    /// As [`Recording::create`].
    pub fn record(&mut self, path: &Path) -> Result<()> {
        self.recording = Some(Recording::create(path)?);
        Ok(())
    }

    /// Serves the page, and returns its address. Payments are for this machine only, so a page that other
    /// machines can open has none.
    ///
    /// # Errors
    /// If the address cannot be used.
    pub async fn serve(&mut self, address: SocketAddr) -> Result<SocketAddr> {
        if !address.ip().is_loopback() {
            self.payments = None;
            self.stale = true;
        }
        page::serve(address, self.newest.subscribe(), self.metrics.clone(), self.payments.clone()).await
    }

    /// Takes the next observation. Returns the records that became final by it, or `None` at the end of a
    /// recording.
    ///
    /// # Errors
    /// If reading a recording fails, or writing one.
    pub async fn next(&mut self) -> Result<Option<Vec<Record>>> {
        let Some(observation) = self.observations.recv().await.transpose()? else { return Ok(None) };
        if let Some(recording) = &mut self.recording {
            recording.add(&observation)?;
        }
        let records = self.pipeline.apply(observation);
        for record in &records {
            self.metrics.count(record);
        }
        self.stale = true;
        Ok(Some(records))
    }

    /// The newest snapshot, made anew if anything was observed since.
    pub fn snapshot(&mut self) -> Arc<Snapshot> {
        if std::mem::take(&mut self.stale) {
            let now = if self.live { source::now() } else { self.pipeline.now };
            let payments = self.payments.is_some();
            self.newest.send_replace(Arc::new(Snapshot { payments, ..Snapshot::of(&self.pipeline, now) }));
        }
        self.newest.borrow().clone()
    }
}
