//! The folder of a run: chain specs, databases, logs, and what the network looks like.
//!
//! A folder is one run's at a time, by a lock that the operating system takes back from a process
//! that died. It is only ever cleared if a run of ours wrote it.

use super::{nodes::Nodes, Shape};
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
}

const RUN: &str = "run.json";
const LOCK: &str = "lock";
const NETWORK: &str = "network.json";
const VERSION: &str = env!("CARGO_PKG_VERSION");

pub struct RunFolder {
    path: PathBuf,
    kept: Option<Shape>,
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
            bail!("folder '{shown}' has files and is of no run: name another with --dir");
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
        Ok(Self { path, kept, _lock: lock })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The network of the run that this one goes on from.
    pub fn kept(&self) -> Option<&Shape> {
        self.kept.as_ref()
    }

    /// Writes down that the folder holds a network of `shape` that can be kept.
    pub fn keep(&self, shape: &Shape) -> Result<()> {
        let run = Run { version: VERSION.into(), shape: shape.clone() };
        self.write(RUN, &serde_json::to_string_pretty(&run)?)
    }

    /// Writes `network.json`: what runs, for tools and tests.
    pub fn write_network(&self, nodes: &Nodes) -> Result<()> {
        let network = json!({ "relay": nodes.validators, "parachain": nodes.collators });
        self.write(NETWORK, &serde_json::to_string_pretty(&network)?)
    }

    /// Writes `text` to the file `name`.
    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.path.join(name);
        fs::write(&path, text).with_context(|| format!("'{}' cannot be written", path.display()))
    }
}

/// Where the nodes of the network in the folder at `path` answer: those of the relay chain, and those of
/// the parachain.
///
/// # Errors
/// If there is no network.
pub fn endpoints(path: &Path) -> Result<(Vec<String>, Vec<String>)> {
    let shown = path.display();
    let text = fs::read(path.join(NETWORK)).with_context(|| {
        format!("no network runs in '{shown}': start one with `tandem up`, or say --relay and --para")
    })?;
    let damaged = || format!("'{shown}/{NETWORK}' is damaged");
    let network: Value = serde_json::from_slice(&text).with_context(damaged)?;
    let urls = |role: &str| {
        let urls = network[role].as_array()?.iter().map(|node| node["rpc"].as_str().map(Into::into));
        urls.collect::<Option<Vec<_>>>()
    };
    urls("relay").zip(urls("parachain")).with_context(damaged)
}

fn last_run(path: &Path) -> Result<Shape> {
    let shown = path.display();
    let Ok(text) = fs::read_to_string(path.join(RUN)) else {
        bail!("folder '{shown}' holds no run to go on from: leave out --keep to start one")
    };
    let run: Run = serde_json::from_str(&text).with_context(|| format!("'{shown}/{RUN}' is damaged"))?;
    if run.version != VERSION {
        bail!(
            "the run in '{shown}' is of version {}, this is {VERSION}: leave out --keep to start anew",
            run.version
        );
    }
    Ok(run.shape)
}

fn clear(path: &Path) -> std::io::Result<()> {
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

    const SHAPE: Shape = Shape { cadence: Cadence::Synchronous, validators: 2, collators: 3 };

    #[test]
    fn a_kept_run_comes_back_and_a_new_one_starts_empty() {
        let path = folder("kept");
        let run = RunFolder::take(&path, false).unwrap();
        run.keep(&SHAPE).unwrap();
        run.write("data", "blocks").unwrap();
        drop(run);
        assert_eq!(RunFolder::take(&path, true).unwrap().kept(), Some(&SHAPE));
        assert!(path.join("data").exists());
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
    fn somebody_elses_files_are_not_touched() {
        let path = folder("foreign");
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("thesis.txt"), "years of work").unwrap();
        assert!(error(&path, false).contains("is of no run"));
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
