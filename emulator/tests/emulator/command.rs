//! The command, as a person or a script runs it.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream, UdpSocket},
    process::{Child, Command, Output, Stdio},
};

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kvs-emulator"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env_remove("KVS_EMULATOR_SECRET_KEY").env_remove("KVS_EMULATOR_ACCESS_KEYS");
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// Checks that it did not start, and answers the one line that says why.
pub(crate) fn refusal(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(error.lines().count(), 1, "{error}");
    error
}

/// Ends the program whatever becomes of the test.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn it_says_where_it_listens_and_ends_when_asked() {
    let mut child = Running(
        command(&["--port", "0", "--turn-port", "0", "--secret-key", "hush-hush"]).spawn().unwrap(),
    );
    let mut out = BufReader::new(child.0.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    let rest =
        first.trim_end().strip_prefix("kvs-emulator listening on http://localhost:").unwrap();
    let (port, turn) = rest.split_once(" (TURN ").unwrap();
    let turn: u16 = turn.strip_suffix(')').unwrap().parse().unwrap();
    let port: u16 = port.parse().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    assert!(TcpStream::connect(("127.0.0.1", turn)).is_ok());

    let asked = Command::new("kill").args(["-TERM", &child.0.id().to_string()]).status().unwrap();
    assert!(asked.success());
    assert_eq!(child.0.wait().unwrap().code(), Some(0));
    let mut said = String::new();
    out.read_to_string(&mut said).unwrap();
    child.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(!said.contains("hush"), "{said}");
}

/// What it says at its start, up to the last line.
fn announcement(arguments: &[&str]) -> String {
    let mut child = Running(command(arguments).spawn().unwrap());
    let mut out = BufReader::new(child.0.stdout.take().unwrap());
    let mut said = String::new();
    while !said.contains("Ctrl-C") {
        assert_ne!(out.read_line(&mut said).unwrap(), 0, "{said}");
    }
    said
}

#[test]
fn it_says_what_to_put_into_clients() {
    let said = announcement(&["--port=0", "--turn-port=0", "--region=eu-west-1"]);
    let url = said.split_once("listening on ").unwrap().1.split_once(' ').unwrap().0;
    for line in [
        "import boto3".to_owned(),
        "keys = dict(region_name=\"eu-west-1\", aws_access_key_id=\"local\", \
         aws_secret_access_key=\"local\")"
            .to_owned(),
        format!("kvs = boto3.client(\"kinesisvideo\", endpoint_url=\"{url}\", **keys)"),
        format!(
            "const kvs = new KinesisVideoClient({{ endpoint: \"{url}\", region: \"eu-west-1\","
        ),
        "credentials: { accessKeyId: \"local\", secretAccessKey: \"local\" } });".to_owned(),
    ] {
        assert!(said.lines().any(|said| said.trim() == line), "{line} is not in {said}");
    }
    assert!(said.contains("--tls"), "{said}");
}

#[test]
fn it_tells_nobodys_secret() {
    let said = announcement(&["--port=0", "--turn-port=0", "--secret-key=hush-hush"]);
    assert!(said.contains("YOUR SECRET") && !said.contains("hush"), "{said}");
}

#[test]
fn it_tells_the_hosts_of_page_and_control_plane() {
    let said = announcement(&["--port=0", "--turn-port=0", "--hosts=names=kvs.test"]);
    assert!(said.starts_with("kvs-emulator listening on http://kvs.test:"), "{said}");
    assert!(said.contains("endpoint_url=\"http://kinesisvideo.us-west-2.kvs.test:"), "{said}");
    let said = announcement(&["--port=0", "--turn-port=0", "--hosts=addresses"]);
    assert!(said.starts_with("kvs-emulator listening on http://localhost:"), "{said}");
    assert!(said.contains("endpoint_url=\"http://127.0.0.2:"), "{said}");
}

#[test]
fn it_opens_more_files_than_it_was_started_with() {
    const FEW: usize = 128;
    let start = format!("ulimit -Sn {FEW} && exec \"$0\" --port=0 --turn-port=0");
    let mut command = Command::new("sh");
    command.args(["-c", &start, env!("CARGO_BIN_EXE_kvs-emulator")]).stdout(Stdio::piped());
    let mut child = Running(command.spawn().unwrap());
    let mut first = String::new();
    BufReader::new(child.0.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let port = first.split_once("localhost:").unwrap().1.split_once(' ').unwrap().0;
    let connect = || TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    let silent: Vec<_> = (0..2 * FEW).map(|_| connect()).collect();
    let mut last = connect();
    last.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    last.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    last.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    drop(silent);
}

#[test]
fn a_port_in_use_is_one_clear_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let error = refusal(&["--port", &port, "--turn-port", "0"]);
    assert!(
        error.contains(&port) && error.contains("in use") && error.contains("--port"),
        "{error}"
    );
    let error = refusal(&["--port", "0", "--turn-port", &port]);
    assert!(error.contains(&port) && error.contains("--turn-port"), "{error}");
}

#[test]
fn a_turn_port_in_use_for_udp_alone_is_noticed() {
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let error = refusal(&["--port", "0", "--turn-port", &port]);
    assert!(error.contains(&port) && error.contains("--turn-port"), "{error}");
}

#[test]
fn a_second_turn_server_needs_a_port() {
    let error = refusal(&["--port", "0", "--turn-port", "65535", "--ice-servers", "2"]);
    assert!(error.contains("--turn-port 65535"), "{error}");
}

#[test]
fn a_wrong_argument_is_one_clear_sentence() {
    for (arguments, culprit) in [
        (["--site", "no-such-folder"], "--site"),
        (["--pkg", "no-such-folder"], "--pkg"),
        (["--region", "US West"], "--region"),
        (["--access-key", "hush-hush"], "--access-key"),
        (["--host", "203.0.113.1"], "--host"),
        (["--time-scale", "0"], "--time-scale"),
        (["--clock-skew", "999999999999"], "--clock-skew"),
        (["--latency", "600001"], "--latency"),
        (["--idle-seconds", "0"], "--idle-seconds"),
        (["--ping-seconds", "0"], "--ping-seconds"),
    ] {
        let mut all = vec!["--port", "0", "--turn-port", "0", "--secret-key", "hush-hush"];
        all.extend(arguments);
        let error = refusal(&all);
        assert!(error.contains(culprit) && !error.contains("hush"), "{error}");
    }
}

#[test]
fn a_wrong_fault_says_what_is_wrong_with_it() {
    for (fault, culprit) in [("explode", "explode"), ("delay", "millis"), ("drop,x=1", "x")] {
        let output = run(&["--port", "0", "--turn-port", "0", "--fault", fault]);
        assert_eq!(output.status.code(), Some(2));
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("--fault") && error.contains(culprit), "{error}");
    }
}

#[test]
fn a_keys_file_that_is_not_right_is_one_clear_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let keys = path.to_str().unwrap();
    let refused = || refusal(&["--port", "0", "--turn-port", "0", "--keys", keys]);
    let error = refused();
    assert!(error.contains("--keys") && error.contains(keys), "{error}");
    std::fs::write(&path, r#"{"keys":[{"accessKeyId":"A","secretAccessKey":["hush"]}]}"#).unwrap();
    // It is readable by others, and so there may be a warning before.
    let output = run(&["--port", "0", "--turn-port", "0", "--log", "off", "--keys", keys]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("entry 1") && !error.contains("hush"), "{error}");
}

#[cfg(unix)]
#[test]
fn keys_that_others_can_read_are_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    std::fs::write(&path, r#"{"keys":[]}"#).unwrap();
    for (mode, warned) in [(0o644, true), (0o600, false)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let output = run(&["--port", "0", "--turn-port", "0", "--keys", path.to_str().unwrap()]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.contains("chmod 600"), warned, "{said}");
    }
}

#[test]
fn a_state_file_that_is_another_s_is_one_clear_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    std::fs::write(&path, "{}").unwrap();
    let state = path.to_str().unwrap();
    let error = refusal(&["--port", "0", "--turn-port", "0", "--state", state]);
    assert!(error.contains("--state") && error.contains(state), "{error}");
}

#[test]
fn other_machines_are_not_let_in_with_the_public_secret() {
    let error = refusal(&["--port", "0", "--turn-port", "0", "--host", "0.0.0.0"]);
    assert!(error.contains("--secret-key"), "{error}");
    let open = ["--host", "0.0.0.0", "--secret-key", "own", "--auth", "structure"];
    let error = refusal(&[&["--port", "0", "--turn-port", "0"], &open[..]].concat());
    assert!(error.contains("--auth full"), "{error}");
}

#[test]
fn help_explains_itself() {
    let output = run(&["--help"]);
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).unwrap();
    for flag in [
        "--port",
        "--host",
        "--turn-port",
        "--site",
        "--pkg",
        "--region",
        "--secret-key",
        "--access-key",
        "--auth",
        "--keys",
        "--state",
        "--advertised-ip",
        "--allow-host",
        "--no-acknowledgements",
        "--fault",
        "--clock-skew",
        "--time-scale",
        "--latency",
        "--no-quotas",
        "--idle-seconds",
        "--lifetime-seconds",
        "--go-away-grace-seconds",
        "--no-go-away",
        "--keep-alive-seconds",
        "--ping-seconds",
        "--replaced",
        "--unknown-recipient",
        "--max-viewers",
        "--log-format",
        "--tls",
        "--tls-ca",
        "--tls-cert",
        "--tls-key",
        "--hosts",
        "--max-connections",
        "--ice-servers",
        "--relay-to",
        "--dead-stun",
        "--dead-turn",
        "--turn-refresh-after-expiry",
        "--log",
    ] {
        assert!(help.contains(flag), "{flag}");
    }
    for part in [
        "Addresses and ports:",
        "Page:",
        "Region and keys:",
        "TLS and host names:",
        "STUN and TURN:",
    ] {
        assert!(help.lines().any(|line| line == part), "{part}");
    }
    let (_, examples) = help.split_once("Examples:").unwrap();
    // Every one of them is understood.
    for example in examples.lines().filter_map(|line| line.split_once("kvs-emulator")) {
        let mut arguments: Vec<_> = example.1.split_whitespace().collect();
        arguments.push("--version");
        assert!(run(&arguments).status.success(), "{example:?}");
    }
}

#[test]
fn it_says_where_channels_are_kept() {
    let said = announcement(&["--port=0", "--turn-port=0"]);
    assert!(said.contains("kept in memory only") && said.contains("/_emulator/\n"), "{said}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let said = announcement(&["--port=0", "--turn-port=0", "--state", file.to_str().unwrap()]);
    assert!(said.contains(&format!("kept in {}.", file.display())), "{said}");
}
