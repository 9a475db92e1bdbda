//! esbuild: joins scripts and style sheets, and takes out what only people read.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::setup::Npm;
use crate::tools::Tools;
use crate::workspace::Workspace;

/// esbuild, working in a folder.
pub(crate) struct Esbuild<'a> {
    workspace: &'a Workspace,
    program: PathBuf,
    folder: &'a Path,
}

impl<'a> Esbuild<'a> {
    /// The one of the package's tools.
    ///
    /// # Errors
    /// Where they are not installed.
    pub(crate) fn find(workspace: &'a Workspace, folder: &'a Path) -> Result<Self> {
        let tools = Tools::new(workspace)?;
        let modules = Npm::package_tools(workspace, &tools).modules()?;
        Ok(Self { workspace, program: modules.join(".bin/esbuild"), folder })
    }

    /// The command, in its folder; where it writes to is left to say.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut esbuild = self.workspace.command(&self.program);
        esbuild.current_dir(self.folder).args(arguments);
        esbuild.args(["--minify", "--log-level=warning"]);
        esbuild
    }
}
