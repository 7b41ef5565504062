//! Defaults of the node's options, where the SDK's do not fit full blocks.
//!
//! The library reads the command line by itself. Before that, it lets the type of the extra subcommands add
//! these to the command, so this is where the defaults are changed. An option that is given counts as always.

use clap::{error::Result, ArgMatches, Command, FromArgMatches, Subcommand};
use polkadot_omni_node_lib::{extra_subcommand::ExtraSubcommand, RunConfig};

/// Options by their names in the library, and our defaults.
const DEFAULTS: [(&str, &str); 3] = [
    // The pool keeps a tenth of this many transactions that wait for an earlier one of their sender. If there
    // are more, it drops the oldest, although it had accepted them. Under load, 819 are too few for that.
    ("pool_limit", "16384"),
    ("pool_kbytes", "40960"),
    // A transaction that was dropped is refused for so many seconds, half an hour by default. Its sender cannot
    // do anything else meanwhile. It must be longer than a block takes to be final.
    ("tx_ban_seconds", "120"),
];

/// Subcommands, with our defaults of the options beside them.
pub struct WithDefaults<T>(T);

fn with_defaults(command: Command) -> Command {
    DEFAULTS
        .into_iter()
        .fold(command, |command, (name, value)| command.mut_arg(name, |option| option.default_value(value)))
}

impl<T: FromArgMatches> FromArgMatches for WithDefaults<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self> {
        T::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<()> {
        self.0.update_from_arg_matches(matches)
    }
}

impl<T: Subcommand> Subcommand for WithDefaults<T> {
    fn augment_subcommands(command: Command) -> Command {
        T::augment_subcommands(with_defaults(command))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        T::augment_subcommands_for_update(with_defaults(command))
    }

    fn has_subcommand(name: &str) -> bool {
        T::has_subcommand(name)
    }
}

impl<T: ExtraSubcommand> ExtraSubcommand for WithDefaults<T> {
    fn handle(self, config: &RunConfig) -> sc_cli::Result<()> {
        self.0.handle(config)
    }
}
