//! The weights of a message's instructions: for each asset that an instruction names, what the SDK's
//! benchmarks measure.
//!
//! An instruction for what this chain does not do fails at once, and weighs what any failing instruction
//! weighs. Such instructions receive teleported assets, exchange, lock, export, or take on another origin.
//! The message as a whole is not refused for it. So what the message brought is trapped here, where its owner
//! can claim it, and not stuck at its sender.

mod fungible;
mod generic;

use crate::Runtime;
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::{parameter_types, weights::Weight, BoundedVec};
use fungible::WeightInfo as Fungible;
use generic::WeightInfo as Generic;
use xcm::{
    latest::{prelude::*, AssetTransferFilter},
    DoubleEncoded,
};

parameter_types! {
    /// The most assets that a message can hold after an instruction.
    pub const MaxAssetsIntoHolding: u32 = 64;
}

/// `weight` for each of `assets`, and at least for one: an instruction that sends a message along with its
/// assets sends it even without any.
fn each(assets: &Assets, weight: Weight) -> Weight {
    weight.saturating_mul((assets.len() as u64).max(1))
}

/// `weight` for each asset that `filter` can match, and at least for one.
fn matched(filter: &AssetFilter, weight: Weight) -> Weight {
    // Holding is checked against its limit after each instruction, and an instruction may double it.
    let most = u64::from(MaxAssetsIntoHolding::get()) * 2;
    let count = match filter {
        Definite(assets) => assets.len() as u64,
        Wild(AllOf { fun: WildFungible, .. }) => 1,
        Wild(All | AllOf { fun: WildNonFungible, .. }) => most,
        Wild(AllCounted(count) | AllOfCounted { count, .. }) => most.min((*count).into()),
    };
    weight.saturating_mul(count.max(1))
}

/// The weight of an instruction that this chain does not support, and that only fails.
fn unsupported() -> Weight {
    Generic::<Runtime>::trap()
}

/// The weights of the instructions of messages that carry calls of type `Call`.
pub struct XcmWeight<Call>(PhantomData<Call>);

impl<Call> XcmWeightInfo<Call> for XcmWeight<Call> {
    fn withdraw_asset(assets: &Assets) -> Weight {
        each(assets, Fungible::<Runtime>::withdraw_asset())
    }
    fn reserve_asset_deposited(assets: &Assets) -> Weight {
        each(assets, Fungible::<Runtime>::reserve_asset_deposited())
    }
    fn receive_teleported_asset(_: &Assets) -> Weight {
        unsupported()
    }
    fn query_response(_: &QueryId, _: &Response, _: &Weight, _: &Option<Location>) -> Weight {
        Generic::<Runtime>::query_response()
    }
    fn transfer_asset(assets: &Assets, _: &Location) -> Weight {
        each(assets, Fungible::<Runtime>::transfer_asset())
    }
    fn transfer_reserve_asset(assets: &Assets, _: &Location, _: &Xcm<()>) -> Weight {
        each(assets, Fungible::<Runtime>::transfer_reserve_asset())
    }
    fn transact(_: &OriginKind, _: &Option<Weight>, _: &DoubleEncoded<Call>) -> Weight {
        Generic::<Runtime>::transact()
    }
    fn hrmp_new_channel_open_request(_: &u32, _: &u32, _: &u32) -> Weight {
        unsupported()
    }
    fn hrmp_channel_accepted(_: &u32) -> Weight {
        unsupported()
    }
    fn hrmp_channel_closing(_: &u32, _: &u32, _: &u32) -> Weight {
        unsupported()
    }
    fn clear_origin() -> Weight {
        Generic::<Runtime>::clear_origin()
    }
    fn descend_origin(_: &InteriorLocation) -> Weight {
        Generic::<Runtime>::descend_origin()
    }
    fn report_error(_: &QueryResponseInfo) -> Weight {
        Generic::<Runtime>::report_error()
    }
    fn deposit_asset(assets: &AssetFilter, _: &Location) -> Weight {
        matched(assets, Fungible::<Runtime>::deposit_asset())
    }
    fn deposit_reserve_asset(assets: &AssetFilter, _: &Location, _: &Xcm<()>) -> Weight {
        matched(assets, Fungible::<Runtime>::deposit_reserve_asset())
    }
    fn exchange_asset(_: &AssetFilter, _: &Assets, _: &bool) -> Weight {
        unsupported()
    }
    fn initiate_reserve_withdraw(assets: &AssetFilter, _: &Location, _: &Xcm<()>) -> Weight {
        matched(assets, Fungible::<Runtime>::initiate_reserve_withdraw())
    }
    /// Fails only once its delivery is priced, as that of a withdrawal is.
    fn initiate_teleport(assets: &AssetFilter, _: &Location, _: &Xcm<()>) -> Weight {
        matched(assets, Fungible::<Runtime>::initiate_reserve_withdraw())
    }
    fn initiate_transfer(
        _: &Location,
        remote_fees: &Option<AssetTransferFilter>,
        _: &bool,
        assets: &BoundedVec<AssetTransferFilter, MaxAssetTransferFilters>,
        _: &Xcm<()>,
    ) -> Weight {
        let one = Fungible::<Runtime>::initiate_transfer();
        let filters = remote_fees.iter().chain(assets);
        filters.fold(one, |sum, filter| sum.saturating_add(matched(filter.inner(), one)))
    }
    fn report_holding(_: &QueryResponseInfo, _: &AssetFilter) -> Weight {
        Generic::<Runtime>::report_holding()
    }
    fn buy_execution(_: &Asset, _: &WeightLimit) -> Weight {
        Generic::<Runtime>::buy_execution()
    }
    fn pay_fees(_: &Asset) -> Weight {
        Generic::<Runtime>::pay_fees()
    }
    fn refund_surplus() -> Weight {
        Generic::<Runtime>::refund_surplus()
    }
    fn set_error_handler(_: &Xcm<Call>) -> Weight {
        Generic::<Runtime>::set_error_handler()
    }
    fn set_appendix(_: &Xcm<Call>) -> Weight {
        Generic::<Runtime>::set_appendix()
    }
    fn clear_error() -> Weight {
        Generic::<Runtime>::clear_error()
    }
    fn set_hints(hints: &BoundedVec<Hint, HintNumVariants>) -> Weight {
        Generic::<Runtime>::asset_claimer().saturating_mul((hints.len() as u64).max(1))
    }
    fn claim_asset(assets: &Assets, _: &Location) -> Weight {
        each(assets, Generic::<Runtime>::claim_asset())
    }
    fn trap(_: &u64) -> Weight {
        Generic::<Runtime>::trap()
    }
    fn subscribe_version(_: &QueryId, _: &Weight) -> Weight {
        Generic::<Runtime>::subscribe_version()
    }
    fn unsubscribe_version() -> Weight {
        Generic::<Runtime>::unsubscribe_version()
    }
    fn burn_asset(assets: &Assets) -> Weight {
        each(assets, Generic::<Runtime>::burn_asset())
    }
    fn expect_asset(assets: &Assets) -> Weight {
        each(assets, Generic::<Runtime>::expect_asset())
    }
    fn expect_origin(_: &Option<Location>) -> Weight {
        Generic::<Runtime>::expect_origin()
    }
    fn expect_error(_: &Option<(u32, XcmError)>) -> Weight {
        Generic::<Runtime>::expect_error()
    }
    fn expect_transact_status(_: &MaybeErrorCode) -> Weight {
        Generic::<Runtime>::expect_transact_status()
    }
    fn query_pallet(_: &Vec<u8>, _: &QueryResponseInfo) -> Weight {
        Generic::<Runtime>::query_pallet()
    }
    fn expect_pallet(_: &u32, _: &Vec<u8>, _: &Vec<u8>, _: &u32, _: &u32) -> Weight {
        Generic::<Runtime>::expect_pallet()
    }
    fn report_transact_status(_: &QueryResponseInfo) -> Weight {
        Generic::<Runtime>::report_transact_status()
    }
    fn clear_transact_status() -> Weight {
        Generic::<Runtime>::clear_transact_status()
    }
    fn universal_origin(_: &Junction) -> Weight {
        unsupported()
    }
    fn export_message(_: &NetworkId, _: &InteriorLocation, _: &Xcm<()>) -> Weight {
        unsupported()
    }
    fn lock_asset(_: &Asset, _: &Location) -> Weight {
        unsupported()
    }
    fn unlock_asset(_: &Asset, _: &Location) -> Weight {
        unsupported()
    }
    fn note_unlockable(_: &Asset, _: &Location) -> Weight {
        unsupported()
    }
    fn request_unlock(_: &Asset, _: &Location) -> Weight {
        unsupported()
    }
    fn set_fees_mode(_: &bool) -> Weight {
        Generic::<Runtime>::set_fees_mode()
    }
    fn set_topic(_: &[u8; 32]) -> Weight {
        Generic::<Runtime>::set_topic()
    }
    fn clear_topic() -> Weight {
        Generic::<Runtime>::clear_topic()
    }
    fn alias_origin(_: &Location) -> Weight {
        unsupported()
    }
    fn unpaid_execution(_: &WeightLimit, _: &Option<Location>) -> Weight {
        Generic::<Runtime>::unpaid_execution()
    }
    /// Too much for any message, because the SDK's weigher does not look at the instructions inside.
    fn execute_with_origin(_: &Option<InteriorLocation>, _: &Xcm<Call>) -> Weight {
        Weight::MAX
    }
}
