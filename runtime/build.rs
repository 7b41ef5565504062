//! Builds the two blobs, one per cadence, from the one source, and compiles what both are made of once.

fn main() {
    // Without this, in the blobs' own build, a change of a test would be a change of the runtime.
    #[cfg(not(feature = "std"))]
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "std")]
    blobs();
}

#[cfg(feature = "std")]
fn blobs() {
    use substrate_wasm_builder::WasmBuilder;

    // Beside the builder's own folders, `wbuild/PACKAGE`, of which each would be a build of all.
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").expect("set by cargo"));
    let profile = out.ancestors().nth(3).expect("it is PROFILE/build/PACKAGE/out");
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
