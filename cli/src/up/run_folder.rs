//! The folder of a run: chain specs, databases, logs, and what the network looks like.
//!
//! A folder is one run's at a time, by a lock that the operating system takes back from a process
//! that died. It is only ever cleared if a run of ours wrote it. Files appear whole: they are written beside
//! their place and moved there.

use super::{
    nodes::{Node, Nodes},
    Shape,
};
use anyhow::{bail, Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

/// What a run writes down, so that a later one can go on from it.
#[derive(Serialize, Deserialize)]
struct Run {
    version: String,
    shape: Shape,
    endpoints: Endpoints,
}

/// Where nodes answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Endpoints {
    pub relay: Vec<String>,
    pub parachain: Vec<String>,
}

impl Endpoints {
    fn of(nodes: &Nodes) -> Self {
        let urls = |nodes: &[Node]| nodes.iter().map(|node| node.rpc.clone()).collect();
        Self { relay: urls(&nodes.validators), parachain: urls(&nodes.collators) }
    }
}

const RUN: &str = "run.json";
const LOCK: &str = "tandem.lock";
const NETWORK: &str = "network.json";
const VERSION: &str = env!("CARGO_PKG_VERSION");

pub struct RunFolder {
    path: PathBuf,
    kept: Option<Run>,
    _lock: File,
}

impl RunFolder {
    /// Takes the folder at `path`: with `keep` as the last run left it, else emptied.
    pub fn take(path: &Path, keep: bool) -> Result<Self> {
        let shown = path.display();
        let foreign = path.is_dir()
            && !path.join(LOCK).exists()
            && fs::read_dir(path).with_context(|| format!("folder '{shown}'"))?.next().is_some();
        if foreign {
            bail!("folder '{shown}' is not empty, and is not a run folder: choose another with --dir");
        }
        fs::create_dir_all(path).with_context(|| format!("folder '{shown}' cannot be made"))?;
        let path = path.canonicalize()?;
        let lock =
            File::create(path.join(LOCK)).with_context(|| format!("folder '{shown}' cannot be written"))?;
        match lock.try_lock() {
            Ok(()) => (),
            Err(TryLockError::WouldBlock) => {
                bail!("folder '{shown}' is in use by another run: stop that, or name another with --dir")
            }
            Err(TryLockError::Error(error)) => return Err(error).context(format!("locking '{shown}'")),
        }
        let kept = if keep { Some(last_run(&path)?) } else { None };
        if kept.is_none() {
            clear(&path).with_context(|| format!("folder '{shown}' cannot be cleared"))?;
        }
        let folder = Self { path, kept, _lock: lock };
        // Left by a run that was killed.
        folder.remove_network();
        Ok(folder)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The network of the run that this one goes on from.
    pub fn kept(&self) -> Option<&Shape> {
        self.kept.as_ref().map(|run| &run.shape)
    }

    /// Where the nodes of that run answered.
    pub fn kept_endpoints(&self) -> Endpoints {
        self.kept.as_ref().map(|run| run.endpoints.clone()).unwrap_or_default()
    }

    /// Writes down that the folder holds a network of `shape` that can be kept, and where its nodes answer.
    pub fn keep(&self, shape: &Shape, nodes: &Nodes) -> Result<()> {
        let run = Run { version: VERSION.into(), shape: shape.clone(), endpoints: Endpoints::of(nodes) };
        self.write(RUN, &serde_json::to_string_pretty(&run)?)
    }

    /// Writes `network.json`: what runs and answers, for tools and tests.
    pub fn write_network(&self, nodes: &Nodes) -> Result<()> {
        let network = json!({ "relay": nodes.validators, "parachain": nodes.collators });
        self.write(NETWORK, &serde_json::to_string_pretty(&network)?)
    }

    /// Removes `network.json`: nothing runs any more.
    pub fn remove_network(&self) {
        // It may not be there.
        let _ = fs::remove_file(self.path.join(NETWORK));
    }

    /// Writes `text` to the file `name`, which is as it was until all of it is there.
    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        let (path, new) = (self.path.join(name), self.path.join(format!("{name}.new")));
        let written = fs::write(&new, text).and_then(|()| fs::rename(&new, &path));
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written.with_context(|| format!("'{}' cannot be written", path.display()))
    }
}

/// Where the nodes of the network that runs in the folder at `path` answer.
///
/// # Errors
/// If no network runs there, or if it does not answer yet.
pub fn endpoints(path: &Path) -> Result<Endpoints> {
    let shown = path.display();
    if !in_use(path) {
        bail!("no network runs in '{shown}': start one with `tandem up`, or say --relay and --para");
    }
    let text = fs::read(path.join(NETWORK)).with_context(|| {
        format!("the network in '{shown}' does not answer yet: wait until `tandem up` says that it does")
    })?;
    let damaged = || format!("'{shown}/{NETWORK}' is damaged");
    let network: Value = serde_json::from_slice(&text).with_context(damaged)?;
    let urls = |role: &str| {
        let urls = network[role].as_array()?.iter().map(|node| node["rpc"].as_str().map(Into::into));
        urls.collect::<Option<Vec<_>>>()
    };
    let both = urls("relay").zip(urls("parachain"));
    both.map(|(relay, parachain)| Endpoints { relay, parachain }).with_context(damaged)
}

/// Whether a run has the folder at `path`. One that was killed has left its files, and not its lock.
fn in_use(path: &Path) -> bool {
    let lock = File::open(path.join(LOCK)).map(|lock| lock.try_lock_shared());
    matches!(lock, Ok(Err(TryLockError::WouldBlock)))
}

fn last_run(path: &Path) -> Result<Run> {
    let shown = path.display();
    let Ok(text) = fs::read_to_string(path.join(RUN)) else {
        bail!("folder '{shown}' holds no run to go on from: leave out --keep to start one")
    };
    let damaged = || format!("'{shown}/{RUN}' is damaged");
    let run: Value = serde_json::from_str(&text).with_context(damaged)?;
    let version = run["version"].as_str().with_context(damaged)?;
    if version != VERSION {
        bail!(
            "the run in '{shown}' is of version {version}, this is {VERSION}: leave out --keep to start anew"
        );
    }
    serde_json::from_value(run).with_context(damaged)
}

fn clear(path: &Path) -> std::io::Result<()> {
    // First: without it nothing goes on from what is half removed.
    if path.join(RUN).exists() {
        fs::remove_file(path.join(RUN))?;
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_name() == LOCK {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::up::Cadence;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("tandem-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        path
    }

    fn error(path: &Path, keep: bool) -> String {
        format!("{:#}", RunFolder::take(path, keep).err().expect("taking the folder fails"))
    }

    const SHAPE: Shape = Shape { collators: 3, ..Shape::at(Cadence::Synchronous) };

    fn nodes() -> Nodes {
        let node = |rpc: &str| Node {
            name: "a".into(),
            rpc: rpc.into(),
            metrics: String::new(),
            log: PathBuf::new(),
            program: PathBuf::new(),
            args: vec![],
        };
        Nodes { validators: vec![node("ws://1")], collators: vec![node("ws://2"), node("ws://3")] }
    }

    fn answers() -> Endpoints {
        Endpoints { relay: vec!["ws://1".into()], parachain: vec!["ws://2".into(), "ws://3".into()] }
    }

    #[test]
    fn a_kept_run_comes_back_and_a_new_one_starts_empty() {
        let path = folder("kept");
        let run = RunFolder::take(&path, false).unwrap();
        run.keep(&SHAPE, &nodes()).unwrap();
        run.write("data", "blocks").unwrap();
        drop(run);
        let kept = RunFolder::take(&path, true).unwrap();
        assert_eq!((kept.kept(), kept.kept_endpoints()), (Some(&SHAPE), answers()));
        assert!(path.join("data").exists());
        drop(kept);
        RunFolder::take(&path, false).unwrap();
        assert!(!path.join("data").exists());
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn a_folder_in_use_is_refused() {
        let path = folder("in-use");
        let _run = RunFolder::take(&path, false).unwrap();
        assert!(error(&path, false).contains("in use by another run"));
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn a_network_is_told_of_while_it_runs_and_answers() {
        let path = folder("answers");
        let told = || endpoints(&path).map_err(|error| error.to_string());
        assert!(told().unwrap_err().contains("no network runs in"));
        let run = RunFolder::take(&path, false).unwrap();
        assert!(told().unwrap_err().contains("does not answer yet"));
        run.keep(&SHAPE, &nodes()).unwrap();
        run.write_network(&nodes()).unwrap();
        assert_eq!(told(), Ok(answers()));
        // As if it was killed.
        drop(run);
        assert!(path.join(NETWORK).exists());
        assert!(told().unwrap_err().contains("no network runs in"));
        let run = RunFolder::take(&path, true).unwrap();
        assert!(told().unwrap_err().contains("does not answer yet"));
        run.write_network(&nodes()).unwrap();
        run.remove_network();
        assert!(told().unwrap_err().contains("does not answer yet"));
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn somebody_elses_files_are_not_touched() {
        let path = folder("foreign");
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("thesis.txt"), "years of work").unwrap();
        assert!(error(&path, false).contains("is not a run folder"));
        assert!(path.join("thesis.txt").exists());
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn another_versions_run_and_no_run_are_not_kept() {
        let path = folder("version");
        let run = RunFolder::take(&path, false).unwrap();
        drop(run);
        assert!(error(&path, true).contains("no run to go on from"));
        fs::write(
            path.join(RUN),
            r#"{"version":"0.0.1","shape":{"cadence":"synchronous","validators":2,"collators":3}}"#,
        )
        .unwrap();
        assert!(error(&path, true).contains("of version 0.0.1"));
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let path = folder("file");
        fs::write(&path, "a file").unwrap();
        assert!(error(&path.join("run"), false).contains("cannot be made"));
        fs::remove_file(path).unwrap();
    }
}
