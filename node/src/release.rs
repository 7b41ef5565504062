//! What a release needs of its runtimes: the hashes of their metadata, and the form in which they are set.

use clap::Args;
use codec::Decode;
use cumulus_client_service::ParachainHostFunctions;
use frame_metadata::RuntimeMetadataPrefixed;
use merkleized_metadata::{generate_metadata_digest, ExtraInfo};
use sc_executor::{RuntimeVersion, WasmExecutor};
use sc_runtime_utilities::{fetch_latest_metadata_from_code_blob, RuntimeCaller};
use sp_maybe_compressed_blob::{compress_strongly, decompress, CODE_BLOB_BOMB_LIMIT};
use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
};
use tandem_runtime::{
    networks::{NETWORKS, SS58_PREFIX},
    DECIMALS,
};

/// Print a runtime's spec version, and for each network the hash of the metadata that hardware wallets sign
#[derive(Debug, Args)]
pub struct MetadataHash {
    /// The runtime, compressed or not
    #[arg(long, value_name = "FILE")]
    runtime: PathBuf,
}

impl MetadataHash {
    /// Prints a line of the form `KEY=VALUE` for the spec version and for each network. A build takes these
    /// lines as `RUNTIME_METADATA_HASHES`.
    ///
    /// # Errors
    /// If the file cannot be read, or is not a runtime that has metadata of version 15.
    pub fn run(&self) -> Result<(), String> {
        let code = read(&self.runtime)?;
        let failed = |error: &dyn Display| format!("'{}': {error}", self.runtime.display());
        let executor =
            WasmExecutor::<ParachainHostFunctions>::builder().with_allow_missing_host_functions(true).build();

        let version = RuntimeCaller::new(&executor, (&code[..]).into())
            .call("Core_version", ())
            .map_err(|error| failed(&error))?;
        let version = RuntimeVersion::decode(&mut &version[..]).map_err(|error| failed(&error))?;
        let metadata = fetch_latest_metadata_from_code_blob(&executor, (&code[..]).into())
            .map_err(|error| failed(&error))?;
        let metadata = RuntimeMetadataPrefixed::decode(&mut &metadata[..]).map_err(|error| failed(&error))?;

        println!("spec_version={}", version.spec_version);
        for network in NETWORKS {
            let info = ExtraInfo {
                spec_version: version.spec_version,
                spec_name: version.spec_name.to_string(),
                base58_prefix: SS58_PREFIX,
                decimals: DECIMALS as u8,
                token_symbol: network.symbol.into(),
            };
            let digest = generate_metadata_digest(&metadata.1, info).map_err(|error| failed(&error))?;
            println!("{}=0x{}", network.id, hex::encode(digest.hash()));
        }
        Ok(())
    }
}

/// Compress a runtime, as it is authorized and set
#[derive(Debug, Args)]
pub struct CompressRuntime {
    /// The runtime, as the compiler leaves it
    #[arg(long, value_name = "FILE")]
    runtime: PathBuf,
    /// Where to write it; an existing file is overwritten
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

impl CompressRuntime {
    /// Compresses as the SDK's wasm builder does. A runtime that is compressed already is compressed anew.
    ///
    /// # Errors
    /// If a file cannot be read or written, or if the runtime is larger than a node would take.
    pub fn run(&self) -> Result<(), String> {
        let code = read(&self.runtime)?;
        let shown = self.runtime.display();
        let code = decompress(&code, CODE_BLOB_BOMB_LIMIT).map_err(|error| format!("'{shown}': {error}"))?;
        let compressed = compress_strongly(&code, CODE_BLOB_BOMB_LIMIT)
            .ok_or_else(|| format!("'{shown}' is larger than {CODE_BLOB_BOMB_LIMIT} bytes"))?;
        let shown = self.output.display();
        fs::write(&self.output, compressed).map_err(|error| format!("writing '{shown}': {error}"))
    }
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    fs::read(file).map_err(|error| format!("reading '{}': {error}", file.display()))
}
