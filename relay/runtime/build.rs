//! Builds the blob, where the parachain's own were compiled: most of it is the same crates.

fn main() {
    #[cfg(feature = "std")]
    {
        let shared = std::env::var("DEP_TANDEM_RUNTIME_SHARED").expect("tandem-runtime's build says so");
        std::env::set_var("CARGO_BUILD_BUILD_DIR", shared);
        substrate_wasm_builder::WasmBuilder::build_using_defaults();
    }
}
