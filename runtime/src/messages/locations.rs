//! Locations as this chain sees them: which are its own, which belong to others, and which accounts are
//! behind them.

use super::consensus;
use crate::{AccountId, Balance, ParachainInfo, Runtime, RuntimeOrigin};
use frame_support::{parameter_types, traits::Contains};
use polkadot_parachain_primitives::primitives::Sibling;
use sp_runtime::traits::Identity;
use xcm::latest::prelude::*;
use xcm_builder::{
    AccountId32Aliases, DescribeAllTerminal, DescribeFamily, HashedDescription, MatchedConvertedConcreteId,
    ParentIsPreset, SiblingParachainConvertsVia, SignedToAccountId32,
};

parameter_types! {
    /// This chain, and its token, as seen from here.
    pub const Here: Location = Location::here();
    /// The relay chain's network, which the accounts in messages belong to.
    pub RelayNetwork: NetworkId = consensus::Network::<Runtime>::get();
    pub UniversalLocation: InteriorLocation =
        [GlobalConsensus(RelayNetwork::get()), Parachain(ParachainInfo::parachain_id().into())].into();
}

/// The account behind a location.
pub type LocationToAccount = (
    ParentIsPreset<AccountId>,
    SiblingParachainConvertsVia<Sibling, AccountId>,
    AccountId32Aliases<RelayNetwork, AccountId>,
    HashedDescription<AccountId, DescribeFamily<DescribeAllTerminal>>,
);

/// The location of an account of this chain.
pub type AccountToLocation = SignedToAccountId32<RuntimeOrigin, AccountId, RelayNetwork>;

/// Every asset that is not from this chain: neither its token nor anything else inside it.
pub struct Foreign;

impl Contains<Location> for Foreign {
    fn contains(location: &Location) -> bool {
        location.parent_count() > 0
    }
}

pub type ForeignMatcher = MatchedConvertedConcreteId<Location, Balance, Foreign, Identity, Identity>;

/// The relay chain and its bodies (pluralities).
pub struct RelayOrItsBodies;

impl Contains<Location> for RelayOrItsBodies {
    fn contains(location: &Location) -> bool {
        matches!(location.unpack(), (1, []) | (1, [Plurality { .. }]))
    }
}

/// The relay chain and sibling parachains.
pub struct RelayOrSiblings;

impl Contains<Location> for RelayOrSiblings {
    fn contains(location: &Location) -> bool {
        matches!(location.unpack(), (1, []) | (1, [Parachain(_)]))
    }
}
