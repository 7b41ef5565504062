fn main() {
    // The relay chain of a local network has next to nothing to do, and this builds faster.
    #[cfg(feature = "std")]
    substrate_wasm_builder::WasmBuilder::init_with_defaults().append_to_rust_flags("-C opt-level=1").build();
}
