//! The topology of a network: how many validators it has, and which parachains.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, fs, ops::RangeInclusive};

/// The lowest id that a parachain has by default, as in the runtime's preset of the local network.
pub const PARA_ID: u32 = 2000;
/// An hour in seconds.
pub const HOUR: u16 = 3_600;
/// How many validators a network can have. One is too few, because each PoV is erasure-coded among them.
pub const VALIDATORS: RangeInclusive<i64> = 2..=4;
/// How many collators a parachain can have.
pub const COLLATORS: RangeInclusive<i64> = 1..=6;
/// The ids that a parachain can have. The relay chain reserves those below.
const IDS: RangeInclusive<i64> = 2_000..=4_999;
/// Each parachain needs a core, and each validator backs on one core.
const MOST_PARACHAINS: usize = 4;

/// The cadences that the runtime is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CadencePreset {
    Asynchronous,
    Synchronous,
}

impl CadencePreset {
    /// The name of the local network at this cadence on the node's command line.
    pub(crate) fn chain(self) -> &'static str {
        match self {
            CadencePreset::Asynchronous => "local",
            CadencePreset::Synchronous => "local-synchronous",
        }
    }
}

/// What distinguishes one network from another; kept in the run folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topology {
    /// At least as many as parachains.
    pub validators: u8,
    /// Length of the collators' sessions, in seconds; divides an hour.
    pub session: u16,
    /// At least one, with different ids.
    pub parachains: Vec<Parachain>,
}

/// A parachain of a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parachain {
    pub id: u32,
    pub cadence: CadencePreset,
    pub collators: u8,
}

impl Topology {
    /// Two validators, one parachain with two collators, and sessions of an hour.
    pub fn at(cadence: CadencePreset) -> Self {
        let parachain = Parachain { id: PARA_ID, cadence, collators: 2 };
        Self { validators: 2, session: HOUR, parachains: vec![parachain] }
    }

    /// Reads a topology from the TOML file at `path`.
    ///
    /// # Errors
    /// If the file cannot be read, or is not a topology. The error names the field, and what was expected.
    pub fn read(path: &str) -> Result<Self, String> {
        parse(&fs::read_to_string(path).map_err(|error| error.to_string())?)
    }

    /// The parachains, each with a label for the names of its nodes and files. The first parachain's label is
    /// empty, and every other one's is its id.
    pub fn labeled(&self) -> impl Iterator<Item = (String, &Parachain)> {
        self.parachains.iter().enumerate().map(|(i, parachain)| {
            let label = if i == 0 { String::new() } else { parachain.id.to_string() };
            (label, parachain)
        })
    }
}

impl fmt::Display for Topology {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} validators", self.validators)?;
        for Parachain { id, cadence, collators } in &self.parachains {
            let cadence = format!("{cadence:?}").to_lowercase();
            let plural = if *collators == 1 { "" } else { "s" };
            write!(f, ", parachain {id} ({cadence}, {collators} collator{plural})")?;
        }
        write!(f, ", sessions of {} s", self.session)
    }
}

/// Checks the length of a session in seconds.
///
/// # Errors
/// What was expected instead.
pub fn session_length(seconds: i64) -> Result<u16, String> {
    match u16::try_from(seconds) {
        Ok(seconds @ 6..=HOUR) if HOUR.is_multiple_of(seconds) => Ok(seconds),
        _ => Err(format!("expected 6 to {HOUR} seconds, as a divisor of {HOUR}")),
    }
}

/// A topology as its file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopologyFile {
    validators: Option<i64>,
    session: Option<i64>,
    #[serde(default)]
    parachain: Vec<ParachainTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParachainTable {
    /// By default the lowest one that no other parachain has.
    id: Option<i64>,
    cadence: Option<CadencePreset>,
    collators: Option<i64>,
}

fn parse(text: &str) -> Result<Topology, String> {
    let file: TopologyFile = toml::from_str(text).map_err(|error| located(text, &error))?;
    let count = file.parachain.len();
    if !(1..=MOST_PARACHAINS).contains(&count) {
        return Err(format!("it has {count} tables [[parachain]]: expected 1 to {MOST_PARACHAINS}"));
    }
    // The ids in the file, and the defaults so far.
    let mut taken: BTreeSet<_> = file.parachain.iter().filter_map(|table| table.id).collect();
    let mut default = PARA_ID;
    let mut parachains = Vec::new();
    for (place, table) in (1u32..).zip(file.parachain) {
        let field = |name: &str| format!("'{name}' of parachain {place} in the list");
        if table.id.is_none() {
            while !taken.insert(default.into()) {
                default += 1;
            }
        }
        parachains.push(Parachain {
            id: within(&field("id"), table.id, default, IDS)?,
            cadence: table.cadence.unwrap_or(CadencePreset::Asynchronous),
            collators: within(&field("collators"), table.collators, 2, COLLATORS)?,
        });
    }
    let mut ids = BTreeSet::new();
    if let Some(twice) = parachains.iter().find(|parachain| !ids.insert(parachain.id)) {
        return Err(format!("two parachains have the 'id' {}: expected different ones", twice.id));
    }
    let validators = within("'validators'", file.validators, count.max(2) as u8, VALIDATORS)?;
    if usize::from(validators) < count {
        return Err(format!(
            "'validators' is {validators}: expected at least {count}, one for each parachain"
        ));
    }
    let session = match file.session {
        Some(seconds) => {
            session_length(seconds).map_err(|expected| format!("'session' is {seconds}: {expected}"))?
        }
        None => HOUR,
    };
    Ok(Topology { validators, session, parachains })
}

/// The value of `field`, or `default` if the file has none.
fn within<T: TryFrom<i64>>(
    field: &str,
    value: Option<i64>,
    default: T,
    range: RangeInclusive<i64>,
) -> Result<T, String> {
    let Some(value) = value else { return Ok(default) };
    let inside = Some(value).filter(|value| range.contains(value)).and_then(|value| value.try_into().ok());
    inside.ok_or_else(|| format!("{field} is {value}: expected {} to {}", range.start(), range.end()))
}

/// The error in one line, after the line of the file that it is about.
fn located(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().trim().replace('\n', ", ");
    let before = error.span().and_then(|span| text.get(..span.start));
    let Some(before) = before else { return message };
    let number = before.matches('\n').count();
    let line = text.lines().nth(number).unwrap_or_default().trim();
    format!("line {}, '{line}': {message}", number + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use CadencePreset::{Asynchronous, Synchronous};

    #[test]
    fn what_the_file_does_not_say_has_a_default() {
        assert_eq!(parse("[[parachain]]"), Ok(Topology::at(Asynchronous)));
        let three = parse("[[parachain]]\n[[parachain]]\n[[parachain]]").unwrap();
        assert_eq!(three.validators, 3);
        assert_eq!(
            three.parachains.iter().map(|parachain| parachain.id).collect::<Vec<_>>(),
            [2000, 2001, 2002]
        );
    }

    #[test]
    fn a_default_id_is_the_lowest_that_no_other_parachain_has() {
        let ids = |text: &str| {
            parse(text).unwrap().parachains.iter().map(|parachain| parachain.id).collect::<Vec<_>>()
        };
        assert_eq!(ids("[[parachain]]\nid = 2001\n[[parachain]]\n[[parachain]]"), [2001, 2000, 2002]);
        assert_eq!(ids("[[parachain]]\n[[parachain]]\nid = 2000"), [2001, 2000]);
    }

    #[test]
    fn the_file_sets_every_field() {
        let text = "validators = 4
            session = 60
            [[parachain]]
            cadence = \"asynchronous\" # default
            [[parachain]]
            id = 3000
            cadence = \"synchronous\"
            collators = 1";
        let parachains = vec![
            Parachain { id: 2000, cadence: Asynchronous, collators: 2 },
            Parachain { id: 3000, cadence: Synchronous, collators: 1 },
        ];
        let topology = parse(text).unwrap();
        assert_eq!(topology, Topology { validators: 4, session: 60, parachains });
        let labels: Vec<_> = topology.labeled().map(|(label, parachain)| (label, parachain.id)).collect();
        assert_eq!(labels, [(String::new(), 2000), ("3000".into(), 3000)]);
        assert_eq!(
            topology.to_string(),
            "4 validators, parachain 2000 (asynchronous, 2 collators), parachain 3000 (synchronous, \
             1 collator), sessions of 60 s"
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |text: &str| parse(text).unwrap_err();
        let one = |field: &str| error(&format!("{field}\n[[parachain]]"));
        assert_eq!(one("validators = 1"), "'validators' is 1: expected 2 to 4");
        assert_eq!(one("validators = 300"), "'validators' is 300: expected 2 to 4");
        assert_eq!(one("session = 7"), "'session' is 7: expected 6 to 3600 seconds, as a divisor of 3600");
        assert_eq!(error("validators = 2"), "it has 0 tables [[parachain]]: expected 1 to 4");
        assert_eq!(error(&"[[parachain]]\n".repeat(5)), "it has 5 tables [[parachain]]: expected 1 to 4");
        let three = format!("validators = 2\n{}", "[[parachain]]\n".repeat(3));
        assert_eq!(error(&three), "'validators' is 2: expected at least 3, one for each parachain");

        let second = |field: &str| error(&format!("[[parachain]]\n[[parachain]]\n{field}"));
        assert_eq!(second("collators = 7"), "'collators' of parachain 2 in the list is 7: expected 1 to 6");
        assert_eq!(second("id = 1000"), "'id' of parachain 2 in the list is 1000: expected 2000 to 4999");
        let twice = "[[parachain]]\nid = 2000\n".repeat(2);
        assert_eq!(error(&twice), "two parachains have the 'id' 2000: expected different ones");
    }

    #[test]
    fn what_is_no_topology_is_named_by_its_line() {
        let error = |text: &str| parse(text).unwrap_err();
        let unknown = error("validatorz = 3\n[[parachain]]");
        assert!(
            unknown.starts_with("line 1, 'validatorz = 3': unknown field `validatorz`, expected"),
            "{unknown}"
        );
        let unknown = error("[[parachain]]\n  name = 'a'");
        assert!(unknown.starts_with("line 2, 'name = 'a'': unknown field `name`, expected"), "{unknown}");
        let cadence = error("[[parachain]]\ncadence = \"hourly\"");
        assert!(cadence.starts_with("line 2, 'cadence = \"hourly\"': unknown variant `hourly`"), "{cadence}");
        let kind = error("validators = \"two\"");
        assert!(kind.starts_with("line 1, 'validators = \"two\"': invalid type: string"), "{kind}");
        let syntax = error("[[parachain]]\nid =\n");
        assert!(syntax.starts_with("line 2, 'id =': "), "{syntax}");
        assert!(!syntax.contains('\n'), "{syntax}");
    }
}
