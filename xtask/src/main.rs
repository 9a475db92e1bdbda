//! Everything one does with this repository besides editing it: `cargo xtask --help`.

mod bench;
mod build;
mod demo;
mod docs;
#[cfg(test)]
mod documents;
mod esbuild;
mod files;
mod fuzz;
mod package;
mod process;
mod setup;
mod site;
mod size;
mod test;
mod tools;
mod versions;
mod wasm;
#[cfg(test)]
mod workflows;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// Set up, build, try out and test kvs-webrtc.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    Setup(setup::Args),
    Build(build::Args),
    Package(package::Args),
    Demo(demo::Args),
    Docs(docs::Args),
    Site(site::Args),
    Test(test::Args),
    Size(size::Args),
    Bench(bench::Args),
    Fuzz(fuzz::Args),
    #[command(name = test::in_page::TASK, hide = true)]
    PageOfTests(test::in_page::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli.task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> Result<ExitCode> {
    let workspace = Workspace::find();
    match task {
        Task::Setup(args) => setup::run(&workspace?, args),
        Task::Build(args) => build::run(&workspace?, args).map(|()| ExitCode::SUCCESS),
        Task::Package(args) => package::run(&workspace?, args).map(|()| ExitCode::SUCCESS),
        Task::Demo(args) => demo::run(&workspace?, args),
        Task::Docs(args) => docs::run(&workspace?, args).map(|()| ExitCode::SUCCESS),
        Task::Site(args) => site::run(&workspace?, args),
        Task::Test(args) => test::run(&workspace?, args),
        Task::Size(args) => size::run(&workspace?, args).map(|()| ExitCode::SUCCESS),
        Task::Bench(args) => bench::run(&workspace?, args).map(|()| ExitCode::SUCCESS),
        Task::Fuzz(args) => fuzz::run(&workspace?, args).map(|()| ExitCode::SUCCESS),
        Task::PageOfTests(args) => test::in_page::run(args),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
