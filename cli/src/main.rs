//! The command line of [`tandem_cli`].

use anyhow::Result;
use clap::Parser;
use std::{
    io::{stderr, Write},
    process::ExitCode,
};
use tandem_cli::{activate, output, up, watch};
use tokio::runtime::Builder;

#[derive(Parser)]
#[command(
    version,
    about = "Runs local Polkadot networks, shows blocks being built, backed, included and finalized, and changes a chain's block time"
)]
enum Command {
    Up(up::Options),
    Activate(activate::Options),
    Watch(watch::Options),
}

fn main() -> ExitCode {
    let code = run(Command::parse()).and_then(|code| output::result().map(|()| code));
    code.unwrap_or_else(|error| {
        let _ = writeln!(stderr(), "error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(command: Command) -> Result<ExitCode> {
    // One thread: the processes of a network die with the thread that started them.
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let code = runtime.block_on(async {
        match command {
            Command::Up(options) => up::run(options).await,
            Command::Activate(options) => activate::run(options).await,
            Command::Watch(options) => watch::run(options).await,
        }
    });
    // The look-up of a name, which cannot be interrupted, is not waited for.
    runtime.shutdown_background();
    code
}
