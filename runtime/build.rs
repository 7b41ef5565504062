//! Builds the two blobs, one per cadence, from the one source. Both share one project folder, so
//! their dependencies are compiled once.

fn main() {
    // Without this, in the blobs' own build, a change of a test would be a change of the runtime.
    #[cfg(not(feature = "std"))]
    println!("cargo::rerun-if-changed=build.rs");
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
