//! Collators: who may author, by which keys, in which slot, and what they earn for it.

use crate::{
    governance::{ensure, RootOr},
    money::deposit,
    *,
};
use alloc::vec::Vec;
use frame_support::{
    parameter_types,
    traits::{ConstBool, ConstU32, ConstU64},
    PalletId,
};
use sp_runtime::impl_opaque_keys;

impl_opaque_keys! {
    pub struct SessionKeys {
        pub aura: Aura,
    }
}

impl pallet_authorship::Config for Runtime {
    type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Runtime, Aura>;
    type EventHandler = CollatorSelection;
}

impl pallet_aura::Config for Runtime {
    type AllowMultipleBlocksPerSlot = ConstBool<{ CADENCE.capacity > 1 }>;
    type AuthorityId = sp_consensus_aura::sr25519::AuthorityId;
    type DisabledValidators = ();
    type MaxAuthorities = ConstU32<{ MAX_CANDIDATES + MAX_INVULNERABLES }>;
    type SlotDuration = ConstU64<{ CADENCE.slot_millis as u64 }>;
}

impl cumulus_pallet_aura_ext::Config for Runtime {}

const MAX_CANDIDATES: u32 = 148;
const MAX_INVULNERABLES: u32 = 48;

parameter_types! {
    pub const SessionLength: Duration = cadence::hours(1);
    pub const SessionPeriod: BlockNumber = blocks(SessionLength::get());
    /// A collator that authored nothing for so long is no candidate any more.
    pub const KickThreshold: BlockNumber = 2 * SessionPeriod::get();
    pub const PotId: PalletId = PalletId(*b"PotStake");
    pub const KeyDeposit: Balance = deposit(1, 32);
}

/// Sessions of equal length, none of which is longer or shorter for a change of cadence.
type Sessions =
    pallet_session::PeriodicSessions<SessionPeriod, pallet_cadence::Phase<Runtime, SessionLength>>;

impl pallet_session::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type DisablingStrategy = ();
    type KeyDeposit = KeyDeposit;
    type Keys = SessionKeys;
    type NextSessionRotation = Sessions;
    type SessionHandler = <SessionKeys as sp_runtime::traits::OpaqueKeys>::KeyTypeIdProviders;
    type SessionManager = CollatorSelection;
    type ShouldEndSession = Sessions;
    type ValidatorId = AccountId;
    type ValidatorIdOf = pallet_collator_selection::IdentityCollator;
    type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
}

impl pallet_collator_selection::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type KickThreshold = KickThreshold;
    type MaxCandidates = ConstU32<MAX_CANDIDATES>;
    type MaxInvulnerables = ConstU32<MAX_INVULNERABLES>;
    type MinEligibleCollators = ConstU32<1>;
    type PotId = PotId;
    type UpdateOrigin = RootOr<ensure::GeneralAdmin>;
    type ValidatorId = AccountId;
    type ValidatorIdOf = pallet_collator_selection::IdentityCollator;
    type ValidatorRegistration = economy::MayCollate;
    type WeightInfo = pallet_collator_selection::weights::SubstrateWeight<Runtime>;
}
