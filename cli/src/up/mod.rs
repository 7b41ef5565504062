//! `tandem up`: a relay chain and our parachain on loopback, each node a process of its own.
//!
//! In order: the binaries are found, the run folder is taken ([`run_folder`]), the chain specs are
//! made ([`specs`]), the nodes are started ([`nodes`], [`processes`]), and then their blocks are
//! watched ([`watch`]), and shown on a page, until Ctrl-C, until as many blocks as asked for are included, or until a
//! node dies. Whatever the end, no process is left behind; a second Ctrl-C kills them at once.

pub(crate) mod binaries;
pub(crate) mod nodes;
mod pace;
pub(crate) mod processes;
pub(crate) mod run_folder;
pub(crate) mod specs;
pub(crate) mod watch;

pub(crate) use specs::name;
pub use specs::PARA_ID;

use crate::{
    output::say,
    stop::{Stop, Stops},
};
use anyhow::{bail, Result};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, process::ExitCode, time::Duration};

/// Examples, below the options.
const EXAMPLES: &str = "Examples:
  tandem up                               six-second blocks; two validators, two collators
  tandem up --cadence synchronous         twelve-second blocks, as before asynchronous backing
  tandem up --collators 3 --session 60    three collators, whose sessions last a minute
  tandem up --blocks 50                   stop after 50 included blocks; fail if the pace was missed
  tandem up --keep                        continue the network in ./run where it stopped";

/// Start a local network, and show its parablocks until Ctrl-C
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// Block time of the parachain: six seconds (asynchronous) or twelve (synchronous) [default:
    /// asynchronous, or that of the run that --keep continues]
    #[arg(long)]
    cadence: Option<Cadence>,
    /// Number of relay-chain validators, 2 to 4; one is too few, as each PoV is erasure-coded among them
    /// [default: 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(2..=4))]
    validators: Option<u8>,
    /// Number of collators, 1 to 6 [default: 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=6))]
    collators: Option<u8>,
    /// Length of the collators' sessions in seconds; must divide an hour, as 60 does [default: 3600, as on
    /// a public network]
    #[arg(long, value_name = "SECONDS", value_parser = session)]
    session: Option<u16>,
    /// Folder for chain specs, databases and logs
    #[arg(long, default_value = "run", value_name = "FOLDER")]
    dir: PathBuf,
    /// Use this port and the ones after it [default: free ports]
    #[arg(long, value_name = "FIRST")]
    ports: Option<u16>,
    /// Stop after N included blocks; fail if more than one slot in five had no block
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    blocks: Option<u32>,
    /// Continue the last run in the folder, with its databases and RPC endpoints
    #[arg(long)]
    keep: bool,
    /// Restart a node that died after this many seconds, instead of stopping the network; give up if it
    /// dies five times in ten minutes
    #[arg(long, value_name = "SECONDS")]
    restart_after: Option<u64>,
    /// Folder with the binaries of the nodes [default: that of this binary]
    #[arg(long, value_name = "FOLDER")]
    binaries: Option<PathBuf>,
}

/// The length of a session in seconds.
fn session(text: &str) -> Result<u16, String> {
    match text.parse() {
        Ok(seconds @ 6..=HOUR) if HOUR % seconds == 0 => Ok(seconds),
        _ => Err(format!("expected 6 to {HOUR} seconds, as a divisor of {HOUR}")),
    }
}

/// An hour in seconds.
const HOUR: u16 = 3_600;

/// The cadences that the runtime is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cadence {
    Asynchronous,
    Synchronous,
}

impl Cadence {
    /// The name of the local network at this cadence on the node's command line.
    fn chain(self) -> &'static str {
        match self {
            Cadence::Asynchronous => "local",
            Cadence::Synchronous => "local-synchronous",
        }
    }
}

/// What distinguishes one network from another; kept in the run folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    pub cadence: Cadence,
    pub validators: u8,
    pub collators: u8,
    /// Length of the collators' sessions, in seconds.
    #[serde(default = "hour")]
    pub session: u16,
}

/// That of runs that did not write it down.
fn hour() -> u16 {
    HOUR
}

impl Shape {
    /// Two validators, two collators, and sessions of an hour.
    pub const fn at(cadence: Cadence) -> Self {
        Self { cadence, validators: 2, collators: 2, session: HOUR }
    }
}

impl Options {
    /// The network asked for, where what is not said is as in `kept` or else the default.
    fn shape(&self, kept: Option<&Shape>) -> Result<Shape> {
        let default = Shape::at(Cadence::Asynchronous);
        let base = kept.unwrap_or(&default);
        let asked = Shape {
            cadence: self.cadence.unwrap_or(base.cadence),
            validators: self.validators.unwrap_or(base.validators),
            collators: self.collators.unwrap_or(base.collators),
            session: self.session.unwrap_or(base.session),
        };
        match kept {
            Some(kept) if *kept != asked => bail!(
                "the run in '{}' has {} validators, {} collators, sessions of {} s and is {:?}: omit these \
                 options to continue it, or omit --keep to start a new one",
                self.dir.display(),
                kept.validators,
                kept.collators,
                kept.session,
                kept.cadence,
            ),
            _ => Ok(asked),
        }
    }
}

/// Runs a network as `options` say.
///
/// # Errors
/// In one line that names what is wrong, after every process has been stopped.
pub async fn run(options: Options) -> Result<ExitCode> {
    let stops = Stops::new()?;
    let binaries = binaries::Binaries::find(options.binaries.as_deref())?;
    let folder = run_folder::RunFolder::take(&options.dir, options.keep)?;
    let shape = options.shape(folder.kept())?;
    say!(
        "{:?} network of {} validators and {} collators in {}",
        shape.cadence,
        shape.validators,
        shape.collators,
        folder.path().display(),
    );

    let stopped = until_stopped(stops, &folder, options.restart_after, async |processes| {
        network(&options, &shape, &binaries, &folder, processes).await
    });
    Ok(match (stopped.await?, options.blocks) {
        (Some(stop), Some(blocks)) => stop.short_of(&format!("{blocks} blocks were included")),
        _ => ExitCode::SUCCESS,
    })
}

/// Lets `network` start processes and go on until it ends, or is stopped from outside, and why; then stops
/// the processes, or kills them if another signal comes. Those that die are started again `restart_after`
/// so many seconds.
///
/// # Errors
/// Of `network`.
pub(crate) async fn until_stopped(
    mut stops: Stops,
    folder: &run_folder::RunFolder,
    restart_after: Option<u64>,
    network: impl AsyncFnOnce(&mut processes::Processes) -> Result<()>,
) -> Result<Option<Stop>> {
    let mut processes = processes::Processes::new(restart_after.map(Duration::from_secs));
    let ended = tokio::select! {
        // First: what else runs in the terminal dies by its Ctrl-C too, which is no error then.
        biased;
        stop = stops.next() => Ok(Some(stop)),
        ended = network(&mut processes) => ended.map(|()| None),
    };
    folder.remove_network();
    say!("stopping");
    tokio::select! {
        _ = stops.signal() => processes.kill().await,
        () = processes.stop() => (),
    }
    ended
}

/// The network from its chain specs to its end.
async fn network(
    options: &Options,
    shape: &Shape,
    binaries: &binaries::Binaries,
    folder: &run_folder::RunFolder,
    processes: &mut processes::Processes,
) -> Result<()> {
    if folder.kept().is_none() {
        say!("making chain specs");
        specs::make(shape, binaries, folder, None).await?;
    }
    let nodes = nodes::Nodes::plan(shape, binaries, folder, options.ports).await?;
    folder.keep(shape, &nodes)?;
    for node in nodes.all() {
        processes.start(node)?;
    }
    tokio::select! {
        done = watch::watch(&nodes, folder, options.blocks) => done,
        died = processes.watch() => died.map(|never| match never {}),
    }
}
