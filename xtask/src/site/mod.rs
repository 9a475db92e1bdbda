//! `site`: page and documentation as GitHub Pages serves them, in one folder.

mod page;

use std::fs;
use std::path::{Path, PathBuf, absolute};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};

use crate::files::empty;
use crate::setup::{self, Purpose};
use crate::workspace::Workspace;
use crate::{build, docs, package};

/// Build the site: the test page with the SDK, and the documentation below docs/.
///
/// Plain files for any server and any path on it, with the page's scripts and style sheets joined
/// and without what only people read of them. Installs what that needs; the last line printed
/// is the path of the first page.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where to, instead of target/site; what an earlier run left there is replaced
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Tells GitHub Pages to serve every file as it is, also those whose names begin with `_`; and
/// this program that a folder is its own to empty.
const MARK: &str = ".nojekyll";
/// Where the page asks who serves it: no emulator, but a site with documentation. Without an answer
/// each visit had a failed request on its console.
const ABOUT: &str = "_emulator/about.json";
/// What the page has of others, a folder each.
const VENDOR: &str = "vendor";
const LICENCE: &str = "LICENSE";
/// Where GitHub's workflows say whose site they make.
const SERVER: &str = "GITHUB_SERVER_URL";
const REPOSITORY: &str = "GITHUB_REPOSITORY";

pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let out = args.out.clone().unwrap_or_else(|| folder(workspace));
    // TypeDoc runs in another folder than the person's.
    let out = absolute(&out).with_context(|| format!("{} is no path", out.display()))?;
    check_place(&out)?;
    if !setup::ensure(workspace, Purpose::Site)? {
        return Ok(ExitCode::FAILURE);
    }
    build::release(workspace)?;
    assemble(workspace, &out)?;
    docs::build(workspace, &out.join("docs"))?;
    println!("{}", out.join("index.html").display());
    Ok(ExitCode::SUCCESS)
}

/// Where it is put unless told otherwise.
pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("site")
}

/// Builds the page alone, without documentation; gives its folder.
pub(crate) fn page(workspace: &Workspace) -> Result<PathBuf> {
    let out = workspace.target.join("page");
    build::release(workspace)?;
    assemble(workspace, &out)?;
    Ok(out)
}

/// What is emptied is a folder of ours, or has nothing in it.
fn check_place(out: &Path) -> Result<()> {
    if !out.exists() || out.join(MARK).is_file() {
        return Ok(());
    }
    let unreadable = || format!("{} is no folder that can be read", out.display());
    let holds_something = fs::read_dir(out).with_context(unreadable)?.next().is_some();
    ensure!(!holds_something, "{} holds something else than a site: name another", out.display());
    Ok(())
}

/// The page with what it loads of the SDK.
fn assemble(workspace: &Workspace, out: &Path) -> Result<()> {
    let www = workspace.root.join("www");
    begin(&www, out)?;
    copy_licences(&www.join(VENDOR), &out.join(VENDOR))?;
    page::write(workspace, out)?;
    let pkg = out.join("pkg");
    empty(&pkg)?;
    package::for_page(workspace, &pkg)
}

/// What is published as it is, in a folder that has nothing of an earlier site.
fn begin(www: &Path, out: &Path) -> Result<()> {
    empty(out)?;
    write(&out.join(MARK), "")?;
    let issues = issues_at(std::env::var(SERVER).ok(), std::env::var(REPOSITORY).ok());
    write(&out.join(ABOUT), &about(issues))?;
    for entry in fs::read_dir(www).with_context(|| format!("{} is missing", www.display()))? {
        let from = entry?.path();
        if from.is_file() {
            let to = out.join(from.file_name().unwrap_or_default());
            fs::copy(&from, to).with_context(|| format!("{} cannot be copied", from.display()))?;
        }
    }
    Ok(())
}

/// The licences of others whose scripts are joined with the page's own.
fn copy_licences(vendor: &Path, out: &Path) -> Result<()> {
    for entry in fs::read_dir(vendor).with_context(|| format!("no {}", vendor.display()))? {
        let entry = entry?;
        let from = entry.path().join(LICENCE);
        let text = fs::read_to_string(&from);
        let text = text.with_context(|| format!("{} cannot be read", from.display()))?;
        write(&out.join(entry.file_name()).join(LICENCE), &text)?;
    }
    Ok(())
}

/// What the page is told about who serves it; `issues` is where a report may be sent.
fn about(issues: Option<String>) -> String {
    let mut about = serde_json::json!({ "emulator": false, "docs": true });
    if let (Some(about), Some(issues)) = (about.as_object_mut(), issues) {
        about.insert("issues".to_owned(), issues.into());
    }
    format!("{about}\n")
}

fn issues_at(server: Option<String>, repository: Option<String>) -> Option<String> {
    Some(format!("{}/{}/issues/new", server?, repository?))
}

fn write(path: &Path, text: &str) -> Result<()> {
    make_folder_of(path)?;
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}

fn make_folder_of(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_published_with_its_licence() {
        let folder = tempfile::tempdir().unwrap();
        let (vendor, out) = (folder.path().join("vendor"), folder.path().join("site/vendor"));
        write(&vendor.join("lean/nano.mjs"), "script").unwrap();
        assert!(copy_licences(&vendor, &out).is_err(), "without a licence");
        write(&vendor.join("lean/LICENSE"), "MIT").unwrap();
        copy_licences(&vendor, &out).unwrap();
        assert_eq!(fs::read_to_string(out.join("lean/LICENSE")).unwrap(), "MIT");
        assert!(!out.join("lean/nano.mjs").exists(), "scripts are copied as they are");
    }

    #[test]
    fn the_site_has_nothing_of_an_earlier_one() {
        let folder = tempfile::tempdir().unwrap();
        let (www, out) = (folder.path().join("www"), folder.path().join("site"));
        write(&www.join("favicon.svg"), "picture").unwrap();
        write(&www.join("js/main.js"), "script").unwrap();
        begin(&www, &out).unwrap();
        write(&out.join("js/gone.js"), "old").unwrap();
        begin(&www, &out).unwrap();
        for there in [MARK, ABOUT, "favicon.svg"] {
            assert!(out.join(there).is_file(), "{there}");
        }
        assert!(!out.join("js").exists(), "scripts are copied as they are");
    }

    #[test]
    fn the_page_learns_that_there_is_no_emulator() {
        let told = |server: Option<&str>, repository: Option<&str>| {
            let issues = issues_at(server.map(str::to_owned), repository.map(str::to_owned));
            serde_json::from_str::<serde_json::Value>(&about(issues)).unwrap()
        };
        let nothing = serde_json::json!({ "emulator": false, "docs": true });
        assert_eq!(told(None, None), nothing);
        assert_eq!(told(None, Some("me/calls")), nothing);
        let mut with_issues = nothing;
        with_issues["issues"] = "https://github.com/me/calls/issues/new".into();
        assert_eq!(told(Some("https://github.com"), Some("me/calls")), with_issues);
    }

    #[test]
    fn a_folder_with_other_things_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        check_place(&home).unwrap();
        fs::create_dir(&home).unwrap();
        check_place(&home).unwrap();
        write(&home.join("letter"), "dear").unwrap();
        let refusal = check_place(&home).unwrap_err().to_string();
        assert!(refusal.contains("home holds something else"), "{refusal}");
        assert!(check_place(&home.join("letter")).is_err());
        write(&home.join(MARK), "").unwrap();
        check_place(&home).unwrap();
    }
}
