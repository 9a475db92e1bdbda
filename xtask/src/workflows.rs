//! What GitHub runs is what this repository has: the workflows are read, and their commands taken.

use std::fs;
use std::path::Path;

use clap::Parser;
use yaml_rust2::{Yaml, YamlLoader};

use crate::Cli;
use crate::tools::OLDEST_NODE;
use crate::workspace::Workspace;

const COMMAND: &str = "cargo xtask ";
/// What a runner's system needs, and no program of ours may do to a system.
const OF_THE_RUNNER: &str = "sudo sysctl --write kernel.apparmor_restrict_unprivileged_userns=0";
/// Actions of GitHub's own, by the tag that was looked at.
const ACTIONS: [&str; 4] = [
    "actions/checkout@v4",
    "actions/setup-node@v4",
    "actions/upload-pages-artifact@v3",
    "actions/deploy-pages@v4",
];

fn folder() -> std::path::PathBuf {
    Workspace::find().unwrap().root.join(".github/workflows")
}

fn read(path: &Path) -> Yaml {
    let text = fs::read_to_string(path).unwrap();
    let mut documents = YamlLoader::load_from_str(&text).unwrap();
    assert_eq!(documents.len(), 1, "{}", path.display());
    documents.remove(0)
}

fn workflow(name: &str) -> Yaml {
    read(&folder().join(name))
}

fn all() -> Vec<(String, Yaml)> {
    let paths = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.display().to_string(), read(&path))).collect()
}

fn jobs(workflow: &Yaml) -> Vec<&Yaml> {
    workflow["jobs"].as_hash().unwrap().values().collect()
}

/// A member of each step of each job that has it.
fn of_steps<'a>(workflow: &'a Yaml, member: &str) -> Vec<&'a str> {
    let steps = jobs(workflow).into_iter().filter_map(|job| job["steps"].as_vec()).flatten();
    steps.filter_map(|step| step[member].as_str()).collect()
}

fn pairs(map: &Yaml) -> Vec<(&str, &str)> {
    let pairs = map.as_hash().unwrap().iter();
    pairs.map(|(key, value)| (key.as_str().unwrap(), value.as_str().unwrap())).collect()
}

/// Why a line of a step is not to be run, if it is not.
fn refusal(line: &str) -> Option<String> {
    if line == OF_THE_RUNNER {
        return None;
    }
    let Some(arguments) = line.strip_prefix(COMMAND) else {
        return Some(format!("{line} is no task"));
    };
    let line = ["xtask"].into_iter().chain(arguments.split_whitespace());
    Cli::try_parse_from(line).err().map(|error| error.to_string())
}

#[test]
fn they_run_tasks_that_there_are() {
    let workflows = all();
    assert_eq!(workflows.len(), 2);
    for (name, workflow) in &workflows {
        let lines = of_steps(workflow, "run");
        assert!(lines.iter().any(|line| line.starts_with(COMMAND)), "{name} runs no task");
        for line in lines.into_iter().flat_map(str::lines) {
            assert_eq!(refusal(line), None, "{name}");
        }
    }
}

#[test]
fn another_command_is_refused() {
    for line in ["make", "cargo xtask sight", "cargo xtask site --deploy", "cargo xtask site; ls"] {
        assert!(refusal(line).is_some(), "{line}");
    }
    assert_eq!(refusal("cargo xtask site --out public"), None);
}

#[test]
fn they_use_actions_that_are_known() {
    for (name, workflow) in all() {
        for action in of_steps(&workflow, "uses") {
            assert!(ACTIONS.contains(&action), "{name} uses {action}");
        }
    }
}

#[test]
fn they_may_read_and_only_publishing_may_more() {
    for (name, workflow) in all() {
        assert_eq!(pairs(&workflow["permissions"]), [("contents", "read")], "{name}");
        for job in jobs(&workflow).into_iter().filter(|job| !job["permissions"].is_badvalue()) {
            let publishing = [("pages", "write"), ("id-token", "write")];
            assert_eq!(pairs(&job["permissions"]), publishing, "{name}");
            assert_eq!(job["if"].as_str(), Some("github.ref == 'refs/heads/main'"), "{name}");
            let steps = job["steps"].as_vec().unwrap();
            assert_eq!(steps.len(), 1, "{name}: nothing else is done with these rights");
        }
    }
}

#[test]
fn what_is_published_was_tested_and_is_what_the_task_makes() {
    let workflow = workflow("pages.yml");
    let jobs = &workflow["jobs"];
    assert_eq!(jobs["test"]["uses"].as_str(), Some("./.github/workflows/ci.yml"));
    assert_eq!(jobs["build"]["needs"].as_str(), Some("test"));
    assert_eq!(jobs["deploy"]["needs"].as_str(), Some("build"));
    let upload = jobs["build"]["steps"].as_vec().unwrap().last().unwrap();
    let made = crate::site::folder(&Workspace::find().unwrap());
    assert!(made.ends_with(upload["with"]["path"].as_str().unwrap()), "{}", made.display());
}

#[test]
fn every_push_and_request_is_tested() {
    let on = &workflow("ci.yml")["on"];
    for event in ["push", "pull_request", "workflow_call"] {
        assert!(on.as_hash().unwrap().contains_key(&Yaml::from_str(event)), "{event}");
    }
    // The one branch that is left out here is where the other workflow calls this one.
    let left_out = &on["push"]["branches-ignore"];
    assert_eq!(left_out, &workflow("pages.yml")["on"]["push"]["branches"]);
    assert!(left_out.as_vec().is_some_and(|branches| branches.len() == 1));
}

#[test]
fn the_package_is_tested_on_the_oldest_node_that_it_takes() {
    let ci = workflow("ci.yml");
    let job = &ci["jobs"]["package"];
    let steps = job["steps"].as_vec().unwrap();
    let nodes: Vec<&str> =
        steps.iter().filter_map(|step| step["with"]["node-version"].as_str()).collect();
    assert_eq!(nodes, [OLDEST_NODE.to_string()]);
    assert_eq!(of_steps(&ci, "run").last(), Some(&"cargo xtask test --package"));
    let manifest = fs::read_to_string(Workspace::find().unwrap().root.join("npm/package.json"));
    let floor = format!("\"node\": \">={}.{}\"", OLDEST_NODE.major(), OLDEST_NODE.minor());
    assert!(manifest.unwrap().contains(&floor), "{floor}");
}
