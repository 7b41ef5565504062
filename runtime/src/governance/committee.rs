//! The technical committee. It pulls the [brakes](super::brakes), and whitelists calls that referenda on the
//! track `whitelisted_caller` make as Root. Root sets its members. The committee makes no call as Root
//! itself, and spends nothing.

use super::{
    ensure::{self, RootOr},
    periods::period_blocks,
};
use crate::{limits::RuntimeBlockWeights, *};
use frame_support::{parameter_types, traits::ConstU32, weights::Weight};
use frame_system::EnsureRoot;
use sp_runtime::Perbill;

parameter_types! {
    pub MotionDuration: BlockNumber = period_blocks(cadence::days(3));
    pub MaxMotionWeight: Weight = Perbill::from_percent(50) * RuntimeBlockWeights::get().max_block;
    pub DeferredDispatchExpiration: BlockNumber = period_blocks(cadence::days(14));
}

/// A member who has not voted when a motion ends counts as against it.
pub struct AbsentCountAsAgainst;

impl pallet_collective::DefaultVote for AbsentCountAsAgainst {
    fn default_vote(_: Option<bool>, _: u32, _: u32, _: u32) -> bool {
        false
    }
}

impl pallet_collective::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Consideration = ();
    type DefaultVote = AbsentCountAsAgainst;
    type DisapproveOrigin = EnsureRoot<AccountId>;
    type KillOrigin = EnsureRoot<AccountId>;
    type MaxMembers = ConstU32<16>;
    type MaxProposalWeight = MaxMotionWeight;
    type MaxProposals = ConstU32<20>;
    type MotionDuration = MotionDuration;
    type Proposal = RuntimeCall;
    type RuntimeOrigin = RuntimeOrigin;
    type SetMembersOrigin = EnsureRoot<AccountId>;
    type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
}

impl pallet_whitelist::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type BlockNumberProvider = System;
    type DeferredDispatchExpiration = DeferredDispatchExpiration;
    type DispatchWhitelistedOrigin = RootOr<ensure::WhitelistedCaller>;
    type Preimages = Preimage;
    type RuntimeCall = RuntimeCall;
    type WeightInfo = pallet_whitelist::weights::SubstrateWeight<Runtime>;
    type WhitelistOrigin = ensure::Whitelister;
}
