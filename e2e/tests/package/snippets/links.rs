//! Links of the documents: what is in the repository is there, headings included.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use kvs_e2e::service::workspace;

use super::documents::documents;
use crate::project::Failure;

/// Where the links of a text lead, its blocks of code left out.
fn targets(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    prose
        .flat_map(|prose| prose.split("](").skip(1))
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
        .collect()
}

/// A heading's anchor, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || ['-', '_', ' '].contains(c);
    heading.trim().to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

fn anchors(text: &str) -> Vec<String> {
    let prose = text.split("```").step_by(2);
    let lines = prose.flat_map(str::lines).filter(|line| line.starts_with('#'));
    lines.map(|line| anchor(line.trim_start_matches('#'))).collect()
}

fn check(document: &Path, text: &str, target: &str) -> Result<()> {
    let (path, heading) = target.split_once('#').map_or((target, None), |(p, h)| (p, Some(h)));
    let folder = document.parent().context("a document is in a folder")?;
    let file = if path.is_empty() { document.to_path_buf() } else { folder.join(path) };
    ensure!(file.exists(), "there is no {}", file.display());
    if let Some(heading) = heading {
        let other = if path.is_empty() { text.to_owned() } else { fs::read_to_string(&file)? };
        ensure!(anchors(&other).iter().any(|it| it == heading), "no heading is {heading}");
    }
    Ok(())
}

#[test]
fn they_lead_to_what_there_is() -> Result<(), Failure> {
    let root = workspace();
    let mut checked = 0;
    for document in documents(&root)? {
        let text = fs::read_to_string(&document)?;
        for target in targets(&text).into_iter().filter(|it| !it.contains("://")) {
            check(&document, &text, target)
                .with_context(|| format!("{} links to {target}", document.display()))?;
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked} links");
    Ok(())
}

#[test]
fn a_link_to_nothing_is_seen() {
    let document = workspace().join("README.md");
    let text = "# Two laptops\n[a](#two-laptops) [b](LICENSE)\n```\n# c [d](e)\n```\n";
    assert_eq!(targets(text), ["#two-laptops", "LICENSE"]);
    for (target, leads) in
        [("#two-laptops", true), ("LICENSE", true), ("#c-de", false), ("NOTHING.md", false)]
    {
        assert_eq!(check(&document, text, target).is_ok(), leads, "{target}");
    }
}
