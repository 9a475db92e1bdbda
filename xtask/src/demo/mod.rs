//! `demo`: a call between two windows of this machine's browser, or between two laptops, without
//! an AWS account.

mod greeting;
mod lan;
mod qr;
mod secret;

use std::io::{self, BufRead, BufReader, ErrorKind, IsTerminal};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, UdpSocket};
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use secrecy::{ExposeSecret, SecretString};

use self::lan::Lan;
use crate::setup::{self, Purpose};
use crate::workspace::Workspace;
use crate::{build, process};

const EMULATOR: &str = "kvs-emulator";
/// Where the emulator listens unless told otherwise.
const LOCAL: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// How the emulator learns its secret: every program on this machine can read command lines.
const SECRET_VARIABLE: &str = "KVS_EMULATOR_SECRET_KEY";

/// Build everything and serve the test page from the emulator, until Ctrl-C.
///
/// Installs only what that needs: neither Node nor a browser's driver, and no wasm-opt.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The port of the page and of the emulated service
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The port of STUN and TURN, UDP and TCP
    #[arg(long, default_value_t = 3478)]
    turn_port: u16,
    /// Let other machines of the local network in, as for a call between two laptops: by https,
    /// with a secret that is made anew each time
    #[arg(long)]
    lan: bool,
    /// With --lan: this machine's address in the network that the other laptop is in [default:
    /// that of the default route]
    #[arg(long, value_name = "IP", requires = "lan")]
    lan_address: Option<Ipv4Addr>,
}

pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let open = if args.lan { Some(Open::new(args.lan_address)?) } else { None };
    args.check_ports(open.as_ref().map_or(LOCAL, |open| open.lan.address))?;
    if !setup::ensure(workspace, Purpose::Demo)? {
        return Ok(ExitCode::FAILURE);
    }
    build::release(workspace)?;
    process::run(workspace.cargo().args(["build", "--package", EMULATOR]))?;
    let program = workspace.target.join("debug").join(EMULATOR);
    serve(args.emulator(workspace.command(program), open.as_ref()), open)
}

/// What it takes to let other machines in.
struct Open {
    lan: Lan,
    secret: SecretString,
}

impl Open {
    fn new(address: Option<Ipv4Addr>) -> Result<Self> {
        Ok(Self { lan: Lan::find(address)?, secret: secret::random()? })
    }
}

impl Args {
    /// A port in use is to be known before minutes of building. The page is on loopback besides.
    fn check_ports(&self, host: Ipv4Addr) -> Result<()> {
        let page = |ip: IpAddr| TcpListener::bind((ip, self.port)).map(drop);
        self.check_free("--port", self.port, page(host.into()))?;
        self.check_free("--port", self.port, page(LOCAL.into()))?;
        // Not every machine has IPv6.
        let in_use = |error: &io::Error| error.kind() == ErrorKind::AddrInUse;
        if let Some(error) = page(Ipv6Addr::LOCALHOST.into()).err().filter(in_use) {
            self.check_free("--port", self.port, Err(error))?;
        }
        let turn = (host, self.turn_port);
        self.check_free("--turn-port", self.turn_port, TcpListener::bind(turn).map(drop))?;
        self.check_free("--turn-port", self.turn_port, UdpSocket::bind(turn).map(drop))
    }

    fn check_free(&self, option: &str, port: u16, trial: io::Result<()>) -> Result<()> {
        let Err(error) = trial else { return Ok(()) };
        match error.kind() {
            ErrorKind::AddrInUse => bail!(
                "port {port} is in use by another program: stop that one, or choose another port, \
                 as in `cargo xtask demo{} {option} {}`",
                if self.lan { " --lan" } else { "" },
                port.checked_add(1).unwrap_or(8080),
            ),
            ErrorKind::PermissionDenied => {
                bail!("port {port} is not for ordinary users: give {option} one from 1024 on")
            }
            _ => Err(error).with_context(|| format!("port {port} cannot be listened on")),
        }
    }

    /// The emulator's command: what is on it, everybody on this machine may read.
    fn emulator(&self, mut command: Command, open: Option<&Open>) -> Command {
        command.args([
            "--port",
            &self.port.to_string(),
            "--turn-port",
            &self.turn_port.to_string(),
        ]);
        command.args(["--site", "www", "--pkg", "pkg"]);
        if let Some(Open { lan, secret }) = open {
            command.args(["--tls", "--host", &lan.address.to_string()]);
            command.args(["--relay-to", &lan.network()]);
            command.env(SECRET_VARIABLE, secret.expose_secret());
        }
        command
    }
}

fn serve(mut command: Command, open: Option<Open>) -> Result<ExitCode> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || asked.store(true, Ordering::Relaxed))
        .context("Ctrl-C cannot be listened for")?;
    let spawned = command.stdout(Stdio::piped()).spawn();
    let mut child = spawned
        .with_context(|| format!("`{}` could not be started", process::describe(&command)))?;
    let output = child.stdout.take().context("the emulator has no output")?;
    let greeter = thread::spawn(move || greet(output, open.as_ref()));
    let ended = wait(&mut child, &stop)?;
    drop(greeter.join());
    if !stop.load(Ordering::Relaxed) {
        // It has said why by itself.
        ensure!(ended, "the emulator ended");
    }
    Ok(ExitCode::SUCCESS)
}

/// Says what to do once the emulator listens. Its further lines would say it again.
fn greet(output: ChildStdout, open: Option<&Open>) {
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        let Some(address) = page_address(&line) else { continue };
        println!("{line}");
        match open {
            None => print!("{}", greeting::here(address)),
            Some(open) => {
                let colours = io::stdout().is_terminal();
                print!("{}", greeting::in_the_lan(address, &open.secret, colours));
            }
        }
    }
}

fn page_address(line: &str) -> Option<&str> {
    let rest = line.split_once("listening on ")?.1;
    rest.split_whitespace().next()
}

/// Waits for the emulator's end, and sees to it when we are asked to stop. Whether it ended well.
fn wait(child: &mut Child, stop: &AtomicBool) -> Result<bool> {
    const POLL: Duration = Duration::from_millis(100);
    /// Ctrl-C reaches the emulator too, which then takes leave of its peers.
    const LEAVE: Duration = Duration::from_secs(2);
    let mut deadline = None;
    loop {
        if let Some(status) = child.try_wait().context("the emulator was lost")? {
            return Ok(status.success());
        }
        if stop.load(Ordering::Relaxed) {
            let deadline = *deadline.get_or_insert_with(|| Instant::now() + LEAVE);
            if Instant::now() >= deadline {
                child.kill().context("the emulator could not be stopped")?;
            }
        }
        thread::sleep(POLL);
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    fn args(words: &[&str]) -> Result<Args, clap::Error> {
        Cli::try_parse_from([&["demo"], words].concat()).map(|cli| cli.args)
    }

    #[test]
    fn a_port_in_use_is_said_in_a_sentence_with_a_way_out() {
        let taken = TcpListener::bind((LOCAL, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let refusal = |words: &[&str]| {
            let again = TcpListener::bind((LOCAL, port)).map(drop);
            let args = args(words).unwrap();
            args.check_free("--turn-port", port, again).unwrap_err().to_string()
        };
        let alone = refusal(&[]);
        assert!(alone.starts_with(&format!("port {port} is in use")), "{alone}");
        assert!(alone.contains("demo --turn-port"), "{alone}");
        assert!(refusal(&["--lan"]).contains("demo --lan --turn-port"));
        args(&[]).unwrap().check_free("--port", port, Ok(())).unwrap();
    }

    #[test]
    fn the_address_is_taken_from_the_emulators_first_line() {
        let line = "kvs-emulator listening on http://localhost:8080 (TURN 3478)";
        assert_eq!(page_address(line), Some("http://localhost:8080"));
        assert_eq!(page_address("something else"), None);
    }

    #[test]
    fn alone_the_emulator_stays_on_this_machine_without_a_secret_of_its_own() {
        let command = args(&[]).unwrap().emulator(Command::new("it"), None);
        let line = process::describe(&command);
        assert_eq!(line, "it --port 8080 --turn-port 3478 --site www --pkg pkg");
        assert_eq!(command.get_envs().count(), 0);
    }

    #[test]
    fn for_other_machines_there_is_tls_a_subnet_and_a_secret_that_no_command_line_shows() {
        let open = Open { lan: Lan::example(), secret: "hush-hush".to_owned().into() };
        let command = args(&["--lan"]).unwrap().emulator(Command::new("it"), Some(&open));
        let line = process::describe(&command);
        assert!(
            line.ends_with("--tls --host 192.168.17.130 --relay-to 192.168.17.128/25"),
            "{line}"
        );
        assert!(!line.contains("hush"), "{line}");
        let environment: Vec<_> = command.get_envs().collect();
        assert_eq!(environment, [(SECRET_VARIABLE.as_ref(), Some("hush-hush".as_ref()))]);
    }

    #[test]
    fn an_address_is_for_the_lan_only() {
        args(&["--lan", "--lan-address", "10.0.0.1"]).unwrap();
        let refusal = args(&["--lan-address", "10.0.0.1"]).err().unwrap().to_string();
        assert!(refusal.contains("--lan"), "{refusal}");
    }
}
