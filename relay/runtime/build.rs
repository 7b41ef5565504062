//! Builds the blob in the folder in which the parachain's own blobs were compiled, because most of the crates
//! are the same.

fn main() {
    #[cfg(feature = "std")]
    {
        let shared = std::env::var("DEP_TANDEM_RUNTIME_SHARED").expect("tandem-runtime's build sets it");
        std::env::set_var("CARGO_BUILD_BUILD_DIR", shared);
        substrate_wasm_builder::WasmBuilder::build_using_defaults();
    }
}
