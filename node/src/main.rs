//! The Tandem node: the SDK's omni-node with the chain specs of our networks.
//!
//! `--chain NETWORK` is a network at the asynchronous cadence, `--chain NETWORK-synchronous` the
//! same before the switch; anything else is the path of a chain spec file. All else, from the
//! command line to the collator, is the library's.

use codec::Encode;
use cumulus_client_service::storage_proof_size::HostFunctions as StorageProofSize;
use frame_benchmarking_cli::PalletCmd;
use polkadot_omni_node_lib::{
    chain_spec::{Extensions, GenericChainSpec, LoadSpec},
    extra_subcommand::ExtraSubcommand,
    run_with_custom_cli,
    runtime::DefaultRuntimeResolver,
    CliConfig, RunConfig, NODE_VERSION,
};
use sc_chain_spec::{construct_genesis_block, ChainSpec, ChainType, Properties};
use sc_cli::ExportChainSpecCmd;
use sp_runtime::{
    traits::{BlakeTwo256, Block as _, Hash},
    StateVersion,
};
use std::process::ExitCode;
use tandem_runtime::networks::{Network, DECIMALS, NETWORKS, SS58_PREFIX};

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
    match run_with_custom_cli::<Cli, Extra>(RunConfig::new(
        Box::new(DefaultRuntimeResolver),
        Box::new(Networks),
    )) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What the library leaves to the node to offer.
#[derive(Debug, clap::Subcommand)]
enum Extra {
    /// Export the chain specification
    ExportChainSpec(ExportChainSpecCmd),
    /// Print the head that the relay chain registers the parachain with, in hex
    GenesisHead {
        /// A network, or the path of a chain spec
        #[arg(long)]
        chain: String,
    },
    /// Measure the weights of a runtime's pallets; the runtime must be built to be measured
    BenchmarkPallet(Box<PalletCmd>),
}

impl ExtraSubcommand for Extra {
    fn handle(self, config: &RunConfig) -> sc_cli::Result<()> {
        match self {
            Extra::ExportChainSpec(command) => {
                command.run(config.chain_spec_loader.load_spec(&command.chain)?)
            }
            Extra::GenesisHead { chain } => {
                let spec = config.chain_spec_loader.load_spec(&chain)?;
                println!("0x{}", hex::encode(genesis_head(&*spec)?));
                Ok(())
            }
            Extra::BenchmarkPallet(command) => command.run_with_spec::<BlakeTwo256, StorageProofSize>(None),
        }
    }
}

/// The encoded header of block zero. The library's `export-genesis-head` gives the same, but by way
/// of a RocksDB, which is not in this build.
fn genesis_head(spec: &dyn ChainSpec) -> Result<Vec<u8>, String> {
    let storage = spec.as_storage_builder().build_storage()?;
    if !storage.children_default.is_empty() {
        return Err("the genesis of a Tandem network has no child tries, but that of this chain has".into());
    }
    let root = BlakeTwo256::trie_root(storage.top.into_iter().collect(), StateVersion::V1);
    Ok(construct_genesis_block::<tandem_runtime::Block>(root, StateVersion::V1).header().encode())
}

/// Our networks, and whatever is in a file.
struct Networks;

/// What a network's name ends with where the synchronous cadence is meant.
const SYNCHRONOUS: &str = "-synchronous";

impl LoadSpec for Networks {
    fn load_spec(&self, id: &str) -> Result<Box<dyn ChainSpec>, String> {
        let (name, code) = match id.strip_suffix(SYNCHRONOUS) {
            Some(name) => (name, tandem_runtime::synchronous::WASM_BINARY),
            None => (id, tandem_runtime::asynchronous::WASM_BINARY),
        };
        if let Some(network) = NETWORKS.iter().find(|network| network.id == name) {
            let code = code.ok_or("the runtime was not built: unset SKIP_WASM_BUILD and build again")?;
            return Ok(Box::new(chain_spec(network, id, code)));
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

fn chain_spec(network: &Network, id: &str, code: &[u8]) -> GenericChainSpec {
    let mut properties = Properties::new();
    properties.insert("tokenSymbol".into(), network.symbol.into());
    properties.insert("tokenDecimals".into(), DECIMALS.into());
    properties.insert("ss58Format".into(), SS58_PREFIX.into());

    GenericChainSpec::builder(code, Extensions::new(network.relay.chain.into(), network.para_id))
        .with_name(network.name)
        .with_id(&format!("tandem_{}", id.replace('-', "_")))
        .with_protocol_id(&format!("tandem-{id}"))
        .with_chain_type(if network.id == "local" { ChainType::Local } else { ChainType::Live })
        .with_properties(properties)
        .with_genesis_config_preset_name(network.id)
        .build()
}
