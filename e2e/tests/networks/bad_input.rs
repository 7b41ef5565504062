//! What is refused: in one line that names what is wrong, with nothing left running.

use anyhow::{ensure, Result};
use std::{
    fs,
    net::TcpListener,
    os::unix::fs::{symlink, PermissionsExt},
    path::Path,
    process::{Command, Output},
};
use tandem_e2e::{binaries, folder, processes_of};

fn tandem(dir: &Path, args: &[&str]) -> Output {
    Command::new(binaries().join("tandem"))
        .args(["up", "--dir"])
        .arg(dir)
        .args(args)
        .output()
        .expect("tandem runs")
}

/// Checks that `output` is a failure with an error that has `words` in its first line.
fn refused(output: &Output, words: &str) -> Result<()> {
    let error = String::from_utf8_lossy(&output.stderr);
    let first = error.lines().next().unwrap_or_default();
    ensure!(!output.status.success(), "it was not refused");
    ensure!(first.starts_with("error: ") && first.contains(words), "it said: {error}");
    Ok(())
}

/// As [`refused`], and nothing runs in `dir`.
fn refused_in(dir: &Path, args: &[&str], words: &str) -> Result<()> {
    let output = tandem(dir, args);
    refused(&output, words)?;
    ensure!(output.stderr.iter().filter(|byte| **byte == b'\n').count() == 1, "it said more than a line");
    ensure!(processes_of(dir).is_empty(), "something still runs");
    let _ = fs::remove_dir_all(dir);
    Ok(())
}

/// A folder with the binaries, to be spoiled.
fn own_binaries(name: &str) -> Result<std::path::PathBuf> {
    let own = folder(name);
    fs::create_dir_all(&own)?;
    for binary in ["tandem-node", "polkadot", "polkadot-prepare-worker", "polkadot-execute-worker"] {
        symlink(binaries().join(binary), own.join(binary))?;
    }
    Ok(own)
}

#[test]
fn an_unknown_cadence_or_no_collators() -> Result<()> {
    let dir = folder("options");
    refused(&tandem(&dir, &["--cadence", "hourly"]), "invalid value 'hourly' for '--cadence")?;
    refused(&tandem(&dir, &["--collators", "0"]), "invalid value '0' for '--collators")?;
    ensure!(!dir.exists(), "a folder was made for nothing");
    Ok(())
}

#[test]
fn an_unknown_chain() -> Result<()> {
    let output = Command::new(binaries().join("tandem-node"))
        .args(["export-chain-spec", "--chain", "atlantis"])
        .output()?;
    refused(&output, "unknown chain 'atlantis'")
}

#[test]
fn a_port_in_use() -> Result<()> {
    let other = TcpListener::bind("127.0.0.1:0")?;
    let port = other.local_addr()?.port();
    refused_in(&folder("port"), &["--ports", &port.to_string()], &format!("port {port} is in use"))
}

#[test]
fn somebody_elses_folder() -> Result<()> {
    let dir = folder("foreign");
    fs::create_dir_all(&dir)?;
    fs::write(dir.join("thesis.txt"), "years of work")?;
    let output = tandem(&dir, &[]);
    refused(&output, "is not empty, and is not a run folder")?;
    ensure!(dir.join("thesis.txt").exists());
    Ok(fs::remove_dir_all(dir)?)
}

#[test]
fn a_run_of_another_version_or_of_none() -> Result<()> {
    let dir = folder("version");
    refused(&tandem(&dir, &["--keep"]), "holds no run to continue")?;
    let run = r#"{"version":"0.0.1","topology":{"cadence":"synchronous","validators":1,"collators":1}}"#;
    fs::write(dir.join("run.json"), run)?;
    refused_in(&dir, &["--keep"], "is of version 0.0.1")
}

#[test]
fn a_missing_and_a_non_executable_binary() -> Result<()> {
    let own = own_binaries("binaries")?;
    let said = own.display().to_string();
    let node = own.join("tandem-node");
    fs::remove_file(&node)?;
    refused_in(&folder("missing"), &["--binaries", &said], "no binary at")?;
    fs::write(&node, "not a program")?;
    fs::set_permissions(&node, fs::Permissions::from_mode(0o644))?;
    refused_in(&folder("plain"), &["--binaries", &said], "is not executable")?;
    fs::set_permissions(&node, fs::Permissions::from_mode(0o755))?;
    refused_in(&folder("broken"), &["--binaries", &said], "tandem-node")?;
    Ok(fs::remove_dir_all(own)?)
}

#[test]
fn an_unwritable_folder() -> Result<()> {
    refused_in(Path::new("/proc/tandem"), &[], "folder '/proc/tandem' cannot be made")
}

/// On a disk of 64 KiB, in a mount namespace of its own, there is no room for a chain spec.
#[test]
fn a_full_disk() -> Result<()> {
    let dir = folder("full");
    fs::create_dir_all(&dir)?;
    let shown = dir.display();
    let script = format!(
        "mount -t tmpfs -o size=64k tmpfs {shown} && exec {}/tandem up --dir {shown}/run",
        binaries().display()
    );
    let output =
        Command::new("unshare").args(["--map-root-user", "--mount", "sh", "-c", &script]).output()?;
    refused(&output, "No space left on device")?;
    ensure!(processes_of(&dir).is_empty(), "something still runs");
    Ok(fs::remove_dir_all(dir)?)
}

fn watch(args: &[&str]) -> Output {
    Command::new(binaries().join("tandem")).arg("watch").args(args).output().expect("tandem runs")
}

#[test]
fn nothing_to_watch() -> Result<()> {
    let dir = folder("nothing");
    let dir_text = dir.display().to_string();
    refused(&watch(&["--dir", &dir_text]), "no network runs in")?;
    // Port 1 is nobody's.
    let nobody = "ws://127.0.0.1:1";
    refused(&watch(&["--relay", nobody, "--para", nobody]), "no node answers at ws://127.0.0.1:1")?;
    refused(&watch(&["--relay", nobody]), "required arguments were not provided")?;
    refused(&watch(&["--tx", "0x12"]), "invalid value '0x12' for '--tx")?;

    refused(&watch(&["--replay", &dir_text]), "No such file")?;
    fs::write(&dir, "{}\n")?;
    refused(&watch(&["--replay", &dir_text]), "is not a recording that this version of tandem can read")?;
    fs::write(&dir, "{\"tandem_recording\":2}\n{\"at\":1}\n")?;
    refused(&watch(&["--replay", &dir_text]), "line 2 of")?;
    Ok(fs::remove_file(dir)?)
}
