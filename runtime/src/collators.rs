//! Collators: who may author, by which keys, in which slot, and what they earn for it.

use crate::{money::Deposit, *};
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
    /// However short sessions are, each has a block.
    pub SessionPeriod: BlockNumber = blocks(SessionLength::get()).max(1);
    /// A candidate that has authored nothing for so long is dropped when a session ends, and gets its
    /// bond back. A new one has as long again, as it authors only from the session after the next on.
    pub KickThreshold: BlockNumber = SessionPeriod::get().saturating_mul(2);
    pub const PotId: PalletId = PalletId(*b"PotStake");
}

/// Sessions of equal length, none of which is longer or shorter for a change of cadence.
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
    type SessionManager = AtMostAsManyCandidates;
    type ShouldEndSession = Sessions;
    type ValidatorId = AccountId;
    type ValidatorIdOf = pallet_collator_selection::IdentityCollator;
    type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
}

/// Chooses authors as [`CollatorSelection`] does, but no more candidates than invulnerables, those with
/// the highest bonds. A candidate can leave, with its bond, as soon as a session is planned with it, and
/// then authors nothing in that session; so candidates must never be most of the authors.
pub struct AtMostAsManyCandidates;

impl pallet_session::SessionManager<AccountId> for AtMostAsManyCandidates {
    fn new_session(index: u32) -> Option<Vec<AccountId>> {
        let mut authors = CollatorSelection::new_session(index)?;
        let invulnerables = pallet_collator_selection::Invulnerables::<Runtime>::decode_len().unwrap_or(0);
        // They come first. Without any, all are candidates.
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
    /// Whoever names the collators can stop the chain.
    type UpdateOrigin = EnsureRoot<AccountId>;
    type ValidatorId = AccountId;
    type ValidatorIdOf = pallet_collator_selection::IdentityCollator;
    type ValidatorRegistration = economy::MayCollate;
    type WeightInfo = pallet_collator_selection::weights::SubstrateWeight<Runtime>;
}
