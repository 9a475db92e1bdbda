//! How an example is run: in Node or in a page, with its scene set by `npm/consumers/scene.*`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use kvs_e2e::{Service, browser::Camera};
use kvs_emulator::Config;
use serde_json::Value;

use super::examples::{Channel, Example, Place};
use crate::{
    bundlers::{MODULE, build},
    pages::site,
    project::{installed, node, project, run as run_program, tool},
    stand::Stand,
};

const WASM: &str = "kvs_webrtc_bg.wasm";

/// Where examples are made: in the project, whose package they import.
///
/// # Errors
/// Where there is none.
pub(super) fn folder() -> Result<PathBuf> {
    let folder = project()?.join("snippets");
    fs::create_dir_all(&folder).context("no folder for examples")?;
    Ok(folder)
}

/// Runs it and gives what it has told.
///
/// # Errors
/// Where it does not come to its end.
pub(super) async fn run(example: &Example, source: &Path) -> Result<Value> {
    match example.place {
        Place::Node => in_node(example.channel, &compiled(source)?).await,
        Place::Page(camera) => {
            let stand = page(example.channel, &compiled(source)?)?;
            stand.open_with(camera, config()).await?.result().await
        }
        Place::RefusedPage => {
            let stand = page(example.channel, &compiled(source)?)?;
            stand.open_with(Camera::Missing, config()).await?.told().await
        }
        Place::ScriptedPage => in_scripted_page(&compiled(source)?).await,
        Place::Built(bundler) => built(bundler, source).await,
    }
}

/// A service that knows the keys of the documents.
fn config() -> Config {
    let config = Service::config();
    let keys = config.keys.clone().with_access_key("AKIDEXAMPLE".to_owned(), "secret".into());
    Config { keys, ..config }
}

/// The example as JavaScript.
fn compiled(source: &Path) -> Result<PathBuf> {
    let script = source.with_extension("mjs");
    let mut esbuild = Command::new(tool(".bin/esbuild")?);
    esbuild.arg(source).args(["--format=esm", "--target=es2022", "--log-level=warning"]);
    run_program(esbuild.arg(format!("--outfile={}", script.display())))?;
    Ok(script)
}

async fn in_node(channel: Channel, script: &Path) -> Result<Value> {
    let service = Service::run(config()).await?;
    let script = script.to_string_lossy();
    let name = match channel {
        Channel::Empty(name) | Channel::WithMaster(name) => name,
        Channel::None => "",
    };
    node(&["scene.mjs", &script, service.endpoint(), name])
}

/// A page with the example, and with what it finds when it begins.
fn page(channel: Channel, script: &Path) -> Result<Stand> {
    let stand = site(MODULE, &["scene.js", "tell.js"])?;
    let (name, with_master) = match channel {
        Channel::None => ("", false),
        Channel::Empty(name) => (name, false),
        Channel::WithMaster(name) => (name, true),
    };
    let main = format!(
        "import {{ scene }} from './scene.js';\nimport {{ tell }} from './tell.js';\n\
         tell(async (endpoint) => {{\n  await scene(endpoint, '{name}', {with_master});\n  \
         return (await import('./example.js')).told;\n}});\n"
    );
    fs::write(stand.path().join("main.js"), main)?;
    fs::write(stand.path().join("example.js"), for_page(script)?)?;
    let assets = stand.path().join("assets");
    fs::create_dir_all(&assets)?;
    fs::copy(installed()?.join(WASM), assets.join(WASM))?;
    Ok(stand)
}

async fn in_scripted_page(script: &Path) -> Result<Value> {
    let head = format!("<script src=scripted.js></script>{MODULE}");
    let stand = site(&head, &["scripted.js", "tell.js"])?;
    let main = "import { tell } from './tell.js';\n\
                tell(async () => (await import('./example.js')).told);\n";
    fs::write(stand.path().join("main.js"), main)?;
    fs::write(stand.path().join("example.js"), for_page(script)?)?;
    stand.result().await
}

/// The script with the package's place in the site instead of its name.
fn for_page(script: &Path) -> Result<String> {
    let text = fs::read_to_string(script)?;
    let text = text.replace("\"kvs-webrtc\"", "\"./kvs-webrtc/index.js\"");
    Ok(text.replace("\"kvs-webrtc/inline\"", "\"./kvs-webrtc/inline.js\""))
}

async fn built(bundler: &str, source: &Path) -> Result<Value> {
    let stand = Stand::new(MODULE)?;
    let entry = source.with_extension("entry.js");
    let example = source.file_name().context("an example is a file")?.to_string_lossy();
    let main = format!(
        "import {{ tell }} from '../tell.js';\n\
         tell(async () => (await import('./{example}')).told);\n"
    );
    fs::write(&entry, main)?;
    build(bundler, &entry, stand.path())?;
    stand.result().await
}
