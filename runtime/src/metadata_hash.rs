//! The hash of the metadata, which hardware wallets sign.
//!
//! A hardware wallet does not know this chain's metadata. The computer that it is connected to sends it the
//! parts that it needs to show a transaction. The wallet computes the hash of the whole metadata from these
//! parts, and signs the hash with the transaction ([RFC 78]). The runtime knows the hash too. If the two
//! differ, the wallet was sent wrong metadata, and the signature is not valid.
//!
//! The hash covers the symbol of the token, so networks have different hashes. The SDK's extension knows one
//! hash, with which each network would need a blob of its own. Ours knows the hashes of all networks
//! ([`Hashes`]). For wallets there is no difference.
//!
//! The hash can only be computed from a finished blob. So a release builds each blob twice
//! (`scripts/release`), the second time with the hashes in the environment variable
//! `RUNTIME_METADATA_HASHES`. Other builds have no hashes, and accept no transaction with one.
//!
//! [RFC 78]: https://polkadot-fellows.github.io/RFCs/approved/0078-merkleized-metadata.html

use crate::{messages::consensus, networks::NETWORKS, *};
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_metadata_hash_extension::CheckMetadataHash as SdkExtension;
use frame_support::weights::Weight;
use scale_info::{Type, TypeInfo};
use sp_runtime::{
    impl_tx_ext_default,
    traits::TransactionExtension,
    transaction_validity::{TransactionValidityError, UnknownTransaction},
};

/// The hashes of this build.
const HASHES: Option<Hashes> = match option_env!("RUNTIME_METADATA_HASHES") {
    Some(table) => Some(Hashes::parse(table)),
    None => None,
};

/// By reference, because a constant function cannot drop a version.
const THIS_VERSION: &RuntimeVersion = &VERSION;

/// The hash of this runtime's metadata for each network, in the order of [`NETWORKS`].
pub struct Hashes([[u8; 32]; NETWORKS.len()]);

impl Hashes {
    /// Parses what `tandem-node metadata-hash` prints: the spec version, and a hash for each network.
    ///
    /// # Panics
    /// If the table is not complete, or belongs to another spec version, which the hashes cover too.
    pub const fn parse(table: &str) -> Self {
        match u32::from_str_radix(value(table, "spec_version"), 10) {
            Ok(version) if version == THIS_VERSION.spec_version => {}
            _ => panic!("RUNTIME_METADATA_HASHES is not for this spec version"),
        }
        let mut hashes = [[0; 32]; NETWORKS.len()];
        let mut i = 0;
        while i < NETWORKS.len() {
            hashes[i] = match const_hex::const_decode_to_array(value(table, NETWORKS[i].id).as_bytes()) {
                Ok(hash) => hash,
                Err(_) => panic!("RUNTIME_METADATA_HASHES has a hash that is not 32 bytes in hex"),
            };
            i += 1;
        }
        Self(hashes)
    }

    /// The hash of the network in whose state this is called. Its relay chain identifies it: a launch can
    /// change the parachain id. Networks on the same relay chain have the same symbol, and so the same hash.
    pub fn here(&self) -> Option<[u8; 32]> {
        let relay = consensus::Network::<Runtime>::get();
        let network = NETWORKS.iter().position(|network| network.relay.network == relay)?;
        Some(self.0[network])
    }
}

/// The value of `key` in `table`, which has lines of the form `KEY=VALUE`.
const fn value<'a>(table: &'a str, key: &str) -> &'a str {
    let mut rest = table;
    while !rest.is_empty() {
        let (line, after) = split(rest, b'\n');
        let (name, value) = split(line, b'=');
        if equal(name, key) {
            return value;
        }
        rest = after;
    }
    panic!("RUNTIME_METADATA_HASHES lacks the spec version, or the hash of a network")
}

/// What comes before the first `separator`, and what comes after it.
const fn split(text: &str, separator: u8) -> (&str, &str) {
    let mut i = 0;
    while i < text.len() {
        if text.as_bytes()[i] == separator {
            let (before, after) = text.split_at(i);
            return (before, after.split_at(1).1);
        }
        i += 1;
    }
    (text, "")
}

/// As `a == b`, which a constant function cannot call.
const fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

/// Adds the hash of the metadata to what is signed, if the transaction asks for it. This is the SDK's
/// extension with another source of the hash.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq)]
pub struct CheckMetadataHash(SdkExtension<Runtime>);

impl CheckMetadataHash {
    pub fn new(enabled: bool) -> Self {
        Self(SdkExtension::new(enabled))
    }

    /// Whether the hash is signed.
    fn is_enabled(&self) -> bool {
        *self == Self::new(true)
    }

    /// The hash that is signed, out of `hashes`. None if none is signed.
    ///
    /// # Errors
    /// If a hash is signed and there is none for this network.
    pub fn signed(&self, hashes: Option<Hashes>) -> Result<Option<[u8; 32]>, TransactionValidityError> {
        if !self.is_enabled() {
            return Ok(None);
        }
        let hash = hashes.and_then(|hashes| hashes.here()).ok_or(UnknownTransaction::CannotLookup)?;
        Ok(Some(hash))
    }
}

/// The metadata describes the SDK's extension, so wallets find the type that they know.
impl TypeInfo for CheckMetadataHash {
    type Identity = SdkExtension<Runtime>;

    fn type_info() -> Type {
        SdkExtension::<Runtime>::type_info()
    }
}

impl TransactionExtension<RuntimeCall> for CheckMetadataHash {
    const IDENTIFIER: &'static str = <SdkExtension<Runtime> as TransactionExtension<RuntimeCall>>::IDENTIFIER;
    type Implicit = Option<[u8; 32]>;
    type Val = ();
    type Pre = ();

    fn implicit(&self) -> Result<Self::Implicit, TransactionValidityError> {
        self.signed(HASHES)
    }

    /// Reading the relay chain. That adds nothing to the block's proof, because every block reads it at its
    /// start.
    fn weight(&self, _: &RuntimeCall) -> Weight {
        <Runtime as frame_system::Config>::DbWeight::get().reads(self.is_enabled().into())
    }

    impl_tx_ext_default!(RuntimeCall; validate prepare);
}
