//! `size`: what a page has to load, and whether it has grown.

mod budget;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;

use self::budget::{Budget, Verdict};
use crate::build::FILES;
use crate::package;
use crate::tools::Tools;
use crate::wasm::Wasm;
use crate::workspace::Workspace;

/// In the root: what `--check` compares with.
const BUDGET: &str = "size-budget.toml";

/// Print what a page has to load and what the package weighs, raw and gzipped.
///
/// What was built is measured: `build` and `package` come first.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Fail where something has grown by more than 2 % over size-budget.toml; elsewhere than with
    /// the compiler and the wasm-opt that it was measured with, only say so
    #[arg(long, conflicts_with = "accept")]
    check: bool,
    /// Write size-budget.toml anew, with the sizes as they are
    #[arg(long)]
    accept: bool,
}

pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    print(workspace)?;
    let path = workspace.root.join(BUDGET);
    if args.accept {
        fs::write(&path, measured(workspace)?.to_string())
            .with_context(|| format!("{BUDGET} cannot be written"))?;
        println!("\n{BUDGET} is written");
    }
    if args.check {
        println!();
        check(&path, &measured(workspace)?)?;
    }
    Ok(())
}

fn check(path: &Path, measured: &Budget) -> Result<()> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("{BUDGET} cannot be read: `cargo xtask size --accept`"))?;
    let accepted: Budget = text.parse().with_context(|| format!("{BUDGET} is not valid"))?;
    match accepted.judge(measured) {
        Verdict::Kept(lines) => lines.iter().for_each(|line| println!("{line}")),
        Verdict::Elsewhere(reason) => println!("not compared with {BUDGET}: {reason}"),
        Verdict::Grown(lines) => bail!(
            "{BUDGET} is exceeded:\n{}\nMake it smaller, or accept it: `cargo xtask size --accept`, \
             and say in the commit what it is for",
            lines.join("\n")
        ),
    }
    Ok(())
}

fn print(workspace: &Workspace) -> Result<()> {
    println!("{:<20} {:>9} {:>9}", "pkg/", "raw", "gzip -9");
    let mut sum = (0, 0);
    for name in loaded() {
        let bytes = built(workspace, name)?;
        let packed = gzip_size(&bytes)?;
        println!("{name:<20} {:>9} {packed:>9}", bytes.len());
        sum = (sum.0 + bytes.len(), sum.1 + packed);
    }
    println!("{:<20} {:>9} {:>9}", "sum", sum.0, sum.1);
    println!();
    package::size::print(workspace, gzip_size)
}

/// What `--check` looks at, as it is now.
fn measured(workspace: &Workspace) -> Result<Budget> {
    let mut gzip = BTreeMap::new();
    for name in loaded() {
        gzip.insert(format!("pkg/{name}"), gzip_size(&built(workspace, name)?)?);
    }
    let (mut page, mut all) = (0, 0);
    for package::size::File { name, bytes } in package::size::files(workspace)? {
        let packed = gzip_size(&bytes)?;
        all += packed;
        if package::size::LOADED.contains(&name.as_str()) {
            page += packed;
        }
    }
    gzip.insert("package, what a page loads".to_owned(), page);
    gzip.insert("package, all files".to_owned(), all);
    let wasm_opt = Tools::new(workspace)?.wasm_opt_version();
    Ok(Budget {
        rustc: Wasm::new(workspace)?.rustc()?,
        wasm_opt: wasm_opt.map_or_else(|| "none".to_owned(), |version| version.to_string()),
        gzip,
    })
}

/// The files of `pkg/` that a page loads.
fn loaded() -> impl Iterator<Item = &'static str> {
    FILES.into_iter().filter(|name| !name.ends_with(".d.ts"))
}

fn built(workspace: &Workspace, name: &str) -> Result<Vec<u8>> {
    let path = workspace.pkg().join(name);
    fs::read(&path).with_context(|| format!("{} is missing: `cargo xtask build`", path.display()))
}

fn gzip_size(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).context("gzip failed")?;
    Ok(encoder.finish().context("gzip failed")?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_itself_gets_smaller() {
        assert!(gzip_size(&[7; 10_000]).unwrap() < 100);
    }

    fn budget(size: usize) -> Budget {
        let gzip = BTreeMap::from([("pkg/a.wasm".to_owned(), size)]);
        Budget { rustc: "rustc 1".to_owned(), wasm_opt: "2".to_owned(), gzip }
    }

    #[test]
    fn what_has_grown_fails_and_says_how_to_accept_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), budget(1000).to_string()).unwrap();
        check(file.path(), &budget(1020)).unwrap();
        let refusal = check(file.path(), &budget(1021)).unwrap_err().to_string();
        assert!(refusal.contains("pkg/a.wasm: 1021 bytes, 2.1 % more than 1000"), "{refusal}");
        assert!(refusal.contains("`cargo xtask size --accept`"), "{refusal}");
    }

    #[test]
    fn elsewhere_nothing_fails() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), budget(1000).to_string()).unwrap();
        check(file.path(), &Budget { rustc: "rustc 2".to_owned(), ..budget(5000) }).unwrap();
    }

    #[test]
    fn a_budget_that_is_not_there_or_not_valid_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(BUDGET);
        let missing = check(&path, &budget(1)).unwrap_err().to_string();
        assert!(missing.contains("--accept"), "{missing}");
        fs::write(&path, "rustc = 7").unwrap();
        let invalid = check(&path, &budget(1)).unwrap_err().to_string();
        assert!(invalid.contains("is not valid"), "{invalid}");
    }

    #[test]
    fn this_repository_has_a_budget() {
        let path = Workspace::find().unwrap().root.join(BUDGET);
        let accepted: Budget = fs::read_to_string(path).unwrap().parse().unwrap();
        for name in loaded() {
            assert!(accepted.gzip.contains_key(&format!("pkg/{name}")), "{name}");
        }
    }
}
