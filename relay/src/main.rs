//! The SDK's Polkadot node, with one subcommand of ours. `polkadot local-chain-spec VALIDATORS PATCH` prints the
//! raw chain spec of the local relay chain, which has Rococo's runtime with one-minute sessions. PATCH is a JSON
//! file with what its genesis has beside the preset.
//!
//! The node is built without native runtimes, so it reads every chain from a chain spec file.

use sc_chain_spec::{json_merge, ChainSpec, ChainType, GenesisConfigBuilderRuntimeCaller, NoExtension};
use sc_service::GenericChainSpec;
use serde_json::Value;
use std::{error::Error, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<_> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|command| command == "local-chain-spec") {
        let [_, validators, patch] = &args[..] else {
            return Err("expected: polkadot local-chain-spec VALIDATORS PATCH".into());
        };
        let patch = serde_json::from_str(&fs::read_to_string(patch)?)?;
        println!("{}", local_chain_spec(validators.parse()?, patch)?);
        return Ok(());
    }
    polkadot_cli::run()?;
    Ok(())
}

/// The raw chain spec of the local relay chain, whose genesis is the preset with `patch`. The preset has four
/// validators: Alice, Bob, Charlie and Dave, of whom the first `validators` stay. Alice has sudo.
fn local_chain_spec(validators: usize, patch: Value) -> Result<String, String> {
    let code = tandem_relay_runtime::WASM_BINARY
        .ok_or("the relay runtime was not built: unset SKIP_WASM_BUILD and build again")?;
    // It compiles the runtime once. A builder with the preset's name would do so for the preset, and again for
    // the storage.
    let runtime = GenesisConfigBuilderRuntimeCaller::<()>::new(code);
    let mut genesis = runtime.get_named_preset(Some(&"versi_local_testnet".to_string()))?;
    let keys = genesis["session"]["keys"].as_array_mut().ok_or("the preset has no session keys")?;
    if validators > keys.len() {
        return Err(format!("the preset has {} validators, and not {validators}", keys.len()));
    }
    keys.truncate(validators);
    json_merge(&mut genesis, patch);
    let mut storage = runtime.get_storage_for_patch(genesis)?;
    storage.top.insert(b":code".to_vec(), code.to_vec());
    let mut spec = GenericChainSpec::<NoExtension>::builder(code, None)
        .with_name("Tandem Local Relay")
        .with_id("tandem_local_relay")
        .with_chain_type(ChainType::Local)
        .with_protocol_id("tandem-relay")
        .build();
    spec.set_storage(storage);
    spec.as_json(true)
}
