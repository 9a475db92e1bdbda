//! What needs the machine's administrator: system packages and files below `/usr`.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::process;

const APT: &str = "/usr/bin/apt-get";
const SUDO: &str = "/usr/bin/sudo";

/// Whether packages can be installed by `apt-get` at all.
pub(crate) fn has_apt() -> bool {
    Path::new(APT).exists()
}

/// What a person types to install packages.
pub(crate) fn apt_line(packages: &[&str]) -> String {
    format!("sudo apt-get install --no-install-recommends {}", packages.join(" "))
}

/// Installs packages, after asking where that takes `sudo`.
///
/// First completes what apt may have left half done, and fetches the lists of packages: those of a
/// fresh system are absent or know old versions only.
pub(crate) fn apt_install(packages: &[&str], why: &str) -> Result<()> {
    ensure!(has_apt(), "this system has no apt-get");
    println!("installing {} ({why})", packages.join(", "));
    agree(&format!("`{}`", apt_line(packages)))?;
    as_root(Command::new("dpkg").args(["--configure", "--pending"]))?;
    if let Err(error) = as_root(&mut apt_get(&["update"])) {
        println!("going on with the lists of packages that are there: {error:#}");
    }
    as_root(apt_get(&["install", "--yes", "--no-install-recommends"]).args(packages))
}

/// Asks before anything is done by `sudo`; an error where the answer is no.
///
/// Root and `CI=true` are answers in themselves; nobody at the keyboard is a no.
pub(crate) fn agree(deed: &str) -> Result<()> {
    if process::is_ci() || is_root()? {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        bail!("it takes sudo and nobody is here to ask: run it by hand, or set CI=true");
    }
    print!("{deed} — go ahead? [Y/n] ");
    io::stdout().flush().context("the question could not be printed")?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).context("the answer could not be read")?;
    ensure!(is_yes(&answer), "not agreed to");
    Ok(())
}

/// Runs a command as root: directly, or by `sudo`.
pub(crate) fn as_root(command: &mut Command) -> Result<()> {
    if is_root()? {
        return process::run(command);
    }
    ensure!(Path::new(SUDO).exists(), "needs root: run `{}` as root", process::describe(command));
    let mut sudo = Command::new(SUDO);
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            sudo.arg([name, value].join("=".as_ref()));
        }
    }
    sudo.arg(command.get_program()).args(command.get_args());
    process::run(&mut sudo)
}

fn apt_get(args: &[&str]) -> Command {
    let mut apt = Command::new(APT);
    apt.args(args).args(["--quiet", "-o", "Dpkg::Use-Pty=0"]);
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

fn is_root() -> Result<bool> {
    Ok(process::capture(Command::new("id").arg("-u"))?.trim() == "0")
}

/// Return alone agrees; the end of input does not.
fn is_yes(answer: &str) -> bool {
    answer.ends_with('\n')
        && matches!(answer.trim().to_ascii_lowercase().as_str(), "" | "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_or_return_is_consent() {
        for yes in ["\n", "y\n", " Yes \n"] {
            assert!(is_yes(yes), "{yes:?}");
        }
        for no in ["", "y", "n\n", "no\n", "what?\n"] {
            assert!(!is_yes(no), "{no:?}");
        }
    }

    #[test]
    fn the_line_to_type_names_every_package() {
        let line = apt_line(&["chromium", "chromium-driver"]);
        assert_eq!(line, "sudo apt-get install --no-install-recommends chromium chromium-driver");
    }
}
