//! The Rust of the documents, compiled as tests: every document with Rust in it is named here.

macro_rules! documents {
    ($($name:ident: $path:literal,)*) => {
        $(#[doc = include_str!($path)] mod $name {})*
    };
}

documents! {
    architecture: "../docs/ARCHITECTURE.md",
    developing: "../docs/DEVELOPING.md",
    errors_table: "../docs/ERRORS.md",
    bundlers: "../docs/guides/bundlers.md",
    ci: "../docs/guides/ci.md",
    errors: "../docs/guides/errors.md",
    keys: "../docs/guides/keys.md",
    migrate: "../docs/guides/migrate.md",
    readme: "../README.md",
}
