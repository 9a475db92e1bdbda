//! What the tests share, because starting it costs a second each: the drivers and the browsers
//! that are idle. What could carry something from one test to the next is not shared: each test
//! has a service, and with it an origin, of its own.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use anyhow::Result;
use tokio::sync::OnceCell;

use crate::{
    browser::{Browser, Camera},
    driver::{Driver, Kind},
};

type Idle = HashMap<(Kind, Camera), Vec<Browser>>;

/// The drivers, each started at the first use, and idle browsers.
#[derive(Debug, Default)]
pub struct Stage {
    chromium: OnceCell<Driver>,
    /// One for each Firefox: a geckodriver steers no more.
    firefox: Mutex<Vec<Driver>>,
    idle: Mutex<Idle>,
}

impl Stage {
    /// A browser that shows no page: an idle one, or a new one.
    ///
    /// # Errors
    /// Where none can be started.
    pub async fn browser(&self, kind: Kind, camera: Camera) -> Result<Browser> {
        let idle = self.with_idle(|idle| idle.get_mut(&(kind, camera)).and_then(Vec::pop));
        if let Some(browser) = idle {
            return Ok(browser);
        }
        match kind {
            Kind::Chromium => {
                let driver = self.chromium.get_or_try_init(Driver::start).await?;
                Browser::start(driver, camera).await
            }
            Kind::Firefox => self.firefox(camera).await,
        }
    }

    async fn firefox(&self, camera: Camera) -> Result<Browser> {
        let driver = Driver::start_firefox().await?;
        let browser = Browser::start(&driver, camera).await?;
        self.firefox.lock().unwrap_or_else(PoisonError::into_inner).push(driver);
        Ok(browser)
    }

    /// Takes a browser back; one that does not leave its page is not used again.
    pub async fn give_back(&self, camera: Camera, browser: Browser) {
        if browser.leave().await.is_ok() {
            let key = (browser.kind(), camera);
            self.with_idle(|idle| idle.entry(key).or_default().push(browser));
        }
    }

    fn with_idle<T>(&self, act: impl FnOnce(&mut Idle) -> T) -> T {
        act(&mut self.idle.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
