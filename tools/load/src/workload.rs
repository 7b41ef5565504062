//! What is sent: transfers, or any call as a template in JSON describes it.
//!
//! ```json
//! { "pallet": "Balances", "call": "transfer_keep_alive", "arguments": [{ "Id": "{receiver}" }, 1] }
//! ```
//!
//! Numbers, arrays and `null` (for `()`) stand for themselves. `"{sender}"` and `"{receiver}"` are accounts,
//! `"{nonce}"` is the nonce, a text of digits is a number that may be too large for JSON, and a text that
//! begins with `0x` is bytes. Another text that begins with a capital is a variant without fields, as
//! `"None"`. An object with one key that begins with a capital is a variant with fields, as `{ "Id":
//! "{receiver}" }`. Other objects are structs.

use anyhow::{bail, ensure, Context, Result};
use serde::Deserialize;
use serde_json::Value as Json;
use std::{fs, path::Path};
use subxt::dynamic::Value;
use subxt_signer::sr25519::Keypair;
use tandem_rpc::calls::{account, address, call, nested, number, Call};

/// What every transaction calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    each: Each,
    /// Calls in a transaction: more than one go into a `utility.batch`.
    batch: u32,
}

#[derive(Clone, Debug, PartialEq)]
enum Each {
    Transfer,
    Template(Template),
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    pallet: String,
    call: String,
    arguments: Vec<Json>,
}

impl Workload {
    /// Transfers of one unit from each sender to the next, or the call in a `template` file; in batches of so
    /// many.
    ///
    /// # Errors
    /// If the file cannot be read, or is not a template.
    pub fn new(template: Option<&Path>, batch: u32) -> Result<Self> {
        let each = match template {
            None => Each::Transfer,
            Some(path) => {
                let shown = path.display();
                let text = fs::read_to_string(path).with_context(|| format!("reading '{shown}'"))?;
                Each::Template(
                    parse(&text).with_context(|| format!("'{shown}' is not a template of a call"))?,
                )
            }
        };
        Ok(Self { each, batch })
    }

    /// The call of the transaction with this nonce.
    pub fn call(&self, sender: &Keypair, receiver: &Keypair, nonce: u64) -> Call {
        let each = match &self.each {
            Each::Transfer => call("Balances", "transfer_keep_alive", vec![address(receiver), number(1u8)]),
            Each::Template(Template { pallet, call: name, arguments }) => {
                let filled = |json| fill(json, sender, receiver, nonce);
                call(pallet, name, arguments.iter().map(filled).collect())
            }
        };
        if self.batch == 1 {
            return each;
        }
        let calls = vec![nested(&each); self.batch as usize];
        call("Utility", "batch", vec![Value::unnamed_composite(calls)])
    }

    /// The workload in words.
    pub fn name(&self) -> String {
        let each = match &self.each {
            Each::Transfer => "transfers".into(),
            Each::Template(template) => format!("{}.{}", template.pallet, template.call),
        };
        match self.batch {
            1 => each,
            batch => format!("batches of {batch} {each}"),
        }
    }
}

fn parse(text: &str) -> Result<Template> {
    let template: Template = serde_json::from_str(text)?;
    template.arguments.iter().try_for_each(check)?;
    Ok(template)
}

/// Whether [`fill`] knows a value for everything in `json`.
fn check(json: &Json) -> Result<()> {
    match json {
        Json::Number(number) => ensure!(number.is_u64() || number.is_i64(), "{number} is not an integer"),
        Json::String(text) => match text.strip_prefix("0x") {
            Some(digits) => ensure!(bytes(digits).is_some(), "'{text}' is not hexadecimal"),
            None if text.starts_with('{') => {
                ensure!(
                    ["{sender}", "{receiver}", "{nonce}"].contains(&text.as_str()),
                    "'{text}' is not known: expected {{sender}}, {{receiver}} or {{nonce}}"
                );
            }
            None => (),
        },
        Json::Array(items) => items.iter().try_for_each(check)?,
        Json::Object(fields) => fields.values().try_for_each(check)?,
        Json::Bool(_) | Json::Null => (),
    }
    if let Json::String(text) = json {
        if text.is_empty() {
            bail!("a text is empty");
        }
    }
    Ok(())
}

fn fill(json: &Json, sender: &Keypair, receiver: &Keypair, nonce: u64) -> Value {
    let fill_all = |items: &[Json]| -> Vec<Value> {
        items.iter().map(|item| fill(item, sender, receiver, nonce)).collect()
    };
    match json {
        Json::Null => Value::unnamed_composite([]),
        Json::Bool(value) => Value::bool(*value),
        Json::Number(value) => match value.as_u64() {
            Some(value) => number(value),
            None => Value::i128(value.as_i64().unwrap_or_default().into()),
        },
        Json::String(text) => match text.as_str() {
            "{sender}" => account(sender),
            "{receiver}" => account(receiver),
            "{nonce}" => number(nonce),
            text => match (text.strip_prefix("0x").and_then(bytes), text.parse::<u128>()) {
                (Some(bytes), _) => Value::from_bytes(bytes),
                (None, Ok(value)) => number(value),
                (None, Err(_)) if is_variant(text) => Value::unnamed_variant(text, []),
                (None, Err(_)) => Value::string(text),
            },
        },
        Json::Array(items) => Value::unnamed_composite(fill_all(items)),
        Json::Object(fields) => {
            let variant = fields.iter().next().filter(|(key, _)| fields.len() == 1 && is_variant(key));
            match variant {
                Some((name, Json::Array(items))) => Value::unnamed_variant(name, fill_all(items)),
                Some((name, Json::Object(fields))) if !fields.keys().any(|key| is_variant(key)) => {
                    let fields = fields.iter().map(|(key, item)| (key, fill(item, sender, receiver, nonce)));
                    Value::named_variant(name, fields)
                }
                Some((name, item)) => Value::unnamed_variant(name, [fill(item, sender, receiver, nonce)]),
                None => Value::named_composite(
                    fields.iter().map(|(key, item)| (key, fill(item, sender, receiver, nonce))),
                ),
            }
        }
    }
}

/// Whether it is the name of a variant.
fn is_variant(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_uppercase())
}

/// The bytes of a text of hexadecimal digits.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use subxt_signer::sr25519::dev;

    fn filled(json: &str) -> Value {
        fill(&serde_json::from_str(json).unwrap(), &dev::alice(), &dev::bob(), 7)
    }

    #[test]
    fn placeholders_variants_structs_and_bytes_are_told_apart() {
        assert_eq!(filled(r#"{ "Id": "{receiver}" }"#), address(&dev::bob()));
        assert_eq!(filled(r#""{sender}""#), account(&dev::alice()));
        assert_eq!(
            filled(r#"["{nonce}", "100000000000000000000"]"#),
            Value::unnamed_composite([number(7u8), number(100_000_000_000_000_000_000u128)])
        );
        assert_eq!(filled(r#""0x00ff""#), Value::from_bytes([0, 255]));
        assert_eq!(filled(r#""None""#), Value::unnamed_variant("None", []));
        let nested = Value::unnamed_variant("V5", [Value::unnamed_variant("Wasm", [account(&dev::bob())])]);
        assert_eq!(filled(r#"{ "V5": { "Wasm": "{receiver}" } }"#), nested);
        let fields = Value::named_variant("Unlimited", [("parents", number(1u8))]);
        assert_eq!(filled(r#"{ "Unlimited": { "parents": 1 } }"#), fields);
        assert_eq!(
            filled(r#"{ "parents": 1, "interior": "Here" }"#),
            Value::named_composite([
                ("interior", Value::unnamed_variant("Here", [])),
                ("parents", number(1u8))
            ])
        );
    }

    #[test]
    fn a_template_with_an_unknown_placeholder_or_field_is_refused() {
        let template = |arguments: &str| {
            parse(&format!(r#"{{ "pallet": "Balances", "call": "burn", "arguments": {arguments} }}"#))
        };
        assert!(template(r#"[1, { "Id": "{receiver}" }]"#).is_ok());
        assert!(template(r#"[{ "Id": "{reciever}" }]"#).unwrap_err().to_string().contains("{reciever}"));
        assert!(template(r#"["0x0g"]"#).is_err());
        assert!(template(r#"[1.5]"#).is_err());
        assert!(template(r#"[""]"#).is_err());
        assert!(parse(r#"{ "pallet": "Balances", "call": "burn", "argument": [] }"#).is_err());
    }

    #[test]
    fn a_batch_has_the_call_as_often_as_asked() {
        let workload = Workload { each: Each::Transfer, batch: 3 };
        let call = workload.call(&dev::alice(), &dev::bob(), 0);
        assert_eq!((call.pallet_name(), call.call_name()), ("Utility", "batch"));
        let one = Workload { each: Each::Transfer, batch: 1 }.call(&dev::alice(), &dev::bob(), 0);
        assert_eq!(call.call_data(), &vec![Value::unnamed_composite(vec![nested(&one); 3])]);
        assert_eq!(workload.name(), "batches of 3 transfers");
    }
}
