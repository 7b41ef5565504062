//! The node does not run live chains to which everybody has keys, and a frozen chain spec has no such keys.
//! The tests run the node as a process, and read what a genesis holds from the hex of the raw chain spec.

use serde_json::{json, Value};
use sp_crypto_hashing::twox_128;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tandem_runtime::AccountId;

/// The sr25519 public keys of //Alice, //Bob, //Charlie, //Dave, //Eve and //Ferdie.
const DEVELOPMENT: [&str; 6] = [
    "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d",
    "8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48",
    "90b5ab205c6974c9ea841be688864633dc9ca8a357843eeacf2314649965fe22",
    "306721211d5404bd9da88e0204360a1a9ab8b87c66c1bc2fcdd37f3c2222cc20",
    "e659a7a1628cdd93febc04a4e0646ea20e9f5f0ce097d9a05290d4a9e054df4e",
    "1cbd2d43530a44705ad088af313e18f80b53ef16b36177cd4b77b846f2a5f07c",
];

/// The account of //Alice's ECDSA key.
const ECDSA_ALICE: &str = "01e552298e47454041ea31273b4b630c64c104e4514aa3643490b8aaca9cf8ed";

/// An empty folder for each `name`.
fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("tandem-launch-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn node(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tandem-node")).args(args).output().unwrap()
}

/// What the node prints. It must succeed.
fn printed(args: &[&str]) -> String {
    let output = node(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The error with which the node ends.
fn error(args: &[&str]) -> String {
    let output = node(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    let error = stderr.lines().rfind(|line| line.starts_with("error: "));
    error.unwrap_or_else(|| panic!("no error: {stderr}")).into()
}

/// The error with which the node refuses to run `chain`.
fn refused(chain: &str) -> String {
    error(&["--chain", chain, "--tmp", "--database", "paritydb", "--", "--chain", "nowhere.json"])
}

/// Opens a database of `chain`, as a node does when it starts.
fn open_database(chain: &str, dir: &Path) {
    let base = dir.join("base");
    let base = base.to_str().unwrap();
    let database = ["--base-path", base, "--database", "paritydb"];
    printed(&[&["export-blocks", "--from", "0", "--to", "0", "--chain", chain], &database[..]].concat());
}

fn account(byte: u8) -> Value {
    json!(AccountId::from([byte; 32]))
}

/// Session keys that consist of 32 of these bytes.
fn keys(byte: u8) -> String {
    format!("0x{}", hex::encode([byte; 32]))
}

fn launch() -> Value {
    json!({
        "para_id": 3333,
        "collators": [
            { "account": account(2), "keys": keys(0x12) },
            { "account": account(1), "keys": keys(0x11) },
        ],
        "balances": [
            { "account": account(3), "tokens": "6999999999.5" },
            { "account": account(4), "tokens": "0.500000000000000001" },
        ],
        "boot_nodes": [
            "/dns/boot.example/tcp/30333/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp",
        ],
        "genesis": {
            "collatorSelection": { "desiredCandidates": 7 },
            "technicalCommittee": { "members": [account(5), account(6)] },
        },
    })
}

/// Writes `launch` to a file. Returns the arguments that freeze shibuya by it, and the path of the chain
/// spec.
fn freeze_args(dir: &Path, name: &str, launch: &Value) -> (Vec<String>, String) {
    let file = dir.join("launch.json");
    fs::write(&file, launch.to_string()).unwrap();
    let output = dir.join(name).display().to_string();
    let file = file.display().to_string();
    let args = ["freeze-chain-spec", "--chain", "shibuya", "--launch", &file, "--output", &output];
    (args.map(Into::into).into(), output)
}

fn strs(args: &[String]) -> Vec<&str> {
    args.iter().map(String::as_str).collect()
}

#[test]
fn a_preset_with_development_accounts_is_exported_and_not_run() {
    let dir = folder("preset");
    for chain in ["shibuya", "astar-synchronous"] {
        let refused = refused(chain);
        for words in [
            "everybody has keys to it",
            "Alice (in Aura, AuraExt, CollatorSelection, ",
            "tandem-node freeze-chain-spec",
        ] {
            assert!(refused.contains(words), "{refused}");
        }
    }
    for form in [&[][..], &["--raw"]] {
        let spec = printed(&[&["export-chain-spec", "--chain", "shiden"], form].concat());
        let path = dir.join("shiden.json").display().to_string();
        fs::write(&path, spec).unwrap();
        assert!(refused(&path).contains("chain 'tandem_shiden' is live, and everybody has keys to it"));
    }
    // It cannot be registered either, because other nodes would run it.
    assert!(error(&["genesis-head", "--chain", "shiden"]).contains("everybody has keys to it"));
    // The local network is not live, so the node runs it.
    open_database("local", &dir);
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_frozen_chain_spec_has_who_takes_part_and_nobody_else() {
    let dir = folder("frozen");
    let (args, path) = freeze_args(&dir, "first.json", &launch());
    printed(&strs(&args));
    let text = fs::read_to_string(&path).unwrap();
    let mut spec: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&spec["id"], &spec["chainType"]), (&json!("tandem_shibuya"), &json!("Live")));
    assert_eq!((&spec["para_id"], &spec["bootNodes"]), (&json!(3333), &launch()["boot_nodes"]));

    let top = spec["genesis"]["raw"]["top"].as_object_mut().unwrap();
    top.remove(&format!("0x{}", hex::encode(":code"))).unwrap();
    let value = |pallet: &str, entry: &str| {
        let key = [twox_128(pallet.as_bytes()), twox_128(entry.as_bytes())].concat();
        top[&format!("0x{}", hex::encode(key))].as_str().unwrap().to_string()
    };
    let two =
        |first: u8, second: u8| format!("0x08{}{}", hex::encode([first; 32]), hex::encode([second; 32]));
    assert_eq!(value("CollatorSelection", "Invulnerables"), two(1, 2));
    assert_eq!(value("Aura", "Authorities"), two(0x11, 0x12));
    assert_eq!(value("CollatorSelection", "DesiredCandidates"), "0x07000000");
    assert_eq!(value("ParachainInfo", "ParachainId"), "0x050d0000");
    // The treasury has a tenth of a token, which keeps its account alive.
    let issuance = 7_000_000_000 * 10u128.pow(18) + 1 + 10u128.pow(17);
    assert_eq!(value("Balances", "TotalIssuance"), format!("0x{}", hex::encode(issuance.to_le_bytes())));
    let rest = serde_json::to_string(&top).unwrap();
    assert!(DEVELOPMENT.iter().all(|key| !rest.contains(key)), "a development account is left");

    let (again, second) = freeze_args(&dir, "second.json", &launch());
    printed(&strs(&again));
    assert!(fs::read_to_string(&second).unwrap() == text, "the same launch gives another genesis");
    let head = |chain: &str| printed(&["genesis-head", "--chain", chain]);
    assert_eq!(head(&path), head(&second));
    assert_ne!(head(&path), head("local"));
    open_database(&path, &dir);
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_launch_that_is_not_whole_is_refused() {
    let dir = folder("refused");
    let refused = |change: &dyn Fn(&mut Value), words: &str| {
        let mut launch = launch();
        change(&mut launch);
        let (args, path) = freeze_args(&dir, "refused.json", &launch);
        let error = error(&strs(&args));
        assert!(error.contains(words), "{error}");
        assert!(!Path::new(&path).exists());
    };
    let alice: Value =
        json!(AccountId::from(<[u8; 32]>::try_from(hex::decode(DEVELOPMENT[0]).unwrap()).unwrap()));
    let alice = || alice.clone();
    refused(&|launch| launch["balances"][0]["account"] = alice(), "accounts Alice (in System)");
    refused(
        &|launch| launch["collators"][0]["keys"] = json!(format!("0x{}", DEVELOPMENT[1])),
        "Bob (in Aura",
    );
    refused(&|launch| launch["collators"] = json!([]), "a chain needs collators");
    refused(&|launch| launch["collators"][0]["keys"] = json!("0x1234"), "has 2 bytes");
    refused(&|launch| launch["collators"][0]["keys"] = json!(keys(0x11)), "");
    refused(&|launch| launch["balances"][0]["tokens"] = json!("1.0000000000000000001"), "is not an amount");
    refused(&|launch| launch["balances"][0]["tokens"] = json!("1e9"), "is not an amount");
    // `tandem-node key inspect --scheme ecdsa //Alice` prints this as the account id.
    let ecdsa: [u8; 32] = hex::decode(ECDSA_ALICE).unwrap().try_into().unwrap();
    refused(&|launch| launch["balances"][0]["account"] = json!(AccountId::from(ecdsa)), "Alice (in System)");
    for (pallet, field) in [
        ("balances", "balances"),
        ("collatorSelection", "invulnerables"),
        ("session", "keys"),
        ("parachainInfo", "parachainId"),
    ] {
        let words = format!("\"{field}\" must not be in \"genesis\"");
        refused(&|launch| launch["genesis"][pallet][field] = json!([]), &words);
    }
    refused(&|launch| launch["colators"] = json!([]), "is not a valid launch: unknown field `colators`");
    refused(&|launch| launch["genesis"]["balance"] = json!({}), "");

    let (args, path) = freeze_args(&dir, "there.json", &launch());
    fs::write(&path, "another").unwrap();
    assert!(error(&strs(&args)).contains("File exists"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "another");
    let args = args.iter().map(|arg| if arg == "shibuya" { "atlantis" } else { arg });
    assert!(error(&args.collect::<Vec<_>>()).contains("'atlantis' is not a network"));
    fs::remove_dir_all(dir).unwrap();
}
