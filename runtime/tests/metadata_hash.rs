//! The extension that checks the hash of the metadata: what wallets see of it, and which hash it takes.

mod common;

use codec::{Decode, Encode};
use common::Chain;
use frame_metadata_hash_extension::CheckMetadataHash as SdkExtension;
use frame_support::weights::{constants::ParityDbWeight, Weight};
use sp_runtime::{
    traits::TransactionExtension,
    transaction_validity::{TransactionValidityError, UnknownTransaction},
};
use std::panic::catch_unwind;
use tandem_runtime::{
    metadata_hash::{CheckMetadataHash, Hashes},
    networks::{Network, NETWORKS},
    Runtime, RuntimeCall, VERSION,
};

/// The lines of a table that gives the network at position `i` the hash in which each byte is `i`.
fn lines() -> Vec<String> {
    let version = format!("spec_version={}", VERSION.spec_version);
    let hash =
        |(i, network): (usize, &&Network)| format!("{}=0x{}", network.id, format!("{i:02x}").repeat(32));
    std::iter::once(version).chain(NETWORKS.iter().enumerate().map(hash)).collect()
}

/// The hash of `network` in the table of [`lines`], as the chain of that network picks it.
fn picked(network: &str) -> Option<[u8; 32]> {
    let hashes = Hashes::parse(&lines().join("\n"));
    Chain::new(network).query(|| hashes.here())
}

#[test]
fn wallets_see_the_extension_of_the_sdk() {
    let ours = <CheckMetadataHash as TransactionExtension<RuntimeCall>>::metadata();
    let sdk = <SdkExtension<Runtime> as TransactionExtension<RuntimeCall>>::metadata();
    assert_eq!((ours.len(), sdk.len()), (1, 1));
    assert_eq!(ours[0].identifier, "CheckMetadataHash");
    assert_eq!(ours[0].identifier, sdk[0].identifier);
    assert_eq!(ours[0].ty, sdk[0].ty);
    assert_eq!(ours[0].ty.type_info(), sdk[0].ty.type_info());
    assert_eq!(ours[0].implicit, sdk[0].implicit);
}

#[test]
fn it_is_encoded_as_the_extension_of_the_sdk() {
    for enabled in [false, true] {
        let ours = CheckMetadataHash::new(enabled);
        assert_eq!(ours.encode(), [u8::from(enabled)]);
        assert_eq!(ours.encode(), SdkExtension::<Runtime>::new(enabled).encode());
        assert_eq!(CheckMetadataHash::decode(&mut &ours.encode()[..]), Ok(ours));
    }
    assert!(CheckMetadataHash::decode(&mut &[2][..]).is_err(), "there are two modes");
}

#[test]
fn a_build_without_hashes_accepts_no_hash() {
    Chain::new("local").query(|| {
        let sdk = SdkExtension::<Runtime>::new;
        assert_eq!(CheckMetadataHash::new(false).implicit(), Ok(None));
        assert_eq!(sdk(false).implicit(), Ok(None));
        let unknown: Result<_, TransactionValidityError> = Err(UnknownTransaction::CannotLookup.into());
        assert_eq!(CheckMetadataHash::new(true).implicit(), unknown);
        assert_eq!(sdk(true).implicit(), unknown);
    });
}

#[test]
fn a_build_with_hashes_accepts_the_one_of_its_network() {
    let hashes = || Some(Hashes::parse(&lines().join("\n")));
    let astar = NETWORKS.iter().position(|network| network.id == "astar").unwrap();
    Chain::new("astar").query(|| {
        assert_eq!(CheckMetadataHash::new(true).signed(hashes()), Ok(Some([astar as u8; 32])));
        assert_eq!(CheckMetadataHash::new(false).signed(hashes()), Ok(None));
    });
}

#[test]
fn only_a_signed_hash_weighs() {
    let call = RuntimeCall::System(frame_system::Call::remark { remark: vec![] });
    let read = ParityDbWeight::get().reads(1);
    assert_eq!(CheckMetadataHash::new(true).weight(&call), read);
    assert_eq!(CheckMetadataHash::new(false).weight(&call), Weight::zero());
}

#[test]
fn each_network_picks_its_hash() {
    for (i, network) in NETWORKS.iter().enumerate().filter(|(_, network)| network.id != "local") {
        assert_eq!(picked(network.id), Some([i as u8; 32]), "{}", network.id);
    }
    assert_eq!(picked("local"), picked("shibuya"), "they have the same relay chain");
}

#[test]
fn networks_on_the_same_relay_chain_have_the_same_symbol() {
    for a in NETWORKS {
        for b in NETWORKS.iter().filter(|b| b.relay.network == a.relay.network) {
            assert_eq!(a.symbol, b.symbol, "{} and {}", a.id, b.id);
        }
    }
}

#[test]
fn a_chain_on_another_relay_chain_has_no_hash() {
    let hashes = Hashes::parse(&lines().join("\n"));
    assert_eq!(sp_io::TestExternalities::default().execute_with(|| hashes.here()), None);
}

#[test]
fn a_malformed_table_does_not_build() {
    let is_refused = |table: String| catch_unwind(move || Hashes::parse(&table)).is_err();
    assert!(!is_refused(lines().join("\n")));
    for missing in 0..lines().len() {
        let mut lines = lines();
        lines.remove(missing);
        assert!(is_refused(lines.join("\n")), "without line {missing}");
    }
    for (from, to) in [
        ("spec_version=", "spec_version=1"),
        ("spec_version=", "spec_version=x"),
        ("astar=0x00", "astar=0x"),
        ("astar=0x00", "astar=0x0000"),
        ("astar=0x00", "astar=0x0g"),
        ("astar=", "astra="),
        ("astar=", "astar"),
    ] {
        let table = lines().join("\n");
        assert!(table.contains(from));
        assert!(is_refused(table.replace(from, to)), "{to}");
    }
}
