//! The nodes' binaries.

use anyhow::{bail, Context, Result};
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use tokio::process::Command;

/// Paths of the binaries that a network is made of, each there and executable.
pub struct Binaries {
    pub collator: PathBuf,
    pub validator: PathBuf,
    /// The folder of the PVF workers.
    pub workers: PathBuf,
}

impl Binaries {
    /// Finds the binaries in `folder`, or beside the running one.
    pub fn find(folder: Option<&Path>) -> Result<Self> {
        let folder = match folder {
            Some(folder) => folder.to_path_buf(),
            None => {
                let own = std::env::current_exe().context("where this binary is")?;
                own.parent().context("this binary is in no folder")?.to_path_buf()
            }
        };
        for worker in ["polkadot-prepare-worker", "polkadot-execute-worker"] {
            executable(&folder, worker)?;
        }
        Ok(Self {
            collator: executable(&folder, "tandem-node")?,
            validator: executable(&folder, "polkadot")?,
            workers: folder,
        })
    }
}

fn executable(folder: &Path, name: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    match path.metadata() {
        Err(_) => bail!("no binary at '{}': build it with `make build`, or say --binaries", path.display()),
        Ok(metadata) if !metadata.is_file() || metadata.permissions().mode() & 0o111 == 0 => {
            bail!("'{}' is not executable: make it so with chmod +x, or build it again", path.display())
        }
        Ok(_) => Ok(path),
    }
}

/// Runs `binary` with `args` to its end, for what it prints on standard output.
pub async fn output(binary: &Path, args: &[&str]) -> Result<String> {
    let name = binary.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let output = Command::new(binary)
        .args(args)
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| format!("running '{}'", binary.display()))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let last = stderr.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("nothing");
        bail!("`{name} {}` failed ({}), saying: {last}", args.join(" "), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("what `{name}` printed"))
}
