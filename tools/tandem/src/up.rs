//! `tandem up`: starts a local network, and shows its parablocks.
//!
//! It ends with Ctrl-C, when as many blocks as asked for are included, or when a node dies. Whatever the end, no
//! process is left behind. A second Ctrl-C kills the processes at once.

use crate::{
    follow,
    network::{start_nodes, until_stopped, NetworkOptions},
    output::{self, say},
    stop::{Stops, CHECK_FAILED},
};
use anyhow::{bail, Result};
use clap::Args;
use std::{path::PathBuf, process::ExitCode};
use tandem_network::{
    session_length, Binaries, CadencePreset, Processes, RunFolder, Topology, COLLATORS, VALIDATORS,
};

/// Examples, below the options.
const EXAMPLES: &str = "Examples:
  tandem up                               six-second blocks; two validators, two collators
  tandem up --cadence synchronous         twelve-second blocks, as before asynchronous backing
  tandem up --collators 3 --session 60    three collators, whose sessions last a minute
  tandem up --topology network.toml       several parachains, as docs/tools.md describes
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
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(VALIDATORS))]
    validators: Option<u8>,
    /// Number of collators, 1 to 6 [default: 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(COLLATORS))]
    collators: Option<u8>,
    /// Length of the collators' sessions in seconds; must divide an hour, as 60 does [default: 3600, as on
    /// a public network]
    #[arg(long, value_name = "SECONDS", value_parser = session)]
    session: Option<u16>,
    /// TOML file with the validators, the session and up to four parachains, instead of the options above
    #[arg(
        long,
        value_name = "FILE",
        value_parser = Topology::read,
        conflicts_with_all = ["cadence", "validators", "collators", "session"]
    )]
    topology: Option<Topology>,
    /// Folder for chain specs, databases and logs
    #[arg(long, default_value = "run", value_name = "FOLDER")]
    dir: PathBuf,
    /// Stop once N blocks of each parachain are included and final; exit with 3 if more than one slot in five
    /// of a parachain had no block
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
    // What is no number is no length either.
    session_length(text.parse().unwrap_or_default())
}

impl Options {
    /// The network asked for, where what is not said is as in `kept` or else the default.
    fn topology(&self, kept: Option<&Topology>) -> Result<Topology> {
        let base = || kept.cloned().unwrap_or_else(|| Topology::at(CadencePreset::Asynchronous));
        let mut asked = self.topology.clone().unwrap_or_else(base);
        asked.validators = self.validators.unwrap_or(asked.validators);
        asked.session = self.session.unwrap_or(asked.session);
        for parachain in &mut asked.parachains {
            parachain.cadence = self.cadence.unwrap_or(parachain.cadence);
            parachain.collators = self.collators.unwrap_or(parachain.collators);
        }
        match kept {
            Some(kept) if *kept != asked => bail!(
                "the run in '{}' has {kept}: omit these options to continue it, or omit --keep to start a \
                 new one",
                self.dir.display(),
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
    say!("Network in {}: {topology}", folder.path().display());

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
    let nodes = start_nodes(topology, None, &options.network, binaries, folder, processes).await?;
    let followed = async {
        let followed = follow::start(&nodes, folder).await?;
        follow::show(followed, options.blocks).await
    };
    tokio::select! {
        kept = followed => kept,
        died = processes.watch() => died.map(|never| match never {}),
    }
}
