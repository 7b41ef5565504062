//! Chains are followed on scripted nodes.

use super::*;
use crate::{
    observation::{ParachainInfo, Proposal, ProposalEnd},
    scripted::ScriptedNode,
};
use codec::Encode;
use serde_json::json;
use sp_crypto_hashing::{blake2_256, twox_64};

const PARA: ParaId = 2_000;
/// Longer than any test.
const HOUR: Duration = Duration::from_secs(3_600);

/// A connector to these nodes, by their URLs. It regards none of them as silent, and does not see that a lost
/// one answers again.
fn connector(nodes: &[(&str, &ScriptedNode)]) -> Connector {
    let nodes: HashMap<String, ScriptedNode> =
        nodes.iter().map(|(url, node)| (url.to_string(), (*node).clone())).collect();
    let open = move |url: String| -> Opening {
        let node = nodes[&url].clone();
        Box::pin(async move { node.connect(&url).await })
    };
    Connector { open: Arc::new(open), silence: HOUR, pause: Duration::from_millis(1), retry: HOUR }
}

/// What is reported, each observation as a few words.
struct Reports {
    observations: Receiver<Result<Observation>>,
    /// A node that has all reported relay blocks.
    relay: ScriptedNode,
}

impl Reports {
    /// The next report of a block or of a node.
    async fn next(&mut self) -> String {
        loop {
            // So that a test fails if nothing comes.
            let next = timeout(Duration::from_secs(60), self.observations.recv()).await;
            let observation = next.expect("an observation comes").expect("the chain is followed").unwrap();
            let new = |live| if live { "new " } else { "" };
            return match observation.what {
                Observed::Para(block) => format!("{}#{}", new(block.live), block.number),
                Observed::Relay(block) => format!("{}relay #{}", new(block.live), block.number),
                Observed::RelayBest(hash) => format!("best relay #{}", self.relay.number(hash)),
                Observed::RelayFinal { number, .. } => format!("final relay #{number}"),
                Observed::Link { node, error: None } => format!("{node} answers"),
                Observed::Link { node, error: Some(error) } => format!("{node}: {error}"),
                _ => continue,
            };
        }
    }

    async fn take(&mut self, count: usize) -> Vec<String> {
        let mut reports = vec![];
        for _ in 0..count {
            reports.push(self.next().await);
        }
        reports
    }

    /// All reports up to this one.
    async fn until(&mut self, last: &str) -> Vec<String> {
        let mut reports = vec![];
        while reports.last().is_none_or(|report| report != last) {
            reports.push(self.next().await);
            assert!(reports.len() < 1_000, "'{last}' does not come");
        }
        reports
    }
}

/// The reports that begin with `begin`.
fn of<'a>(reports: &'a [String], begin: &str) -> Vec<&'a str> {
    reports.iter().map(|report| &report[..]).filter(|report| report.starts_with(begin)).collect()
}

/// Follows the chain of these nodes from block 1 on.
fn followed_by(connector: Connector, nodes: &[(&str, &ScriptedNode)], reads: Reads) -> Reports {
    let (sender, observations) = mpsc::channel(WAITING);
    let (_, first) = nodes[0];
    let urls = nodes.iter().map(|(url, _)| url.to_string()).collect();
    let nodes = ChainNodes { genesis: first.hash(0), urls };
    let chain = FollowedChain { connector, sender, nodes, known: Known::default(), oldest: 1 };
    tokio::spawn(chain.follow(reads));
    Reports { observations, relay: first.clone() }
}

fn followed(nodes: &[(&str, &ScriptedNode)]) -> Reports {
    followed_by(connector(nodes), nodes, parablocks())
}

fn followed_relay(nodes: &[(&str, &ScriptedNode)]) -> Reports {
    followed_by(connector(nodes), nodes, Reads::Relay(vec![PARA]))
}

fn parablocks() -> Reads {
    let (_, looks_for) = watch::channel(None);
    Reads::Para(Box::new(ParachainReader::new(PARA, 6_000, looks_for)))
}

#[tokio::test]
async fn a_block_is_reported_once_after_its_missing_ancestors() {
    let a = ScriptedNode::new("para", 2);
    let mut reports = followed(&[("a", &a)]);
    assert_eq!(reports.take(3).await, ["a answers", "#1", "#2"]);
    a.grow(5);
    a.announce();
    a.grow(6);
    a.announce();
    assert_eq!(reports.take(4).await, ["#3", "#4", "new #5", "new #6"]);
}

#[tokio::test]
async fn after_a_closed_connection_the_next_node_reports_what_is_missing() {
    let (a, b) = (ScriptedNode::new("para", 2), ScriptedNode::new("para", 4));
    let mut reports = followed(&[("a", &a), ("b", &b)]);
    assert_eq!(reports.take(3).await, ["a answers", "#1", "#2"]);
    a.close();
    assert_eq!(reports.take(4).await, ["a: the subscription ended", "b answers", "#3", "#4"]);
    b.grow(5);
    b.announce();
    assert_eq!(reports.next().await, "new #5");
}

#[tokio::test]
async fn the_only_node_is_followed_again_when_it_comes_back() {
    let a = ScriptedNode::new("para", 2);
    let mut reports = followed(&[("a", &a)]);
    assert_eq!(reports.take(3).await, ["a answers", "#1", "#2"]);
    a.close();
    assert_eq!(reports.next().await, "a: the subscription ended");
    a.grow(4);
    a.open();
    assert_eq!(reports.take(3).await, ["a answers", "#3", "#4"]);
}

#[tokio::test]
async fn a_node_that_never_answers_is_reported_once() {
    let (a, b) = (ScriptedNode::new("para", 1), ScriptedNode::new("para", 1));
    a.close();
    let mut reports = followed(&[("a", &a), ("b", &b)]);
    assert_eq!(reports.take(3).await, ["a: no node answers at a", "b answers", "#1"]);
    b.close();
    b.open();
    // In between, the first node was tried again.
    assert_eq!(reports.take(2).await, ["b: the subscription ended", "b answers"]);
}

#[tokio::test]
async fn a_lost_node_is_reported_when_it_answers_again() {
    let (a, b) = (ScriptedNode::new("para", 1), ScriptedNode::new("para", 2));
    let nodes = [("a", &a), ("b", &b)];
    let connector = Connector { retry: Duration::from_millis(1), ..connector(&nodes) };
    let mut reports = followed_by(connector, &nodes, parablocks());
    assert_eq!(reports.take(2).await, ["a answers", "#1"]);
    a.close();
    let mut after = reports.take(4).await;
    // The next node is tried while the lost one is waited for.
    after.sort();
    assert_eq!(after, ["#2", "a: no node answers at a", "a: the subscription ended", "b answers"]);
    a.open();
    assert_eq!(reports.next().await, "a answers");
    // The other node is still the one that is followed.
    b.grow(3);
    b.announce();
    assert_eq!(reports.next().await, "new #3");
    // A node that is lost again is reported again.
    a.close();
    b.close();
    let mut after = reports.take(3).await;
    after.sort();
    assert_eq!(after, ["a: no node answers at a", "b: no node answers at b", "b: the subscription ended"]);
}

#[tokio::test]
async fn another_reason_why_a_node_is_lost_is_reported() {
    let (a, other) = (ScriptedNode::new("para", 1), ScriptedNode::new("other", 1));
    other.close();
    // When the node is down, the node of another chain may answer at its URL.
    let nodes = (a.clone(), other.clone());
    let open = move |url: String| -> Opening {
        let (a, other) = nodes.clone();
        Box::pin(async move {
            match a.connect(&url).await {
                Ok(node) => Ok(node),
                Err(_) => other.connect(&url).await,
            }
        })
    };
    let connector =
        Connector { open: Arc::new(open), retry: Duration::from_millis(1), ..connector(&[("a", &a)]) };
    let mut reports = followed_by(connector, &[("a", &a)], parablocks());
    assert_eq!(reports.take(2).await, ["a answers", "#1"]);
    a.close();
    assert_eq!(reports.take(2).await, ["a: the subscription ended", "a: no node answers at a"]);
    other.open();
    assert_eq!(reports.next().await, "a: the node at a belongs to another chain");
    a.grow(2);
    a.open();
    let after = reports.until("#2").await;
    assert!(of(&after, "a:").is_empty(), "{after:?}");
}

#[tokio::test]
async fn a_silent_node_is_left_for_the_next_one() {
    let (a, b) = (ScriptedNode::new("para", 1), ScriptedNode::new("para", 2));
    let nodes = [("a", &a), ("b", &b)];
    let connector = Connector { silence: Duration::from_millis(10), ..connector(&nodes) };
    let mut reports = followed_by(connector, &nodes, parablocks());
    assert_eq!(reports.take(2).await, ["a answers", "#1"]);
    assert!(reports.next().await.starts_with("a: the node is silent"));
    assert_eq!(reports.take(2).await, ["b answers", "#2"]);
}

#[tokio::test]
async fn a_malformed_header_is_an_error_of_its_node_alone() {
    let (a, b) = (ScriptedNode::new("para", 1), ScriptedNode::new("para", 2));
    let mut reports = followed(&[("a", &a), ("b", &b)]);
    assert_eq!(reports.take(2).await, ["a answers", "#1"]);
    a.send_header(json!({}));
    let error = reports.next().await;
    assert!(error.starts_with("a: ") && error.contains("missing field `parentHash`"), "{error}");
    assert_eq!(reports.take(2).await, ["b answers", "#2"]);
}

#[tokio::test]
async fn a_node_that_lacks_a_missing_block_is_left_for_the_next_one() {
    let (a, b) = (ScriptedNode::new("para", 1), ScriptedNode::new("para", 3));
    let mut reports = followed(&[("a", &a), ("b", &b)]);
    assert_eq!(reports.take(2).await, ["a answers", "#1"]);
    a.send_header(json!(b.header(3)));
    assert_eq!(reports.take(2).await, ["a: the node does not know the block", "b answers"]);
    assert_eq!(reports.take(2).await, ["#2", "#3"]);
}

#[tokio::test]
async fn a_node_of_another_chain_is_not_followed() {
    let (a, b) = (ScriptedNode::new("para", 1), ScriptedNode::new("other", 9));
    let mut reports = followed(&[("a", &a), ("b", &b)]);
    assert_eq!(reports.take(2).await, ["a answers", "#1"]);
    a.close();
    assert_eq!(reports.next().await, "a: the subscription ended");
    assert_eq!(reports.next().await, "b: the node at b belongs to another chain");
    a.grow(2);
    a.open();
    assert_eq!(reports.take(2).await, ["a answers", "#2"]);
}

#[tokio::test]
async fn missing_blocks_are_looked_up_as_far_as_the_limit() {
    let a = ScriptedNode::new("para", 1);
    // With a runtime it takes fewer requests: without one, it is asked for with each block.
    a.add_runtime();
    let mut reports = followed(&[("a", &a)]);
    assert_eq!(reports.take(2).await, ["a answers", "#1"]);
    // As many blocks are missing as are looked up, then one more.
    for (best, first) in [(MOST + 2, 2), (2 * MOST + 4, MOST + 4)] {
        a.grow(best);
        a.announce();
        let reports = reports.take(MOST as usize + 1).await;
        let ends = [&reports[0], &reports[MOST as usize]];
        assert_eq!(ends, [&format!("#{first}"), &format!("new #{best}")]);
    }
}

#[test]
fn the_newest_reported_blocks_are_remembered() {
    let mut known = Known::default();
    let hash = |number: usize| H256(blake2_256(&number.to_be_bytes()));
    (0..=KNOWN).for_each(|number| known.insert(hash(number)));
    assert!(!known.has(&hash(0)) && known.has(&hash(1)) && known.has(&hash(KNOWN)));
}

#[tokio::test]
async fn relay_blocks_that_finality_skips_are_reported_before_it() {
    let a = ScriptedNode::relay(1);
    let mut reports = followed_relay(&[("a", &a)]);
    let mut first = reports.take(4).await;
    // The three subscriptions begin in any order.
    first.sort();
    assert_eq!(first, ["a answers", "best relay #1", "final relay #0", "relay #1"]);
    a.grow(4);
    a.finalize(4);
    let skipped = ["relay #2", "relay #3", "new relay #4", "final relay #4"];
    assert_eq!(reports.take(4).await, skipped);
    a.announce();
    assert_eq!(reports.next().await, "best relay #4");
}

#[tokio::test]
async fn after_a_gap_the_relay_blocks_with_state_are_reported() {
    // The events of a block are decoded by the code of its parent, so both need their states.
    for (first_state, expected) in [(3, 4), (6, 7)] {
        let a = ScriptedNode::relay(3);
        let mut reports = followed_relay(&[("a", &a)]);
        reports.until("relay #3").await;
        a.close();
        a.grow(9);
        a.prune_before(first_state);
        a.open();
        reports.until("a answers").await;
        let after = reports.until("relay #9").await;
        let expected: Vec<_> = (expected..=9).map(|number| format!("relay #{number}")).collect();
        assert_eq!(of(&after, "relay"), expected);
        // The gap is no error.
        assert!(of(&after, "a:").is_empty(), "{after:?}");
    }
}

#[tokio::test]
async fn relay_blocks_begin_where_the_state_does() {
    let a = ScriptedNode::relay(5);
    a.prune_before(3);
    let mut reports = followed_relay(&[("a", &a)]);
    let first = reports.until("relay #5").await;
    assert_eq!(of(&first, "relay"), ["relay #4", "relay #5"]);
    assert!(of(&first, "a:").is_empty(), "{first:?}");
}

#[tokio::test]
async fn a_new_relay_block_without_state_is_an_error_of_its_node_alone() {
    let (a, b) = (ScriptedNode::relay(2), ScriptedNode::relay(3));
    let mut reports = followed_relay(&[("a", &a), ("b", &b)]);
    let mut first = reports.take(5).await;
    first.sort();
    assert_eq!(first, ["a answers", "best relay #2", "final relay #0", "relay #1", "relay #2"]);
    a.grow(3);
    a.prune_before(4);
    a.announce();
    let error = reports.next().await;
    assert!(error.starts_with("a: ") && error.contains("State already discarded"), "{error}");
    let after = reports.until("relay #3").await;
    assert!(after.contains(&"b answers".into()), "{after:?}");
}

#[tokio::test]
async fn a_chain_is_followed_as_long_as_observations_are_received() {
    let a = ScriptedNode::new("para", 1);
    let nodes = [("a", &a)];
    let (sender, mut observations) = mpsc::channel(WAITING);
    let urls = vec!["a".into()];
    let chain = FollowedChain {
        connector: connector(&nodes),
        sender,
        nodes: ChainNodes { genesis: a.hash(0), urls },
        known: Known::default(),
        oldest: 1,
    };
    let task = tokio::spawn(chain.follow(parablocks()));
    observations.recv().await.unwrap().unwrap();
    drop(observations);
    a.grow(2);
    a.announce();
    timeout(Duration::from_secs(60), task).await.expect("it ends").unwrap();
}

/// A node of parachain `id`.
fn parachain(name: &str, id: ParaId, best: u64) -> ScriptedNode {
    let node = ScriptedNode::new(name, best);
    node.store(node::key("ParachainInfo", "ParachainId"), id.encode());
    node
}

/// Has `relay` include block `number` of a parachain.
fn include(relay: &ScriptedNode, id: ParaId, para: &ScriptedNode, number: u64) {
    let key = [node::key("Paras", "Heads"), twox_64(&id.encode()).to_vec(), id.encode()].concat();
    relay.store(key, para.header(number).encode().encode());
}

/// A relay chain, and a parachain of it.
fn chains() -> (ScriptedNode, ScriptedNode) {
    let (relay, para) = (ScriptedNode::relay(30), parachain("para", PARA, 4));
    include(&relay, PARA, &para, 3);
    (relay, para)
}

/// A second parachain of `relay`, which has one block.
fn second_parachain(relay: &ScriptedNode) -> ScriptedNode {
    let second = parachain("second", PARA + 1, 1);
    include(relay, PARA + 1, &second, 1);
    second
}

fn options(relay: &[&str], paras: &[&str]) -> FollowOptions {
    let urls = |urls: &[&str]| urls.iter().map(|url| url.to_string()).collect();
    FollowOptions { relay: urls(relay), paras: vec![urls(paras)], ..FollowOptions::default() }
}

#[tokio::test]
async fn both_chains_are_followed_from_the_last_minutes_on() {
    let (relay, para) = chains();
    let connector = connector(&[("relay", &relay), ("para", &para)]);
    let mut source = follow_by(connector, options(&["relay"], &["para"])).await.unwrap();
    let Observed::Start(start) = source.observations.recv().await.unwrap().unwrap().what else {
        panic!("the first observation is what is followed")
    };
    let info = ParachainInfo { id: PARA, name: "para".into(), symbol: "ONE".into(), decimals: 12 };
    assert_eq!((&start.relay[..], start.relay_millis, start.paras), ("relay", 6_000, vec![info]));
    // Two nodes, the relay blocks from #10 on, the best and the final one, and two parablocks.
    let mut reports = Reports { observations: source.observations, relay };
    let first = reports.take(2 + 21 + 2 + 2).await;
    let expected: Vec<_> = (10..=30).map(|number| format!("relay #{number}")).collect();
    assert_eq!(of(&first, "relay #"), expected);
    // The relay chain has included #3.
    assert_eq!(of(&first, "#"), ["#3", "#4"]);
}

#[tokio::test]
async fn parablocks_are_followed_from_the_one_that_is_asked_for() {
    let (relay, para) = chains();
    let connector = connector(&[("relay", &relay), ("para", &para)]);
    let options = FollowOptions { since: Some(2), ..options(&["relay"], &["para"]) };
    let source = follow_by(connector, options).await.unwrap();
    let first = Reports { observations: source.observations, relay }.until("#4").await;
    assert_eq!(of(&first, "#"), ["#2", "#3", "#4"]);
}

#[tokio::test]
async fn a_parachain_that_is_too_short_is_followed_from_its_best_block() {
    let (relay, para) = chains();
    let second = second_parachain(&relay);
    let connector = connector(&[("relay", &relay), ("para", &para), ("second", &second)]);
    let options = FollowOptions { since: Some(3), ..options(&["relay"], &["para", "second"]) };
    let source = follow_by(connector, options).await.unwrap();
    let mut reports = Reports { observations: source.observations, relay };
    // Three nodes, the relay blocks from #10 on, the best and the final one, and three parablocks.
    let first = reports.take(3 + 21 + 2 + 3).await;
    let mut parablocks = of(&first, "#");
    parablocks.sort();
    assert_eq!(parablocks, ["#1", "#3", "#4"]);
}

#[tokio::test]
async fn a_node_that_does_not_answer_at_the_start_may_answer_later() {
    let (relay, para) = chains();
    let late = parachain("para", PARA, 5);
    late.close();
    let connector = connector(&[("relay", &relay), ("para", &para), ("late", &late)]);
    let source = follow_by(connector, options(&["relay"], &["late", "para"])).await.unwrap();
    let mut reports = Reports { observations: source.observations, relay };
    let first = reports.until("#4").await;
    assert!(of(&first, "late").is_empty(), "{first:?}");
    late.open();
    para.close();
    let after = reports.until("#5").await;
    assert!(after.contains(&"late answers".into()), "{after:?}");
}

#[tokio::test]
async fn a_node_that_does_not_answer_at_the_start_belongs_to_the_parachain_of_its_group() {
    let (relay, para) = chains();
    let (second, late) = (second_parachain(&relay), parachain("second", PARA + 1, 2));
    late.close();
    let connector = connector(&[("relay", &relay), ("para", &para), ("second", &second), ("late", &late)]);
    let mut options = options(&["relay"], &["para"]);
    options.paras.push(vec!["late".into(), "second".into()]);
    let source = follow_by(connector, options).await.unwrap();
    let mut reports = Reports { observations: source.observations, relay };
    reports.until("second answers").await;
    late.open();
    second.close();
    let after = reports.until("#2").await;
    assert!(after.contains(&"late answers".into()), "{after:?}");
}

/// Why the chains cannot be followed.
async fn refused(nodes: &[(&str, &ScriptedNode)], options: FollowOptions) -> String {
    let refusal = follow_by(connector(nodes), options).await.err();
    format!("{:#}", refusal.expect("the chains are refused"))
}

#[tokio::test]
async fn chains_that_cannot_be_followed_are_refused() {
    let (relay, para) = chains();
    // Another relay chain, on which there is nothing, and a parachain of another one with the same number.
    let empty = ScriptedNode::relay(1);
    let elsewhere = parachain("elsewhere", PARA, 4);
    let second = second_parachain(&relay);
    let down = ScriptedNode::new("down", 0);
    down.close();
    let nodes = [
        ("relay", &relay),
        ("para", &para),
        ("empty", &empty),
        ("elsewhere", &elsewhere),
        ("second", &second),
        ("down", &down),
    ];
    let cases: [(&[&str], &[&str], &str); 10] = [
        (&["relay"], &[], "no node of a parachain is given"),
        (&[], &["para"], "no node of the relay chain is given"),
        (&["down"], &["para"], "no node answers at down"),
        (&["relay"], &["down"], "no node answers at down"),
        (&["para"], &["para"], "the chain at 'para' has no Babe slots"),
        (&["relay"], &["relay"], "the chain 'relay' is not a parachain"),
        (&["empty"], &["para"], "the chain 'relay' knows no parachain 2000"),
        (&["relay"], &["elsewhere"], "it is a parachain of another relay chain"),
        (&["relay"], &["para", "elsewhere"], "elsewhere and para are nodes of different chains"),
        (&["relay"], &["para", "second", "down"], "nodes of several parachains all have to answer"),
    ];
    for (relay, paras, error) in cases {
        let message = refused(&nodes, options(relay, paras)).await;
        assert!(message.contains(error), "{error}: {message}");
    }
    let mut group_down = options(&["relay"], &["para"]);
    group_down.paras.push(vec!["down".into()]);
    assert_eq!(
        refused(&nodes, group_down).await,
        "at the start a node of each parachain has to answer: no node answers at down"
    );
    for (paras, id, error) in [
        (&["para"][..], Some(PARA + 1), "the log 'a.log' belongs to parachain 2001, which is not watched"),
        (
            &["para", "second"][..],
            None,
            "several parachains are watched: say which one the log 'a.log' belongs to",
        ),
    ] {
        let logs = vec![LogFile { para: id, path: "a.log".into() }];
        assert_eq!(refused(&nodes, FollowOptions { logs, ..options(&["relay"], paras) }).await, error);
    }
    let since = FollowOptions { since: Some(9), ..options(&["relay"], &["para", "second"]) };
    assert_eq!(refused(&nodes, since).await, "no parachain has block #9 yet");
}

#[tokio::test]
async fn what_a_collator_logs_is_reported() {
    let (relay, para) = chains();
    let connector = connector(&[("relay", &relay), ("para", &para)]);
    let path = std::env::temp_dir().join(format!("tandem-collator-{}.log", std::process::id()));
    let logs = vec![LogFile { para: None, path: path.clone() }];
    let options = FollowOptions { logs, ..options(&["relay"], &["para"]) };
    let mut source = follow_by(connector, options).await.unwrap();
    let (before, sealed) = (H256::repeat_byte(1), H256::repeat_byte(2));
    let log = format!(
        "Prepared block for proposing at 5 (7 ms) hash: {before:?}; parent_hash: {before}; end: HitDeadline; \
         extrinsics_count: 2\n\
         Pre-sealed block for proposal at 5. Hash now {sealed:?}, previously {before:?}.\n"
    );
    std::fs::write(&path, log).unwrap();
    let proposed = loop {
        let next = timeout(Duration::from_secs(60), source.observations.recv()).await;
        let observation = next.expect("an observation comes").expect("the chain is followed").unwrap();
        if let Observed::Proposed { .. } = observation.what {
            break observation.what;
        }
    };
    let proposal = Proposal { extrinsics: 2, millis: 7, end: ProposalEnd::Deadline };
    assert_eq!(proposed, Observed::Proposed { para: PARA, number: 5, hash: sealed, proposal });
    std::fs::remove_file(path).unwrap();
}
