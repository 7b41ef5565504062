//! `tandem watch`: parablocks on their way from authored to final, seen through RPC alone.
//!
//! [`source`] turns what nodes tell into facts ([`fact`]), or a [`recording`] has them; the [`pipeline`]
//! says what they mean together; and the views show it: a live one ([`terminal`]), plain [`lines`], JSON,
//! a [`page`] and [`metrics`]. Nothing here assumes a block time, one parachain or one core.

pub mod fact;
pub mod lines;
mod metrics;
mod node;
pub mod page;
pub mod para;
pub mod pipeline;
pub mod recording;
mod relay;
pub mod snapshot;
pub mod source;
mod terminal;

use crate::{output::say, stop::Stops, up::run_folder};
use anyhow::Result;
use clap::Args;
use fact::Fact;
use lines::Lines;
use metrics::Metrics;
use para::Record;
use pipeline::Pipeline;
use recording::Recording;
use snapshot::Snapshot;
use source::Endpoints;
use std::{
    io::{stderr, stdout, IsTerminal, Write},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};
use subxt::utils::H256;
use terminal::View;
use tokio::{
    sync::{mpsc::Receiver, watch},
    time::{interval, MissedTickBehavior},
};

/// Where the page is served if no address is given.
pub const ADDRESS: &str = "127.0.0.1:9617";
/// Between two drawings.
const PERIOD: Duration = Duration::from_millis(100);

/// Examples, below the options.
const EXAMPLES: &str = "Examples:
  tandem watch                                     the local network in ./run
  tandem watch --relay wss://RELAY --para wss://PARA
  tandem watch --since 5000                        from parablock 5000 on
  tandem watch --tx 0xHASH                         also where this transaction is
  tandem watch --serve                             also a page and metrics, at 127.0.0.1:9617
  tandem watch --record FILE                       also record
  tandem watch --replay FILE --speed 10            a recording, ten times as fast";

/// Watch parablocks from authored to finalized, on a local network or any other
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// RPC endpoint of a relay-chain node; repeat it for fallbacks [default: those of the network in --dir]
    #[arg(long, value_name = "URL", requires = "para")]
    relay: Vec<String>,
    /// RPC endpoint of a parachain node; repeat it for fallbacks and for other parachains [default: those of
    /// the network in --dir]
    #[arg(long, value_name = "URL", requires = "relay")]
    para: Vec<String>,
    /// Run folder of a local network
    #[arg(long, default_value = "run", value_name = "FOLDER", conflicts_with_all = ["relay", "replay"])]
    dir: PathBuf,
    /// Start at parablock N, or as far back as the nodes still have its state
    #[arg(long, value_name = "N", conflicts_with = "replay")]
    since: Option<u64>,
    /// Also find the transaction with this hash, and show where it is
    #[arg(long, value_name = "HASH", conflicts_with = "replay")]
    tx: Option<H256>,
    /// Print final results only (included blocks, lost blocks, missed slots), one JSON object per line
    #[arg(long)]
    json: bool,
    /// Also serve a web page, and metrics for Prometheus
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = ADDRESS)]
    serve: Option<SocketAddr>,
    /// Record everything that the nodes report, in a new file
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    record: Option<PathBuf>,
    /// Show a recording instead of a network
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Replay this many times as fast as it happened [default: all at once]
    #[arg(long, value_name = "TIMES", requires = "replay", value_parser = speed)]
    speed: Option<f64>,
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(speed) if (0.01..=1e6).contains(&speed) => Ok(speed),
        _ => Err("expected a number between 0.01 and 1000000".into()),
    }
}

/// What is watched, and who looks.
pub struct Watch {
    facts: Receiver<Result<Fact>>,
    pub pipeline: Pipeline,
    recording: Option<Recording>,
    metrics: Arc<Metrics>,
    newest: watch::Sender<Arc<Snapshot>>,
    /// Whether there are facts that the newest snapshot does not have.
    stale: bool,
    /// Whether what is watched goes on as the clock does.
    live: bool,
}

impl Watch {
    /// Watches the chains at `endpoints`.
    ///
    /// # Errors
    /// As [`source::follow`].
    pub async fn follow(endpoints: Endpoints) -> Result<Self> {
        Self::new(source::follow(endpoints).await?, true)
    }

    fn new(facts: Receiver<Result<Fact>>, live: bool) -> Result<Self> {
        let pipeline = Pipeline::default();
        let newest = watch::Sender::new(Arc::new(Snapshot::of(&pipeline, 0)));
        let metrics = Arc::new(Metrics::new()?);
        Ok(Self { facts, pipeline, recording: None, metrics, newest, stale: true, live })
    }

    /// Serves the page, and returns where.
    ///
    /// # Errors
    /// If the address cannot be taken.
    pub async fn serve(&self, address: SocketAddr) -> Result<SocketAddr> {
        page::serve(address, self.newest.subscribe(), self.metrics.clone()).await
    }

    /// Takes the next fact. Returns the records that became final by it; none at the end of the facts.
    ///
    /// # Errors
    /// If reading a recording fails, or writing one.
    pub async fn next(&mut self) -> Result<Option<Vec<Record>>> {
        let Some(fact) = self.facts.recv().await.transpose()? else { return Ok(None) };
        if let Some(recording) = &mut self.recording {
            recording.add(&fact)?;
        }
        let records = self.pipeline.apply(fact);
        for record in &records {
            self.metrics.count(record);
        }
        self.stale = true;
        Ok(Some(records))
    }

    /// The newest snapshot, made anew if there is news.
    pub fn snapshot(&mut self) -> Arc<Snapshot> {
        if std::mem::take(&mut self.stale) {
            let now = if self.live { source::now() } else { self.pipeline.now };
            self.newest.send_replace(Arc::new(Snapshot::of(&self.pipeline, now)));
        }
        self.newest.borrow().clone()
    }
}

/// Watches as `options` say, until it is left or a replay is at its end.
///
/// # Errors
/// In one line that names what is wrong.
pub async fn run(options: Options) -> Result<ExitCode> {
    let mut stops = Stops::new()?;
    let open = async {
        match &options.replay {
            Some(file) => Watch::new(recording::replay(file, options.speed)?, false),
            None => Watch::follow(endpoints(&options)?).await,
        }
    };
    let mut watch = tokio::select! {
        biased;
        stop = stops.next() => return Ok(stop.short_of("the nodes answered")),
        watch = open => watch?,
    };
    let shows = !options.json && stdout().is_terminal();
    let mut page = None;
    if let Some(address) = options.serve {
        let address = watch.serve(address).await?;
        page = Some(address);
        if !shows {
            let _ = writeln!(stderr(), "page at http://{address}, metrics at http://{address}/metrics");
        }
    }
    // Last of what can fail: a recording is not written over when it is tried again.
    watch.recording = options.record.as_deref().map(Recording::create).transpose()?;
    let mut view = shows.then(|| View::open(page)).transpose()?;
    let mut lines = Lines::default();
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let (mut ended, mut stopped) = (false, None);
    loop {
        tokio::select! {
            // First: facts of a recording come all at once.
            biased;
            stop = stops.next() => {
                stopped = Some(stop);
                break;
            }
            left = key(view.as_mut()) => if left { break },
            _ = ticks.tick() => {
                let snapshot = watch.snapshot();
                if let Some(view) = &mut view {
                    view.draw(&snapshot)?;
                }
            }
            records = watch.next(), if !ended => match records? {
                Some(records) if options.json => print_json(&records)?,
                Some(records) if view.is_none() => {
                    records.iter().for_each(|record| lines.print(record, &watch.pipeline));
                }
                Some(_) => (),
                None => {
                    ended = true;
                    watch.snapshot();
                    // What is shown at the end of a replay is looked at, and what is printed is not.
                    if view.is_none() && options.serve.is_none() {
                        break;
                    }
                }
            },
        }
    }
    drop(view);
    if let Some(found) = watch.snapshot().transaction.as_ref().filter(|_| !options.json) {
        say!("{}", terminal::way(found));
    }
    // What is followed, or looked at, has no end of its own.
    let has_end = options.replay.is_some() && !shows;
    Ok(match stopped.filter(|_| has_end && !ended) {
        Some(stop) => stop.short_of("the end of the recording"),
        None => ExitCode::SUCCESS,
    })
}

/// A key for the view; none ever comes without one. Whether it is to be left.
async fn key(view: Option<&mut View>) -> bool {
    match view {
        Some(view) => view.key().await,
        None => std::future::pending().await,
    }
}

fn print_json(records: &[Record]) -> Result<()> {
    for record in records {
        say!("{}", serde_json::to_string(record)?);
    }
    Ok(())
}

/// Where to look, from the options or the run folder.
fn endpoints(options: &Options) -> Result<Endpoints> {
    let (relay, paras) = if options.relay.is_empty() {
        let network = run_folder::endpoints(&options.dir)?;
        (network.relay, network.parachain)
    } else {
        (options.relay.clone(), options.para.clone())
    };
    Ok(Endpoints { relay, paras, since: options.since, transaction: options.tx })
}
