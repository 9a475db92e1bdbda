//! People bring their keys as they have them at hand, or none.

use anyhow::{Result, ensure};
use kvs_e2e::{Camera, Page, SOON, Story, Video};
use serde_json::json;

use crate::people::{ON_VIEWER, master, tales};

tales![
    keys_are_understood_as_they_are_pasted,
    what_holds_no_keys_is_named,
    keys_run_out_before_ones_eyes,
    an_own_back_end_signs_instead_of_keys,
];

/// Texts in which people have keys; each holds these three.
const TEXTS: [&str; 5] = [
    r#"{ "Credentials": { "AccessKeyId": "ASIAEXAMPLE123456", "SecretAccessKey": "se/cret+1", "SessionToken": "tok==" },
        "AssumedRoleUser": { "Arn": "arn:aws:sts::111122223333:assumed-role/Camera/me" } }"#,
    r#"{ "Version": 1, "AccessKeyId": "ASIAEXAMPLE123456", "SecretAccessKey": "se/cret+1", "SessionToken": "tok==" }"#,
    "export AWS_ACCESS_KEY_ID=ASIAEXAMPLE123456\nexport AWS_SECRET_ACCESS_KEY='se/cret+1'\nexport AWS_SESSION_TOKEN=\"tok==\"",
    "$Env:AWS_ACCESS_KEY_ID=\"ASIAEXAMPLE123456\"\r\n$Env:AWS_SECRET_ACCESS_KEY=\"se/cret+1\"\r\n$Env:AWS_SESSION_TOKEN=\"tok==\"",
    "[default]\naws_access_key_id = ASIAEXAMPLE123456\naws_secret_access_key = se/cret+1\naws_session_token = tok==",
];

async fn keys_are_understood_as_they_are_pasted(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    for text in TEXTS {
        paste(&page, text).await?;
        page.until_text("#keys-paste-message", "ASIA\u{2026}3456", SOON).await?;
        let filled = "['accessKeyId', 'secretAccessKey', 'sessionToken', 'keys-paste']
                      .map((id) => document.getElementById(id).value)";
        let filled = page.value(filled).await?;
        ensure!(filled == json!(["ASIAEXAMPLE123456", "se/cret+1", "tok==", ""]), "{filled}");
        let clear = "for (const id of ['accessKeyId', 'secretAccessKey', 'sessionToken'])
                       document.getElementById(id).value = '';";
        page.run(clear, vec![]).await?;
    }
    paste(&page, TEXTS[0]).await?;
    let said = page.until_text("#keys-paste-message", "Camera/me", SOON).await?;
    ensure!(!said.contains("111122223333"), "the account is shown: {said}");
    page.until_text("#keys-fold-now", "ASIA\u{2026}3456", SOON).await.map(drop)
}

async fn what_holds_no_keys_is_named(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let long = "x=".repeat(15_000);
    for text in ["hello", "{ \"AccessKeyId\": 7 }", "AWS_ACCESS_KEY_ID=AKID", "[null]", &long] {
        paste(&page, text).await?;
        page.until_text("#keys-paste-message", "no keys in this text", SOON).await?;
        let kept = page.value("document.getElementById('accessKeyId').value").await?;
        ensure!(kept == json!("local"), "{text:.20}: the field holds {kept}");
    }
    Ok(())
}

async fn keys_run_out_before_ones_eyes(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    for (seconds, said) in [("3600", "0:59:5"), ("2", "expired")] {
        let script = "const at = new Date(Date.now() + arguments[0] * 1000).toISOString();
                      return JSON.stringify({ AccessKeyId: 'ASIAEXAMPLE123456', SecretAccessKey: 's',
                                              SessionToken: 't', Expiration: at });";
        let text = page.run(script, vec![json!(seconds)]).await?;
        paste(&page, text.as_str().unwrap_or_default()).await?;
        page.until_text("#keys-expiry", said, SOON).await?;
    }
    page.fill("#accessKeyId", "AKIDOTHER").await?;
    let gone = "document.getElementById('keys-expiry').hidden";
    ensure!(page.value(gone).await? == json!(true), "it counts for other keys");
    Ok(())
}

/// What a back end does, in the page itself: it signs with the keys that are known to everybody.
const BACK_END: &str = "
    globalThis.asked = [];
    const own = fetch;
    globalThis.fetch = async (url, init) => {
      if (!String(url).endsWith('/session')) return own(url, init);
      const request = JSON.parse(init.body);
      asked.push([init.method, request.role, request.need, request.reason]);
      const { KinesisVideoClient, SigV4RequestSigner } = await import('./pkg/kvs_webrtc.js');
      const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
      const client = new KinesisVideoClient({ region: 'us-west-2', credentials, endpoint: location.origin });
      const { ChannelInfo } = await client.describeSignalingChannel({ ChannelName: 'demo-channel' });
      const found = await client.getSignalingChannelEndpoint({ ChannelARN: ChannelInfo.ChannelARN,
        SingleMasterChannelEndpointConfiguration: { Protocols: ['WSS', 'HTTPS'], Role: request.role } });
      const { IceServerList } = await client.getIceServerConfig({ ChannelARN: ChannelInfo.ChannelARN });
      const wss = found.ResourceEndpointList.find(({ Protocol }) => Protocol === 'WSS').ResourceEndpoint;
      const signer = new SigV4RequestSigner('us-west-2', credentials);
      const signedUrl = await signer.getSignedURL(wss,
        { 'X-Amz-ChannelARN': ChannelInfo.ChannelARN, 'X-Amz-ClientId': request.clientId });
      return new Response(JSON.stringify({ signedUrl, iceServers: IceServerList }));
    };";

async fn an_own_back_end_signs_instead_of_keys(story: &Story<'_>) -> Result<()> {
    let _master = master(story, "").await?;
    let page = story.open("viewer", Camera::Missing, "sendVideo=false").await?;
    page.run(BACK_END, vec![]).await?;
    for id in ["#channelName", "#accessKeyId", "#secretAccessKey"] {
        page.fill(id, "").await?;
    }
    page.fill("#session-url", "ftp://example.com").await?;
    page.click("#viewer-button").await?;
    page.until_text("#session-url-message", "must begin with https://", SOON).await?;
    page.fill("#session-url", "/session").await?;
    page.until_text("#keys-fold-now", "no keys", SOON).await?;
    page.click("#viewer-button").await?;
    Video::new(&page, ON_VIEWER, 0).is_live().await?;
    let asked = page.value("asked[0]").await?;
    ensure!(asked == json!(["POST", "VIEWER", "connect", "start"]), "{asked}");
    Ok(())
}

async fn paste(page: &Page, text: &str) -> Result<()> {
    let script = "const box = document.getElementById('keys-paste');
                  document.getElementById('keys-fold').open = true;
                  box.value = arguments[0];
                  box.dispatchEvent(new Event('input', { bubbles: true }));";
    page.run(script, vec![json!(text)]).await.map(drop)
}
