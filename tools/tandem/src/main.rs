//! The command line: a module for each command or group of commands, on top of the libraries in `tools/`.
//!
//! Exit codes are the same for all commands; [`EXIT_CODES`] lists them.

mod activate;
mod follow;
mod load;
mod network;
mod output;
mod pace;
mod running;
mod stop;
mod up;
mod watch;

use anyhow::Result;
use clap::{CommandFactory, Parser};
use clap_complete::Shell;
use std::{
    io::{stderr, Write},
    process::ExitCode,
};
use tokio::runtime::Builder;

/// Shown below the help.
const EXIT_CODES: &str = "Exit codes:
  0    success
  1    error, which standard error names
  2    wrong arguments
  3    the check failed: the pace was missed, a deadline or amount was not kept, or a transaction was lost
  129, 130, 143    stopped by SIGHUP, SIGINT or SIGTERM before it was done";

/// Run local Polkadot networks, watch blocks being built, backed, included and finalized, load them, and
/// change a chain's block time
#[derive(Parser)]
#[command(name = "tandem", version, after_help = EXIT_CODES)]
enum Command {
    Up(up::Options),
    Status(running::Status),
    Logs(running::Logs),
    Down(running::Down),
    Watch(watch::Options),
    Load(load::Options),
    Activate(activate::Options),
    /// Print a script that completes commands in your shell
    ///
    /// For bash: source <(tandem completions bash)
    Completions {
        shell: Shell,
    },
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
            Command::Status(options) => running::status(options).await,
            Command::Logs(options) => running::logs(options).await,
            Command::Down(options) => running::down(options).await,
            Command::Watch(options) => watch::run(options).await,
            Command::Load(options) => load::run_load(options).await,
            Command::Activate(options) => activate::run(options).await,
            Command::Completions { shell } => {
                let mut script = Vec::new();
                clap_complete::generate(shell, &mut Command::command(), "tandem", &mut script);
                output::text(format_args!("{}", String::from_utf8_lossy(&script)));
                Ok(ExitCode::SUCCESS)
            }
        }
    });
    // A look-up of a name cannot be interrupted, so it is not waited for.
    runtime.shutdown_background();
    code
}
