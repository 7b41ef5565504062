//! Every field of the census that counts blocks, in the raw state before and after a change of cadence.
//!
//! The test writes the state by the metadata alone: an entry of each storage item that has a field that
//! counts blocks, in each of its variants, with known numbers in its fields. After the change it reads the
//! state by the metadata again, and compares each field with what the census says about it. So it fails for a
//! field that is not rescaled, and for one that is rescaled in another way than the census says.

use super::{class, metadata, Chain, Class, CLASSES};
use cadence::SYNCHRONOUS;
use codec::{Compact, Decode, Encode};
use frame_metadata::v15::{RuntimeMetadataV15, StorageEntryType, StorageHasher};
use frame_support::{
    storage::storage_prefix, traits::OnRuntimeUpgrade, Blake2_128Concat, BoundedVec, Identity,
    StorageHasher as _, Twox64Concat,
};
use scale_info::{form::PortableForm, Field, PortableRegistry, TypeDef, TypeDefPrimitive};
use std::collections::BTreeSet;
use tandem_runtime::*;

/// The block after which the cadence changes.
const AT: u32 = 1_000_000;
/// The numbers in fields that are durations, rates and amounts.
const DURATION: u128 = 77;
const RATE: u128 = 60;
const AMOUNT: u128 = 6_000;

/// Numbers with the paths to them.
type Leaves = Vec<(String, u128)>;

/// The class of a path in the census.
fn class_of(path: &str) -> Option<Class> {
    class(path).map(|(_, class, _)| *class)
}

/// The path of a struct's field, as the census writes it.
fn below(path: &str, field: &Field<PortableForm>, i: usize, alone: bool) -> String {
    match &field.name {
        Some(name) => format!("{path}.{name}"),
        None if alone => path.into(),
        None => format!("{path}.{i}"),
    }
}

/// The path of a variant's field, as the census writes it.
fn within(path: &str, ty: &str, variant: &str, field: &Field<PortableForm>, i: usize) -> String {
    match &field.name {
        Some(name) => format!("{path}.{variant}.{name}"),
        None if ty == "Option" => path.into(),
        None => format!("{path}.{variant}.{i}"),
    }
}

/// Writes values of types, with known numbers in their fields.
struct Writer<'a> {
    registry: &'a PortableRegistry,
    /// The number in fields that are deadlines.
    deadline: u32,
}

impl Writer<'_> {
    fn number(&self, path: &str, amount: bool) -> u128 {
        match class_of(path) {
            Some(Class::Deadline | Class::Identity) => self.deadline.into(),
            Some(Class::Duration) => DURATION,
            Some(Class::Rate) if path.ends_with(".paid") => RATE / 3,
            Some(Class::Rate) => RATE,
            _ if amount => AMOUNT,
            _ => 0,
        }
    }

    /// Whether a field at or below a path counts blocks.
    fn counts(&self, id: u32, path: &str) -> bool {
        if !may_count(path) {
            return false;
        }
        let ty = self.registry.resolve(id).expect("the registry has its own types");
        match &ty.type_def {
            TypeDef::Primitive(TypeDefPrimitive::U32 | TypeDefPrimitive::U64 | TypeDefPrimitive::U128) => {
                class_of(path).is_some_and(counts_blocks)
            }
            TypeDef::Primitive(_) => false,
            TypeDef::BitSequence(_) => false,
            TypeDef::Composite(all) => {
                let alone = all.fields.len() == 1;
                let fields = all.fields.iter().enumerate();
                fields.into_iter().any(|(i, f)| self.counts(f.ty.id, &below(path, f, i, alone)))
            }
            TypeDef::Variant(all) => {
                let name = ty.path.ident().unwrap_or_default();
                all.variants.iter().any(|variant| {
                    let mut fields = variant.fields.iter().enumerate();
                    fields.any(|(i, f)| self.counts(f.ty.id, &within(path, &name, &variant.name, f, i)))
                })
            }
            TypeDef::Sequence(inner) => self.counts(inner.type_param.id, path),
            TypeDef::Array(inner) => self.counts(inner.type_param.id, path),
            TypeDef::Compact(inner) => self.counts(inner.type_param.id, path),
            TypeDef::Tuple(all) => {
                let mut fields = all.fields.iter().enumerate();
                fields.any(|(i, f)| self.counts(f.id, &format!("{path}.{i}")))
            }
        }
    }

    /// Writes a value. `round` picks one of the variants that have fields that count blocks, and one of those
    /// nested in it, so that every variant is written in some round.
    fn write(&self, id: u32, path: &str, round: usize, to: &mut Vec<u8>) {
        let ty = self.registry.resolve(id).expect("the registry has its own types");
        match &ty.type_def {
            TypeDef::Primitive(primitive) => match primitive {
                TypeDefPrimitive::U32 => (self.number(path, false) as u32).encode_to(to),
                TypeDefPrimitive::U64 => (self.number(path, false) as u64).encode_to(to),
                TypeDefPrimitive::U128 => self.number(path, true).encode_to(to),
                other => to.extend(vec![0; size(other)]),
            },
            TypeDef::BitSequence(_) => to.push(0),
            TypeDef::Composite(all) => {
                let alone = all.fields.len() == 1;
                for (i, f) in all.fields.iter().enumerate() {
                    self.write(f.ty.id, &below(path, f, i, alone), round, to);
                }
            }
            TypeDef::Variant(all) => {
                let name = ty.path.ident().unwrap_or_default();
                let counting: Vec<_> = all
                    .variants
                    .iter()
                    .filter(|variant| {
                        // The lookup refers to this task by its id.
                        if path == "Scheduler.Agenda.maybe_id" {
                            return variant.name == "Some";
                        }
                        let mut fields = variant.fields.iter().enumerate();
                        fields.any(|(i, f)| self.counts(f.ty.id, &within(path, &name, &variant.name, f, i)))
                    })
                    .collect();
                let simplest = all.variants.iter().min_by_key(|variant| variant.fields.len());
                let choices = counting.len().max(1);
                let variant = counting.get(round % choices).copied().or(simplest);
                let variant = variant.expect("a type of a value has a variant");
                to.push(variant.index);
                for (i, f) in variant.fields.iter().enumerate() {
                    self.write(f.ty.id, &within(path, &name, &variant.name, f, i), round / choices, to);
                }
            }
            TypeDef::Sequence(inner) => {
                // One element, or none if its type counts no blocks.
                let one = self.counts(inner.type_param.id, path);
                Compact(u32::from(one)).encode_to(to);
                if one {
                    self.write(inner.type_param.id, path, round, to);
                }
            }
            TypeDef::Array(inner) => {
                (0..inner.len).for_each(|_| self.write(inner.type_param.id, path, round, to));
            }
            TypeDef::Compact(_) => Compact(self.number(path, true)).encode_to(to),
            TypeDef::Tuple(all) => {
                for (i, f) in all.fields.iter().enumerate() {
                    self.write(f.id, &format!("{path}.{i}"), round, to);
                }
            }
        }
    }
}

fn counts_blocks(class: Class) -> bool {
    class != Class::Unaffected
}

/// Whether the census has a path that counts blocks at or below `path`. The types of messages and calls
/// contain themselves, so without this check the search would never end.
fn may_count(path: &str) -> bool {
    CLASSES.iter().any(|(pattern, class, _)| {
        let start = pattern.trim_end_matches('*');
        counts_blocks(*class) && (start.starts_with(path) || (start != *pattern && path.starts_with(start)))
    })
}

fn size(primitive: &TypeDefPrimitive) -> usize {
    use TypeDefPrimitive::*;
    match primitive {
        Bool | U8 | I8 | Str => 1,
        U16 | I16 => 2,
        Char | U32 | I32 => 4,
        U64 | I64 => 8,
        U128 | I128 => 16,
        U256 | I256 => 32,
    }
}

fn take<'a>(from: &mut &'a [u8], n: usize) -> &'a [u8] {
    let (taken, rest) = from.split_at(n);
    *from = rest;
    taken
}

/// Reads the numbers of a value.
fn read(registry: &PortableRegistry, id: u32, path: &str, from: &mut &[u8], leaves: &mut Leaves) {
    let ty = registry.resolve(id).expect("the registry has its own types");
    match &ty.type_def {
        TypeDef::Primitive(TypeDefPrimitive::Str) => {
            let length = Compact::<u32>::decode(from).expect("a sequence begins with its length").0 as usize;
            *from = &from[length..];
        }
        TypeDef::Primitive(primitive) => {
            let bytes = take(from, size(primitive));
            if matches!(primitive, TypeDefPrimitive::U32 | TypeDefPrimitive::U64 | TypeDefPrimitive::U128) {
                let mut wide = [0; 16];
                wide[..bytes.len()].copy_from_slice(bytes);
                leaves.push((path.into(), u128::from_le_bytes(wide)));
            }
        }
        TypeDef::BitSequence(_) => {
            let bits = Compact::<u32>::decode(from).expect("a sequence begins with its length").0 as usize;
            *from = &from[bits.div_ceil(8)..];
        }
        TypeDef::Composite(all) => {
            let alone = all.fields.len() == 1;
            for (i, f) in all.fields.iter().enumerate() {
                read(registry, f.ty.id, &below(path, f, i, alone), from, leaves);
            }
        }
        TypeDef::Variant(all) => {
            let index = take(from, 1)[0];
            let name = ty.path.ident().unwrap_or_default();
            let variant = all
                .variants
                .iter()
                .find(|variant| variant.index == index)
                .expect("the index is that of a variant");
            for (i, f) in variant.fields.iter().enumerate() {
                read(registry, f.ty.id, &within(path, &name, &variant.name, f, i), from, leaves);
            }
        }
        TypeDef::Sequence(inner) => {
            let length = Compact::<u32>::decode(from).expect("a sequence begins with its length").0;
            (0..length).for_each(|_| read(registry, inner.type_param.id, path, from, leaves));
        }
        TypeDef::Array(inner) => {
            (0..inner.len).for_each(|_| read(registry, inner.type_param.id, path, from, leaves));
        }
        TypeDef::Compact(_) => {
            let number = Compact::<u128>::decode(from).expect("a compact number decodes").0;
            leaves.push((path.into(), number));
        }
        TypeDef::Tuple(all) => {
            for (i, f) in all.fields.iter().enumerate() {
                read(registry, f.id, &format!("{path}.{i}"), from, leaves);
            }
        }
    }
}

/// A storage item.
struct Item {
    /// Its pallet's name and its own.
    path: String,
    /// Its raw prefix.
    prefix: Vec<u8>,
    /// The type of its key, and the hashers, if it is a map.
    key: Option<(u32, Vec<StorageHasher>)>,
    /// The type of its value.
    value: u32,
}

/// A key as the hasher writes it: its hash, if any, and the key itself.
fn hash(hasher: &StorageHasher, key: &[u8]) -> Vec<u8> {
    match hasher {
        StorageHasher::Blake2_128Concat => Blake2_128Concat::hash(key),
        StorageHasher::Twox64Concat => Twox64Concat::hash(key),
        StorageHasher::Identity => Identity::hash(key),
        other => panic!("{other:?} does not keep the key itself"),
    }
}

/// The length of the hash that the hasher writes before a key.
fn hash_length(hasher: &StorageHasher) -> usize {
    hash(hasher, &[]).len()
}

impl Item {
    /// The parts of its key, each as a type, a path and a hasher.
    fn key_parts(&self, registry: &PortableRegistry) -> Vec<(u32, String, StorageHasher)> {
        let Some((id, hashers)) = &self.key else { return vec![] };
        let path = format!("{}[key]", self.path);
        match (&registry.resolve(*id).expect("the registry has its own types").type_def, hashers.as_slice()) {
            (_, [hasher]) => vec![(*id, path, hasher.clone())],
            (TypeDef::Tuple(all), hashers) => {
                let parts = all.fields.iter().zip(hashers).enumerate();
                parts.map(|(i, (part, hasher))| (part.id, format!("{path}.{i}"), hasher.clone())).collect()
            }
            _ => panic!("{path}: a key with several hashers is not a tuple"),
        }
    }

    /// Writes an entry into the state.
    fn put(&self, writer: &Writer, round: usize) {
        let mut key = self.prefix.clone();
        for (id, path, hasher) in self.key_parts(writer.registry) {
            let mut part = Vec::new();
            writer.write(id, &path, round, &mut part);
            key.extend(hash(&hasher, &part));
        }
        let mut value = Vec::new();
        writer.write(self.value, &self.path, round, &mut value);
        sp_io::storage::set(&key, &value);
    }

    /// The numbers in each of its entries in the state.
    fn entries(&self, registry: &PortableRegistry) -> Vec<Leaves> {
        let mut keys = Vec::new();
        if self.key.is_none() && sp_io::storage::get(&self.prefix).is_some() {
            keys.push(self.prefix.clone());
        }
        let mut last = self.prefix.clone();
        while let Some(next) = sp_io::storage::next_key(&last).filter(|key| key.starts_with(&self.prefix)) {
            keys.push(next.clone());
            last = next;
        }
        let entry = |key: Vec<u8>| {
            let mut leaves = Leaves::new();
            let mut rest = &key[self.prefix.len()..];
            for (id, path, hasher) in self.key_parts(registry) {
                rest = &rest[hash_length(&hasher)..];
                read(registry, id, &path, &mut rest, &mut leaves);
            }
            let value = sp_io::storage::get(&key).expect("a key has a value");
            let mut rest = &value[..];
            read(registry, self.value, &self.path, &mut rest, &mut leaves);
            assert!(rest.is_empty(), "{}: the value is longer than its type", self.path);
            leaves
        };
        keys.into_iter().map(entry).collect()
    }
}

/// The storage items that have a field that counts blocks.
fn items(metadata: &RuntimeMetadataV15) -> Vec<Item> {
    let writer = Writer { registry: &metadata.types, deadline: 0 };
    let mut items = Vec::new();
    for pallet in &metadata.pallets {
        // These hold the chain's own block number, and the state of the change itself.
        if ["System", "Cadence", "MultiBlockMigrations"].contains(&&pallet.name[..]) {
            continue;
        }
        let Some(storage) = &pallet.storage else { continue };
        for entry in &storage.entries {
            let path = format!("{}.{}", pallet.name, entry.name);
            let prefix = storage_prefix(storage.prefix.as_bytes(), entry.name.as_bytes()).to_vec();
            let (key, value) = match &entry.ty {
                StorageEntryType::Plain(value) => (None, value.id),
                StorageEntryType::Map { key, value, hashers } => (Some((key.id, hashers.clone())), value.id),
            };
            let item = Item { path, prefix, key, value };
            let counts = writer.counts(value, &item.path)
                || item.key_parts(&metadata.types).iter().any(|(id, path, _)| writer.counts(*id, path));
            if counts {
                items.push(item);
            }
        }
    }
    items
}

/// A deadline after block time has halved.
fn moved(block: u128) -> u128 {
    let at = u128::from(AT);
    if block > at {
        at + 2 * (block - at)
    } else {
        at.saturating_sub(2 * (at - block))
    }
}

/// The numbers that an entry must have after the change.
fn expected(before: &Leaves) -> Leaves {
    let number = |path: &str| before.iter().find(|leaf| leaf.0 == path).map(|leaf| leaf.1);
    let at = u128::from(AT);
    let after = |(path, old): &(String, u128)| {
        let new = match path.as_str() {
            // A schedule keeps what is left of it. One that is over is rewritten to be over in block one.
            "Vesting.Vesting.locked" | "Vesting.Vesting.per_block" | "Vesting.Vesting.starting_block" => {
                let start = number("Vesting.Vesting.starting_block").expect("a field of it");
                let left = AMOUNT.saturating_sub(at.saturating_sub(start) * RATE);
                match (path.rsplit('.').next(), left) {
                    (Some("starting_block"), 0) => 0,
                    (_, 0) => AMOUNT,
                    (Some("locked"), _) => left,
                    (Some("per_block"), _) => RATE / 2,
                    _ => moved(start.max(at)),
                }
            }
            // A stream pays what is left of it, from the change on.
            "Inflation.CurrentStream.start" => at,
            path if path.starts_with("Inflation.CurrentStream.") && path.ends_with(".total") => {
                RATE - RATE / 3
            }
            path if path.starts_with("Inflation.CurrentStream.") && path.ends_with(".paid") => 0,
            // What would have ended before block zero ends at once.
            "Inflation.CurrentStream.end"
            | "DappStaking.CurrentCalendar.next_era"
            | "DappStaking.Maintenance"
                if *old < at / 2 =>
            {
                at
            }
            "Scheduler.IncompleteSince" => *old,
            _ => match class_of(path) {
                Some(Class::Deadline) => moved(*old),
                Some(Class::Duration) => 2 * old,
                Some(Class::Rate) => old / 2,
                Some(Class::Identity | Class::Unaffected) | None => *old,
            },
        };
        (path.clone(), new)
    };
    before.iter().map(after).collect()
}

#[test]
fn every_field_is_rescaled_as_the_census_says() {
    let metadata = metadata();
    let registry = &metadata.types;
    let items = items(&metadata);
    let mut seen = BTreeSet::new();
    // Ahead, behind, and so far behind that its new number would be before block zero.
    for deadline in [AT + 500, AT - 10, AT / 4] {
        for round in 0..12 {
            let writer = Writer { registry, deadline };
            let mut chain = Chain::new("local");
            chain.query(|| {
                System::set_block_number(AT);
                let first = pallet_cadence::Entry { since: 0, moment: 0, cadence: SYNCHRONOUS };
                pallet_cadence::History::<Runtime>::put(BoundedVec::truncate_from(vec![first]));
                // A task that is due keeps its agenda and its address, so such tasks are left out.
                let items: Vec<_> = items
                    .iter()
                    .filter(|item| deadline > AT || !["Scheduler", "Referenda"].contains(&pallet(&item.path)))
                    .collect();
                for item in &items {
                    item.put(&writer, round);
                }
                let before: Vec<_> = items.iter().map(|item| item.entries(registry)).collect();
                Cadence::on_runtime_upgrade();
                Cadence::finish();
                for (item, before) in items.iter().zip(before) {
                    seen.extend(before.iter().flatten().map(|leaf| leaf.0.clone()));
                    let mut expected: Vec<_> = before.iter().map(expected).collect();
                    let mut after = item.entries(registry);
                    expected.sort();
                    after.sort();
                    assert_eq!(after, expected, "{} from {before:?}", item.path);
                }
            });
        }
    }
    for (pattern, class, _) in CLASSES {
        let stored = !pattern.contains("::");
        if stored && matches!(class, Class::Deadline | Class::Duration | Class::Rate) {
            assert!(
                seen.iter().any(|path| super::class(path).unwrap().0 == *pattern),
                "{pattern} is not tried"
            );
        }
    }
}

fn pallet(path: &str) -> &str {
    path.split('.').next().expect("a path begins with a pallet")
}
