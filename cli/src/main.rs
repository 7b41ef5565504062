//! The command line of [`tandem_cli`].

use clap::Parser;
use std::process::ExitCode;
use tandem_cli::{activate, up, watch};

#[derive(Parser)]
#[command(version, about = "Starts a local network, watches its blocks, and takes it to six-second ones")]
enum Command {
    Up(up::Options),
    Activate(activate::Options),
    Watch(watch::Options),
}

// One thread: the processes of a network die with the thread that started them.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let result = match Command::parse() {
        Command::Up(options) => up::run(options).await,
        Command::Activate(options) => activate::run(options).await,
        Command::Watch(options) => watch::run(options).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
