//! The runtime of every Tandem network.
//!
//! Networks differ in data, their [genesis presets](networks), and never in code. The crate builds two
//! blobs: one for a network before its switch to asynchronous backing, and one for after it. The blobs
//! differ in the spec version and in the value of [`CADENCE`]. Everything that depends on block time
//! derives from that value, mostly through [`blocks`].
//!
//! This file lists the pallets; one file per concern configures them.

#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "256"]

extern crate alloc;

/// The blob at the asynchronous cadence.
#[cfg(feature = "std")]
pub mod asynchronous {
    include!(concat!(env!("OUT_DIR"), "/asynchronous"));
}

/// The blob at the synchronous cadence.
#[cfg(feature = "std")]
pub mod synchronous {
    include!(concat!(env!("OUT_DIR"), "/synchronous"));
}

mod accounts;
mod apis;
mod clock;
mod collators;
mod economy;
mod governance;
mod limits;
mod messages;
pub mod metadata_hash;
mod money;
pub mod networks;
mod parachain;
mod prices;
mod sessions;
mod system;
mod transaction;
mod weights;

pub use accounts::ProxyType;
pub use collators::SessionKeys;
pub use governance::{
    is_essential, is_never_stopped, Call as GovernanceCall, Error as GovernanceError,
    Event as GovernanceEvent, Origin as GovernanceOrigin, Pauses, PriceDivisor, SafeModeEnded, Speedup,
    ATTEMPTS as SCHEDULE_ATTEMPTS, MAX_PAUSES,
};
pub use limits::MAXIMUM_BLOCK_WEIGHT;
pub use prices::{price, ExistentialDeposit, WeightToFee, DECIMALS, MILLI, UNIT};
pub use sessions::Speedup as SessionSpeedup;
pub use transaction::{TransactionExtensions, UncheckedExtrinsic};

use alloc::vec::Vec;
use cadence::Duration;
use sp_runtime::{
    generic,
    traits::{BlakeTwo256, IdentifyAccount, Verify},
    MultiAddress, MultiSignature,
};
use sp_version::RuntimeVersion;

/// The cadence of this build.
pub const CADENCE: cadence::Cadence =
    if cfg!(feature = "synchronous") { cadence::SYNCHRONOUS } else { cadence::ASYNCHRONOUS };

/// The number of blocks that `time` takes.
pub const fn blocks(time: Duration) -> BlockNumber {
    CADENCE.blocks(time)
}

/// Defines [`VERSION`]. The version goes into a section of the blob, so it must be a literal.
macro_rules! version {
    ($spec_version:tt) => {
        #[sp_version::runtime_version]
        pub const VERSION: RuntimeVersion = RuntimeVersion {
            spec_name: alloc::borrow::Cow::Borrowed("tandem"),
            impl_name: alloc::borrow::Cow::Borrowed("tandem"),
            authoring_version: 1,
            spec_version: $spec_version,
            impl_version: 0,
            apis: apis::RUNTIME_API_VERSIONS,
            transaction_version: 1,
            system_version: 1,
        };
    };
}

// The asynchronous blob is the upgrade of the synchronous one.
#[cfg(feature = "synchronous")]
version!(1);
#[cfg(not(feature = "synchronous"))]
version!(2);

pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
pub type Address = MultiAddress<AccountId, ()>;
/// Amounts in the smallest unit of a token.
pub type Balance = u128;
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
pub type BlockNumber = cadence::BlockNumber;
pub type Hash = sp_core::H256;
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
pub type Nonce = u32;
pub type Signature = MultiSignature;

/// Applies blocks and transactions.
pub type Executive = frame_executive::Executive<
    Runtime,
    Block,
    frame_system::ChainContext<Runtime>,
    Runtime,
    AllPalletsWithSystem,
>;

cumulus_pallet_parachain_system::register_validate_block! {
    Runtime = Runtime,
    BlockExecutor = cumulus_pallet_aura_ext::BlockExecutor::<Runtime, Executive>,
}

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Runtime;

    // The block and its relay chain.
    #[runtime::pallet_index(0)]
    pub type System = frame_system;
    #[runtime::pallet_index(1)]
    pub type ParachainSystem = cumulus_pallet_parachain_system;
    #[runtime::pallet_index(2)]
    pub type Timestamp = pallet_timestamp;
    #[runtime::pallet_index(3)]
    pub type ParachainInfo = parachain_info;
    #[runtime::pallet_index(4)]
    pub type WeightReclaim = cumulus_pallet_weight_reclaim;
    #[runtime::pallet_index(5)]
    pub type MultiBlockMigrations = pallet_migrations;
    #[runtime::pallet_index(6)]
    pub type Cadence = pallet_cadence;

    // Money.
    #[runtime::pallet_index(10)]
    pub type Balances = pallet_balances;
    #[runtime::pallet_index(11)]
    pub type TransactionPayment = pallet_transaction_payment;
    #[runtime::pallet_index(12)]
    pub type Vesting = pallet_vesting;
    #[runtime::pallet_index(13)]
    pub type Treasury = pallet_treasury;
    #[runtime::pallet_index(14)]
    pub type ForeignAssets = pallet_assets;

    // The economy, in the order in which its hooks must run: an era is paid before it turns.
    #[runtime::pallet_index(15)]
    pub type Inflation = pallet_inflation;
    #[runtime::pallet_index(16)]
    pub type DappStaking = pallet_dapp_staking;

    // Collators, in the order in which their hooks must run.
    #[runtime::pallet_index(20)]
    pub type Authorship = pallet_authorship;
    #[runtime::pallet_index(21)]
    pub type CollatorSelection = pallet_collator_selection;
    #[runtime::pallet_index(22)]
    pub type Session = pallet_session;
    #[runtime::pallet_index(23)]
    pub type Aura = pallet_aura;
    #[runtime::pallet_index(24)]
    pub type AuraExt = cumulus_pallet_aura_ext;
    #[runtime::pallet_index(25)]
    pub type CollatorSessions = crate::sessions;

    // Messages.
    #[runtime::pallet_index(30)]
    pub type XcmpQueue = cumulus_pallet_xcmp_queue;
    #[runtime::pallet_index(31)]
    pub type PolkadotXcm = pallet_xcm;
    #[runtime::pallet_index(32)]
    pub type CumulusXcm = cumulus_pallet_xcm;
    #[runtime::pallet_index(33)]
    pub type MessageQueue = pallet_message_queue;
    #[runtime::pallet_index(34)]
    pub type Consensus = crate::messages::consensus;
    #[runtime::pallet_index(35)]
    pub type AssetRate = pallet_asset_rate;

    // Accounts.
    #[runtime::pallet_index(40)]
    pub type Utility = pallet_utility;
    #[runtime::pallet_index(41)]
    pub type Multisig = pallet_multisig;
    #[runtime::pallet_index(42)]
    pub type Proxy = pallet_proxy;
    #[runtime::pallet_index(43)]
    pub type Identity = pallet_identity;

    // Governance.
    #[runtime::pallet_index(50)]
    pub type Preimage = pallet_preimage;
    #[runtime::pallet_index(51)]
    pub type Scheduler = pallet_scheduler;
    #[runtime::pallet_index(52)]
    pub type ConvictionVoting = pallet_conviction_voting;
    #[runtime::pallet_index(53)]
    pub type Referenda = pallet_referenda;
    #[runtime::pallet_index(54)]
    pub type Governance = crate::governance;
    #[runtime::pallet_index(55)]
    pub type TechnicalCommittee = pallet_collective;
    #[runtime::pallet_index(56)]
    pub type Whitelist = pallet_whitelist;

    // Brakes.
    #[runtime::pallet_index(60)]
    pub type TxPause = pallet_tx_pause;
    #[runtime::pallet_index(61)]
    pub type SafeMode = pallet_safe_mode;
}
