//! The gates: what is refused or waits during a change, and that nothing of it is lost.

use super::*;
use frame_support::{assert_noop, dispatch::DispatchResultWithPostInfo};
use sp_runtime::traits::Dispatchable;

fn vest(who: u64) -> DispatchResultWithPostInfo {
    RuntimeCall::from(pallet_vesting::Call::vest {}).dispatch(RuntimeOrigin::signed(who))
}

/// They have to, because a message is executed only once.
#[test]
fn messages_wait_while_a_change_is_under_way() {
    use frame_support::traits::QueuePausedQuery;
    let waits = || <Waiting<Test> as QueuePausedQuery<u32>>::is_paused(&7);
    chain(AT).execute_with(|| {
        vesting_for(1_000..1_100);
        assert!(!waits());
        Share::set(entries_per_block(20));
        switch();
        assert!(waits());
        Cadence::finish();
        assert!(!waits());
    });
}

/// The chain keeps running. Only calls of pallets that are not rescaled yet are refused, so nothing is
/// unlocked early. A second upgrade has to wait.
#[test]
fn only_what_is_being_rescaled_is_closed() {
    chain(AT).execute_with(|| {
        vesting_for((1..2).chain(1_000..1_100));
        Share::set(entries_per_block(20));
        switch();
        while closed().first() != Some(&"Vesting") {
            next_block();
        }
        assert_eq!(closed(), ["Vesting", "Proxy", "Multisig"]);
        assert_noop!(vest(1), frame_system::Error::<Test>::CallFiltered);
        let batched = pallet_utility::Call::batch_all { calls: vec![pallet_vesting::Call::vest {}.into()] };
        let refused = RuntimeCall::from(batched).dispatch(RuntimeOrigin::signed(1)).unwrap_err().error;
        assert_eq!(refused, frame_system::Error::<Test>::CallFiltered.into());
        let transfer = pallet_balances::Call::transfer_keep_alive { dest: 2, value: 5 };
        assert_ok!(RuntimeCall::from(transfer).dispatch(RuntimeOrigin::signed(1)));
        let unlock = pallet_conviction_voting::Call::unlock { class: 0, target: 1 };
        assert_ok!(RuntimeCall::from(unlock).dispatch(RuntimeOrigin::signed(1)));
        let upgrade = RuntimeCall::from(frame_system::Call::apply_authorized_upgrade { code: vec![] });
        let by_anyone = || upgrade.clone().dispatch(RuntimeOrigin::signed(1)).unwrap_err().error;
        assert_eq!(by_anyone(), frame_system::Error::<Test>::CallFiltered.into());
        let mut blocks = 0;
        while !closed().is_empty() {
            next_block();
            blocks += 1;
        }
        assert!(blocks > 0);
        assert_ok!(vest(1));
        assert_eq!(by_anyone(), frame_system::Error::<Test>::NothingAuthorized.into());
    });
}

/// While a call is refused, the agreement of its signatories or its owner is not used up. The sender of a
/// batch sees which call was refused.
#[test]
fn a_call_that_is_refused_is_not_used_up() {
    let vesting = || Box::new(RuntimeCall::from(pallet_vesting::Call::vest_other { target: 1 }));
    let hash = || vesting().using_encoded(sp_io::hashing::blake2_256).into();
    let weight = Weight::from_parts(1_000_000_000, 10_000);
    chain(AT).execute_with(|| {
        vesting_for((1..2).chain(1_000..1_100));
        assert_ok!(Multisig::as_multi(RuntimeOrigin::signed(1), 2, vec![2, 3], None, vesting(), weight));
        let when = Multisig::timepoint();
        assert_ok!(Proxy::add_proxy(RuntimeOrigin::signed(4), 5, Anything, 1));
        assert_ok!(Proxy::announce(RuntimeOrigin::signed(5), 4, hash()));
        next_block();
        Share::set(entries_per_block(20));
        switch();
        while closed().first() != Some(&"Vesting") {
            next_block();
        }
        let approve = || {
            let call = pallet_multisig::Call::as_multi {
                threshold: 2,
                other_signatories: vec![1, 3],
                maybe_timepoint: Some(when),
                call: vesting(),
                max_weight: weight,
            };
            RuntimeCall::from(call).dispatch(RuntimeOrigin::signed(2))
        };
        let act = || {
            let call = pallet_proxy::Call::proxy_announced {
                delegate: 5,
                real: 4,
                force_proxy_type: None,
                call: vesting(),
            };
            RuntimeCall::from(call).dispatch(RuntimeOrigin::signed(5))
        };
        let batch = || {
            let calls = vec![*remark("before"), *vesting(), *remark("after")];
            System::reset_events();
            assert_ok!(
                RuntimeCall::from(pallet_utility::Call::batch { calls }).dispatch(RuntimeOrigin::signed(1))
            );
            System::events().into_iter().map(|record| record.event).collect::<Vec<_>>()
        };
        assert_noop!(approve(), frame_system::Error::<Test>::CallFiltered);
        assert_noop!(act(), frame_system::Error::<Test>::CallFiltered);
        let refused = frame_system::Error::<Test>::CallFiltered.into();
        assert!(
            batch().contains(&pallet_utility::Event::BatchInterrupted { index: 1, error: refused }.into())
        );

        while Rescaling::<Test>::exists() {
            next_block();
        }
        assert_ok!(approve());
        assert_ok!(act());
        let executed: Vec<_> = System::events()
            .into_iter()
            .filter_map(|record| match record.event {
                RuntimeEvent::Multisig(pallet_multisig::Event::MultisigExecuted { result, .. })
                | RuntimeEvent::Proxy(pallet_proxy::Event::ProxyExecuted { result }) => Some(result),
                _ => None,
            })
            .collect();
        assert_eq!(executed, [Ok(()), Ok(())]);
        assert!(batch().contains(&pallet_utility::Event::BatchCompleted.into()));
    });
}
