//! The nodes of a network: who they are, on which ports, and their command lines.

use crate::{
    binaries::{output, Binaries},
    Topology,
};
use anyhow::{bail, Context, Result};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    hash::{BuildHasher, RandomState},
    net::{Ipv4Addr, TcpListener},
    ops::Range,
    path::{Path, PathBuf},
    str::FromStr,
    time::{Duration, Instant},
};
use tandem_rpc::{in_time, keys::NAMES, Client};
use tokio::time::sleep;

/// How long a node may take until its RPC answers.
const START: Duration = Duration::from_secs(240);

/// A node as it is started: its command line, and where it listens.
#[derive(Clone, Serialize, Deserialize)]
pub struct NodeConfig {
    pub name: String,
    /// WebSocket RPC on loopback.
    pub rpc: String,
    /// The node's own metrics, for Prometheus.
    pub metrics: String,
    pub log: PathBuf,
    pub program: PathBuf,
    pub args: Vec<String>,
}

impl NodeConfig {
    /// Connects to the node once it answers, for which it has four minutes from `since` on.
    ///
    /// # Errors
    /// If it does not answer by then.
    pub async fn connect(&self, since: Instant) -> Result<Client> {
        loop {
            match in_time(Client::from_insecure_url(&self.rpc)).await {
                Ok(client) => return Ok(client),
                Err(error) if since.elapsed() > START => {
                    let (name, rpc, log) = (&self.name, &self.rpc, self.log.display());
                    return Err(error).context(format!("{name} does not answer at {rpc}; its log is {log}"));
                }
                Err(_) => sleep(Duration::from_millis(250)).await,
            }
        }
    }

    /// Writes the process's id beside its log, for whoever wants to find the process.
    pub fn write_pid(&self, pid: Pid) -> Result<()> {
        let path = self.pid();
        fs::write(&path, pid.to_string()).with_context(|| format!("'{}' cannot be written", path.display()))
    }

    /// Removes the id: the process is gone, and it may be another's by now.
    pub fn remove_pid(&self) {
        let _ = fs::remove_file(self.pid());
    }

    fn pid(&self) -> PathBuf {
        self.log.with_extension("pid")
    }
}

/// The relay chain's spec in the run folder.
pub const RELAY_SPEC: &str = "relay.json";

/// The chain spec of the parachain with this label, in the run folder.
pub fn parachain_spec(label: &str) -> String {
    format!("parachain{label}.json")
}

/// The nodes of a network.
#[derive(Serialize, Deserialize)]
pub struct Nodes {
    #[serde(rename = "relay")]
    pub validators: Vec<NodeConfig>,
    /// In the order of the topology; at least one.
    pub parachains: Vec<ParachainNodes>,
}

/// The nodes of a parachain.
#[derive(Serialize, Deserialize)]
pub struct ParachainNodes {
    pub id: u32,
    /// At least one.
    pub collators: Vec<NodeConfig>,
}

impl Nodes {
    /// Plans the nodes of a network in `folder`, each with `node_args` besides its own arguments. On free
    /// ports, nodes keep the RPC endpoints that they had `before`, by their names, unless another process has
    /// the port by now.
    pub async fn plan(
        topology: &Topology,
        binaries: &Binaries,
        folder: &Path,
        before: &BTreeMap<String, String>,
        ports: PortChoice,
        node_args: &[String],
    ) -> Result<Self> {
        let mut ports = Ports::new(ports);
        // Collators first, so that the first of them has the first port.
        let mut parachains = Vec::new();
        for (label, parachain) in topology.labeled() {
            let (role, names) = (format!("para{label}"), &NAMES[..parachain.collators.into()]);
            let collators = identities(names, &role, before, binaries, folder, &mut ports).await?;
            parachains.push((parachain.id, shown(&folder.join(parachain_spec(&label))), collators));
        }
        let names = &NAMES[..topology.validators.into()];
        let validators = identities(names, "relay", before, binaries, folder, &mut ports).await?;
        let relay_spec = shown(&folder.join(RELAY_SPEC));
        let relay_boot = boot_nodes(&validators);

        let mut nodes = Self { validators: Vec::new(), parachains: Vec::new() };
        for validator in &validators {
            let mut args = validator.args(&relay_spec, &relay_boot);
            args.extend(strings(&["--workers-path", &shown(&binaries.workers)]));
            args.extend(strings(&["--validator", "--insecure-validator-i-know-what-i-do"]));
            args.extend_from_slice(node_args);
            nodes.validators.push(validator.node(&binaries.validator, args));
        }
        for (id, spec, identities) in parachains {
            let boot = boot_nodes(&identities);
            let mut collators = Vec::new();
            for collator in &identities {
                let mut args = collator.args(&spec, &boot);
                args.push("--collator".into());
                args.extend_from_slice(node_args);
                args.push("--".into());
                // Every collator brings its own node of the relay chain.
                args.extend(strings(&["--chain", &relay_spec, "--database", "paritydb"]));
                args.extend(strings(&["--listen-addr", &format!("/ip4/127.0.0.1/tcp/{}", ports.take()?)]));
                args.extend(strings(&["--rpc-port", &ports.take()?.to_string(), "--no-prometheus"]));
                args.extend(strings(&["--no-hardware-benchmarks", "--no-mdns", "--no-telemetry"]));
                args.push("--bootnodes".into());
                args.extend(relay_boot.iter().cloned());
                collators.push(collator.node(&binaries.collator, args));
            }
            nodes.parachains.push(ParachainNodes { id, collators });
        }
        Ok(nodes)
    }

    /// All nodes, in the order in which they are started.
    pub fn all(&self) -> impl Iterator<Item = &NodeConfig> {
        self.validators.iter().chain(self.collators())
    }

    /// The collators of all parachains.
    pub fn collators(&self) -> impl Iterator<Item = &NodeConfig> {
        self.parachains.iter().flat_map(|parachain| &parachain.collators)
    }

    /// The first collator of the first parachain.
    pub fn first_collator(&self) -> &NodeConfig {
        &self.parachains[0].collators[0]
    }

    /// The RPC endpoints of the relay chain, and those of each parachain.
    pub fn endpoints(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let urls = |nodes: &[NodeConfig]| nodes.iter().map(|node| node.rpc.clone()).collect::<Vec<_>>();
        let paras = self.parachains.iter().map(|parachain| urls(&parachain.collators));
        (urls(&self.validators), paras.collect())
    }

    /// The log of each collator, after the id of its parachain.
    pub fn collator_logs(&self) -> impl Iterator<Item = (u32, &Path)> {
        self.parachains.iter().flat_map(|parachain| {
            parachain.collators.iter().map(move |collator| (parachain.id, collator.log.as_path()))
        })
    }
}

/// A node's name, key and ports.
struct Identity {
    name: &'static str,
    label: String,
    base: PathBuf,
    key: PathBuf,
    peer: String,
    p2p: u16,
    rpc: u16,
    metrics: u16,
}

/// The identities of nodes with these names. `before` has the RPC endpoints of a run that is continued.
async fn identities(
    names: &[&'static str],
    role: &str,
    before: &BTreeMap<String, String>,
    binaries: &Binaries,
    folder: &Path,
    ports: &mut Ports,
) -> Result<Vec<Identity>> {
    let mut identities = Vec::new();
    for name in names {
        let label = format!("{role}-{name}");
        let base = folder.join(&label);
        fs::create_dir_all(&base).with_context(|| format!("folder '{}' cannot be made", base.display()))?;
        let key = base.join("node-key");
        if !key.exists() {
            output(&binaries.validator, &["key", "generate-node-key", "--file", &shown(&key)]).await?;
        }
        let peer = output(&binaries.validator, &["key", "inspect-node-key", "--file", &shown(&key)]).await?;
        let peer = peer.trim().to_string();
        let rpc = ports.again(before.get(&label).and_then(|url| url.rsplit(':').next()?.parse().ok()))?;
        let (p2p, metrics) = (ports.take()?, ports.take()?);
        identities.push(Identity { name, label, base, key, peer, p2p, rpc, metrics });
    }
    Ok(identities)
}

impl Identity {
    fn args(&self, spec: &str, boot_nodes: &[String]) -> Vec<String> {
        let mut args = strings(&[&format!("--{}", self.name), "--chain", spec]);
        args.extend(strings(&["--base-path", &shown(&self.base), "--node-key-file", &shown(&self.key)]));
        args.extend(strings(&["--database", "paritydb", "--no-telemetry", "--no-mdns"]));
        args.extend(strings(&["--no-hardware-benchmarks", "--rpc-port", &self.rpc.to_string()]));
        args.extend(strings(&["--prometheus-port", &self.metrics.to_string()]));
        args.extend(strings(&["--listen-addr", &format!("/ip4/127.0.0.1/tcp/{}", self.p2p)]));
        let others: Vec<_> = boot_nodes.iter().filter(|node| !node.ends_with(&self.peer)).cloned().collect();
        if !others.is_empty() {
            args.push("--bootnodes".into());
            args.extend(others);
        }
        args
    }

    fn node(&self, program: &Path, args: Vec<String>) -> NodeConfig {
        NodeConfig {
            name: self.label.clone(),
            rpc: format!("ws://127.0.0.1:{}", self.rpc),
            metrics: format!("http://127.0.0.1:{}/metrics", self.metrics),
            log: self.base.with_extension("log"),
            program: program.to_path_buf(),
            args,
        }
    }
}

fn boot_nodes(identities: &[Identity]) -> Vec<String> {
    identities.iter().map(|node| format!("/ip4/127.0.0.1/tcp/{}/p2p/{}", node.p2p, node.peer)).collect()
}

fn strings(args: &[&str]) -> Vec<String> {
    args.iter().map(|arg| arg.to_string()).collect()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Where free ports are looked for: below those that the kernel gives to connections that go out (see
/// `ip_local_port_range` in ip(7)), so that none is gone by the time its node listens.
const FREE: Range<u16> = 16_384..32_768;

/// Which ports a network takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortChoice {
    /// This one and those after it.
    From(u16),
    /// Any free ones.
    Free,
}

impl PortChoice {
    /// Checks that the ports of a network of `topology` are free, before anything that takes long.
    ///
    /// # Errors
    /// If one is in use.
    pub fn check(self, topology: &Topology) -> Result<()> {
        if let PortChoice::From(_) = self {
            let mut ports = Ports::new(self);
            // RPC, peers and metrics of each node, and RPC and peers of the relay node inside a collator.
            let collators: u32 =
                topology.parachains.iter().map(|parachain| u32::from(parachain.collators)).sum();
            for _ in 0..3 * u32::from(topology.validators) + 5 * collators {
                ports.take()?;
            }
        }
        Ok(())
    }
}

impl FromStr for PortChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.parse()) {
            ("free", _) => Ok(PortChoice::Free),
            (_, Ok(first @ 1..)) => Ok(PortChoice::From(first)),
            _ => Err("expected a port from 1 to 65535, or 'free'".into()),
        }
    }
}

/// Ports on loopback, none given twice.
enum Ports {
    /// The next one.
    From(u16),
    /// Any free ones: those to try; and those taken, held while more are, so that they differ.
    Free(Box<dyn Iterator<Item = u16>>, Vec<TcpListener>),
}

impl Ports {
    fn new(choice: PortChoice) -> Self {
        match choice {
            PortChoice::From(first) => Ports::From(first),
            PortChoice::Free => {
                // From anywhere, so that networks that start together do not meet.
                let start = RandomState::new().hash_one(()) as usize % FREE.len();
                Ports::Free(Box::new(FREE.cycle().skip(start).take(FREE.len())), Vec::new())
            }
        }
    }

    /// The port of `before`, if any will do and it is still free; or else another.
    fn again(&mut self, before: Option<u16>) -> Result<u16> {
        if let (Ports::Free(_, held), Some(port)) = (&mut *self, before) {
            if let Ok(listener) = listen(port) {
                held.push(listener);
                return Ok(port);
            }
        }
        self.take()
    }

    fn take(&mut self) -> Result<u16> {
        match self {
            Ports::From(next) => {
                let port = *next;
                if listen(port).is_err() {
                    bail!("port {port} is in use: stop what listens there, or give another --ports, or --ports free");
                }
                *next =
                    port.checked_add(1).context("there are no ports above 65535: give a lower --ports")?;
                Ok(port)
            }
            Ports::Free(candidates, held) => {
                let mut free = candidates.filter_map(|port| Some((port, listen(port).ok()?)));
                let (port, listener) = free.next().context("no free port on loopback")?;
                held.push(listener);
                Ok(port)
            }
        }
    }
}

fn listen(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CadencePreset, Parachain};

    #[test]
    fn free_ports_differ() {
        let mut ports = Ports::new(PortChoice::Free);
        let mut taken: Vec<_> = (0..20).map(|_| ports.take().unwrap()).collect();
        assert!(taken.iter().all(|port| FREE.contains(port)));
        taken.sort();
        taken.dedup();
        assert_eq!(taken.len(), 20);
    }

    #[test]
    fn a_port_is_taken_again_if_it_is_free() {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = other.local_addr().unwrap().port();
        assert_ne!(Ports::new(PortChoice::Free).again(Some(port)).unwrap(), port);
        drop(other);
        let mut ports = Ports::new(PortChoice::Free);
        assert_eq!(ports.again(Some(port)).unwrap(), port);
        assert_ne!(ports.again(Some(port)).unwrap(), port);
    }

    #[test]
    fn the_ports_of_all_nodes_are_checked() {
        let mut topology = Topology::at(CadencePreset::Asynchronous);
        let last = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = last.local_addr().unwrap().port();
        let refused = |first: u16, topology: &Topology| {
            let error = PortChoice::From(first).check(topology).unwrap_err().to_string();
            assert!(error.contains("is in use"), "{error}");
        };
        // Two validators and two collators have 16 ports.
        refused(port - 15, &topology);
        assert!(PortChoice::Free.check(&topology).is_ok());
        topology.parachains.push(Parachain { id: 2001, cadence: CadencePreset::Synchronous, collators: 1 });
        refused(port - 20, &topology);
    }

    #[test]
    fn a_port_in_use_is_named() {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = other.local_addr().unwrap().port();
        let error = Ports::new(PortChoice::From(port)).take().unwrap_err().to_string();
        assert!(error.starts_with(&format!("port {port} is in use")), "{error}");
    }
}
