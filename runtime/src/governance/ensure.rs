//! Checks that a call comes from a certain origin of governance.

use super::{brakes::SafeModeLength, Origin, RootOr};
use crate::{money::price, AccountId, Balance, BlockNumber, Governance, RuntimeOrigin, UNIT};
use frame_support::traits::EnsureOrigin;
use frame_system::EnsureRoot;
use pallet_collective::{EnsureProportionAtLeast, EnsureProportionMoreThan};

macro_rules! ensure_origins {
    ($($name:ident),+) => {$(
        #[doc = concat!("The origin [`Origin::", stringify!($name), "`].")]
        pub struct $name;

        impl EnsureOrigin<RuntimeOrigin> for $name {
            type Success = ();

            fn try_origin(origin: RuntimeOrigin) -> Result<(), RuntimeOrigin> {
                Result::<Origin, _>::from(origin).and_then(|origin| match origin {
                    Origin::$name => Ok(()),
                    other => Err(other.into()),
                })
            }

            #[cfg(feature = "runtime-benchmarks")]
            fn try_successful_origin() -> Result<RuntimeOrigin, ()> {
                Ok(Origin::$name.into())
            }
        }
    )+};
}

ensure_origins!(GeneralAdmin, Treasurer, ReferendumCanceller, ReferendumKiller, WhitelistedCaller);

/// An origin that may spend from the treasury; succeeds with the most it may spend at once.
pub struct Spender;

impl EnsureOrigin<RuntimeOrigin> for Spender {
    type Success = Balance;

    fn try_origin(origin: RuntimeOrigin) -> Result<Balance, RuntimeOrigin> {
        Result::<Origin, _>::from(origin).and_then(|origin| match origin {
            Origin::SmallSpender => Ok(price(10_000 * UNIT)),
            Origin::MediumSpender => Ok(price(100_000 * UNIT)),
            Origin::BigSpender => Ok(price(1_000_000 * UNIT)),
            Origin::Treasurer => Ok(Balance::MAX),
            other => Err(other.into()),
        })
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<RuntimeOrigin, ()> {
        Ok(Origin::Treasurer.into())
    }
}

/// Root, or more than half of the technical committee: who pulls the brakes, and lets go of them.
pub type Emergency = RootOr<EnsureProportionMoreThan<AccountId, (), 1, 2>>;

/// Root, or two thirds of the technical committee.
pub type Whitelister = RootOr<EnsureProportionAtLeast<AccountId, (), 2, 3>>;

/// Root, or the committee if safe mode has rested; succeeds with the number of blocks that it holds.
pub struct MayEnterSafeMode;

impl EnsureOrigin<RuntimeOrigin> for MayEnterSafeMode {
    type Success = BlockNumber;

    fn try_origin(origin: RuntimeOrigin) -> Result<BlockNumber, RuntimeOrigin> {
        let allowed = match EnsureRoot::<AccountId>::try_origin(origin.clone()) {
            Ok(()) => true,
            Err(_) => Emergency::try_origin(origin.clone()).is_ok() && Governance::has_safe_mode_rested(),
        };
        allowed.then(SafeModeLength::get).ok_or(origin)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<RuntimeOrigin, ()> {
        Ok(frame_system::RawOrigin::Root.into())
    }
}
