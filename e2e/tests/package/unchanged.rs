//! A script that was written for the JavaScript SDK runs on ours with its import changed, and
//! nothing else, in all the ways to load it; it finds out the same as with the reference.

use std::{fs, path::Path, process::Command, sync::OnceLock};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    project::{Failure, copy, installed, named_by, project, run},
    stand::Stand,
};

const REFERENCE: &str = "amazon-kinesis-video-streams-webrtc";
const OURS: &str = "kvs-webrtc/inline";

/// How the script comes by the SDK: its first line.
enum Load<'a> {
    Import(&'a str),
    Require(&'a str),
    Global,
}

/// The script with its first line changed.
fn script(load: &Load<'_>) -> Result<String> {
    let text = fs::read_to_string(project()?.join("unchanged.js"))?;
    let (import, rest) = text.split_once('\n').context("the script has one line")?;
    let names = import.split_once('{').and_then(|(_, names)| names.split_once('}'));
    let (names, _) = names.context("the first line imports no names")?;
    let first = match load {
        Load::Import(from) => import.replace(REFERENCE, from),
        Load::Require(from) => format!("const {{{names}}} = require('{from}');"),
        Load::Global => format!("const {{{names}}} = KVSWebRTC;"),
    };
    Ok(format!("{first}\n{rest}"))
}

/// Runs the script in Node in a folder that has what it loads.
fn in_node(folder: &Path, load: &Load<'_>) -> Result<Value> {
    let name = match load {
        Load::Require(_) => "unchanged.cjs",
        Load::Import(_) | Load::Global => "unchanged.mjs",
    };
    fs::write(folder.join(name), script(load)?)?;
    let mut node = Command::new("node");
    node.arg("--import").arg(project()?.join("scripted.js")).arg(name);
    serde_json::from_str(&run(node.current_dir(folder))?).context("the script tells no JSON")
}

/// The reference with the two modules of others that it needs: WebCrypto is Node's own.
fn reference() -> Result<TempDir> {
    let folder = TempDir::with_prefix("kvs-reference-")?;
    let modules = folder.path().join("node_modules");
    for package in [REFERENCE, "tslib"] {
        copy(&named_by("KVS_NODE_MODULES")?.join(package), &modules.join(package))?;
    }
    let crypto = modules.join("isomorphic-webcrypto");
    fs::create_dir_all(&crypto)?;
    fs::write(crypto.join("index.js"), "module.exports = globalThis.crypto;\n")?;
    Ok(folder)
}

/// What the script finds out with the reference, in Node.
fn expected() -> Result<&'static Value> {
    static EXPECTED: OnceLock<Result<Value, String>> = OnceLock::new();
    let found = EXPECTED.get_or_init(|| {
        let run = || in_node(reference()?.path(), &Load::Import(REFERENCE));
        run().map_err(|error| format!("{error:#}"))
    });
    found.as_ref().map_err(|error| anyhow::anyhow!("{error}"))
}

/// What the script found out is what it finds out with the reference, member by member.
fn same(found: &Value) -> Result<()> {
    let expected = expected()?.as_object().context("the script tells an object")?;
    for (name, value) in expected {
        ensure!(found.get(name) == Some(value), "{name} is {}, and not {value}", found[name]);
    }
    ensure!(found.as_object().map(serde_json::Map::len) == Some(expected.len()), "{found}");
    Ok(())
}

/// A page that loads these scripts before the unchanged one.
fn page(scripts: &[&str], kind: &str, load: &Load<'_>) -> Result<Stand> {
    let before = scripts.iter().map(|it| format!("<script src={it}></script>"));
    let tags = before.collect::<String>();
    let stand = Stand::new(&format!(
        "<script src=scripted.js></script>{tags}<script {kind} src=main.js></script>"
    ))?;
    fs::copy(project()?.join("scripted.js"), stand.path().join("scripted.js"))?;
    fs::write(stand.path().join("main.js"), script(load)?)?;
    Ok(stand)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_says_the_same_everywhere() -> Result<(), Failure> {
    let reference = reference()?;
    let required = in_node(reference.path(), &Load::Require(REFERENCE))?;
    same(&required)?;
    let stand = page(&["kvs-webrtc.min.js"], "", &Load::Global)?;
    let bundle = reference.path().join("node_modules").join(REFERENCE).join("dist");
    let bundle = bundle.join("kvs-webrtc.min.js");
    fs::copy(bundle, stand.path().join("kvs-webrtc.min.js"))?;
    same(&stand.result().await?)?;
    Ok(())
}

#[test]
fn ours_does_in_node() -> Result<(), Failure> {
    for load in [Load::Import(OURS), Load::Require(OURS)] {
        same(&in_node(project()?, &load)?)?;
    }
    for load in [Load::Import("kvs-webrtc"), Load::Require("kvs-webrtc")] {
        same(&in_node(project()?, &load)?)?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn ours_does_as_a_module_of_a_page() -> Result<(), Failure> {
    let stand = page(&[], "type=module", &Load::Import("./kvs-webrtc/inline.js"))?;
    copy(&installed()?, &stand.path().join("kvs-webrtc"))?;
    same(&stand.result().await?)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn ours_does_with_a_bundler() -> Result<(), Failure> {
    let stand = page(&[], "type=module", &Load::Import(OURS))?;
    let entry = project()?.join("bundled.js");
    fs::write(&entry, script(&Load::Import(OURS))?)?;
    let out = stand.path().join("out");
    let mut node = Command::new("node");
    node.args(["build.mjs", "vite"]).arg(entry).arg(&out).current_dir(project()?);
    run(node.env("KVS_PACKAGE_TOOLS", named_by("KVS_PACKAGE_TOOLS")?))?;
    copy(&out, stand.path())?;
    same(&stand.result().await?)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn ours_does_with_the_global() -> Result<(), Failure> {
    let scripts = ["kvs-webrtc/wasm-inline.js", "kvs-webrtc/kvs-webrtc.global.js"];
    let stand = page(&scripts, "", &Load::Global)?;
    copy(&installed()?, &stand.path().join("kvs-webrtc"))?;
    same(&stand.result().await?)?;
    Ok(())
}
