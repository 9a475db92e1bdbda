//! A network of several machines on this one, each a network namespace of Linux: a bridge, to
//! which the process itself has an address, and laptops that are plugged into it.
//!
//! The namespaces have no names and belong to the processes in them, so that the kernel removes
//! them, with all their interfaces, when the last process has ended, however that came about. The
//! machine's own network is not touched: this process has left it ([`leave_this_network`]), and
//! whatever addresses are used here are used nowhere else.

use std::{
    env,
    ffi::OsStr,
    fs, io,
    net::Ipv4Addr,
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use url::Url;

use crate::leash::Leashed;

/// Tells a process that it has its network for itself.
const ALONE: &str = "KVS_E2E_NETWORK_OF_ITS_OWN";
/// How long a namespace may take to be there.
const START_LIMIT: Duration = Duration::from_secs(10);
/// What the bridge is called: in a namespace of its own, nobody else calls anything so.
const BRIDGE: &str = "lan0";
/// How many laptops the network has addresses for.
const MOST_LAPTOPS: usize = 200;

/// Whether [`leave_this_network`] has happened.
pub fn is_alone() -> bool {
    env::var_os(ALONE).is_some()
}

/// Starts this program anew in a network namespace of its own, in place of this process. Comes
/// back where that has happened already.
///
/// Root may make a namespace; where the system lets everybody be root in a user namespace of
/// their own, so may others there.
///
/// # Errors
/// Where the system allows neither, or lacks `unshare`.
pub fn leave_this_network() -> Result<()> {
    if is_alone() {
        return Ok(());
    }
    let program = env::current_exe().context("this program's own path is unknown")?;
    let mut unshare = Command::new("unshare");
    unshare.args(unshare_options()).arg("--").arg(program).args(env::args_os().skip(1));
    // Where it can be started, it takes this process's place, and there is no coming back.
    let error = unshare.env(ALONE, "1").exec();
    Err(error).context("unshare (of the package util-linux) does not start")
}

/// What `unshare` is told: root needs no user namespace, and would lose rights in one.
fn unshare_options() -> &'static [&'static str] {
    let root = fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0);
    if root { &["--net"] } else { &["--net", "--user", "--map-root-user"] }
}

/// A network 10.213.0.0/24 on a bridge of this process's own namespace.
#[derive(Debug)]
pub struct Lan {
    laptops: Vec<Laptop>,
}

/// Another machine in the network. Dropping the network ends it.
#[derive(Debug)]
pub struct Laptop {
    address: Ipv4Addr,
    /// Its plug in the bridge.
    port: String,
    /// Says to `nsenter` where it is.
    namespace: String,
    /// Keeps the namespace while it runs.
    _keeper: Leashed,
}

impl Lan {
    /// Makes the bridge, with an address for this process.
    ///
    /// # Errors
    /// Where this process has not its network for itself, or `ip` refuses.
    pub fn new() -> Result<Self> {
        ensure!(is_alone(), "this would change the machine's own network");
        ip("link set dev lo up")?;
        ip(&format!("link add name {BRIDGE} type bridge"))?;
        ip(&format!("address add {}/24 dev {BRIDGE}", Self::ADDRESS))?;
        ip(&format!("link set dev {BRIDGE} up"))?;
        Ok(Self { laptops: Vec::new() })
    }

    /// This process's own address.
    pub const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 213, 0, 1);

    /// Plugs in a new machine.
    ///
    /// # Errors
    /// Where there is no room, or the namespace cannot be made.
    pub async fn plug_in(&mut self) -> Result<()> {
        let number = self.laptops.len();
        ensure!(number < MOST_LAPTOPS, "the network has no address left");
        let address = Ipv4Addr::from_bits(Self::ADDRESS.to_bits() + 1 + u32::try_from(number)?);
        let port = format!("port{number}");
        let (keeper, pid) = keeper().await?;
        let namespace = format!("--net=/proc/{pid}/ns/net");
        ip(&format!("link add name {port} type veth peer name eth0 netns {pid}"))?;
        ip(&format!("link set dev {port} master {BRIDGE} up"))?;
        let laptop = Laptop { address, port, namespace, _keeper: keeper };
        laptop.ip("link set dev lo up")?;
        // An IPv6 address of its own would come a second later, and a browser that sees the network
        // change gives up what it is loading. Where there is no IPv6 there is nothing to switch off.
        let _ = laptop.ip("link set dev eth0 addrgenmode none");
        laptop.ip(&format!("address add {address}/24 dev eth0"))?;
        laptop.ip("link set dev eth0 up")?;
        self.laptops.push(laptop);
        Ok(())
    }

    /// The machines, in the order in which they were plugged in.
    pub fn laptops(&self) -> &[Laptop] {
        &self.laptops
    }

    /// Whether the laptops reach one another, or this process only.
    ///
    /// # Errors
    /// Where `ip` refuses.
    pub fn isolate(&self, isolated: bool) -> Result<()> {
        let state = if isolated { "on" } else { "off" };
        self.laptops.iter().try_for_each(|laptop| {
            ip(&format!("link set dev {} type bridge_slave isolated {state}", laptop.port))
        })
    }
}

impl Drop for Lan {
    fn drop(&mut self) {
        // Taken out here and not when its machine is gone, which takes the kernel a moment, so
        // that the next network finds the names free.
        let ports = self.laptops.iter().map(|laptop| laptop.port.as_str());
        for interface in ports.chain([BRIDGE]) {
            let _ = ip(&format!("link delete dev {interface}"));
        }
    }
}

impl Laptop {
    /// Its address.
    pub const fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// The address from which it sees this process come.
    pub const fn sees_us_at(&self) -> Ipv4Addr {
        Lan::ADDRESS
    }

    /// The words in front of a command that runs it there.
    pub fn enter(&self) -> [&str; 3] {
        ["nsenter", &self.namespace, "--"]
    }

    /// Whether a TCP connection from there to the host and port of an address comes about.
    ///
    /// # Errors
    /// Where that cannot be tried.
    pub fn reaches(&self, url: &str) -> Result<bool> {
        /// Among neighbours the answer takes no time; one that does not come is waited for.
        const SECONDS: &str = "2";
        let url = Url::parse(url)?;
        let host = url.host_str().context("there is no host in the address")?;
        let port = url.port_or_known_default().context("there is no port in the address")?;
        let mut command = Command::new("nsenter");
        command.arg(&self.namespace).args(["--", "timeout", SECONDS, "bash", "-c"]);
        command.args(["exec 3<>/dev/tcp/$0/$1", host, &port.to_string()]);
        let tried = command.stderr(Stdio::null()).status();
        Ok(tried.context("nsenter (of the package util-linux) does not start")?.success())
    }

    fn ip(&self, line: &str) -> Result<()> {
        let mut command = Command::new("nsenter");
        run(command.arg(&self.namespace).args(["--", "ip"]).args(line.split_whitespace()))
    }
}

/// A process in a new namespace that waits to be ended, and its id.
async fn keeper() -> Result<(Leashed, u32)> {
    let program = ["unshare", "--net", "--", "sh", "-c", "echo $$; exec sleep infinity"];
    Leashed::start(&program, |_| {}, START_LIMIT, |line| line.parse().ok()).await
}

/// Runs `ip` of iproute2 in this process's namespace.
fn ip(line: &str) -> Result<()> {
    run(Command::new("ip").args(line.split_whitespace()))
}

fn run(command: &mut Command) -> Result<()> {
    let line = [command.get_program()].into_iter().chain(command.get_args());
    let line = line.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ");
    let output = command.output().map_err(|error| missing(error, &line))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{line}` failed: {}", said.trim());
    Ok(())
}

fn missing(error: io::Error, line: &str) -> anyhow::Error {
    anyhow::Error::new(error)
        .context(format!("`{line}` does not start: are iproute2 and util-linux installed?"))
}
