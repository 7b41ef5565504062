//! The Tandem node: the SDK's omni-node with the chain specs of our networks.
//!
//! `--chain NETWORK` is a network at the asynchronous cadence, and `--chain NETWORK-synchronous` the same
//! network before the switch. Anything else is the path of a chain spec file. The library does the rest, from
//! the command line to the collator, with two exceptions: some options have other defaults ([`defaults`]), and
//! the node does not run a live chain to which everybody has keys ([`launch`]).

mod defaults;
mod launch;
mod release;

use codec::Encode;
use cumulus_client_service::storage_proof_size::HostFunctions as StorageProofSize;
use defaults::WithDefaults;
use frame_benchmarking_cli::PalletCmd;
use polkadot_omni_node_lib::{
    chain_spec::{Extensions, GenericChainSpec, LoadSpec},
    extra_subcommand::ExtraSubcommand,
    run_with_custom_cli,
    runtime::{DefaultRuntimeResolver, Runtime, RuntimeResolver},
    CliConfig, RunConfig, NODE_VERSION,
};
use sc_chain_spec::{construct_genesis_block, ChainSpec, ChainSpecBuilder, ChainType, Properties};
use sc_cli::ExportChainSpecCmd;
use sp_runtime::{
    traits::{BlakeTwo256, Block as _, Hash},
    StateVersion,
};
use std::process::ExitCode;
use tandem_runtime::{
    networks::{genesis, Network, NETWORKS, SS58_PREFIX},
    DECIMALS,
};

struct Cli;

impl CliConfig for Cli {
    fn impl_version() -> String {
        format!("{}-sdk-{NODE_VERSION}", env!("CARGO_PKG_VERSION"))
    }

    fn author() -> String {
        "The Tandem authors".into()
    }

    fn support_url() -> String {
        "see the README".into()
    }

    fn copyright_start_year() -> u16 {
        2026
    }
}

fn main() -> ExitCode {
    let config = RunConfig::new(Box::new(LaunchedChains), Box::new(ChainSpecs));
    match run_with_custom_cli::<Cli, WithDefaults<Extra>>(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Resolves the runtime of a chain as the library does, but refuses a chain that is not launched. Every
/// command that works on a chain's database resolves its runtime first. Commands that export a chain spec do
/// not.
struct LaunchedChains;

impl RuntimeResolver for LaunchedChains {
    fn runtime(&self, spec: &dyn ChainSpec) -> sc_cli::Result<Runtime> {
        launch::ensure_launched(spec)?;
        DefaultRuntimeResolver.runtime(spec)
    }
}

/// The subcommands that the library leaves to the node.
#[derive(Debug, clap::Subcommand)]
enum Extra {
    /// Export the chain specification
    ExportChainSpec(ExportChainSpecCmd),
    FreezeChainSpec(launch::Freeze),
    /// Print the head with which the parachain is registered on the relay chain, in hex
    GenesisHead {
        /// A network, or the path of a chain spec
        #[arg(long)]
        chain: String,
    },
    MetadataHash(release::MetadataHash),
    CompressRuntime(release::CompressRuntime),
    /// Measure the weights of a runtime's pallets; the runtime must be built with its benchmarks
    BenchmarkPallet(Box<PalletCmd>),
}

impl ExtraSubcommand for Extra {
    fn handle(self, config: &RunConfig) -> sc_cli::Result<()> {
        match self {
            Extra::ExportChainSpec(command) => {
                command.run(config.chain_spec_loader.load_spec(&command.chain)?)
            }
            Extra::FreezeChainSpec(command) => {
                let launch = command.launch()?;
                let (network, code) = network(&command.chain)?
                    .ok_or_else(|| format!("'{}' is not a network: it has no preset", command.chain))?;
                let para_id = launch.para_id.unwrap_or(network.para_id);
                let spec = chain_spec(network, &command.chain, para_id, code)
                    .with_genesis_config_patch(launch.patch()?)
                    .build();
                Ok(command.write(spec, &launch)?)
            }
            Extra::GenesisHead { chain } => {
                let spec = config.chain_spec_loader.load_spec(&chain)?;
                // If it were registered, other nodes would run a chain to which everybody has keys.
                launch::ensure_launched(&*spec)?;
                println!("0x{}", hex::encode(genesis_head(&*spec)?));
                Ok(())
            }
            Extra::MetadataHash(command) => Ok(command.run()?),
            Extra::CompressRuntime(command) => Ok(command.run()?),
            Extra::BenchmarkPallet(command) => command.run_with_spec::<BlakeTwo256, StorageProofSize>(None),
        }
    }
}

/// The encoded header of block zero. The library's `export-genesis-head` prints the same, but it needs
/// RocksDB, which is not in this build.
fn genesis_head(spec: &dyn ChainSpec) -> Result<Vec<u8>, String> {
    let storage = spec.as_storage_builder().build_storage()?;
    if !storage.children_default.is_empty() {
        return Err("the genesis of this chain has child tries, and a Tandem network's has none".into());
    }
    let root = BlakeTwo256::trie_root(storage.top.into_iter().collect(), StateVersion::V1);
    Ok(construct_genesis_block::<tandem_runtime::Block>(root, StateVersion::V1).header().encode())
}

/// Loads the chain specs of our networks, and those in files.
struct ChainSpecs;

type Builder = ChainSpecBuilder<Extensions>;

/// The end of a network's name that stands for the synchronous cadence.
const SYNCHRONOUS: &str = "-synchronous";

impl LoadSpec for ChainSpecs {
    fn load_spec(&self, id: &str) -> Result<Box<dyn ChainSpec>, String> {
        if let Some((network, code)) = network(id)? {
            return Ok(Box::new(chain_spec(network, id, network.para_id, code).build()));
        }
        if !std::path::Path::new(id).is_file() {
            let names: Vec<_> = NETWORKS.iter().map(|network| network.id).collect();
            return Err(format!(
                "unknown chain '{id}': it is neither a chain spec file nor one of {}, with or without '{SYNCHRONOUS}'",
                names.join(", "),
            ));
        }
        Ok(Box::new(GenericChainSpec::from_json_file(id.into())?))
    }
}

/// The network that `id` names on the command line, and its code. `None` if it names no network.
fn network(id: &str) -> Result<Option<(&'static Network, &'static [u8])>, String> {
    let (name, code) = match id.strip_suffix(SYNCHRONOUS) {
        Some(name) => (name, tandem_runtime::synchronous::WASM_BINARY),
        None => (id, tandem_runtime::asynchronous::WASM_BINARY),
    };
    let Some(network) = NETWORKS.into_iter().find(|network| network.id == name) else { return Ok(None) };
    let code = code.ok_or("the runtime was not built: unset SKIP_WASM_BUILD and build again")?;
    Ok(Some((network, code)))
}

fn chain_spec(network: &Network, id: &str, para_id: u32, code: &[u8]) -> Builder {
    let mut properties = Properties::new();
    properties.insert("tokenSymbol".into(), network.symbol.into());
    properties.insert("tokenDecimals".into(), DECIMALS.into());
    properties.insert("ss58Format".into(), SS58_PREFIX.into());

    GenericChainSpec::builder(code, Extensions::new(network.relay.chain.into(), para_id))
        .with_name(network.name)
        .with_id(&format!("tandem_{}", id.replace('-', "_")))
        .with_protocol_id(&format!("tandem-{id}"))
        .with_chain_type(if network.id == "local" { ChainType::Local } else { ChainType::Live })
        .with_properties(properties)
        // Not by the preset's name: the node would compile the code to ask it for the preset.
        .with_genesis_config_patch(genesis(network))
}
