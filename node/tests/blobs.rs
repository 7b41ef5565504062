//! The two blobs, read as a wallet reads them: by their metadata. They differ in their version and in
//! constants that follow from the cadence, by as much as follows from it, and in nothing else.

use codec::Decode;
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use sc_executor::WasmExecutor;
use std::collections::{BTreeMap, BTreeSet};
use tandem_runtime::{asynchronous, synchronous};

type Executor = WasmExecutor<cumulus_client_service::ParachainHostFunctions>;

/// Every constant of every pallet, by its name, with its encoded value.
fn constants(code: Option<&[u8]>) -> BTreeMap<String, Vec<u8>> {
    let code = code.expect("the blobs are built, unless SKIP_WASM_BUILD is set");
    let executor = Executor::builder().with_allow_missing_host_functions(true).build();
    let metadata = sc_runtime_utilities::fetch_latest_metadata_from_code_blob(&executor, code.into())
        .expect("the blob has metadata");
    let metadata = RuntimeMetadataPrefixed::decode(&mut &metadata[..]).expect("the metadata decodes");
    let RuntimeMetadata::V15(metadata) = metadata.1 else { panic!("the metadata is not of version 15") };
    let pallets = metadata.pallets.into_iter();
    pallets
        .flat_map(|pallet| {
            let name = pallet.name;
            pallet
                .constants
                .into_iter()
                .map(move |constant| (format!("{name}.{}", constant.name), constant.value))
        })
        .collect()
}

/// Lengths in blocks. For the same time they must be twice as many.
const BLOCKS: [&str; 10] = [
    "CollatorSelection.KickThreshold",
    "ConvictionVoting.VoteLockingPeriod",
    "Identity.PendingUsernameExpiration",
    "Identity.UsernameGracePeriod",
    "Referenda.UndecidingTimeout",
    "SafeMode.EnterDuration",
    "SafeMode.ExtendDuration",
    "System.BlockHashCount",
    "Treasury.PayoutPeriod",
    "Treasury.SpendPeriod",
];

/// Shares of what a block may execute, limits of what it holds, and composites that contain lengths.
const OTHERS: [&str; 9] = [
    "Aura.SlotDuration",
    "MessageQueue.IdleMaxServiceWeight",
    "MessageQueue.ServiceWeight",
    "MultiBlockMigrations.MaxServiceWeight",
    "Referenda.Tracks",
    "Scheduler.MaximumWeight",
    "System.BlockWeights",
    "System.Version",
    "TechnicalCommittee.MaxProposalWeight",
];

#[test]
fn they_differ_in_what_follows_from_the_cadence_and_nothing_else() {
    let (before, after) = (constants(synchronous::WASM_BINARY), constants(asynchronous::WASM_BINARY));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    let differ: BTreeSet<_> =
        before.keys().filter(|name| before[*name] != after[*name]).map(String::as_str).collect();
    let known: BTreeSet<_> = BLOCKS.iter().chain(&OTHERS).copied().collect();
    let unexpected: Vec<_> = differ.difference(&known).collect();
    assert!(unexpected.is_empty(), "these differ for no known reason: {unexpected:?}");
    for name in BLOCKS {
        let [before, after] =
            [&before[name], &after[name]].map(|value| u32::decode(&mut &value[..]).unwrap());
        assert_eq!(after, 2 * before, "{name}");
    }
}

#[test]
fn slots_are_twelve_seconds_before_and_six_after() {
    let slot = |code| u64::decode(&mut &constants(code)["Aura.SlotDuration"][..]).unwrap();
    assert_eq!(slot(synchronous::WASM_BINARY), u64::from(cadence::SYNCHRONOUS.slot_millis));
    assert_eq!(slot(asynchronous::WASM_BINARY), u64::from(cadence::ASYNCHRONOUS.slot_millis));
}
