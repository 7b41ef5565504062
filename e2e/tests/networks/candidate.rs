//! A collator joins a running network as the README says under "Run a collator", and is dropped when it
//! dies.

use crate::step;
use anyhow::{bail, ensure, Context, Result};
use serde_json::Value;
use std::{
    fs::{self, File},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::{Duration, Instant},
};
use subxt::{ext::scale_decode::DecodeAsType, utils::AccountId32};
use subxt_signer::sr25519::dev;
use tandem_e2e::{
    binaries,
    chain::{author, authors},
    folder, quiet, script, Network,
};
use tandem_rpc::{parachain::ParachainClient, stored};
use tokio::time::{sleep, timeout};

/// Sessions are a minute long, and a candidate is dropped when one ends two sessions after its last block,
/// of which every third is missing by then.
const JOINS: Duration = Duration::from_secs(5 * 60);
const IS_DROPPED: Duration = Duration::from_secs(10 * 60);

#[tokio::test]
async fn a_collator_joins_and_is_dropped_and_a_node_that_dies_stops_the_network() -> Result<()> {
    let dir = folder("dies");
    let network = Network::start(&dir, &["--session", "60"]).await?;
    joins_and_is_dropped(&network, &dir).await?;

    step("a node that dies is named and stops the network");
    network.kill("para-alice")?;
    let (status, output) = network.wait_within(Duration::from_secs(120)).await?;
    ensure!(!status.success());
    ensure!(output.contains("error: para-alice died (signal: 9"), "{output}");
    ensure!(output.contains("| "), "the end of its log is missing: {output}");
    Ok(fs::remove_dir_all(dir)?)
}

/// The section of the README that is followed.
fn section() -> Result<String> {
    let readme = fs::read_to_string("../README.md")?;
    let (_, section) = readme.split_once("\n## Run a collator\n").context("the README has the section")?;
    Ok(section.split("\n## ").next().unwrap_or_default().into())
}

/// The section's command of which the arguments begin with `first`: its arguments, for the network in `dir`.
fn command(section: &str, first: &str, dir: &Path) -> Result<Vec<String>> {
    let start = format!("\n    tandem-node {first} ");
    let (_, rest) = section.split_once(&start).with_context(|| format!("the README has no {start}"))?;
    let rest = rest.replace("\\\n", "");
    let words = first.split(' ').chain(rest.lines().next().unwrap_or_default().split_whitespace());
    let shown = |name: &str| dir.join(name).display().to_string();
    Ok(words
        .map(|word| match word {
            "SPEC.json" => shown("parachain.json"),
            "RELAY.json" => shown("relay.json"),
            "/var/lib/tandem" => shown("para-candidate"),
            _ => word.into(),
        })
        .collect())
}

/// A port that is free, below those that networks take.
fn port() -> Result<String> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 10_000 + (std::process::id() % 1_000) as u16;
    loop {
        let port = first + NEXT.fetch_add(1, Ordering::Relaxed);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port.to_string());
        }
    }
}

/// The node as the README starts it, of the network in `dir`; killed when this is dropped.
struct Collator {
    node: Child,
    rpc: String,
}

impl Collator {
    fn start(section: &str, network: &Network, dir: &Path) -> Result<Self> {
        let binary = binaries().join("tandem-node");
        let key = Command::new(&binary).args(command(section, "key generate-node-key", dir)?).output()?;
        ensure!(key.status.success(), "{}", String::from_utf8_lossy(&key.stderr));
        let words = command(section, "--collator", dir)?;
        let (para, relay) = words.split_at(words.iter().position(|word| word == "--").context("two nodes")?);

        // What no public network needs: the local one's chain specs name no nodes, and ports are others'.
        let manifest = network.manifest()?;
        let node = &manifest["parachains"][0]["collators"][1];
        let args: Vec<_> = node["args"].as_array().context("arguments")?.iter().collect();
        let (of_para, of_relay) =
            args.split_at(args.iter().position(|arg| *arg == "--").context("two nodes")?);
        let rpc = port()?;
        let mut node = Command::new(binary);
        node.args(para).args(["--rpc-port", &rpc, "--no-prometheus", "--no-hardware-benchmarks"]);
        node.args([
            "--listen-addr",
            &format!("/ip4/127.0.0.1/tcp/{}", port()?),
            "--no-telemetry",
            "--no-mdns",
        ]);
        node.arg("--bootnodes").args(boot_nodes(of_para));
        node.args(relay).args(["--rpc-port", &port()?, "--no-prometheus", "--no-hardware-benchmarks"]);
        node.args([
            "--listen-addr",
            &format!("/ip4/127.0.0.1/tcp/{}", port()?),
            "--no-telemetry",
            "--no-mdns",
        ]);
        node.arg("--bootnodes").args(boot_nodes(of_relay));
        let log = File::create(dir.join("para-candidate.log"))?;
        let node = node.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        Ok(Self { node, rpc: format!("127.0.0.1:{rpc}") })
    }

    /// Waits until it answers, and knows the network's blocks.
    async fn answers(&mut self) -> Result<()> {
        let url = format!("ws://{}", self.rpc);
        let answers = async {
            loop {
                if let Some(status) = self.node.try_wait()? {
                    bail!("the collator ended: {status}");
                }
                if let Ok(para) = ParachainClient::connect(&url).await {
                    return para.reaches(2, JOINS).await;
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        timeout(JOINS, answers).await.context("the collator does not answer")?
    }

    fn kill(&mut self) -> Result<()> {
        self.node.kill()?;
        self.node.wait()?;
        Ok(())
    }
}

impl Drop for Collator {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// The boot nodes among the arguments of a node.
fn boot_nodes(args: &[&Value]) -> Vec<String> {
    let args = args.iter().filter_map(|arg| arg.as_str());
    let after = args.skip_while(|arg| *arg != "--bootnodes").skip(1);
    after.take_while(|arg| !arg.starts_with("--")).map(String::from).collect()
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct CandidateInfo {
    who: AccountId32,
}

/// The accounts that are candidates, as of the newest final block.
async fn candidates(para: &ParachainClient) -> Result<Vec<[u8; 32]>> {
    let list: Vec<CandidateInfo> =
        stored(&para.newest_final().await?, "CollatorSelection", "CandidateList", vec![]).await?;
    Ok(list.into_iter().map(|candidate| candidate.who.0).collect())
}

/// Charlie runs a collator on the network in `dir`.
async fn joins_and_is_dropped(network: &Network, dir: &Path) -> Result<()> {
    let section = section()?;
    for words in ["author_rotateKeysWithOwner", "session.setKeys", "collatorSelection.registerAsCandidate"] {
        ensure!(section.contains(words), "the README does not say {words}");
    }
    let (relay, client) = (network.client("relay").await?, network.client("parachain").await?);
    let para = ParachainClient::connect(&network.rpc()?).await?;
    let charlie = dev::charlie().public_key().0;

    step("a third collator starts, and its account registers it");
    let starting = quiet().await;
    let mut collator = Collator::start(&section, network, dir)?;
    collator.answers().await?;
    drop(starting);
    let node = format!("http://{}", collator.rpc);
    let printed = script(&["collator.mjs", &node, &network.rpc()?, "//Charlie"]).await?;
    let printed: Value = serde_json::from_str(printed.trim())?;
    let key = printed["keys"].as_str().and_then(hex).context("a key of 32 bytes")?;
    // What is final for one client may not yet be for another.
    let since = Instant::now();
    while candidates(&para).await? != [charlie] {
        ensure!(since.elapsed() < JOINS, "it is no candidate");
        sleep(Duration::from_secs(1)).await;
    }

    step("its blocks are included from the session after the next on");
    authors(&relay, &client, key, JOINS).await?;

    step("it dies, and is dropped");
    let from = para.newest().await?.block_number();
    collator.kill()?;
    let (dropped, _) = para
        .event(from, true, IS_DROPPED, |event| {
            let dropped =
                (event.pallet_name(), event.event_name()) == ("CollatorSelection", "CandidateRemoved");
            Ok(dropped.then_some(()))
        })
        .await
        .context("it is not dropped")?;
    ensure!(candidates(&para).await?.is_empty(), "it is a candidate still");
    step(&format!("by parablock #{dropped}, of {} blocks", dropped - from));

    step("the others have all slots again from the next session on");
    let mut blocks = client.stream_best_blocks().await?;
    let others = async {
        loop {
            let block = blocks.next().await.context("parablocks ended")??;
            ensure!(author(&client, block.header()).await? != key, "a dead collator authored");
            let keys: Vec<[u8; 32]> = stored(&para.newest().await?, "Aura", "Authorities", vec![]).await?;
            if !keys.contains(&key) {
                return Ok(());
            }
        }
    };
    timeout(JOINS, others).await.context("its slots are not given to others")?
}

fn hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 64)?;
    let mut key = [0; 32];
    for (i, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(key)
}
