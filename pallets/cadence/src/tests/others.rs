//! Pallets that the chain of [`mock`](crate::mock) does not have, on a chain of their own: safe mode, the
//! whitelist, a collective and collator selection.

use crate::{moved, rescale, walk::EntryWeights, Position, Rescale, Touched, Walk};
use cadence::{Change, ASYNCHRONOUS, SYNCHRONOUS};
use codec::{Decode, Encode};
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU128, ConstU32, Everything, ValidatorRegistration},
    weights::{Weight, WeightMeter},
    PalletId,
};
use frame_system::{EnsureRoot, EnsureRootWithSuccess};
use sp_runtime::{testing::H256, BuildStorage};

/// The block after which the cadence changes.
const AT: u32 = 100_000;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        SafeMode: pallet_safe_mode,
        Whitelist: pallet_whitelist,
        Council: pallet_collective,
        CollatorSelection: pallet_collator_selection,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type AccountData = pallet_balances::AccountData<u128>;
    type Block = frame_system::mocking::MockBlockU32<Test>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type AccountStore = System;
    type Balance = u128;
    type ExistentialDeposit = ConstU128<1>;
}

parameter_types! {
    pub const Length: u32 = 10;
    pub const MostWeight: Weight = Weight::MAX;
    pub const NoDelay: Option<u32> = None;
    pub const NoDeposit: Option<u128> = None;
    pub const Pot: PalletId = PalletId(*b"collator");
}

impl pallet_safe_mode::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type EnterDepositAmount = NoDeposit;
    type EnterDuration = Length;
    type ExtendDepositAmount = NoDeposit;
    type ExtendDuration = Length;
    type ForceDepositOrigin = EnsureRoot<u64>;
    type ForceEnterOrigin = EnsureRootWithSuccess<u64, Length>;
    type ForceExitOrigin = EnsureRoot<u64>;
    type ForceExtendOrigin = EnsureRootWithSuccess<u64, Length>;
    type Notify = ();
    type ReleaseDelay = NoDelay;
    type RuntimeHoldReason = RuntimeHoldReason;
    type WeightInfo = ();
    type WhitelistedCalls = Everything;
}

impl pallet_whitelist::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type BlockNumberProvider = System;
    type DeferredDispatchExpiration = Length;
    type DispatchWhitelistedOrigin = EnsureRoot<u64>;
    type Preimages = ();
    type RuntimeCall = RuntimeCall;
    type WeightInfo = ();
    type WhitelistOrigin = EnsureRoot<u64>;
}

impl pallet_collective::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type Consideration = ();
    type DefaultVote = pallet_collective::PrimeDefaultVote;
    type DisapproveOrigin = EnsureRoot<u64>;
    type KillOrigin = EnsureRoot<u64>;
    type MaxMembers = ConstU32<4>;
    type MaxProposalWeight = MostWeight;
    type MaxProposals = ConstU32<4>;
    type MotionDuration = Length;
    type Proposal = RuntimeCall;
    type RuntimeOrigin = RuntimeOrigin;
    type SetMembersOrigin = EnsureRoot<u64>;
    type WeightInfo = ();
}

pub struct Anybody;

impl ValidatorRegistration<u64> for Anybody {
    fn is_registered(_: &u64) -> bool {
        true
    }
}

impl pallet_collator_selection::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type KickThreshold = Length;
    type MaxCandidates = ConstU32<4>;
    type MaxInvulnerables = ConstU32<4>;
    type MinEligibleCollators = ConstU32<1>;
    type PotId = Pot;
    type UpdateOrigin = EnsureRoot<u64>;
    type ValidatorId = u64;
    type ValidatorIdOf = pallet_collator_selection::IdentityCollator;
    type ValidatorRegistration = Anybody;
    type WeightInfo = ();
}

/// Runs `test` on a chain at block [`AT`].
fn on_chain(test: impl FnOnce()) {
    let storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
    let mut chain = sp_io::TestExternalities::new(storage);
    chain.execute_with(|| {
        System::set_block_number(AT);
        test();
    });
}

/// Rescales what a pallet has stored, and checks that it has kept its time. Without that, as many as `values`
/// values have to be reported: a check that overlooked them would report nothing. Returns what could not
/// wait.
fn change<P: Rescale>(values: usize) -> Touched {
    let change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, AT);
    let before = P::stored(&change.from);
    assert_eq!(moved(before.clone(), P::stored(&change.to), &change).len(), values);
    let touched = P::begin(&change);
    let (mut position, mut meter) = (Position::default(), WeightMeter::new());
    let mut walk = Walk::new(&mut position, &mut meter, EntryWeights::of::<()>(), true);
    assert!(P::rescale(&change, &mut walk));
    assert_eq!(moved(before, P::stored(&change.to), &change), Vec::<String>::new());
    touched
}

#[test]
fn safe_mode_ends_when_it_would_have() {
    on_chain(|| {
        pallet_safe_mode::EnteredUntil::<Test>::put(AT + 50);
        assert_eq!(change::<rescale::SafeMode<Test>>(1), Touched { entries: 1, bytes: 4 });
        assert_eq!(pallet_safe_mode::EnteredUntil::<Test>::get(), Some(AT + 100));
    });
}

#[test]
fn a_deferred_call_expires_when_it_would_have() {
    on_chain(|| {
        let call = H256::repeat_byte(1);
        pallet_whitelist::DeferredDispatch::<Test>::insert(call, AT + 7);
        assert_eq!(change::<rescale::Whitelist<Test>>(1), Touched::default());
        assert_eq!(pallet_whitelist::DeferredDispatch::<Test>::get(call), Some(AT + 14));
        assert_eq!(rescale::Whitelist::<Test>::now(), Some(AT));
    });
}

#[test]
fn the_vote_on_a_motion_ends_when_it_would_have() {
    on_chain(|| {
        // Index, threshold, ayes, nays and end. The fields of the pallet's own type are private.
        let votes = |end: u32| {
            let fields = (3u32, 2u32, vec![1u64], vec![2u64], end).encode();
            pallet_collective::Votes::<u64, u32>::decode(&mut &fields[..]).unwrap()
        };
        let motion = H256::repeat_byte(1);
        pallet_collective::Voting::<Test>::insert(motion, votes(AT + 30));
        assert_eq!(change::<rescale::Collective<Test>>(1), Touched::default());
        assert_eq!(pallet_collective::Voting::<Test>::get(motion), Some(votes(AT + 60)));
    });
}

#[test]
fn a_collator_is_spared_as_long_as_it_would_have_been() {
    use pallet_collator_selection::LastAuthoredBlock;
    on_chain(|| {
        for (who, last) in [(1, AT - 10), (2, AT), (3, AT + 50)] {
            LastAuthoredBlock::<Test>::insert(who, last);
        }
        // The last block of account 2 is the block of the change, which is the same moment anyway.
        assert_eq!(change::<rescale::CollatorSelection<Test>>(2), Touched { entries: 3, bytes: 3 * 12 });
        assert_eq!([1u64, 2, 3].map(LastAuthoredBlock::<Test>::get), [AT - 20, AT, AT + 100]);
    });
}
