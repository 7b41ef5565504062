//! Checks that a call comes from a certain origin of governance.

use super::state::Origin;
use crate::{
    prices::{price, UNIT},
    AccountId, Balance, RuntimeOrigin,
};
use frame_support::traits::{EitherOfDiverse, EnsureOrigin};
use frame_system::EnsureRoot;
use pallet_collective::{EnsureProportionAtLeast, EnsureProportionMoreThan};

/// Root, or an origin that `E` accepts.
pub type RootOr<E> = EitherOfDiverse<EnsureRoot<AccountId>, E>;

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

/// An origin that may spend from the treasury. Succeeds with the most that it may spend at once.
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

/// Root, or more than half of the technical committee. They pull the brakes and release them.
pub type Emergency = RootOr<EnsureProportionMoreThan<AccountId, (), 1, 2>>;

/// Root, or two thirds of the technical committee.
pub type Whitelister = RootOr<EnsureProportionAtLeast<AccountId, (), 2, 3>>;
