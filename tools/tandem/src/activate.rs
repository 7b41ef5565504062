//! `tandem activate`: starts a network with twelve-second blocks, votes it to six-second ones, and checks that
//! nothing has moved.

use crate::{
    network::{print_endpoints, start_nodes, until_stopped, NetworkOptions},
    output::{self, say},
    stop::{Stops, CHECK_FAILED},
};
use anyhow::Result;
use clap::Args;
use std::{
    io::{stderr, Write},
    path::PathBuf,
    process::ExitCode,
};
use tandem_activation::{Log, Outcome, SPEEDUP};
use tandem_network::{specs, Binaries, CadencePreset, Nodes, Processes, RunFolder, Topology};
use tandem_rpc::parachain::ParachainClient;

/// Examples, below the options.
const EXAMPLES: &str = "Examples:
  tandem activate               the whole switch, in some fifteen minutes
  tandem activate --after 50    watch fifty blocks after it
  tandem activate --json        the result for scripts

With --restart-after it still gives up if relay-alice or para-alice dies, whose clients it uses.";

/// Start a local network with twelve-second blocks, vote it to six-second ones, and check that nothing moved
///
/// The chain gets vesting schedules, scheduled calls, referenda, locks, stakes and more before the switch.
/// Afterwards each of their moments and amounts is compared with what the chain promised before. Exits with 3 if one
/// of them was not kept.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// Folder for chain specs, databases and logs
    #[arg(long, default_value = "run-activation", value_name = "FOLDER")]
    dir: PathBuf,
    /// Watch N blocks after the switch
    #[arg(long, default_value = "20", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=200))]
    after: u32,
    #[command(flatten)]
    network: NetworkOptions,
}

/// Runs the switch as `options` say.
///
/// # Errors
/// In one line, after every process has been stopped.
pub async fn run(options: Options) -> Result<ExitCode> {
    output::set(options.network.json, options.network.quiet);
    let stops = Stops::new()?;
    let binaries = options.network.binaries()?;
    let folder = RunFolder::take(&options.dir, false)?;
    say!("From twelve-second blocks to six-second ones, in {}", folder.path().display());

    let ended = until_stopped(stops, &folder, &options.network, async |processes| {
        network(&options, &binaries, &folder, processes).await
    });
    let outcome = match ended.await? {
        Ok(outcome) => outcome,
        Err(stop) => return Ok(stop.short_of("the switch was checked")),
    };
    output::json(&outcome);
    if outcome.wrong.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let _ = writeln!(stderr(), "the switch has moved what it must not: {}", outcome.wrong.join("; "));
    Ok(ExitCode::from(CHECK_FAILED))
}

/// Runs the network, from its chain specs to the end of the switch.
async fn network(
    options: &Options,
    binaries: &Binaries,
    folder: &RunFolder,
    processes: &mut Processes,
) -> Result<Outcome> {
    let topology = Topology::at(CadencePreset::Synchronous);
    let nodes = start_nodes(&topology, Some(SPEEDUP), &options.network, binaries, folder, processes).await?;
    tokio::select! {
        done = switch(options, &nodes, folder, binaries) => done,
        died = processes.watch() => died.map(|never| match never {}),
    }
}

/// Waits until the nodes answer, and switches the cadence.
async fn switch(
    options: &Options,
    nodes: &Nodes,
    folder: &RunFolder,
    binaries: &Binaries,
) -> Result<Outcome> {
    let log = Log::new(|line| say!("{line}"));
    let answer = async {
        let relay = nodes.validators[0].connect(log.started()).await?;
        log.step("relay chain answers");
        let collator = nodes.first_collator();
        collator.connect(log.started()).await?;
        let para = ParachainClient::connect(&collator.rpc).await?;
        folder.write_manifest(nodes)?;
        log.step("parachain answers");
        anyhow::Ok((relay, para))
    };
    let ((relay, para), code) = tokio::try_join!(answer, specs::code(CadencePreset::Asynchronous, binaries))?;
    print_endpoints(nodes);
    tandem_activation::run(&relay, &para, &code, options.after, &log).await
}
