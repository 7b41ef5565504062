//! Builds the two blobs, one per cadence, from the one source. Compiles the crates that both need only once.

fn main() {
    // This is for the blobs' own build. Without it, changing a test would build the blobs again.
    #[cfg(not(feature = "std"))]
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "std")]
    blobs();
}

#[cfg(feature = "std")]
fn blobs() {
    use substrate_wasm_builder::WasmBuilder;

    // Beside the builder's own folders, `wbuild/PACKAGE`, each of which would hold a build of all crates.
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let profile = out.ancestors().nth(3).expect("OUT_DIR is PROFILE/build/PACKAGE/out");
    let shared = profile.join("wbuild/shared");
    std::env::set_var("CARGO_BUILD_BUILD_DIR", &shared);
    println!("cargo::metadata=shared={}", shared.display());

    for (file, feature) in [("asynchronous", None), ("synchronous", Some("synchronous"))] {
        let builder = WasmBuilder::init_with_defaults().set_file_name(file);
        match feature {
            Some(feature) => builder.enable_feature(feature),
            None => builder,
        }
        .build();
    }
}
