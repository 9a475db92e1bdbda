//! The page and the package in real browsers, as a person uses them.
//!
//! | module | what is in it |
//! |---|---|
//! | [`stage`] | what the tests share: the drivers and the browsers that are idle |
//! | [`story`] | one test's share: a service of its own, its pages, the report when it fails |
//! | [`service`] | the emulator, in this process, serving the page |
//! | [`backend`] | the back end of `examples/`, a process that serves a page of its own |
//! | [`driver`] | the process of chromedriver or geckodriver |
//! | [`leash`] | programs that end when the tests do |
//! | [`narrow`] | a proxy that lets through what the service is documented to have |
//! | [`netns`] | a network of several machines, made of namespaces |
//! | [`browser`] | one Chromium or Firefox, with or without a camera |
//! | `firefox` | how a Firefox is started, and what it is told in its own way |
//! | [`trust`] | a home whose browsers trust a certificate authority |
//! | [`page`] | an open page: click, fill, wait, read |
//! | [`published`] | the built site on a server far away |
//! | [`table`] | figures in columns, for those who measure |
//! | [`video`] | what a video on a page shows |
//!
//! Everything that is waited for has a deadline and says what it was; nothing sleeps and hopes.

pub mod backend;
pub mod browser;
pub mod driver;
mod firefox;
pub mod leash;
pub mod narrow;
pub mod netns;
pub mod page;
pub mod published;
pub mod service;
pub mod stage;
pub mod story;
pub mod table;
pub mod trust;
pub mod video;

pub use self::{
    backend::Backend,
    browser::{Browser, Camera, Early, Holds},
    driver::{Driver, Kind},
    narrow::Narrow,
    netns::{Lan, Laptop},
    page::{Page, SOON},
    service::Service,
    stage::Stage,
    story::Story,
    trust::Home,
    video::{Size, Video},
};
