//! How `tandem` ends, whatever ends it, as a process. The nodes are stubs, which make chain specs and never
//! answer: what is tested is what becomes of them.

use nix::{
    errno::Errno,
    sys::signal::{kill, Signal},
    unistd::Pid,
};
use std::{
    fs::{self, File},
    io::{Read, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

const RECORDING: &str = "../watch/tests/recordings/deaths.jsonl";

fn tandem() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tandem"));
    // Times are told in one zone, wherever it runs.
    command.env("TZ", "Asia/Tokyo").stdin(Stdio::null());
    command
}

/// An empty folder of its own for each `name`.
fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("tandem-manners-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn signal(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id() as i32), signal).unwrap();
}

/// Waits until it ends.
fn ends(child: &mut Child, within: Duration) -> ExitStatus {
    let since = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if since.elapsed() > within {
            let _ = child.kill();
            panic!("it still runs after {within:?}");
        }
        sleep(Duration::from_millis(20));
    }
}

/// Waits until `done` tells something.
fn until<T>(what: &str, mut done: impl FnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(done) = done() {
            return done;
        }
        assert!(since.elapsed() < Duration::from_secs(20), "{what}");
        sleep(Duration::from_millis(20));
    }
}

/// A `tandem up` with stubs for nodes.
struct Up {
    tandem: Child,
    folder: PathBuf,
}

impl Up {
    /// Starts it with the options `args`, up to where it waits for its nodes. What they do is in `node`, a
    /// piece of shell.
    fn start(name: &str, node: &str, args: &[&str]) -> Self {
        let folder = folder(name);
        stubs(&folder, node);
        let output = File::create(folder.join("out")).unwrap();
        let tandem = tandem()
            .args(["up", "--ports", "free", "--dir"])
            .arg(folder.join("run"))
            .arg("--binaries")
            .arg(&folder)
            .args(args)
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap();
        let up = Self { tandem, folder };
        up.says(" nodes\n");
        up
    }

    fn output(&self) -> String {
        fs::read_to_string(self.folder.join("out")).unwrap()
    }

    fn says(&self, words: &str) {
        until(&format!("it does not say \"{words}\""), || self.output().contains(words).then_some(()));
    }

    fn run(&self) -> PathBuf {
        self.folder.join("run")
    }

    /// Waits until all stubs run; their ids.
    fn nodes(&self) -> Vec<Pid> {
        NODES.map(|name| self.node(name)).into()
    }

    /// Waits until the stub called `name` runs; its id.
    fn node(&self, name: &str) -> Pid {
        let path = self.run().join(format!("{name}.pid"));
        until(name, || fs::read_to_string(&path).ok()?.parse().ok().map(Pid::from_raw))
    }

    /// Waits until it ends, and checks that nothing is left of the `nodes`, nor of what tells of them.
    fn ends(mut self, nodes: &[Pid], within: Duration) -> (ExitStatus, String) {
        let status = ends(&mut self.tandem, within);
        for node in nodes {
            // Its whole group is gone.
            assert_eq!(kill(Pid::from_raw(-node.as_raw()), None), Err(Errno::ESRCH), "{}", self.output());
        }
        let left = ["network.json", "relay-alice.pid", "relay-bob.pid", "para-alice.pid", "para-bob.pid"];
        assert!(left.iter().all(|name| !self.run().join(name).exists()), "{}", self.output());
        let output = self.output();
        fs::remove_dir_all(&self.folder).unwrap();
        (status, output)
    }
}

/// Writes what `tandem` takes for the binaries of nodes.
fn stubs(folder: &Path, node: &str) {
    // A session of the relay chain, with nothing in it.
    let key = "0x4da2c41eaffa8e1a791c5d65beeefd1f028685274e698e781f7f2766cba0cc8300000000";
    let session = "00".repeat(65);
    let names = r#""name":"Local","id":"local","protocolId":"local""#;
    let script = format!(
        "#!/bin/sh
case \"$1 $2\" in
    'key inspect-node-key') echo peer; exit;;
    'key generate-node-key') echo key >\"$4\"; exit;;
    genesis-head*) echo 0x00; exit;;
esac
case \"$1\" in
    export-chain-spec|local-chain-spec)
        echo '{{{names},\"genesis\":{{\"runtimeGenesis\":{{\"code\":\"0x00\",\"patch\":{{}}}},\"raw\":{{\"top\":{{\"{key}\":\"0x{session}\"}}}}}}}}'
        exit;;
esac
echo \"zone $TZ\"
{node}
"
    );
    for name in ["tandem-node", "polkadot", "polkadot-prepare-worker", "polkadot-execute-worker"] {
        let path = folder.join(name);
        fs::write(&path, &script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

const NODES: [&str; 4] = ["relay-alice", "relay-bob", "para-alice", "para-bob"];
const QUIET: &str = "exec sleep 1000";
/// Does not end when asked to.
const STUBBORN: &str = "trap '' TERM; echo deaf; exec sleep 1000";
const SOON: Duration = Duration::from_secs(5);

#[test]
fn a_signal_short_of_the_goal_is_told_as_shells_tell_it() {
    for (stop, name, code) in
        [(Signal::SIGINT, "SIGINT", 130), (Signal::SIGTERM, "SIGTERM", 143), (Signal::SIGHUP, "SIGHUP", 129)]
    {
        let up = Up::start(&format!("goal-{code}"), QUIET, &["--blocks", "3"]);
        let nodes = up.nodes();
        assert!(!up.run().join("network.json").exists(), "a network is told of that does not answer");
        signal(&up.tandem, stop);
        let (status, output) = up.ends(&nodes, SOON);
        assert_eq!(status.code(), Some(code), "{output}");
        assert!(output.contains(&format!("stopped by {name} before 3 blocks were included")), "{output}");
    }
}

#[test]
fn down_stops_a_network_from_another_terminal() {
    let up = Up::start("down", QUIET, &[]);
    let nodes = up.nodes();
    let on = |args: &[&str]| tandem().args(args).arg("--dir").arg(up.run()).output().unwrap();
    let status = on(&["status"]);
    let error = String::from_utf8(status.stderr).unwrap();
    assert_eq!(status.status.code(), Some(1));
    assert!(error.contains("does not answer yet"), "{error}");
    let down = on(&["down"]);
    assert_eq!((down.status.code(), &down.stdout[..]), (Some(0), &b"stopped\n"[..]));
    for args in [["status"], ["down"]] {
        let output = on(&args);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(error.starts_with("error: no network runs in"), "{error}");
    }
    // Logs outlive the network; following one ends with it.
    let log = on(&["logs", "para-alice", "--follow"]);
    assert_eq!((log.status.code(), &log.stdout[..]), (Some(0), &b"zone UTC\n"[..]));
    let unknown = String::from_utf8(on(&["logs", "para-zoe"]).stderr).unwrap();
    assert!(unknown.contains("expected one of para-alice, para-bob, relay-alice, relay-bob"), "{unknown}");
    let (status, output) = up.ends(&nodes, SOON);
    assert!(status.success(), "{output}");
}

#[test]
fn a_file_describes_a_network_of_several_parachains() {
    let file = |name: &str, text: &str| {
        let name = format!("tandem-manners-{}-{name}.toml", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let two = file("two", "[[parachain]]\n[[parachain]]\ncadence = 'synchronous'\ncollators = 1\n");
    let up = Up::start("several", QUIET, &["--topology", &two]);
    let mut nodes = up.nodes();
    nodes.push(up.node("para2001-alice"));
    assert!(up.output().contains(", parachain 2001 (synchronous, 1 collator), "), "{}", up.output());
    assert!(up.run().join("parachain.json").is_file() && up.run().join("parachain2001.json").is_file());
    signal(&up.tandem, Signal::SIGINT);
    let (status, output) = up.ends(&nodes, SOON);
    assert!(status.success(), "{output}");

    let refused = |args: &[&str]| {
        let output = tandem().arg("up").args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let wrong = file("wrong", "validators = 1\n[[parachain]]\n");
    let error = refused(&["--topology", &wrong]);
    let words =
        format!("invalid value '{wrong}' for '--topology <FILE>': 'validators' is 1: expected 2 to 4");
    assert!(error.contains(&words), "{error}");
    let error = refused(&["--topology", &two, "--collators", "1"]);
    assert!(error.contains("cannot be used with"), "{error}");
    assert!(refused(&["--topology", "/nowhere.toml"]).contains("No such file"));
    for path in [two, wrong] {
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn quiet_prints_nothing() {
    let folder = folder("quiet");
    stubs(&folder, "exit 3");
    let args = ["up", "--quiet", "--ports", "free", "--dir"];
    let output = tandem().args(args).arg(folder.join("run")).arg("--binaries").arg(&folder).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(1), &b""[..]));
    assert!(error.starts_with("error: relay-alice died"), "{error}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn shells_get_completions() {
    let output = tandem().args(["completions", "bash"]).output().unwrap();
    let script = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && script.contains("activate") && script.contains("--restart-after"));
}

#[test]
fn without_a_goal_ctrl_c_is_the_end_that_was_meant() {
    let up = Up::start("no-goal", QUIET, &[]);
    let nodes = up.nodes();
    signal(&up.tandem, Signal::SIGINT);
    let (status, output) = up.ends(&nodes, SOON);
    assert!(status.success(), "{output}");
}

#[test]
fn a_second_ctrl_c_kills_what_does_not_stop() {
    let up = Up::start("second", STUBBORN, &[]);
    let nodes = up.nodes();
    for name in NODES {
        let log = up.run().join(format!("{name}.log"));
        until(name, || fs::read_to_string(&log).ok()?.contains("deaf").then_some(()));
    }
    signal(&up.tandem, Signal::SIGINT);
    up.says("stopping");
    sleep(Duration::from_secs(1));
    assert!(kill(nodes[0], None).is_ok(), "it was not given time to stop");
    signal(&up.tandem, Signal::SIGINT);
    let (status, output) = up.ends(&nodes, Duration::from_secs(2));
    assert!(status.success(), "{output}");
}

#[test]
fn a_node_that_dies_again_and_again_stops_the_network() {
    let node = "case $0 in *polkadot) exec sleep 1000;; esac; exit 3";
    let up = Up::start("again", node, &["--collators", "1", "--restart-after", "0"]);
    let (status, output) = up.ends(&[], Duration::from_secs(20));
    assert_eq!(status.code(), Some(1), "{output}");
    assert_eq!(output.matches("para-alice starts again").count(), 4, "{output}");
    let reason = "died (exit status: 3), 5 times in 10 minutes of running; its log";
    assert!(output.contains("error: para-alice") && output.contains(reason), "{output}");
    assert!(output.contains("| zone UTC"), "times in logs are of another zone: {output}");
}

#[test]
fn a_full_disk_is_an_error_of_printing() {
    let replay = ["watch", "--replay", RECORDING];
    let output = tandem().args(replay).stdout(File::create("/dev/full").unwrap()).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.starts_with("error: printing: "), "{error}");
}

/// Runs with nobody to read what is printed.
fn unread(args: &[&str]) -> Output {
    let mut child = tandem().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    ends(&mut child, SOON);
    child.wait_with_output().unwrap()
}

#[test]
fn who_reads_no_further_ends_it_quietly() {
    for args in [&["watch", "--replay", RECORDING][..], &["watch", "--json", "--replay", RECORDING]] {
        let output = unread(args);
        assert_eq!((output.status.code(), &output.stderr[..]), (Some(0), &b""[..]), "{args:?}");
    }
}

#[test]
fn a_network_whose_output_nobody_reads_is_stopped_in_order() {
    let folder = folder("unread");
    stubs(&folder, QUIET);
    let run = folder.join("run");
    let (run, binaries) = (run.to_str().unwrap(), folder.to_str().unwrap());
    let output = unread(&["up", "--ports", "free", "--blocks", "3", "--dir", run, "--binaries", binaries]);
    assert_eq!((output.status.code(), &output.stderr[..]), (Some(0), &b""[..]));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_watch_ends_while_it_connects() {
    // It takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}", silent.local_addr().unwrap());
    let args = ["watch", "--relay", &url, "--para", &url];
    let mut watch = tandem().args(args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let _connection = silent.accept().unwrap();
    signal(&watch, Signal::SIGINT);
    assert_eq!(ends(&mut watch, SOON).code(), Some(130));
    let error = String::from_utf8(watch.wait_with_output().unwrap().stderr).unwrap();
    assert_eq!(error, "stopped by SIGINT before the nodes answered\n");
}

#[test]
fn a_replay_that_is_cut_short_is_no_success() {
    let args = ["watch", "--json", "--serve", "127.0.0.1:0", "--speed", "1", "--replay", RECORDING];
    let mut watch = tandem().args(args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // It says where the page is once it has begun.
    watch.stderr.as_mut().unwrap().read_exact(&mut [0; 8]).unwrap();
    signal(&watch, Signal::SIGTERM);
    assert_eq!(ends(&mut watch, SOON).code(), Some(143));
}

#[test]
fn times_of_day_are_utc_and_say_so() {
    let told =
        |zone| tandem().env("TZ", zone).args(["watch", "--replay", RECORDING]).output().unwrap().stdout;
    let (here, there) = (told("UTC"), told("Asia/Tokyo"));
    assert!(here == there, "what is told depends on the zone");
    let text = String::from_utf8(here).unwrap();
    assert_eq!(text.lines().next(), Some("times of day are UTC"));
    // As 299240080 * 6 s is 13:28:00 of some day.
    assert!(text.contains("slot 299240080 of bob at 13:28:00: session change"), "{text}");
}

#[test]
fn on_a_terminal_the_page_says_where_it_is() {
    let view = format!(
        "stty cols 100 rows 30; exec timeout --foreground 20 '{}' watch --serve 127.0.0.1:0 --replay {RECORDING}",
        env!("CARGO_BIN_EXE_tandem")
    );
    let mut terminal = Command::new("script")
        .args(["--quiet", "--return", "--command", &view, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script of util-linux runs");
    let (mut shown, mut screen) = (Vec::new(), terminal.stdout.take().unwrap());
    until("the address is not shown", || {
        let mut some = [0; 4_096];
        let read = screen.read(&mut some).unwrap();
        shown.extend_from_slice(&some[..read]);
        let text = String::from_utf8_lossy(&shown);
        text.contains("http://127.0.0.1:").then_some(())
    });
    terminal.stdin.take().unwrap().write_all(b"q").unwrap();
    // What it still shows has a reader.
    let _ = screen.read_to_end(&mut shown);
    assert!(ends(&mut terminal, SOON).success());
}
