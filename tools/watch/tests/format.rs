//! The JSON formats are a contract: each field that is printed is documented, and each documented one is
//! printed. If this fails because a field was renamed or removed, the format's version has to change too.

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};
use tandem_rpc::read::Weight;
use tandem_watch::{
    observation::{ClassWeight, ClassWeights, Observation, Observed, Proposal, ProposalEnd},
    pipeline::Pipeline,
    recording,
    snapshot::Snapshot,
};

type Fields = BTreeMap<String, BTreeSet<&'static str>>;

/// Adds each field of `value` with its types. `[]` stands for the items of a list, and `*` for the keys of a
/// map, if they are not fixed.
fn add(fields: &mut Fields, path: &str, value: &Value) {
    let mut leaf = |kind| {
        fields.entry(path.into()).or_default().insert(kind);
    };
    match value {
        Value::Null => leaf("null"),
        Value::Bool(_) => leaf("boolean"),
        Value::Number(_) => leaf("number"),
        Value::String(_) => leaf("string"),
        Value::Array(items) => items.iter().for_each(|item| add(fields, &format!("{path}[]"), item)),
        Value::Object(object) => {
            for (name, value) in object {
                let name = if ["names", "reasons"].contains(&path) { "*" } else { name };
                add(fields, &if path.is_empty() { name.into() } else { format!("{path}.{name}") }, value);
            }
        }
    }
}

/// The lines of the documentation's block below `heading`: a field and its types.
fn documented(heading: &str) -> Fields {
    let text = fs::read_to_string(Path::new("../../docs/json.md")).unwrap();
    let (_, section) = text.split_once(&format!("\n## {heading}\n")).expect("the section is there");
    let block = section.split("```").nth(1).expect("the section has a block");
    let field = |line: &str| {
        let (name, types) = line.split_once(' ').expect("a field and its types");
        let kind = |word: &str| {
            let known = ["null", "boolean", "number", "string"].into_iter().find(|kind| *kind == word);
            known.unwrap_or_else(|| panic!("{word} is not a type"))
        };
        (name.to_string(), types.trim().split(" or ").map(kind).collect())
    };
    block.trim().lines().map(field).collect()
}

/// Fails if a printed field is not documented, or if a documented one is never printed. A recording does not
/// have every type that a field may have.
fn check(heading: &str, printed: &Fields) {
    let documented = documented(heading);
    let shown: Vec<_> = printed
        .iter()
        .map(|(field, kinds)| format!("{field} {}", kinds.iter().copied().collect::<Vec<_>>().join(" or ")))
        .collect();
    let names = |fields: &Fields| fields.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(printed), names(&documented), "printed is\n{}", shown.join("\n"));
    for (field, kinds) in printed {
        assert!(
            kinds.is_subset(&documented[field]),
            "{field} is {kinds:?}, and documented as {:?}",
            documented[field]
        );
    }
}

/// The recordings are older than proposals and the weights of classes: adds both to each parablock.
fn completed(mut observation: Observation) -> Vec<Observation> {
    let Observed::Para(block) = &mut observation.what else { return vec![observation] };
    let used = Weight { ref_time: 1, proof_size: 2 };
    let class = |limit| ClassWeight { used, limit };
    let (normal, operational) = (class(Some(used)), class(Some(used)));
    block.classes = Some(ClassWeights { normal, operational, mandatory: class(None) });
    let proposal = Proposal { extrinsics: 2, millis: 7, end: ProposalEnd::NoMoreTransactions };
    let (para, number, hash) = (block.para, block.number, block.hash);
    let what = Observed::Proposed { para, number, hash, proposal };
    vec![Observation { at: observation.at, what }, observation]
}

#[test]
fn the_documentation_has_the_fields_that_are_printed() {
    let (mut records, mut snapshots) = (Fields::new(), Fields::new());
    for name in ["deaths.jsonl", "cadence.jsonl"] {
        let mut pipeline = Pipeline::default();
        let path = Path::new("tests/recordings").join(name);
        for (i, observation) in recording::read(&path).unwrap().enumerate() {
            let observations = completed(observation.unwrap());
            for record in observations.into_iter().flat_map(|observation| pipeline.apply(observation)) {
                add(&mut records, "", &serde_json::to_value(record).unwrap());
            }
            if i % 10 == 0 {
                let snapshot = Snapshot::of(&pipeline, pipeline.now);
                add(&mut snapshots, "", &serde_json::to_value(snapshot).unwrap());
            }
        }
    }
    check("Results", &records);
    check("Snapshots", &snapshots);
}
