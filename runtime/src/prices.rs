//! Prices, and the units of the token that they are paid in.
//!
//! Prices are written as they are on Astar. A network whose token is worth more divides all of them by one
//! number on chain, `Governance.PriceDivisor`: Shiden has a hundredth of Astar's tokens. `docs/powers.md`
//! explains the figures.

use crate::{governance::state::PriceDivisor, Balance, Runtime};
use frame_support::{
    parameter_types,
    traits::Get,
    weights::{constants::WEIGHT_REF_TIME_PER_SECOND, Weight},
};

/// Decimals of every network's token.
pub const DECIMALS: u32 = 18;
/// One token.
pub const UNIT: Balance = 10u128.pow(DECIMALS);
/// A thousandth of a token.
pub const MILLI: Balance = UNIT / 1_000;
/// A millionth of a token.
const MICRO: Balance = MILLI / 1_000;

/// To keep an item, such as an account or a proxy, for as long as it is kept.
const ITEM: Balance = 100 * MILLI;
/// To keep a byte of an item.
const BYTE: Balance = MILLI;
/// To execute for a second.
const SECOND: Balance = 10 * UNIT;
/// To prove a byte of state to the relay chain.
const PROOF_BYTE: Balance = MICRO;
/// To include a byte of a transaction in a block.
const TRANSACTION_BYTE: Balance = 10 * MICRO;

/// The price on this network of what costs `on_astar` on Astar.
pub fn price(on_astar: Balance) -> Balance {
    on_astar / Balance::from(PriceDivisor::<Runtime>::get().get())
}

/// What it costs to keep `ITEMS` items of `BYTES` bytes in all, for as long as they are kept.
pub struct Deposit<const ITEMS: u32, const BYTES: u32>;

impl<const ITEMS: u32, const BYTES: u32> Get<Balance> for Deposit<ITEMS, BYTES> {
    fn get() -> Balance {
        price(Balance::from(ITEMS) * ITEM + Balance::from(BYTES) * BYTE)
    }
}

/// An account is an item, and holds at least what an item costs.
pub type ExistentialDeposit = Deposit<1, 0>;

parameter_types! {
    pub TransactionByteFee: Balance = price(TRANSACTION_BYTE);
}

/// What the execution of a weight costs on Astar, and what its proof costs. Both prices are the same at
/// every cadence, however much a block holds.
fn execution_and_proof_prices(weight: &Weight) -> (Balance, Balance) {
    let execution = Balance::from(weight.ref_time()) * (SECOND / Balance::from(WEIGHT_REF_TIME_PER_SECOND));
    (execution, Balance::from(weight.proof_size()) * PROOF_BYTE)
}

/// The fee of a transaction. Its execution or its proof can fill a block, so it pays for the dearer of the
/// two.
pub struct WeightToFee;

impl frame_support::weights::WeightToFee for WeightToFee {
    type Balance = Balance;

    fn weight_to_fee(weight: &Weight) -> Balance {
        let (execution, proof) = execution_and_proof_prices(weight);
        price(execution.max(proof))
    }
}

/// The fee of a message from another chain, which pays for both. A message gets a refund for the weight that
/// it did not use, at the price of just that weight. So the price of a sum must be the sum of the prices. If
/// a message paid for the dearer of the two, one that leaves much execution unused would get its proof for
/// nothing.
pub struct MessageWeightToFee;

impl frame_support::weights::WeightToFee for MessageWeightToFee {
    type Balance = Balance;

    fn weight_to_fee(weight: &Weight) -> Balance {
        let (execution, proof) = execution_and_proof_prices(weight);
        price(execution.saturating_add(proof))
    }
}
