//! What the commands share that run a local network.

use crate::{
    output::{self, busy, say},
    stop::{Stop, Stops},
};
use anyhow::Result;
use clap::Args;
use std::{path::PathBuf, time::Duration};
use tandem_network::{specs, Binaries, Nodes, PortChoice, Processes, RunFolder, Topology};
use tandem_rpc::keys::{dev_accounts, NAMES};

/// RPC port of the first collator, if the user names none. It is the SDK's default for a node.
const PORT: u16 = 9944;

/// Options of all commands that run a network.
#[derive(Args)]
pub struct NetworkOptions {
    /// RPC port of the first collator; the other ports follow it. "free" takes any free ports [default: 9944]
    #[arg(long, value_name = "FIRST|free")]
    ports: Option<PortChoice>,
    /// Restart a node that died after this many seconds, instead of stopping the network; give up if it
    /// dies five times in ten minutes
    #[arg(long, value_name = "SECONDS")]
    pub restart_after: Option<u64>,
    /// Folder with the binaries of the nodes [default: that of this binary]
    #[arg(long, value_name = "FOLDER")]
    pub binaries: Option<PathBuf>,
    /// Print JSON, one object per line, instead of text
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    /// Print errors only
    #[arg(long, short)]
    pub quiet: bool,
    /// Arguments for every node, such as -lparachain=debug
    #[arg(last = true, value_name = "NODE ARGUMENT")]
    pub node_args: Vec<String>,
}

impl NetworkOptions {
    /// The nodes' binaries.
    ///
    /// # Errors
    /// If one is missing.
    pub fn binaries(&self) -> Result<Binaries> {
        Binaries::find(self.binaries.as_deref())
    }
}

/// Runs `network`, which starts processes, until it ends or a signal stops it. Then stops the processes, or kills
/// them if Ctrl-C comes meanwhile. Returns what stopped it.
///
/// # Errors
/// Those of `network`.
pub async fn until_stopped<T>(
    mut stops: Stops,
    folder: &RunFolder,
    options: &NetworkOptions,
    network: impl AsyncFnOnce(&mut Processes) -> Result<T>,
) -> Result<Result<T, Stop>> {
    let restart_after = options.restart_after.map(Duration::from_secs);
    let mut processes = Processes::new(restart_after, output::notice);
    let ended = tokio::select! {
        // First: Ctrl-C in a terminal also ends the processes, which is no error then.
        biased;
        stop = stops.next() => Ok(Err(stop)),
        ended = network(&mut processes) => ended.map(Ok),
    };
    folder.remove_manifest();
    say!("stopping");
    tokio::select! {
        () = stops.interrupt() => processes.kill().await,
        () = processes.stop() => (),
    }
    ended
}

/// Starts the nodes of a network of `topology`. Makes its chain specs first, with `speedup` as [`specs::make`]
/// says, unless `folder` has a run to continue.
///
/// # Errors
/// If a port is in use, if the chain specs cannot be made, or if a process cannot be started.
pub async fn start_nodes(
    topology: &Topology,
    speedup: Option<u32>,
    options: &NetworkOptions,
    binaries: &Binaries,
    folder: &RunFolder,
    processes: &mut Processes,
) -> Result<Nodes> {
    let kept = folder.kept().is_some();
    // A kept run has the RPC ports that it had, where they are free.
    let ports = options.ports.unwrap_or(if kept { PortChoice::Free } else { PortChoice::From(PORT) });
    ports.check(topology)?;
    if !kept {
        busy("making chain specs", specs::make(topology, binaries, folder, speedup)).await?;
    }
    let before = folder.kept_endpoints();
    let nodes = Nodes::plan(topology, binaries, folder.path(), &before, ports, &options.node_args).await?;
    folder.keep(topology, &nodes)?;
    for node in nodes.all() {
        processes.start(node)?;
    }
    say!("starting {} nodes", nodes.all().count());
    Ok(nodes)
}

/// Prints where the nodes answer, and which accounts have money.
pub fn print_endpoints(nodes: &Nodes) {
    say!();
    let width = nodes.all().map(|node| node.name.len()).fold(14, usize::max);
    for node in nodes.all() {
        say!("{:<width$} {}", node.name, node.rpc);
    }
    say!();
    for parachain in &nodes.parachains {
        say!("wallet         https://polkadot.js.org/apps/?rpc={}#/explorer", parachain.collators[0].rpc);
    }
    say!("accounts       each holds a sixth of the issuance; the seed is the name, as //Alice");
    for (name, account) in NAMES.iter().zip(dev_accounts()) {
        say!("{name:>14} {account}");
    }
    say!();
}
