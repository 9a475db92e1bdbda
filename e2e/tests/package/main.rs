//! The npm package, installed from its tarball as people do it, in what they use it with: bundlers,
//! pages without one, Node.

mod bundlers;
mod checks;
mod node;
mod pages;
mod project;
mod snippets;
mod stand;
mod unchanged;
