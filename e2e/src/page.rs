//! A page that is open in a browser, and what a person would do on it and see.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use fantoccini::{
    Locator,
    actions::{InputSource, KeyAction, KeyActions},
    elements::Element,
    key::Key,
};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{browser::Browser, driver::Kind, firefox, story::check};

/// How often a condition is looked at.
const POLL: Duration = Duration::from_millis(25);

/// How long what takes a moment may take on a busy machine.
pub const SOON: Duration = Duration::from_secs(15);

/// A page in a window of its own.
#[derive(Debug, Clone)]
pub struct Page {
    name: String,
    browser: Browser,
}

impl Page {
    pub(crate) fn new(name: &str, browser: Browser) -> Self {
        Self { name: name.to_owned(), browser }
    }

    /// What the test calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The browser whose window it is in.
    pub const fn browser(&self) -> &Browser {
        &self.browser
    }

    /// Runs the body of a function in the page, with `arguments`, and gives what it returns or
    /// what the promise that it returns resolves with.
    ///
    /// # Errors
    /// Where the script throws, with its words.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        let client = self.browser.client();
        let ran = match self.browser.kind() {
            Kind::Chromium => client.execute(script, arguments).await,
            Kind::Firefox => client.execute(&firefox::script(script), arguments).await,
        };
        ran.with_context(|| format!("{}: {script}", self.name))
    }

    /// The value of an expression in the page.
    ///
    /// # Errors
    /// Where the script throws.
    pub async fn value(&self, expression: &str) -> Result<Value> {
        self.run(&format!("return {expression};"), Vec::new()).await
    }

    /// Clicks what the selector finds first, once it is visible; opens what it is folded into.
    ///
    /// # Errors
    /// Where nothing is found, or it cannot be clicked.
    pub async fn click(&self, selector: &str) -> Result<()> {
        self.until_some(&format!("{selector} can be clicked"), SOON, || async move {
            self.reveal(selector).await?;
            let element = self.find(selector).await?;
            Ok(element.is_displayed().await?.then_some(()))
        })
        .await?;
        let clicked = self.find(selector).await?.click().await;
        clicked.with_context(|| format!("{}: {selector} cannot be clicked", self.name))
    }

    /// Presses keys one after the other, as on a keyboard, wherever the focus is.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn press(&self, keys: &str) -> Result<()> {
        let strokes = keys.chars().fold(KeyActions::new("keyboard".to_owned()), |strokes, key| {
            strokes.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key })
        });
        self.strike(strokes).await
    }

    /// Presses Tab, with Shift where it goes `back`.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn tab(&self, back: bool) -> Result<()> {
        let (tab, shift) = (char::from(Key::Tab), char::from(Key::Shift));
        let stroke = KeyActions::new("keyboard".to_owned());
        let stroke = if back { stroke.then(KeyAction::Down { value: shift }) } else { stroke };
        let stroke = stroke.then(KeyAction::Down { value: tab }).then(KeyAction::Up { value: tab });
        self.strike(if back { stroke.then(KeyAction::Up { value: shift }) } else { stroke }).await
    }

    /// Types a text into a field in place of what is there, once it can be typed into: what a
    /// click opens may not be there yet.
    ///
    /// # Errors
    /// Where there is no such field.
    pub async fn fill(&self, selector: &str, text: &str) -> Result<()> {
        let field = self
            .until_some(&format!("{selector} can be typed into"), SOON, || async move {
                self.reveal(selector).await?;
                let field = self.find(selector).await?;
                field.clear().await?;
                Ok(Some(field))
            })
            .await?;
        field.send_keys(text).await.with_context(|| format!("{}: {selector}", self.name))
    }

    /// Ticks a check box or radio button, or takes the tick away, where it is not so yet.
    ///
    /// # Errors
    /// Where there is no such box.
    pub async fn tick(&self, selector: &str, ticked: bool) -> Result<()> {
        self.reveal(selector).await?;
        let script = "const box = document.querySelector(arguments[0]);
                      if (box.checked !== arguments[1]) box.click();
                      return box.checked;";
        let now = self.run(script, vec![json!(selector), json!(ticked)]).await?;
        if now != json!(ticked) {
            bail!("{}: {selector} does not change", self.name);
        }
        Ok(())
    }

    /// The visible text of everything that the selector finds, joined by line ends.
    ///
    /// # Errors
    /// Where the page does not answer.
    pub async fn text(&self, selector: &str) -> Result<String> {
        let script = "return [...document.querySelectorAll(arguments[0])]
            .filter((element) => element.checkVisibility())
            .map((element) => (element.value ?? element.innerText).trim())
            .filter((text) => text)
            .join('\\n');";
        let text = self.run(script, vec![json!(selector)]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until an expression is true in the page.
    ///
    /// # Errors
    /// Where it is not within the time; says what was waited for.
    pub async fn until(&self, what: &str, within: Duration, expression: &str) -> Result<()> {
        self.until_some(what, within, || async move {
            Ok((self.value(&format!("Boolean({expression})")).await? == json!(true)).then_some(()))
        })
        .await
    }

    /// Waits until the visible text of what the selector finds contains `part`, whatever its case.
    ///
    /// # Errors
    /// Where it does not within the time; says what was there instead.
    pub async fn until_text(&self, selector: &str, part: &str, within: Duration) -> Result<String> {
        let what = format!("{selector} says {part:?}");
        let part = part.to_lowercase();
        let outcome = self
            .until_some(&what, within, || async {
                let text = self.text(selector).await?;
                Ok(text.to_lowercase().contains(&part).then_some(text))
            })
            .await;
        match outcome {
            Ok(text) => Ok(text),
            Err(error) => Err(error.context(format!("it says {:?}", self.text(selector).await?))),
        }
    }

    /// Waits until `look` gives something.
    ///
    /// # Errors
    /// Where it gives nothing within the time, or fails at the last look.
    pub async fn until_some<T, F, Fut>(&self, what: &str, within: Duration, look: F) -> Result<T>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<Option<T>>>,
    {
        let started = Instant::now();
        loop {
            let seen = look().await;
            if let Ok(Some(value)) = seen {
                return Ok(value);
            }
            if started.elapsed() > within {
                let waited = format!(
                    "{}: waited {} ms until {what}",
                    self.name,
                    started.elapsed().as_millis()
                );
                return Err(seen.err().map_or_else(
                    || anyhow::anyhow!(waited.clone()),
                    |error| error.context(waited.clone()),
                ));
            }
            sleep(POLL).await;
        }
    }

    /// Loads it anew, once nothing happened on it that never must: it forgets that.
    ///
    /// # Errors
    /// Where something did, or it does not answer.
    pub async fn reload(&self) -> Result<()> {
        check(self).await?;
        self.browser.reload().await
    }

    /// A picture of the window as PNG.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn screenshot(&self) -> Result<Vec<u8>> {
        Ok(self.browser.client().screenshot().await?)
    }

    async fn strike(&self, strokes: KeyActions) -> Result<()> {
        let struck = self.browser.client().perform_actions(strokes).await;
        struck.with_context(|| format!("{}: the keyboard", self.name))
    }

    async fn find(&self, selector: &str) -> Result<Element> {
        let found = self.browser.client().find(Locator::Css(selector)).await;
        found.with_context(|| format!("{}: there is no {selector}", self.name))
    }

    /// Opens the folded sections around an element, as a person does who looks for it.
    async fn reveal(&self, selector: &str) -> Result<()> {
        let script = "const element = document.querySelector(arguments[0]);
                      if (!element) return false;
                      if (element.matches('summary')) return true;
                      for (let at = element.closest('details:not([open])'); at;
                           at = at.parentElement.closest('details:not([open])')) at.open = true;
                      return true;";
        if self.run(script, vec![json!(selector)]).await? == json!(true) {
            return Ok(());
        }
        bail!("{}: there is no {selector}", self.name)
    }
}
