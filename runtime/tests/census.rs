//! The census: every number in the runtime's storage and constants that could count blocks is known and
//! classified. If a pallet is added, this test fails until somebody has decided which of its numbers are
//! deadlines, durations or rates, and has rescaled them.
//!
//! Block numbers are integers like any other. So the census looks at every integer of four bytes or more, in
//! each type that the metadata names. Types that count no blocks wherever they occur are listed once
//! ([`NO_BLOCKS`]).

mod common;
#[path = "census/fields.rs"]
mod fields;

use codec::Decode;
use common::Chain;
use frame_metadata::{
    v15::{RuntimeMetadataV15, StorageEntryType},
    RuntimeMetadata, RuntimeMetadataPrefixed,
};
use scale_info::{form::PortableForm, PortableRegistry, TypeDef, TypeDefPrimitive};
use std::collections::BTreeSet;
use tandem_runtime::{AllPalletsWithSystem, Runtime};

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// A block number, ahead or behind. Rescaled.
    Deadline,
    /// A length in blocks. Rescaled if it is stored; a constant follows the build.
    Duration,
    /// An amount per block. Rescaled.
    Rate,
    /// A block number that identifies something. Left as it is.
    Identity,
    /// Does not count this chain's blocks.
    Unaffected,
}

include!("census/classes.rs");

/// Adds the path of every integer of four bytes or more in a type to `found`.
fn leaves(
    registry: &PortableRegistry,
    id: u32,
    path: &str,
    seen: &mut Vec<u32>,
    found: &mut BTreeSet<String>,
) {
    if seen.contains(&id) {
        return;
    }
    seen.push(id);
    let ty = registry.resolve(id).expect("the registry has its own types");
    let name = ty.path.segments.join("::");
    if !NO_BLOCKS.iter().any(|(prefix, _)| name.starts_with(prefix)) {
        let field = |name: &Option<String>, i: usize| match name {
            Some(name) => format!("{path}.{name}"),
            None => format!("{path}.{i}"),
        };
        match &ty.type_def {
            TypeDef::Primitive(TypeDefPrimitive::U32 | TypeDefPrimitive::U64 | TypeDefPrimitive::U128) => {
                found.insert(path.into());
            }
            TypeDef::Primitive(_) | TypeDef::BitSequence(_) => (),
            TypeDef::Composite(fields) => {
                for (i, f) in fields.fields.iter().enumerate() {
                    let path = if fields.fields.len() == 1 && f.name.is_none() {
                        path.into()
                    } else {
                        field(&f.name, i)
                    };
                    leaves(registry, f.ty.id, &path, seen, found);
                }
            }
            TypeDef::Variant(variants) => {
                for variant in &variants.variants {
                    for (i, f) in variant.fields.iter().enumerate() {
                        let path = match &f.name {
                            Some(name) => format!("{path}.{}.{name}", variant.name),
                            None if name == "Option" => path.into(),
                            None => format!("{path}.{}.{i}", variant.name),
                        };
                        leaves(registry, f.ty.id, &path, seen, found);
                    }
                }
            }
            TypeDef::Sequence(inner) => leaves(registry, inner.type_param.id, path, seen, found),
            TypeDef::Array(inner) => leaves(registry, inner.type_param.id, path, seen, found),
            TypeDef::Compact(inner) => leaves(registry, inner.type_param.id, path, seen, found),
            TypeDef::Tuple(fields) => {
                for (i, f) in fields.fields.iter().enumerate() {
                    leaves(registry, f.id, &format!("{path}.{i}"), seen, found);
                }
            }
        }
    }
    seen.pop();
}

/// The runtime's metadata.
fn metadata() -> RuntimeMetadataV15 {
    let metadata =
        Chain::new("local").query(|| Runtime::metadata_at_version(15)).expect("version 15 is known");
    let metadata = RuntimeMetadataPrefixed::decode(&mut &metadata[..]).expect("the metadata decodes");
    let RuntimeMetadata::V15(metadata) = metadata.1 else { panic!("the metadata is not of version 15") };
    metadata
}

/// The path of every number that could count blocks: in the keys and values of storage, and in constants.
fn countable() -> BTreeSet<String> {
    let metadata = metadata();
    let mut found = BTreeSet::new();
    let mut look = |id: u32, path: String| leaves(&metadata.types, id, &path, &mut Vec::new(), &mut found);
    for pallet in &metadata.pallets {
        for entry in pallet.storage.iter().flat_map(|storage| &storage.entries) {
            let path = format!("{}.{}", pallet.name, entry.name);
            match &entry.ty {
                StorageEntryType::<PortableForm>::Plain(value) => look(value.id, path),
                StorageEntryType::Map { key, value, .. } => {
                    look(key.id, format!("{path}[key]"));
                    look(value.id, path);
                }
            }
        }
        for constant in &pallet.constants {
            look(constant.ty.id, format!("{}::{}", pallet.name, constant.name));
        }
    }
    found
}

/// The entry of [`CLASSES`] for a path: the first whose pattern is the path, or ends in `*` and begins the
/// path.
fn class(path: &str) -> Option<&'static (&'static str, Class, &'static str)> {
    CLASSES.iter().find(|(pattern, ..)| match pattern.strip_suffix('*') {
        Some(prefix) => path.starts_with(prefix),
        None => path == *pattern,
    })
}

#[test]
fn everything_that_could_count_blocks_is_classified() {
    let unknown: Vec<_> = countable().into_iter().filter(|path| class(path).is_none()).collect();
    assert!(
        unknown.is_empty(),
        "decide whether these count blocks, rescale them if they do, and enter them in \
         runtime/tests/census/classes.rs:\n{}",
        unknown.join("\n"),
    );
}

#[test]
fn every_class_is_of_something() {
    let countable = countable();
    for entry in CLASSES {
        let used = countable.iter().any(|path| class(path).is_some_and(|found| found.0 == entry.0));
        assert!(used, "'{}' matches nothing in the runtime", entry.0);
        assert!(!entry.2.is_empty(), "'{}' has no reason", entry.0);
    }
}

#[test]
fn every_type_that_counts_no_blocks_is_one() {
    for (prefix, reason) in NO_BLOCKS {
        assert!(prefix.contains("::") && !reason.is_empty(), "{prefix}");
    }
}

/// Every stored deadline, duration or rate belongs to a pallet that a change of cadence rescales.
#[test]
fn what_is_stored_in_blocks_is_of_a_pallet_that_is_rescaled() {
    use pallet_cadence::RescaleAll;
    let rescaled = <Runtime as pallet_cadence::Config>::Stored::names();
    for (pattern, class, _) in CLASSES {
        let stored = !pattern.contains("::");
        if stored && matches!(class, Class::Deadline | Class::Duration | Class::Rate) {
            let pallet = pattern.split(['.', '[']).next().expect("a pattern begins with a pallet");
            assert!(rescaled.contains(&pallet), "{pattern}: {pallet} is not rescaled");
        }
    }
}

/// Each pallet checks its own configuration. For example, pallet-cadence checks that no listed pallet counts
/// other blocks than the chain's.
#[test]
fn the_runtime_is_put_together_as_its_pallets_ask() {
    use frame_support::traits::IntegrityTest;
    AllPalletsWithSystem::integrity_test();
}
