//! The block itself: its number, hash, timestamp and filter of calls, and migrations that span several
//! blocks.

use crate::{
    limits::{RuntimeBlockLength, RuntimeBlockWeights},
    *,
};
use frame_support::{
    derive_impl,
    migrations::FreezeChainOnFailedMigration,
    parameter_types,
    traits::{ConstU16, ConstU32, ConstU64},
    weights::{constants::ParityDbWeight, Weight},
};
use sp_runtime::Perbill;

parameter_types! {
    pub const Version: RuntimeVersion = VERSION;
    /// The chain keeps the hashes of the last day's blocks, so a mortal transaction can be valid for that
    /// long.
    pub const BlockHashCount: BlockNumber = blocks(cadence::days(1));
}

#[derive_impl(frame_system::config_preludes::ParaChainDefaultConfig)]
impl frame_system::Config for Runtime {
    type AccountData = pallet_balances::AccountData<Balance>;
    type AccountId = AccountId;
    type BaseCallFilter = governance::AllowedCalls;
    type Block = Block;
    type BlockHashCount = BlockHashCount;
    type BlockLength = RuntimeBlockLength;
    type BlockWeights = RuntimeBlockWeights;
    type DbWeight = ParityDbWeight;
    type ExtensionsWeightInfo = frame_system::SubstrateExtensionsWeight<Runtime>;
    type Hash = Hash;
    type MaxConsumers = ConstU32<16>;
    type MultiBlockMigrator = MultiBlockMigrations;
    type Nonce = Nonce;
    type OnSetCode = cumulus_pallet_parachain_system::ParachainSetCode<Runtime>;
    /// Astar's, which all networks share.
    type SS58Prefix = ConstU16<{ networks::SS58_PREFIX }>;
    type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
    type Version = Version;
}

impl cumulus_pallet_weight_reclaim::Config for Runtime {
    type WeightInfo = ();
}

impl pallet_timestamp::Config for Runtime {
    /// Milliseconds since the Unix epoch. Aura checks that it falls into the block's slot.
    type Moment = u64;
    type OnTimestampSet = Aura;
    type MinimumPeriod = ConstU64<0>;
    type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
    pub MigrationsMaxServiceWeight: Weight = Perbill::from_percent(80) * RuntimeBlockWeights::get().max_block;
}

#[derive_impl(pallet_migrations::config_preludes::TestDefaultConfig)]
impl pallet_migrations::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Migrations = ();
    /// The relay chain's governance can repair a chain that stands still. Nobody can repair one that went
    /// on with half its state migrated.
    type FailedMigrationHandler = FreezeChainOnFailedMigration;
    type MaxServiceWeight = MigrationsMaxServiceWeight;
    type WeightInfo = pallet_migrations::weights::SubstrateWeight<Runtime>;
}
