//! How much an instruction of a message weighs: what the benchmarks of the SDK measure of it, for each
//! asset that it names.
//!
//! What this chain does not do fails at once, and weighs as any instruction that fails: to take what
//! is teleported, to exchange, to lock, to export, to take on another's origin. So what a message
//! brought before it is trapped here, for its owner to claim, rather than held with its sender.

mod fungible;
mod generic;

use super::MaxAssetsIntoHolding;
use crate::Runtime;
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::{weights::Weight, BoundedVec};
use fungible::WeightInfo as Fungible;
use generic::WeightInfo as Generic;
use xcm::{
    latest::{prelude::*, AssetTransferFilter},
    DoubleEncoded,
};

/// `weight` for each of `assets`, and for one at least: a message that is sent along with none of them is
/// sent all the same.
fn each(assets: &Assets, weight: Weight) -> Weight {
    weight.saturating_mul((assets.len() as u64).max(1))
}

/// `weight` for each asset that `filter` may match, and for one at least.
fn matched(filter: &AssetFilter, weight: Weight) -> Weight {
    // Holding is checked against its limit after each instruction, which may double it.
    let most = u64::from(MaxAssetsIntoHolding::get()) * 2;
    let count = match filter {
        Definite(assets) => assets.len() as u64,
        Wild(AllOf { fun: WildFungible, .. }) => 1,
        Wild(All | AllOf { fun: WildNonFungible, .. }) => most,
        Wild(AllCounted(count) | AllOfCounted { count, .. }) => most.min((*count).into()),
    };
    weight.saturating_mul(count.max(1))
}

/// Weight of an instruction that only fails.
fn not_done() -> Weight {
    Generic::<Runtime>::trap()
}

/// The weights of instructions of messages that hold calls of type `Call`.
pub struct XcmWeight<Call>(PhantomData<Call>);

impl<Call> XcmWeightInfo<Call> for XcmWeight<Call> {
    fn withdraw_asset(assets: &Assets) -> Weight {
        each(assets, Fungible::<Runtime>::withdraw_asset())
    }
    fn reserve_asset_deposited(assets: &Assets) -> Weight {
        each(assets, Fungible::<Runtime>::reserve_asset_deposited())
    }
    fn receive_teleported_asset(_: &Assets) -> Weight {
        not_done()
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
        not_done()
    }
    fn hrmp_channel_accepted(_: &u32) -> Weight {
        not_done()
    }
    fn hrmp_channel_closing(_: &u32, _: &u32, _: &u32) -> Weight {
        not_done()
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
        not_done()
    }
    fn initiate_reserve_withdraw(assets: &AssetFilter, _: &Location, _: &Xcm<()>) -> Weight {
        matched(assets, Fungible::<Runtime>::initiate_reserve_withdraw())
    }
    /// Fails once delivery is priced, as of a withdrawal.
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
        not_done()
    }
    fn export_message(_: &NetworkId, _: &InteriorLocation, _: &Xcm<()>) -> Weight {
        not_done()
    }
    fn lock_asset(_: &Asset, _: &Location) -> Weight {
        not_done()
    }
    fn unlock_asset(_: &Asset, _: &Location) -> Weight {
        not_done()
    }
    fn note_unlockable(_: &Asset, _: &Location) -> Weight {
        not_done()
    }
    fn request_unlock(_: &Asset, _: &Location) -> Weight {
        not_done()
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
        not_done()
    }
    fn unpaid_execution(_: &WeightLimit, _: &Option<Location>) -> Weight {
        Generic::<Runtime>::unpaid_execution()
    }
    /// Too much for any message: the SDK's weigher does not look at what is inside.
    fn execute_with_origin(_: &Option<InteriorLocation>, _: &Xcm<Call>) -> Weight {
        Weight::MAX
    }
}
