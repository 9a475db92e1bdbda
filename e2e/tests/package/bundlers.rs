//! Vite, webpack and esbuild, with no configuration beyond what `npm/consumers/build.mjs` shows.

use std::{path::Path, process::Command};

use anyhow::Result;
use kvs_e2e::{SOON, Service, leash::Leashed};
use serde_json::{Value, json};

use crate::{
    project::{Failure, named_by, project, run},
    stand::{Open, Stand, expected, files_ending},
};

/// The tag of what is built.
pub(crate) const MODULE: &str = "<script type=module src=main.js></script>";

/// Builds a page and opens it. What it tells, and how many files have the wasm in them.
async fn built(bundler: &str, entry: &str) -> Result<(Value, usize)> {
    let stand = Stand::new(MODULE)?;
    let wasms = build(bundler, &project()?.join(entry), stand.path())?;
    let result = tokio::time::timeout(SOON * 3, stand.result()).await??;
    Ok((result, wasms))
}

/// Builds a page's script into a site. How many files have the wasm in them.
///
/// # Errors
/// Where the bundler fails, or complains.
pub(crate) fn build(bundler: &str, entry: &Path, site: &Path) -> Result<usize> {
    let out = site.join("out");
    let mut node = Command::new("node");
    node.arg("build.mjs").arg(bundler).arg(entry).arg(&out);
    run(node.current_dir(project()?).env("KVS_PACKAGE_TOOLS", named_by("KVS_PACKAGE_TOOLS")?))?;
    crate::project::copy(&out, site)?;
    Ok(files_ending(&out, ".wasm")?.len())
}

/// While the page is developed, Vite serves packages from a folder of its own.
#[tokio::test(flavor = "multi_thread")]
async fn vites_development_server_serves_the_wasm() -> Result<(), Failure> {
    let tools = named_by("KVS_PACKAGE_TOOLS")?;
    let set = |command: &mut tokio::process::Command| {
        command.env("KVS_PACKAGE_TOOLS", tools);
        command.current_dir(project().unwrap_or(Path::new("/")));
    };
    let url = |line: &str| line.strip_prefix("ready ").map(|url| format!("{url}dev.html"));
    let (_server, url) = Leashed::start(&["node", "dev.mjs"], set, SOON, url).await?;
    let service = Service::run(Service::config()).await?;
    let url = format!("{url}?name=package&endpoint={}", service.endpoint());
    assert_eq!(Open::new(service, &url).await?.result().await?, fetched());
    Ok(())
}

fn fetched() -> Value {
    expected(json!({ "early": "caller.notReady", "once": true }))
}

#[tokio::test(flavor = "multi_thread")]
async fn vite_takes_the_wasm_along() -> Result<(), Failure> {
    assert_eq!(built("vite", "module.js").await?, (fetched(), 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn webpack_takes_the_wasm_along() -> Result<(), Failure> {
    assert_eq!(built("webpack", "module.js").await?, (fetched(), 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn esbuild_takes_the_wasm_along_where_it_is_told() -> Result<(), Failure> {
    assert_eq!(built("esbuild", "address.js").await?, (expected(json!({})), 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn inline_is_one_file_with_each_of_them() -> Result<(), Failure> {
    for bundler in ["vite", "webpack", "esbuild"] {
        assert_eq!(built(bundler, "inline.js").await?, (expected(json!({})), 0), "{bundler}");
    }
    Ok(())
}
