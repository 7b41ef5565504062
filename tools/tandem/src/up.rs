//! `tandem up`: starts a local network, and shows its parablocks.
//!
//! It ends with Ctrl-C, when as many blocks as asked for are included, or when a node dies. Whatever the end, no
//! process is left behind. A second Ctrl-C kills the processes at once.

use crate::{
    follow,
    network::{make_specs, print_endpoints, until_stopped, NetworkOptions},
    output::{self, say},
    stop::{Stops, CHECK_FAILED},
};
use anyhow::{bail, Result};
use clap::Args;
use std::{path::PathBuf, process::ExitCode};
use tandem_network::{specs, Binaries, CadencePreset, Nodes, Processes, RunFolder, Topology, HOUR};

/// Examples, below the options.
const EXAMPLES: &str = "Examples:
  tandem up                               six-second blocks; two validators, two collators
  tandem up --cadence synchronous         twelve-second blocks, as before asynchronous backing
  tandem up --collators 3 --session 60    three collators, whose sessions last a minute
  tandem up --blocks 50                   stop after 50 included blocks; fail if the pace was missed
  tandem up --keep                        continue the network in ./run where it stopped
  tandem up -- -lparachain=debug          pass an argument to every node

In another terminal: tandem status, tandem logs para-alice, tandem watch, tandem down";

/// Start a local network, and show its parablocks until Ctrl-C
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// Block time of the parachain: six seconds (asynchronous) or twelve (synchronous) [default:
    /// asynchronous, or that of the run that --keep continues]
    #[arg(long)]
    cadence: Option<CadencePreset>,
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
    /// Stop once N blocks are included and final; exit with 3 if more than one slot in five had no block
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    blocks: Option<u32>,
    /// Continue the last run in the folder, with its databases, and with its RPC ports if they are free
    #[arg(long)]
    keep: bool,
    #[command(flatten)]
    network: NetworkOptions,
}

/// The length of a session in seconds.
fn session(text: &str) -> Result<u16, String> {
    match text.parse() {
        Ok(seconds @ 6..=HOUR) if HOUR % seconds == 0 => Ok(seconds),
        _ => Err(format!("expected 6 to {HOUR} seconds, as a divisor of {HOUR}")),
    }
}

impl Options {
    /// The network asked for, where what is not said is as in `kept` or else the default.
    fn topology(&self, kept: Option<&Topology>) -> Result<Topology> {
        let default = Topology::at(CadencePreset::Asynchronous);
        let base = kept.unwrap_or(&default);
        let asked = Topology {
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
/// In one line, after every process has been stopped.
pub async fn run(options: Options) -> Result<ExitCode> {
    output::set(options.network.json, options.network.quiet);
    let stops = Stops::new()?;
    let binaries = options.network.binaries()?;
    let folder = RunFolder::take(&options.dir, options.keep)?;
    let topology = options.topology(folder.kept())?;
    say!(
        "{:?} network of {} validators and {} collators in {}",
        topology.cadence,
        topology.validators,
        topology.collators,
        folder.path().display(),
    );

    let ended = until_stopped(stops, &folder, &options.network, async |processes| {
        network(&options, &topology, &binaries, &folder, processes).await
    });
    Ok(match (ended.await?, options.blocks) {
        (Ok(true), _) => ExitCode::SUCCESS,
        (Ok(false), _) => ExitCode::from(CHECK_FAILED),
        (Err(stop), Some(blocks)) => stop.short_of(&format!("{blocks} blocks were included")),
        (Err(_), None) => ExitCode::SUCCESS,
    })
}

/// Runs the network, from its chain specs to its end. Returns whether it kept its pace.
async fn network(
    options: &Options,
    topology: &Topology,
    binaries: &Binaries,
    folder: &RunFolder,
    processes: &mut Processes,
) -> Result<bool> {
    let ports = options.network.ports(folder.kept().is_some());
    ports.check(topology)?;
    if folder.kept().is_none() {
        make_specs(specs::make(topology, binaries, folder, None)).await?;
    }
    let before = folder.kept_endpoints();
    let nodes =
        Nodes::plan(topology, binaries, folder.path(), &before, ports, &options.network.node_args).await?;
    folder.keep(topology, &nodes)?;
    for node in nodes.all() {
        processes.start(node)?;
    }
    let started = async {
        let watch = follow::start(&nodes, folder, print_endpoints).await?;
        follow::show(watch, options.blocks).await
    };
    tokio::select! {
        kept = started => kept,
        died = processes.watch() => died.map(|never| match never {}),
    }
}
