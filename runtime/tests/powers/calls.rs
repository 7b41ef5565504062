//! One call of each kind in the runtime.

use codec::Decode;
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use scale_info::TypeDef;
use tandem_runtime::{Runtime, RuntimeCall};

pub struct Named {
    pub pallet: String,
    pub name: String,
    pub call: RuntimeCall,
}

/// One call of each kind, in the order of the metadata.
pub fn all() -> Vec<Named> {
    let metadata = Runtime::metadata_at_version(15).expect("version 15 is known");
    let metadata = RuntimeMetadataPrefixed::decode(&mut &metadata[..]).expect("the metadata decodes");
    let RuntimeMetadata::V15(metadata) = metadata.1 else { panic!("the metadata is not of version 15") };
    let mut all = Vec::new();
    for pallet in &metadata.pallets {
        let Some(calls) = &pallet.calls else { continue };
        let calls = metadata.types.resolve(calls.ty.id).expect("the registry has its own types");
        let TypeDef::Variant(calls) = &calls.type_def else { panic!("calls are variants") };
        for call in &calls.variants {
            let (pallet_name, name) = (pallet.name.clone(), call.name.clone());
            let call = with_some_arguments(pallet.index, call.index)
                .unwrap_or_else(|| panic!("no arguments were found for {pallet_name}.{name}"));
            all.push(Named { pallet: pallet_name, name, call });
        }
    }
    assert!(all.len() > 200);
    all
}

/// A call with some arguments, whose values do not matter here. Zeros decode as nearly every type. A few
/// types, such as XCM's versions, need small numbers in some places.
fn with_some_arguments(pallet: u8, call: u8) -> Option<RuntimeCall> {
    let mut random = 88_172_645_463_325_252u64;
    let mut byte = |dense: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        if random % 10 < dense {
            [3, 4, 5][(random >> 32) as usize % 3]
        } else {
            0
        }
    };
    (0..200_000u64).find_map(|attempt| {
        let mut bytes = vec![pallet, call];
        bytes.extend((0..1_000).map(|i| if i < 60 { byte(attempt % 5) } else { 0 }));
        RuntimeCall::decode(&mut &bytes[..]).ok()
    })
}
