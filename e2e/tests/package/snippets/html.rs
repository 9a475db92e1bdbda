//! Pages: what their scripts are.

use anyhow::{Context, Result, bail};
use kvs_e2e::{SOON, Service, leash::Leashed};
use serde_json::{Value, json};

use super::documents::{Block, blocks_in};
use crate::{
    pages::site,
    project::{Failure, copy, installed, project},
    stand::{Open, Stand, expected},
};

/// A `<script>` of a page.
#[derive(Debug)]
pub(super) struct Script {
    attributes: String,
    pub(super) text: String,
}

impl Script {
    pub(super) fn is_module(&self) -> bool {
        self.kind() == Some("module")
    }

    /// Whether it is a plain script that stands in the page.
    pub(super) fn is_code(&self) -> bool {
        self.kind().is_none() && self.source().is_none()
    }

    fn kind(&self) -> Option<&str> {
        self.attribute("type")
    }

    /// The file that it is in.
    fn source(&self) -> Option<&str> {
        self.attribute("src")
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.attributes.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    }
}

/// The scripts of a page, which has nothing else.
///
/// # Errors
/// Where there is none, or more than scripts.
pub(super) fn scripts(page: &Block) -> Result<Vec<Script>> {
    let mut found = Vec::new();
    let mut rest = page.text.trim();
    while !rest.is_empty() {
        let (tag, after) = rest
            .strip_prefix("<script")
            .and_then(|rest| rest.split_once('>'))
            .with_context(|| format!("{}: no script: {rest}", page.place()))?;
        let Some((text, after)) = after.split_once("</script>") else {
            bail!("{}: a script has no end", page.place())
        };
        found.push(Script { attributes: tag.to_owned(), text: text.to_owned() });
        rest = after.trim_start();
    }
    Ok(found)
}

#[test]
fn scripts_of_pages_are_there_and_maps_are_json() -> Result<(), Failure> {
    for page in blocks_in(&["html"])? {
        for script in scripts(&page)? {
            let files = match script.kind() {
                Some("importmap") => mapped(&script.text)?,
                _ => script.source().map(str::to_owned).into_iter().collect(),
            };
            for file in files {
                assert!(project()?.join(&file).is_file(), "{}: no {file}", page.place());
            }
        }
    }
    Ok(())
}

/// The files that an import map leads to.
fn mapped(map: &str) -> Result<Vec<String>> {
    let map: Value = serde_json::from_str(map).context("an import map is JSON")?;
    let imports =
        map.get("imports").and_then(Value::as_object).context("an import map has imports")?;
    let files = imports.values().map(|file| Some(file.as_str()?.to_owned()));
    files.collect::<Option<Vec<_>>>().context("an import map leads to files")
}

/// Tells a page's title once it is another.
const TELL_TITLE: &str = "<script>\n\
    new MutationObserver(() => {\n\
      document.documentElement.dataset.result = JSON.stringify(document.title);\n\
    }).observe(document.querySelector('title'), { childList: true });\n\
    </script>\n";

#[tokio::test(flavor = "multi_thread")]
async fn pages_do_as_they_are() -> Result<(), Failure> {
    for page in blocks_in(&["html"])? {
        let told = title_of(&page).await.with_context(|| page.place())?;
        assert_eq!(told, env!("CARGO_PKG_VERSION"), "{}", page.place());
    }
    Ok(())
}

/// Opens a page as it is. The emulator is no server for it: its policy has no place for scripts that
/// stand in a page.
async fn title_of(page: &Block) -> Result<Value> {
    let stand = Stand::new(&format!("{TELL_TITLE}{}", page.text))?;
    copy(&installed()?, &stand.path().join("node_modules/kvs-webrtc"))?;
    let script = project()?.join("serve.mjs");
    let (script, folder) = (script.to_string_lossy(), stand.path().to_string_lossy());
    let url = |line: &str| line.strip_prefix("ready ").map(|url| format!("{url}index.html"));
    let (_server, url) = Leashed::start(&["node", &script, &folder], |_| {}, SOON, url).await?;
    Open::new(Service::run(Service::config()).await?, &url).await?.result().await
}

/// The policy of the guide, in one line; a page's `<meta>` is as good as the header.
fn policy() -> Result<String> {
    let blocks = blocks_in(&["text"])?;
    let policy = blocks.iter().find(|it| it.is("docs/guides/bundlers.md"));
    let policy = policy.context("the guide has a policy")?;
    Ok(policy.text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_lets_the_package_work() -> Result<(), Failure> {
    let head = format!(
        "<meta http-equiv=Content-Security-Policy content=\"{}\">\
         <script type=module src=module.js></script>",
        policy()?
    );
    let stand = site(&head, &["module.js", "check.js", "tell.js"])?;
    let wanted = expected(json!({ "early": "caller.notReady", "once": true }));
    assert_eq!(stand.result().await?, wanted);
    Ok(())
}
