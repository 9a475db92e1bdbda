//! What the people in the stories do: they open the page, start, stop and write.

use std::{future::Future, pin::Pin, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use kvs_e2e::{
    Camera, Page, SOON, Story, Video,
    service::{ACCESS_KEY_ID, SECRET},
};
use serde_json::{Value, json};

/// A test: what happens in a world of its own.
pub(crate) type Tale = for<'a> fn(&'a Story<'a>) -> Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// Gathers the async functions of a module as tests under its name.
macro_rules! tales {
    ($($tale:ident),* $(,)?) => {
        /// The tests of this module, with their names.
        pub(crate) fn tales() -> Vec<(String, $crate::people::Tale)> {
            let module = module_path!().rsplit("::").next().unwrap_or_default();
            vec![$((
                format!("{module}::{}", stringify!($tale)),
                (|story| Box::pin($tale(story))) as $crate::people::Tale,
            )),*]
        }
    };
}
pub(crate) use tales;

/// The page's own languages.
pub(crate) const LANGUAGES: [&str; 2] = ["en", "ko"];

/// How soon the other side must know.
pub(crate) const A_SECOND: Duration = Duration::from_secs(1);

/// The picture that the master gets from its viewers, one each.
pub(crate) const ON_MASTER: &str = "#master .remote-view";
/// The picture that a viewer gets from the master.
pub(crate) const ON_VIEWER: &str = "#viewer .remote-view";

/// Opens the page and starts the master.
pub(crate) async fn master(story: &Story<'_>, query: &str) -> Result<Page> {
    let page = story.open("master", Camera::Granted, query).await?;
    start_master(&page).await?;
    Ok(page)
}

/// Starts the master of a page that is open and waits until viewers may come.
pub(crate) async fn start_master(page: &Page) -> Result<()> {
    page.click("#master-button").await?;
    page.until_text("#status", "Waiting for viewers", SOON).await?;
    Ok(())
}

/// Opens the page and starts a viewer.
pub(crate) async fn viewer(story: &Story<'_>, name: &str, query: &str) -> Result<Page> {
    let page = story.open(name, Camera::Granted, query).await?;
    page.click("#viewer-button").await?;
    Ok(page)
}

/// A call between a master and one viewer that is up on both sides, as their pages say.
pub(crate) async fn call(story: &Story<'_>, query: &str) -> Result<(Page, Page)> {
    let master = master(story, query).await?;
    let viewer = viewer(story, "viewer", query).await?;
    viewer.until_text("#status", "Connected", SOON).await?;
    master.until_text("#status", "Connected to 1 viewer", SOON).await?;
    Ok((master, viewer))
}

/// Waits until master and viewer see each other.
pub(crate) async fn both_see(master: &Page, viewer: &Page) -> Result<()> {
    Video::new(viewer, ON_VIEWER, 0).is_live().await?;
    Video::new(master, ON_MASTER, 0).is_live().await
}

/// Writes a message in the open chat.
pub(crate) async fn write(page: &Page, text: &str) -> Result<()> {
    page.fill(".chat textarea", text).await?;
    page.click(".chat .send").await
}

/// The page has let go of everything: camera, connections, sockets, pictures.
pub(crate) async fn has_let_go(page: &Page) -> Result<()> {
    page.until("all is closed", A_SECOND, "Object.values(probe.open()).every((n) => n === 0)").await
}

/// The master's page shows so many viewers within a second.
pub(crate) async fn shows_viewers(master: &Page, count: usize) -> Result<()> {
    let shown = format!("document.querySelectorAll('{ON_MASTER}').length === {count}");
    master.until(&format!("there are {count} viewers"), A_SECOND, &shown).await?;
    let known = master.value("kvs.master.viewers.length").await?;
    ensure!(known == json!(count), "the page shows {count} viewers, the master knows {known}");
    Ok(())
}

/// The viewer's page says within a second that the master has gone, and lets go too.
pub(crate) async fn knows_that_the_master_left(viewer: &Page) -> Result<()> {
    viewer.until_text("#status", "The master left", A_SECOND).await?;
    has_let_go(viewer).await
}

/// Makes a channel with keys that the service knows, from a page that has the package.
pub(crate) async fn make_channel(page: &Page, endpoint: &str, name: &str) -> Result<String> {
    let script = "const { KinesisVideoClient } = await import('/pkg/kvs_webrtc.js');
        const [endpoint, accessKeyId, secretAccessKey, ChannelName] = arguments;
        const credentials = { accessKeyId, secretAccessKey };
        const client = new KinesisVideoClient({ region: 'us-west-2', endpoint, credentials });
        return (await client.createSignalingChannel({ ChannelName })).ChannelARN;";
    let told = [endpoint, ACCESS_KEY_ID, SECRET, name].map(|text| json!(text));
    let arn = page.run(script, told.to_vec()).await?;
    arn.as_str().map(str::to_owned).context("the channel has no ARN")
}

/// Chooses the language of a page.
pub(crate) async fn speak(page: &Page, language: &str) -> Result<()> {
    let script = "const select = document.getElementById('language');
                  select.value = arguments[0];
                  select.dispatchEvent(new Event('change', { bubbles: true }));";
    page.run(script, vec![json!(language)]).await?;
    let spoken = format!("document.documentElement.lang === '{language}'");
    page.until("the language has changed", SOON, &spoken).await
}

/// Each line of the log that is chosen to be seen, also where it is scrolled away.
pub(crate) async fn whole_log(page: &Page) -> Result<String> {
    let keep = "navigator.clipboard.writeText = async (text) => { globalThis.copied = text; };
                globalThis.copied = null;";
    page.run(keep, vec![]).await?;
    page.click("#copy-logs").await?;
    page.until("it is copied", SOON, "copied !== null").await?;
    let Value::String(text) = page.value("copied").await? else { bail!("no text") };
    Ok(text)
}
