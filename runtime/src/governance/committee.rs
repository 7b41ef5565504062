//! The technical committee: it pulls the [brakes](super::brakes), and whitelists calls that referenda
//! of the track `whitelisted_caller` make as Root. Root says who is in it. It makes no call as Root
//! itself, and spends nothing.

use super::*;

parameter_types! {
    pub MotionDuration: BlockNumber = blocks(cadence::days(3));
    pub MaxMotionWeight: Weight = Perbill::from_percent(50) * RuntimeBlockWeights::get().max_block;
    pub DeferredDispatchExpiration: BlockNumber = blocks(cadence::days(14));
}

/// Who has not voted when a motion ends is against it.
pub struct Against;

impl pallet_collective::DefaultVote for Against {
    fn default_vote(_: Option<bool>, _: u32, _: u32, _: u32) -> bool {
        false
    }
}

impl pallet_collective::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Consideration = ();
    type DefaultVote = Against;
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
