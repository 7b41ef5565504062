//! `tandem`: local networks of a relay chain and our parachain, and what happens on them.

mod up;

use clap::Parser;
use std::process::ExitCode;

#[derive(Parser)]
#[command(version, about = "Starts a local network and watches its blocks")]
enum Command {
    Up(up::Options),
}

// One thread: the processes of a network die with the thread that started them.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let result = match Command::parse() {
        Command::Up(options) => up::run(options).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        },
    }
}
