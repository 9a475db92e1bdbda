//! What tools say about the package: publint, Are The Types Wrong, TypeScript.

use std::{fs, process::Command};

use kvs_e2e::service::workspace;
use serde_json::Value;

use crate::{
    project::{Failure, installed, named_by, project, run, tool},
    stand::files_ending,
};

/// What an installed package may take.
const MOST_INSTALLED: u64 = 1_000_000;

#[test]
fn publint_has_nothing_to_say() -> Result<(), Failure> {
    let mut publint = Command::new(tool(".bin/publint")?);
    let said = run(publint.arg("--strict").arg(named_by("KVS_PACKAGE")?))?;
    assert!(said.contains("All good!"), "{said}");
    Ok(())
}

/// A `.wasm` has no types, and is left out.
#[test]
fn the_types_are_not_wrong() -> Result<(), Failure> {
    let mut attw = Command::new(tool(".bin/attw")?);
    attw.args(["--profile", "node16", "--format", "json"]);
    attw.args(["--exclude-entrypoints", "./kvs_webrtc_bg.wasm", "--"]);
    let said: Value = serde_json::from_str(&run(attw.arg(named_by("KVS_PACKAGE")?))?)?;
    let entrypoints = said["analysis"]["entrypoints"].as_object();
    let names = entrypoints.map(|them| them.keys().cloned().collect::<Vec<_>>());
    assert_eq!(names.unwrap_or_default(), [".", "./inline", "./package.json"]);
    Ok(())
}

#[test]
fn the_types_compile_for_all_ways_to_resolve_them() -> Result<(), Failure> {
    for compiler in ["typescript-5.0", "typescript"] {
        for project in ["bundler", "node16"] {
            compile(compiler, &format!("tsconfig.{project}.json"))?;
        }
    }
    Ok(())
}

fn compile(compiler: &str, project_file: &str) -> anyhow::Result<()> {
    let mut tsc = Command::new("node");
    tsc.arg(tool(&format!("{compiler}/bin/tsc"))?).args(["--project", project_file]);
    run(tsc.current_dir(project()?)).map(drop)
}

#[test]
fn it_is_small_and_has_the_wasm_once_in_each_form() -> Result<(), Failure> {
    let installed = installed()?;
    let mut size = 0;
    let mut copies = Vec::new();
    for file in files_ending(&installed, "")? {
        let text = fs::read(&file)?;
        size += text.len() as u64;
        let has_wasm = text.starts_with(b"\0asm") || text.windows(8).any(|at| at == b"AGFzbQEA");
        if has_wasm {
            copies.push(file.file_name().unwrap_or_default().to_owned());
        }
    }
    copies.sort();
    assert_eq!(copies, ["kvs_webrtc_bg.wasm", "wasm-inline.js"]);
    assert!(size <= MOST_INSTALLED, "{size} bytes");
    for file in ["LICENSE", "README.md"] {
        assert!(installed.join(file).is_file(), "{file}");
    }
    Ok(())
}

/// The doors have errors of their own, from before there is a wasm to make them.
#[test]
fn the_codes_and_hints_of_the_doors_are_those_of_the_table() -> Result<(), Failure> {
    let errors = fs::read_to_string(workspace().join("npm/entries/core/errors.js"))?;
    let table = fs::read_to_string(workspace().join("docs/ERRORS.md"))?;
    let values = |member: &str| {
        let lines = errors.lines().filter_map(|line| line.trim().strip_prefix(member));
        let texts = lines.map(|text| text.trim_end_matches(','));
        texts.map(|text| text.trim_matches(['\'', '"']).to_owned()).collect::<Vec<_>>()
    };
    let (codes, hints) = (values("code: "), values("hint: "));
    assert_eq!((codes.len(), hints.len()), (5, 5));
    for (code, hint) in codes.iter().zip(&hints) {
        let row = table.lines().find(|line| line.starts_with(&format!("| `{code}` |")));
        assert!(row.is_some_and(|row| row.contains(&format!("| {hint} |"))), "{code}: {row:?}");
    }
    Ok(())
}
