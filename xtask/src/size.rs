//! `size`: what a page has to load.

use std::fs;
use std::io::Write;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::build::FILES;
use crate::package;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    println!("{:<20} {:>9} {:>9}", "pkg/", "raw", "gzip -9");
    let mut sum = (0, 0);
    for name in FILES.iter().filter(|name| !name.ends_with(".d.ts")) {
        let path = workspace.pkg().join(name);
        let bytes = fs::read(&path)
            .with_context(|| format!("{} is missing: `cargo xtask build`", path.display()))?;
        let packed = gzip_size(&bytes)?;
        println!("{name:<20} {:>9} {packed:>9}", bytes.len());
        sum = (sum.0 + bytes.len(), sum.1 + packed);
    }
    println!("{:<20} {:>9} {:>9}", "sum", sum.0, sum.1);
    println!();
    package::size::print(workspace, gzip_size)
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
}
