//! `tandem status`, `logs` and `down`: a network that runs in a folder, seen and stopped from another terminal.

use crate::output::{self, say};
use anyhow::{bail, ensure, Context, Result};
use clap::Args;
use nix::sys::signal::{kill, Signal};
use serde::Serialize;
use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};
use subxt::{
    config::RpcConfigFor,
    rpcs::{LegacyRpcMethods, RpcClient},
    PolkadotConfig,
};
use tandem_network::{manifest, owner, Manifest, NodeConfig};
use tandem_rpc::in_time;
use tokio::time::sleep;

/// How long a network may take to stop.
const STOPPING: Duration = Duration::from_secs(60);
/// Time between two looks at a log, or at a network that is stopping.
const PERIOD: Duration = Duration::from_millis(200);

/// Run folder of the network.
#[derive(Args)]
struct Folder {
    /// Run folder of the network
    #[arg(long, default_value = "run", value_name = "FOLDER")]
    dir: PathBuf,
}

/// Show the nodes of a running network, and how far their chains are
///
/// Exits with 1 if no network runs, or if a node does not answer.
#[derive(Args)]
#[command(after_help = "Examples:
  tandem status                  the network in ./run
  tandem status --json           the same for scripts")]
pub struct Status {
    #[command(flatten)]
    folder: Folder,
    /// Print JSON, one object per line, instead of text
    #[arg(long)]
    json: bool,
}

/// A node of a running network.
#[derive(Serialize)]
struct NodeStatus<'a> {
    name: &'a str,
    rpc: &'a str,
    /// Numbers of its best and its final block; `None` if it does not answer.
    best: Option<u64>,
    #[serde(rename = "final")]
    last_final: Option<u64>,
    peers: Option<usize>,
}

impl<'a> NodeStatus<'a> {
    async fn of(node: &'a NodeConfig) -> Self {
        let NodeConfig { name, rpc, .. } = node;
        let (best, last_final, peers) = match numbers(rpc).await {
            Ok((best, last_final, peers)) => (Some(best), Some(last_final), Some(peers)),
            Err(_) => (None, None, None),
        };
        Self { name, rpc, best, last_final, peers }
    }
}

/// The best and the final block of the node at `url`, and the number of its peers.
async fn numbers(url: &str) -> Result<(u64, u64, usize)> {
    let client = in_time(RpcClient::from_insecure_url(url)).await?;
    let rpc = LegacyRpcMethods::<RpcConfigFor<PolkadotConfig>>::new(client);
    let best = rpc.chain_get_header(None).await?.context("no best block")?;
    let hash = rpc.chain_get_finalized_head().await?;
    let last_final = rpc.chain_get_header(Some(hash)).await?.context("no final block")?;
    Ok((best.number, last_final.number, rpc.system_health().await?.peers))
}

/// Prints the nodes of the network.
///
/// # Errors
/// If no network runs in the folder.
pub async fn status(options: Status) -> Result<ExitCode> {
    output::set(options.json, false);
    let network = manifest(&options.folder.dir)?;
    say!("{:<14} {:>8} {:>8} {:>5}  {}", "node", "best", "final", "peers", "RPC");
    let mut all_answer = true;
    for node in network.relay.iter().chain(&network.parachain) {
        let status = NodeStatus::of(node).await;
        output::json(&status);
        let number = |number: Option<u64>| number.map_or("-".into(), |number| format!("#{number}"));
        let peers = status.peers.map_or("-".into(), |peers| peers.to_string());
        say!(
            "{:<14} {:>8} {:>8} {peers:>5}  {}{}",
            status.name,
            number(status.best),
            number(status.last_final),
            status.rpc,
            if status.best.is_none() { "  does not answer" } else { "" },
        );
        all_answer &= status.best.is_some();
    }
    Ok(if all_answer { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Print the log of a node of a running network
#[derive(Args)]
#[command(after_help = "Examples:
  tandem logs para-alice               its last 40 lines
  tandem logs para-alice -f            and those that follow, until Ctrl-C
  tandem logs relay-bob --lines 1000   more of them")]
pub struct Logs {
    /// Name of the node, as in `tandem status`
    node: String,
    #[command(flatten)]
    folder: Folder,
    /// Print the last N lines
    #[arg(long, short = 'n', default_value = "40", value_name = "N")]
    lines: usize,
    /// Also print the lines that follow
    #[arg(long, short)]
    follow: bool,
}

/// Prints the end of a node's log, and follows it if asked to.
///
/// # Errors
/// If no network runs in the folder, or if it has no such node.
pub async fn logs(options: Logs) -> Result<ExitCode> {
    let Manifest { relay, parachain, .. } = manifest(&options.folder.dir)?;
    let nodes: Vec<_> = relay.into_iter().chain(parachain).collect();
    let Some(node) = nodes.iter().find(|node| node.name == options.node) else {
        let names: Vec<_> = nodes.iter().map(|node| &node.name[..]).collect();
        bail!("the network has no node '{}': expected one of {}", options.node, names.join(", "))
    };
    let shown = || format!("reading '{}'", node.log.display());
    let mut log = File::open(&node.log).with_context(shown)?;
    log.seek(SeekFrom::Start(start_of_last(&log, options.lines).with_context(shown)?))?;
    let failed = output::failed();
    tokio::pin!(failed);
    loop {
        let mut text = Vec::new();
        log.read_to_end(&mut text).with_context(shown)?;
        output::text(format_args!("{}", String::from_utf8_lossy(&text)));
        if !options.follow {
            return Ok(ExitCode::SUCCESS);
        }
        tokio::select! {
            () = &mut failed => return Ok(ExitCode::SUCCESS),
            () = sleep(PERIOD) => (),
        }
    }
}

/// Where the last `lines` lines of a file begin.
fn start_of_last(file: &File, lines: usize) -> std::io::Result<u64> {
    let mut starts = std::collections::VecDeque::from([0]);
    let (mut reader, mut position, mut line) = (BufReader::new(file), 0, Vec::new());
    loop {
        line.clear();
        match reader.read_until(b'\n', &mut line)? {
            0 => break,
            read => position += read as u64,
        }
        starts.push_back(position);
        if starts.len() > lines + 1 {
            starts.pop_front();
        }
    }
    Ok(starts[0])
}

/// Stop a running network, as Ctrl-C in its terminal does
#[derive(Args)]
#[command(after_help = "Examples:
  tandem down                          the network in ./run
  tandem down --dir run-activation     another one")]
pub struct Down {
    #[command(flatten)]
    folder: Folder,
}

/// Stops the network, and waits until it has stopped.
///
/// # Errors
/// If no network runs in the folder, or if it does not stop within a minute.
pub async fn down(options: Down) -> Result<ExitCode> {
    let pid = owner(&options.folder.dir)?;
    kill(pid, Signal::SIGINT).with_context(|| format!("stopping process {pid}"))?;
    let since = Instant::now();
    while owner(&options.folder.dir).is_ok() {
        ensure!(since.elapsed() < STOPPING, "process {pid} has not stopped after {STOPPING:?}");
        sleep(PERIOD).await;
    }
    say!("stopped");
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn the_last_lines_of_a_file_are_found() {
        let path = std::env::temp_dir().join(format!("tandem-log-{}", std::process::id()));
        File::create(&path).unwrap().write_all(b"one\ntwo\nthree").unwrap();
        let start = |lines| start_of_last(&File::open(&path).unwrap(), lines).unwrap();
        assert_eq!([0, 1, 2, 3, 4].map(start), [13, 8, 4, 0, 0]);
        std::fs::remove_file(path).unwrap();
    }
}
