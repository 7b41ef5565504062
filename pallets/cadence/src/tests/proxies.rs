//! Calls that wait for others: of a proxy after its delay, and of a multisig for its approvals.

use super::*;
use frame_support::assert_noop;

#[test]
fn a_delayed_proxy_call_waits_as_long_as_it_would_have() {
    let call = || remark("delayed");
    let hash = || call().using_encoded(sp_io::hashing::blake2_256).into();
    chain(AT).execute_with(|| {
        assert_ok!(Proxy::add_proxy(RuntimeOrigin::signed(1), 2, Anything, 60));
        assert_ok!(Proxy::announce(RuntimeOrigin::signed(2), 1, hash()));
        run_until(SYNCHRONOUS.time(20));
        switch();
        let act = || Proxy::proxy_announced(RuntimeOrigin::signed(3), 2, 1, None, call());
        run_until(SYNCHRONOUS.time(59));
        assert_noop!(act(), pallet_proxy::Error::<Test>::Unannounced);
        run_until(SYNCHRONOUS.time(60));
        assert_ok!(act());
    });
}

#[test]
fn a_multisig_in_flight_is_found_by_its_timepoint() {
    chain(AT).execute_with(|| {
        let call = remark("signed");
        let weight = Weight::from_parts(1_000_000_000, 10_000);
        assert_ok!(Multisig::as_multi(RuntimeOrigin::signed(1), 2, vec![2, 3], None, call.clone(), weight));
        let when = Multisig::timepoint();
        switch();
        assert_ok!(Multisig::as_multi(RuntimeOrigin::signed(2), 2, vec![1, 3], Some(when), call, weight));
    });
}
