//! Collators: who may author, with which keys, in which slots, and what they earn.

use crate::{prices::Deposit, *};
use alloc::vec::Vec;
use frame_support::{
    parameter_types,
    traits::{ConstBool, ConstU32, ConstU64},
    PalletId,
};
use frame_system::EnsureRoot;
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
    pub SessionLength: Duration = sessions::length();
    /// At least one block, however short sessions are.
    pub SessionPeriod: BlockNumber = blocks(SessionLength::get()).max(1);
    /// A candidate that has authored nothing for this long is dropped when a session ends, and gets its bond
    /// back. A new candidate has twice as long, because it authors only from the session after the next on.
    pub KickThreshold: BlockNumber = SessionPeriod::get().saturating_mul(2);
    pub const PotId: PalletId = PalletId(*b"PotStake");
}

/// Sessions of equal length. A change of cadence makes none of them longer or shorter.
type Sessions =
    pallet_session::PeriodicSessions<SessionPeriod, pallet_cadence::Phase<Runtime, SessionLength>>;

impl pallet_session::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type DisablingStrategy = ();
    type KeyDeposit = Deposit<1, 32>;
    type Keys = SessionKeys;
    type NextSessionRotation = Sessions;
    type SessionHandler = <SessionKeys as sp_runtime::traits::OpaqueKeys>::KeyTypeIdProviders;
    type SessionManager = NoMoreCandidatesThanInvulnerables;
    type ShouldEndSession = Sessions;
    type ValidatorId = AccountId;
    type ValidatorIdOf = pallet_collator_selection::IdentityCollator;
    type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
}

/// Chooses authors as [`CollatorSelection`] does, but at most as many candidates as invulnerables. It takes
/// the candidates with the highest bonds.
///
/// A candidate can take its bond back and leave as soon as a session is planned with it, and then author
/// nothing in that session. So candidates must never be most of the authors.
pub struct NoMoreCandidatesThanInvulnerables;

impl pallet_session::SessionManager<AccountId> for NoMoreCandidatesThanInvulnerables {
    fn new_session(index: u32) -> Option<Vec<AccountId>> {
        let mut authors = CollatorSelection::new_session(index)?;
        let invulnerables = pallet_collator_selection::Invulnerables::<Runtime>::decode_len().unwrap_or(0);
        // The invulnerables come first. Without any, all authors are candidates.
        if invulnerables > 0 {
            authors.truncate(invulnerables.saturating_mul(2));
        }
        Some(authors)
    }

    fn start_session(index: u32) {
        CollatorSelection::start_session(index);
    }

    fn end_session(index: u32) {
        CollatorSelection::end_session(index);
    }
}

impl pallet_collator_selection::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type KickThreshold = KickThreshold;
    type MaxCandidates = ConstU32<MAX_CANDIDATES>;
    type MaxInvulnerables = ConstU32<MAX_INVULNERABLES>;
    type MinEligibleCollators = ConstU32<1>;
    type PotId = PotId;
    /// Only Root, because whoever names the collators can stop the chain.
    type UpdateOrigin = EnsureRoot<AccountId>;
    type ValidatorId = AccountId;
    type ValidatorIdOf = pallet_collator_selection::IdentityCollator;
    type ValidatorRegistration = economy::MayCollate;
    type WeightInfo = pallet_collator_selection::weights::SubstrateWeight<Runtime>;
}
