//! A script of a client: a program of its own that talks to the emulator.

use std::{
    env,
    ffi::OsString,
    fmt,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use kvs_e2e::{
    Service,
    service::{ACCESS_KEY_ID, SECRET, workspace},
};
use kvs_emulator::Config;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    net::unix::pipe::Receiver,
    process::{Child, Command},
    time::timeout,
};

/// How long a script may take, on a machine that does other things too.
const LIMIT: Duration = Duration::from_secs(90);

/// Why a test failed, in its own words: what a backtrace adds would hide what the script said.
pub(crate) struct Failure(anyhow::Error);

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self(error)
    }
}

/// A service for scripts, which make their calls as fast as they are answered.
pub(crate) fn without_quotas() -> Config {
    let mut config = Service::config();
    config.behaviour.quotas = false;
    config
}

/// A script that runs; dropping it ends it.
pub(crate) struct Script {
    name: String,
    child: Child,
    lines: Lines<BufReader<Receiver>>,
    said: Vec<String>,
}

impl Script {
    /// Starts a script of `e2e/clients/python` for this service.
    pub(crate) fn python(service: &Service, name: &str, arguments: &[&str]) -> Result<Self> {
        let mut python = Command::new(named_by("KVS_PYTHON")?);
        // Leaves nothing behind, and writes each line when it is there.
        python.args(["-B", "-u"]);
        Self::start(python, service, &Path::new("python").join(name), arguments)
    }

    /// Starts a script of `e2e/clients/node` for this service.
    pub(crate) fn node(service: &Service, name: &str, arguments: &[&str]) -> Result<Self> {
        named_by("KVS_NODE_MODULES")?;
        Self::start(Command::new("node"), service, &Path::new("node").join(name), arguments)
    }

    /// Starts a script of `e2e/clients/dropin` for this service: on a Node that has a WebSocket.
    pub(crate) fn dropin(service: &Service, name: &str, arguments: &[&str]) -> Result<Self> {
        named_by("KVS_NODE_MODULES")?;
        let mut node = Command::new("node");
        // Needed before version 22, and taken after it.
        node.arg("--experimental-websocket");
        Self::start(node, service, &Path::new("dropin").join(name), arguments)
    }

    fn start(
        mut program: Command,
        service: &Service,
        script: &Path,
        arguments: &[&str],
    ) -> Result<Self> {
        let (reader, writer) = std::io::pipe().context("no pipe for the output")?;
        program
            .arg(workspace().join("e2e").join("clients").join(script))
            .args(arguments)
            .env("KVS_ENDPOINT", service.endpoint())
            .env("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID)
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("AWS_REGION", "us-west-2")
            .env("AWS_DEFAULT_REGION", "us-west-2")
            // What the person at this machine has set up for AWS is not ours.
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("NO_PROXY", "*")
            .env_remove("AWS_PROFILE")
            .env_remove("AWS_SESSION_TOKEN")
            .env_remove("AWS_ENDPOINT_URL")
            .stdin(Stdio::null())
            .stdout(writer.try_clone().context("no pipe for the output")?)
            .stderr(writer)
            .kill_on_drop(true);
        if let Some(ca) = service.ca_file() {
            for variable in ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] {
                program.env(variable, ca);
            }
        }
        let child = program.spawn().with_context(|| format!("{program:?} does not start"))?;
        // The command holds the pipe's writing end, without whose closing the output has no end.
        drop(program);
        let output = Receiver::from_owned_fd(OwnedFd::from(reader))?;
        let lines = BufReader::new(output).lines();
        Ok(Self { name: script.display().to_string(), child, lines, said: Vec::new() })
    }

    /// Waits for a line that begins like this, and gives the rest of it.
    ///
    /// # Errors
    /// Where the script ends without it, or does not say it in time: with all that it said.
    pub(crate) async fn until_line(&mut self, start: &str) -> Result<String> {
        let reading = async {
            while let Some(line) = self.lines.next_line().await? {
                let rest = line.strip_prefix(start).map(|rest| rest.trim().to_owned());
                self.said.push(line);
                if let Some(rest) = rest {
                    return Ok(rest);
                }
            }
            bail!("it ended without saying {start:?}")
        };
        let outcome = timeout(LIMIT, reading).await;
        let outcome = outcome.unwrap_or_else(|_| bail!("it did not say {start:?} in {LIMIT:?}"));
        outcome.with_context(|| self.report())
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// Where it fails, checks nothing or does not end in time: with all that it said.
    pub(crate) async fn finish(mut self) -> Result<()> {
        let status = timeout(LIMIT, self.read_to_end()).await;
        let status = status.unwrap_or_else(|_| bail!("it was not over after {LIMIT:?}"));
        let status = status.with_context(|| self.report())?;
        ensure!(status.success(), "{}\nit ended with {status}", self.report());
        ensure!(!self.said.is_empty(), "{} checked nothing", self.name);
        Ok(())
    }

    async fn read_to_end(&mut self) -> Result<ExitStatus> {
        while let Some(line) = self.lines.next_line().await? {
            self.said.push(line);
        }
        Ok(self.child.wait().await?)
    }

    fn report(&self) -> String {
        format!("{} said:\n{}", self.name, self.said.join("\n"))
    }
}

/// The file or folder that a variable names: `cargo xtask test` sets them.
pub(crate) fn named_by(variable: &str) -> Result<PathBuf> {
    let value: OsString = env::var_os(variable).with_context(|| {
        format!("{variable} is not set: `cargo xtask test` does it, see docs/DEVELOPING.md")
    })?;
    let path = PathBuf::from(value);
    ensure!(path.exists(), "{variable} names {}, which is not there", path.display());
    Ok(path)
}
