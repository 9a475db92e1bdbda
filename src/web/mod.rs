//! The browser: the only place, with `js`, that names a browser type.
//!
//! A file here converts and forwards. What is to be done, and when, is decided by the machines
//! of [`crate::session`]; the [`driver`] feeds them and does what they ask for.

pub(crate) mod backend;
pub(crate) mod call;
pub(crate) mod clock;
pub(crate) mod credentials;
pub(crate) mod death;
pub(crate) mod driver;
pub(crate) mod fetch;
pub(crate) mod insight;
pub(crate) mod listener;
pub(crate) mod media;
pub(crate) mod members;
mod peer;
pub(crate) mod pending;
pub(crate) mod reflect;
pub(crate) mod shape;
mod socket;
pub(crate) mod thrown;
