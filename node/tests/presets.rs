//! The node builds a network's chain spec from the preset in its own binary. The same preset is in both blobs.

use sc_chain_spec::GenesisConfigBuilderRuntimeCaller;
use tandem_runtime::{asynchronous, networks, synchronous};

#[test]
fn a_network_has_the_same_genesis_in_the_node_and_in_both_blobs() {
    for code in [asynchronous::WASM_BINARY, synchronous::WASM_BINARY] {
        let code = code.expect("the blobs are built, unless SKIP_WASM_BUILD is set");
        let blob = GenesisConfigBuilderRuntimeCaller::<()>::new(code);
        for network in networks::NETWORKS {
            let preset = blob.get_named_preset(Some(&network.id.to_string())).unwrap();
            assert!(preset == networks::genesis(network), "the presets of {} differ", network.id);
        }
    }
}
