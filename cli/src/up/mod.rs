//! `tandem up`: a relay chain and our parachain on loopback, each node a process of its own.
//!
//! In order: the binaries are found, the run folder is taken ([`run_folder`]), the chain specs are
//! made ([`specs`]), the nodes are started ([`nodes`], [`processes`]), and then their blocks are
//! watched ([`watch`]), and shown on a page, until Ctrl-C, until as many blocks as asked for are included, or until a
//! node dies. Whatever the end, no process is left behind.

pub(crate) mod binaries;
pub(crate) mod nodes;
mod pace;
pub(crate) mod processes;
pub(crate) mod run_folder;
pub(crate) mod specs;
pub(crate) mod watch;

pub(crate) use specs::name;
pub use specs::PARA_ID;

use anyhow::{bail, Result};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, time::Duration};
use tokio::signal::unix::{signal, SignalKind};

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
    /// Start a node that died again after so long, instead of stopping the network
    #[arg(long, value_name = "SECONDS")]
    restart_after: Option<u64>,
    /// Where the nodes' binaries are [default: beside this one]
    #[arg(long, value_name = "FOLDER")]
    binaries: Option<PathBuf>,
}

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
}

impl Options {
    /// The network asked for, where what is not said is as in `kept` or else the default.
    fn shape(&self, kept: Option<&Shape>) -> Result<Shape> {
        let default = Shape { cadence: Cadence::Asynchronous, validators: 2, collators: 2 };
        let base = kept.unwrap_or(&default);
        let asked = Shape {
            cadence: self.cadence.unwrap_or(base.cadence),
            validators: self.validators.unwrap_or(base.validators),
            collators: self.collators.unwrap_or(base.collators),
        };
        match kept {
            Some(kept) if *kept != asked => bail!(
                "the run in '{}' has {} validators, {} collators and is {:?}: leave these options out to \
                 go on with it, or leave out --keep to start anew",
                self.dir.display(),
                kept.validators,
                kept.collators,
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
pub async fn run(options: Options) -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;

    let binaries = binaries::Binaries::find(options.binaries.as_deref())?;
    let folder = run_folder::RunFolder::take(&options.dir, options.keep)?;
    let shape = options.shape(folder.kept())?;
    println!(
        "{:?} network of {} validators and {} collators in {}",
        shape.cadence,
        shape.validators,
        shape.collators,
        folder.path().display(),
    );

    let mut processes = processes::Processes::new(options.restart_after.map(Duration::from_secs));
    let result = tokio::select! {
        result = network(&options, &shape, &binaries, &folder, &mut processes) => result,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    };
    println!("stopping");
    processes.stop().await;
    result
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
        println!("making chain specs");
        specs::make(shape, binaries, folder, None).await?;
        folder.keep(shape)?;
    }
    let nodes = nodes::Nodes::plan(shape, binaries, folder, options.ports).await?;
    folder.write_network(&nodes)?;
    for node in nodes.all() {
        processes.start(node)?;
    }
    tokio::select! {
        done = watch::watch(&nodes, options.blocks) => done,
        died = processes.watch() => died.map(|never| match never {}),
    }
}
