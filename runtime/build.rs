//! Builds the two blobs, one per cadence, from the one source. Both share one project folder, so
//! their dependencies are compiled once.

fn main() {
    #[cfg(feature = "std")]
    for (file, feature) in [("asynchronous", None), ("synchronous", Some("synchronous"))] {
        use substrate_wasm_builder::WasmBuilder;
        let builder = WasmBuilder::init_with_defaults().set_file_name(file);
        match feature {
            Some(feature) => builder.enable_feature(feature),
            None => builder,
        }
        .build();
    }
}
