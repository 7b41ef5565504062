//! Building calls by name, with their arguments as dynamic values.

use subxt::{
    dynamic::{self, Value},
    tx::DynamicPayload,
};
use subxt_signer::sr25519::Keypair;

/// A call with its arguments in order.
pub type Call = DynamicPayload<Vec<Value>>;

/// The call `name` of `pallet`.
pub fn call(pallet: &str, name: &str, arguments: Vec<Value>) -> Call {
    dynamic::transaction(pallet, name, arguments)
}

/// A call as the argument of another.
pub fn nested(call: &Call) -> Value {
    let inner = Value::unnamed_variant(call.call_name(), call.call_data().clone());
    Value::unnamed_variant(call.pallet_name(), [inner])
}

/// An account, where a call takes its bare id.
pub fn account(who: &Keypair) -> Value {
    Value::from_bytes(who.public_key().0)
}

/// An account, where a call takes an address.
pub fn address(who: &Keypair) -> Value {
    Value::unnamed_variant("Id", [account(who)])
}

pub fn some(value: Value) -> Value {
    Value::unnamed_variant("Some", [value])
}

pub fn none() -> Value {
    Value::unnamed_variant("None", [])
}

pub fn number(n: impl Into<u128>) -> Value {
    Value::u128(n.into())
}
