//! What the tests share, because starting it costs a second each: chromedriver and the browsers
//! that are idle. What could carry something from one test to the next is not shared: each test
//! has a service, and with it an origin, of its own.

use std::{collections::HashMap, sync::Mutex};

use anyhow::Result;
use tokio::sync::OnceCell;

use crate::{
    browser::{Browser, Camera},
    driver::Driver,
};

/// A chromedriver, started at the first use, and idle browsers.
#[derive(Debug, Default)]
pub struct Stage {
    driver: OnceCell<Driver>,
    idle: Mutex<HashMap<Camera, Vec<Browser>>>,
}

impl Stage {
    /// A browser that shows no page: an idle one, or a new one.
    ///
    /// # Errors
    /// Where none can be started.
    pub async fn browser(&self, camera: Camera) -> Result<Browser> {
        let idle = self.with_idle(|idle| idle.get_mut(&camera).and_then(Vec::pop));
        if let Some(browser) = idle {
            return Ok(browser);
        }
        let driver = self.driver.get_or_try_init(Driver::start).await?;
        Browser::start(driver, camera).await
    }

    /// Takes a browser back; one that does not leave its page is not used again.
    pub async fn give_back(&self, camera: Camera, browser: Browser) {
        if browser.leave().await.is_ok() {
            self.with_idle(|idle| idle.entry(camera).or_default().push(browser));
        }
    }

    fn with_idle<T>(&self, act: impl FnOnce(&mut HashMap<Camera, Vec<Browser>>) -> T) -> T {
        act(&mut self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}
