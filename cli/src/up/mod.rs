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

/// Start a local network and watch its blocks until Ctrl-C.
#[derive(Args)]
pub struct Options {
    /// Block time of the parachain [default: asynchronous, or that of the kept run]
    #[arg(long)]
    cadence: Option<Cadence>,
    /// Relay-chain validators, 2 to 4, as proofs are erasure-coded among them [default: 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(2..=4))]
    validators: Option<u8>,
    /// Collators, 1 to 6 [default: 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=6))]
    collators: Option<u8>,
    /// Length of the collators' sessions, a whole part of an hour, such as 60 [default: 3600, as on a
    /// public network]
    #[arg(long, value_name = "SECONDS", value_parser = session)]
    session: Option<u16>,
    /// Folder for chain specs, databases and logs
    #[arg(long, default_value = "run", value_name = "FOLDER")]
    dir: PathBuf,
    /// Take this port and those that follow it, instead of free ones
    #[arg(long, value_name = "FIRST")]
    ports: Option<u16>,
    /// Stop after N included blocks, and fail if the pace was missed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    blocks: Option<u32>,
    /// Go on from where the last run in the folder stopped
    #[arg(long)]
    keep: bool,
    /// Start a node that died again after so long, unless it dies again and again, instead of stopping the
    /// network
    #[arg(long, value_name = "SECONDS")]
    restart_after: Option<u64>,
    /// Where the nodes' binaries are [default: beside this one]
    #[arg(long, value_name = "FOLDER")]
    binaries: Option<PathBuf>,
}

/// The length of a session in seconds.
fn session(text: &str) -> Result<u16, String> {
    match text.parse() {
        Ok(seconds @ 6..=HOUR) if HOUR % seconds == 0 => Ok(seconds),
        _ => Err(format!("a session is 6 to {HOUR} seconds, so many that an hour is whole sessions")),
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
                "the run in '{}' has {} validators, {} collators, sessions of {} s and is {:?}: leave these \
                 options out to go on with it, or leave out --keep to start anew",
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
