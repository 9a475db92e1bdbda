//! `docs`: the references of the crate and of the package, with the guides, in one folder.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::files::{copy_tree, empty};
use crate::package;
use crate::process;
use crate::setup::Npm;
use crate::tools::Tools;
use crate::workspace::Workspace;

/// Build the documentation: the last line printed is the path of its first page.
///
/// rustdoc makes the crate's reference, TypeDoc the package's, with the guides beside it. What is
/// not documented, and a link that leads nowhere, fails. Needs TypeDoc, which `setup` installs.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Both references' folders, as the first page names them.
const RUST: &str = "rust";
const PACKAGE: &str = "package";
/// What the types' page is called, instead of after the folder that they are in.
const MODULE: &str = "/** @module kvs-webrtc */\n";
const INDEX: &str = "index.html";
const FIRST_PAGE: &str = include_str!("index.html");

pub(crate) fn run(workspace: &Workspace, _: &Args) -> Result<()> {
    let out = workspace.target.join("docs");
    build(workspace, &out)?;
    println!("{}", out.join(INDEX).display());
    Ok(())
}

/// Puts both references into a folder, which is emptied first.
pub(crate) fn build(workspace: &Workspace, out: &Path) -> Result<()> {
    empty(out)?;
    rust(workspace, &out.join(RUST))?;
    typescript(workspace, &out.join(PACKAGE))?;
    let page = out.join(INDEX);
    fs::write(&page, FIRST_PAGE).with_context(|| format!("{} is not written", page.display()))
}

/// The crate's reference.
fn rust(workspace: &Workspace, out: &Path) -> Result<()> {
    // Of its own, since rustdoc adds a crate to those that are there.
    let target = workspace.target.join("docs-target");
    let made = target.join("doc");
    empty(&made)?;
    let mut doc = workspace.cargo();
    doc.args(["doc", "--package", "kvs-webrtc", "--no-deps", "--target-dir"]).arg(target);
    process::run(doc.env("RUSTDOCFLAGS", "-Dwarnings"))?;
    copy_tree(&made, out)
}

/// The package's reference and the guides.
fn typescript(workspace: &Workspace, out: &Path) -> Result<()> {
    let work = workspace.target.join("docs-work");
    empty(&work)?;
    let types = work.join("index.d.ts");
    let text = format!("{MODULE}{}", package::types(workspace)?);
    fs::write(&types, text).context("the types are not written")?;
    let compiler = work.join("tsconfig.json");
    fs::write(&compiler, compiler_settings().to_string()).context("no tsconfig.json written")?;
    let settings = work.join("typedoc.json");
    let text = typedoc_settings(workspace, &types, &compiler, out).to_string();
    fs::write(&settings, text).context("no typedoc.json written")?;

    let tools = Tools::new(workspace)?;
    let modules = Npm::doc_tools(workspace, &tools).modules()?;
    let mut typedoc = workspace.command("node");
    typedoc.arg(modules.join("typedoc/bin/typedoc")).arg("--options").arg(settings);
    process::run(typedoc.current_dir(&work))
}

fn compiler_settings() -> Value {
    json!({
        "compilerOptions": {
            "lib": ["ES2022", "DOM"],
            "module": "ESNext",
            "moduleResolution": "bundler",
            "noEmit": true,
            "strict": true,
            "target": "ES2022",
            "types": [],
        },
        "files": ["index.d.ts"],
    })
}

/// What is shown, and that nothing in it may be amiss.
fn typedoc_settings(workspace: &Workspace, types: &Path, compiler: &Path, out: &Path) -> Value {
    let document = |name: &str| workspace.root.join(name);
    json!({
        "name": "kvs-webrtc",
        "entryPoints": [types],
        "tsconfig": compiler,
        "basePath": workspace.root,
        "readme": document("npm/README.md"),
        "projectDocuments": [document("docs/guides/*.md"), document("docs/ERRORS.md")],
        "favicon": document("www/favicon.svg"),
        "out": out,
        "disableGit": true,
        "disableSources": true,
        "githubPages": false,
        "hideGenerator": true,
        "highlightLanguages": ["html", "javascript", "json", "rust", "shellscript", "typescript"],
        "treatWarningsAsErrors": true,
        "validation": {
            "invalidLink": true,
            "invalidPath": true,
            "notDocumented": true,
            "notExported": true,
            "rewrittenLink": true,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_page_leads_to_both_references() {
        for folder in [RUST, PACKAGE] {
            assert!(FIRST_PAGE.contains(&format!("<a href=\"{folder}/")), "{folder}");
        }
    }

    #[test]
    fn nothing_may_be_amiss() {
        let workspace = Workspace::find().unwrap();
        let (types, out) = (Path::new("index.d.ts"), Path::new("out"));
        let settings = typedoc_settings(&workspace, types, Path::new("tsconfig.json"), out);
        assert_eq!(settings["treatWarningsAsErrors"], true);
        let checks = settings["validation"].as_object().unwrap();
        assert_eq!(checks.len(), 5);
        assert!(checks.values().all(|check| *check == true), "{checks:?}");
        for none in ["intentionallyNotDocumented", "intentionallyNotExported", "excludeTags"] {
            assert!(settings.get(none).is_none(), "{none}");
        }
    }
}
