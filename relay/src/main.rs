//! The SDK's Polkadot node, with one subcommand of ours. `polkadot local-chain-spec` prints the plain chain
//! spec of the local relay chain, which has Rococo's runtime with one-minute sessions.
//!
//! The node is built without native runtimes, so it reads every chain from a chain spec file.

use sc_chain_spec::{ChainType, NoExtension};
use sc_service::GenericChainSpec;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::args().nth(1).as_deref() == Some("local-chain-spec") {
        println!("{}", local_chain_spec()?);
        return Ok(());
    }
    polkadot_cli::run()?;
    Ok(())
}

/// The chain spec of the local relay chain, on which Alice, Bob, Charlie and Dave validate, and Alice has
/// sudo.
fn local_chain_spec() -> Result<String, String> {
    let code = tandem_relay_runtime::WASM_BINARY
        .ok_or("the relay runtime was not built: unset SKIP_WASM_BUILD and build again")?;
    GenericChainSpec::<NoExtension>::builder(code, None)
        .with_name("Tandem Local Relay")
        .with_id("tandem_local_relay")
        .with_chain_type(ChainType::Local)
        .with_protocol_id("tandem-relay")
        .with_genesis_config_preset_name("versi_local_testnet")
        .build()
        .as_json(false)
}
