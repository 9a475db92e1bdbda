//! One test's share: a service of its own, its pages, and the report when it fails.

use std::{
    fmt::Write as _,
    fs,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{
    browser::{Browser, Camera},
    driver::Kind,
    page::{Page, SOON},
    service::Service,
    stage::Stage,
};

/// How many lines of a page's log and console go into the report.
const LOG_TAIL: usize = 15;

/// One test's world.
#[derive(Debug)]
pub struct Story<'a> {
    stage: &'a Stage,
    service: Service,
    cast: Mutex<Vec<Role>>,
}

/// A browser that takes part, and the page that is open in it.
#[derive(Debug, Clone)]
struct Role {
    camera: Camera,
    browser: Browser,
    page: Option<Page>,
}

impl<'a> Story<'a> {
    /// Begins with a service that knows no channel yet.
    ///
    /// # Errors
    /// Where the service cannot be started.
    pub async fn begin(stage: &'a Stage) -> Result<Self> {
        Ok(Self { stage, service: Service::start().await?, cast: Mutex::default() })
    }

    /// The service that the pages come from and talk to.
    pub const fn service(&self) -> &Service {
        &self.service
    }

    /// Opens the page in a browser of its own and waits until it is ready; `query` is what
    /// follows the `?`, empty for none.
    ///
    /// # Errors
    /// Where the browser or the page cannot be had.
    pub async fn open(&self, name: &str, camera: Camera, query: &str) -> Result<Page> {
        self.open_in(Kind::wanted(), name, camera, query).await
    }

    /// As [`Story::open`], in the browser that is named.
    ///
    /// # Errors
    /// Where the browser or the page cannot be had.
    pub async fn open_in(
        &self,
        kind: Kind,
        name: &str,
        camera: Camera,
        query: &str,
    ) -> Result<Page> {
        let page = self.show(kind, name, camera, &self.service.page_url(query)).await?;
        let loaded = "!document.getElementById('status').textContent.startsWith('Loading')";
        page.until("the page is ready", SOON, loaded).await?;
        let status = page.text("#status").await?;
        ensure!(status == "Ready", "{name}: the page says {status:?}");
        Ok(page)
    }

    /// Opens any page in a browser of its own.
    ///
    /// # Errors
    /// Where the browser or the page cannot be had.
    pub async fn open_url(&self, name: &str, camera: Camera, url: &str) -> Result<Page> {
        self.show(Kind::wanted(), name, camera, url).await
    }

    async fn show(&self, kind: Kind, name: &str, camera: Camera, url: &str) -> Result<Page> {
        let browser = self.stage.browser(kind, camera).await?;
        self.cast().push(Role { camera, browser: browser.clone(), page: None });
        let page = browser.open(name, url).await?;
        if let Some(role) = self.cast().last_mut() {
            role.page = Some(page.clone());
        }
        Ok(page)
    }

    /// Closes a page's window, as a person does.
    ///
    /// # Errors
    /// Where something happened on it that never must, or the browser does not answer.
    pub async fn close(&self, page: Page) -> Result<()> {
        check(&page).await?;
        for role in self.cast().iter_mut() {
            role.page.take_if(|shown| shown.name() == page.name());
        }
        page.browser().close_window().await
    }

    /// Ends the story: on every page that is open, nothing happened that never must. Where the
    /// story or that fails, the report tells what each page showed, and where its picture is.
    ///
    /// # Errors
    /// The story's, or what happened on a page, as a report.
    pub async fn end(self, name: &str, outcome: Result<()>) -> Result<(), String> {
        let mut outcome = outcome;
        let cast = std::mem::take(&mut *self.cast());
        for page in cast.iter().filter_map(|role| role.page.as_ref()) {
            if outcome.is_ok() {
                outcome = check(page).await;
            }
        }
        let mut report = outcome.map_err(|error| format!("{error:#}\n"));
        if let Err(report) = &mut report {
            for page in cast.iter().filter_map(|role| role.page.as_ref()) {
                report.push_str(&describe(name, page).await);
            }
        }
        for role in cast {
            self.stage.give_back(role.camera, role.browser).await;
        }
        report
    }

    fn cast(&self) -> std::sync::MutexGuard<'_, Vec<Role>> {
        self.cast.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What must never happen on any page: something that its policy forbids, or an error that
/// nobody caught.
///
/// # Errors
/// Where it happened, or the page does not answer.
pub async fn check(page: &Page) -> Result<()> {
    for list in ["probe.violations", "probe.errors"] {
        let found = page.value(list).await?;
        ensure!(found == json!([]), "{}: {list} = {found}", page.name());
    }
    Ok(())
}

/// What a page shows, for the report of the test `story`.
pub async fn describe(story: &str, page: &Page) -> String {
    let mut report = format!("--- {}\n", page.name());
    for (what, selector) in [("status", "#status"), ("alert", "[role=alert]"), ("log", "#logs")] {
        let text = page.text(selector).await.unwrap_or_else(|error| format!("{error:#}"));
        let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let _ = writeln!(report, "{what}: {}", tail(&lines));
    }
    let open = page.value("probe.open()").await.unwrap_or(Value::Null);
    let _ = writeln!(report, "open: {open}");
    let console = page.browser().console().await.unwrap_or_default();
    let _ = writeln!(report, "console: {}", tail(&console));
    match picture(story, page).await {
        Ok(path) => {
            let _ = writeln!(report, "picture: {}", path.display());
        }
        Err(error) => {
            let _ = writeln!(report, "no picture: {error:#}");
        }
    }
    report
}

fn tail<S: AsRef<str>>(lines: &[S]) -> String {
    let from = lines.len().saturating_sub(LOG_TAIL);
    let shown = lines.iter().skip(from).map(AsRef::as_ref).collect::<Vec<_>>();
    shown.join("\n    ")
}

async fn picture(story: &str, page: &Page) -> Result<PathBuf> {
    let folder = target_folder().join("e2e-failures");
    fs::create_dir_all(&folder)?;
    let file = format!("{}-{}.png", story.replace("::", "-"), page.name().replace(' ', "-"));
    let path = folder.join(file);
    fs::write(&path, page.screenshot().await?)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}

/// Cargo's target folder.
fn target_folder() -> PathBuf {
    profile_folder().parent().map_or_else(std::env::temp_dir, PathBuf::from)
}

/// Where cargo puts programs: this one lies in `<target>/<profile>/` or in `deps` there.
pub(crate) fn profile_folder() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let mut folders = program.ancestors().skip(1).filter(|folder| !folder.ends_with("deps"));
    folders.next().map(PathBuf::from).unwrap_or_default()
}
