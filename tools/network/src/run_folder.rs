//! The folder of a run: chain specs, databases, logs, and what the network looks like.
//!
//! A folder is one run's at a time, by a lock that the operating system takes back from a process
//! that died. It is only ever cleared if a run of ours wrote it. Files appear whole: they are written beside
//! their place and moved there.

use crate::{Nodes, Topology};
use anyhow::{bail, ensure, Context, Result};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io::Write,
    path::{Path, PathBuf},
};

/// The content of `run.json`, by which a later run can continue this one.
#[derive(Serialize, Deserialize)]
struct Run {
    /// [`RUN_FORMAT`].
    format: u32,
    /// Of `tandem`, as another version makes other chain specs.
    version: String,
    topology: Topology,
    /// The RPC endpoints of the nodes, by their names.
    endpoints: BTreeMap<String, String>,
}

/// The content of `network.json`: the nodes of a network that runs and answers.
#[derive(Serialize)]
struct Manifest<'a> {
    /// [`MANIFEST_FORMAT`].
    format: u32,
    #[serde(flatten)]
    nodes: &'a Nodes,
}

/// Version of the manifest's JSON form. It changes when a field is renamed, removed, or gets another meaning.
const MANIFEST_FORMAT: u32 = 2;
/// As [`MANIFEST_FORMAT`], of `run.json`.
const RUN_FORMAT: u32 = 2;
const RUN: &str = "run.json";
const LOCK: &str = "tandem.lock";
const MANIFEST: &str = "network.json";
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
        // Not emptied: another run may have written its process id there.
        let lock = File::options().create(true).append(true).open(path.join(LOCK));
        let mut lock = lock.with_context(|| format!("folder '{shown}' cannot be written"))?;
        match lock.try_lock() {
            Ok(()) => (),
            Err(TryLockError::WouldBlock) => {
                bail!("folder '{shown}' is in use by another run: stop it with `tandem down`, or choose another with --dir")
            }
            Err(TryLockError::Error(error)) => return Err(error).context(format!("locking '{shown}'")),
        }
        let written = lock.set_len(0).and_then(|()| write!(lock, "{}", std::process::id()));
        written.with_context(|| format!("folder '{shown}' cannot be written"))?;
        let kept = if keep { Some(last_run(&path)?) } else { None };
        if kept.is_none() {
            clear(&path).with_context(|| format!("folder '{shown}' cannot be cleared"))?;
        }
        let folder = Self { path, kept, _lock: lock };
        // Left by a run that was killed.
        folder.remove_manifest();
        Ok(folder)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The network of the run that this one goes on from.
    pub fn kept(&self) -> Option<&Topology> {
        self.kept.as_ref().map(|run| &run.topology)
    }

    /// The RPC endpoints of that run's nodes, by their names.
    pub fn kept_endpoints(&self) -> BTreeMap<String, String> {
        self.kept.as_ref().map(|run| run.endpoints.clone()).unwrap_or_default()
    }

    /// Writes down that the folder holds a network of `topology` that can be kept, and where its nodes answer.
    pub fn keep(&self, topology: &Topology, nodes: &Nodes) -> Result<()> {
        let run = Run {
            format: RUN_FORMAT,
            version: VERSION.into(),
            topology: topology.clone(),
            endpoints: nodes.all().map(|node| (node.name.clone(), node.rpc.clone())).collect(),
        };
        self.write(RUN, &serde_json::to_string_pretty(&run)?)
    }

    /// Writes the manifest, `network.json`: what runs and answers, for tools and tests.
    pub fn write_manifest(&self, nodes: &Nodes) -> Result<()> {
        let manifest = Manifest { format: MANIFEST_FORMAT, nodes };
        self.write(MANIFEST, &serde_json::to_string_pretty(&manifest)?)
    }

    /// Removes the manifest, because nothing runs any more.
    pub fn remove_manifest(&self) {
        // It may not be there.
        let _ = fs::remove_file(self.path.join(MANIFEST));
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

/// The nodes of the network that runs in the folder at `path`, as its manifest has them.
///
/// # Errors
/// If no network runs there, or if it does not answer yet.
pub fn manifest(path: &Path) -> Result<Nodes> {
    let shown = path.display();
    owner(path)?;
    let text = fs::read(path.join(MANIFEST)).with_context(|| {
        format!("the network in '{shown}' does not answer yet: wait until `tandem up` prints that it does")
    })?;
    let damaged = || format!("'{shown}/{MANIFEST}' is damaged");
    let manifest: Value = serde_json::from_slice(&text).with_context(damaged)?;
    ensure!(
        manifest["format"] == MANIFEST_FORMAT,
        "'{shown}/{MANIFEST}' has format {}, and this tandem reads format {MANIFEST_FORMAT}: use the tandem that \
         started the network",
        manifest["format"]
    );
    serde_json::from_value(manifest).with_context(damaged)
}

/// The process that runs a network in the folder at `path`. If it was killed, it has left its files, but the
/// operating system has taken back its lock.
///
/// # Errors
/// If no network runs there.
pub fn owner(path: &Path) -> Result<Pid> {
    let lock = path.join(LOCK);
    let locked = File::open(&lock).map(|lock| lock.try_lock_shared());
    if !matches!(locked, Ok(Err(TryLockError::WouldBlock))) {
        bail!(
            "no network runs in '{}': start one with `tandem up`, or name another folder by --dir",
            path.display()
        );
    }
    // The file may be of a run that was killed, or of another machine. The process that it names counts only if it
    // has the file open.
    let shown = lock.display().to_string();
    let pid: i32 = fs::read_to_string(&lock)?.trim().parse().unwrap_or_default();
    let lock = lock.canonicalize()?;
    let files = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let holds =
        pid > 0 && files.into_iter().any(|file| fs::read_link(file.path()).is_ok_and(|path| path == lock));
    ensure!(holds, "'{shown}' is locked, but not by a process that can be seen from here");
    Ok(Pid::from_raw(pid))
}

fn last_run(path: &Path) -> Result<Run> {
    let shown = path.display();
    let Ok(text) = fs::read_to_string(path.join(RUN)) else {
        bail!("folder '{shown}' holds no run to continue: omit --keep to start one")
    };
    let damaged = || format!("'{shown}/{RUN}' is damaged");
    let run: Value = serde_json::from_str(&text).with_context(damaged)?;
    let version = run["version"].as_str().with_context(damaged)?;
    if version != VERSION {
        bail!(
            "the run in '{shown}' is of version {version}, and this is {VERSION}: omit --keep to start a new one"
        );
    }
    ensure!(
        run["format"] == RUN_FORMAT,
        "'{shown}/{RUN}' has format {}, and this tandem reads format {RUN_FORMAT}: omit --keep to start a new run",
        run["format"]
    );
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
    use crate::{CadencePreset, NodeConfig, ParachainNodes};

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("tandem-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        path
    }

    fn error(path: &Path, keep: bool) -> String {
        format!("{:#}", RunFolder::take(path, keep).err().expect("taking the folder fails"))
    }

    fn topology() -> Topology {
        Topology::at(CadencePreset::Synchronous)
    }

    fn nodes() -> Nodes {
        let node = |name: &str| NodeConfig {
            name: name.into(),
            rpc: format!("ws://{name}"),
            metrics: String::new(),
            log: PathBuf::new(),
            program: PathBuf::new(),
            args: vec![],
        };
        let collators = vec![node("para-alice"), node("para-bob")];
        let parachains = vec![
            ParachainNodes { id: 2000, collators },
            ParachainNodes { id: 2001, collators: vec![node("para2001-alice")] },
        ];
        Nodes { validators: vec![node("relay-alice")], parachains }
    }

    #[test]
    fn a_kept_run_comes_back_and_a_new_one_starts_empty() {
        let path = folder("kept");
        let run = RunFolder::take(&path, false).unwrap();
        run.keep(&topology(), &nodes()).unwrap();
        run.write("data", "blocks").unwrap();
        drop(run);
        let kept = RunFolder::take(&path, true).unwrap();
        assert_eq!(kept.kept(), Some(&topology()));
        let endpoints = kept.kept_endpoints();
        assert_eq!((endpoints.len(), endpoints["para2001-alice"].as_str()), (4, "ws://para2001-alice"));
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
    fn a_network_has_a_manifest_while_it_runs_and_answers() {
        let path = folder("answers");
        let read = || manifest(&path).map(|nodes| nodes.endpoints()).map_err(|error| error.to_string());
        assert!(read().unwrap_err().contains("no network runs in"));
        let run = RunFolder::take(&path, false).unwrap();
        assert!(read().unwrap_err().contains("does not answer yet"));
        run.keep(&topology(), &nodes()).unwrap();
        run.write_manifest(&nodes()).unwrap();
        assert_eq!(read(), Ok(nodes().endpoints()));
        assert_eq!(owner(&path).unwrap(), Pid::this());
        // As if it was killed.
        drop(run);
        assert!(path.join(MANIFEST).exists());
        assert!(read().unwrap_err().contains("no network runs in"));
        let run = RunFolder::take(&path, true).unwrap();
        assert!(read().unwrap_err().contains("does not answer yet"));
        run.write_manifest(&nodes()).unwrap();
        run.remove_manifest();
        assert!(read().unwrap_err().contains("does not answer yet"));
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
        assert!(error(&path, true).contains("no run to continue"));
        fs::write(
            path.join(RUN),
            r#"{"version":"0.0.1","topology":{"cadence":"synchronous","validators":2,"collators":3}}"#,
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
