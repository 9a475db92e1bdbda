//! Reads what JavaScript gives.

use wasm_bindgen::JsValue;

use crate::error::Error;
use crate::ids::ClientId;
use crate::session::{Options, RawOptions, ViewerOptions};
use crate::web::credentials::Provider;
use crate::web::media::{MediaSettings, data_channel};
use crate::web::members::string;
use crate::web::reflect::get;

/// Everything that a session is made of.
pub(crate) struct SessionParts {
    pub(crate) options: Options,
    pub(crate) provider: Provider,
    pub(crate) media: MediaSettings,
}

/// Reads the options that viewer and master share.
///
/// # Errors
/// `caller.invalidArgument`, `keys.missing`.
pub(crate) fn session(options: &JsValue, video_by_default: bool) -> Result<SessionParts, Error> {
    if !options.is_object() {
        return Err(Error::argument("options", "must be an object"));
    }
    let channel_name = string(options, "channelName")?;
    let channel_arn = string(options, "channelARN")?;
    let region = string(options, "region")?;
    let endpoint = string(options, "endpoint")?;
    let stun_url = string(options, "stunUrl")?;
    let nat_traversal = string(options, "natTraversal")?;
    let media = MediaSettings::from_js(options, video_by_default)?;
    let raw = RawOptions {
        channel_name: channel_name.as_deref(),
        channel_arn: channel_arn.as_deref(),
        region: region.as_deref(),
        endpoint: endpoint.as_deref(),
        stun_url: stun_url.as_deref(),
        nat_traversal: nat_traversal.as_deref(),
    };
    Ok(SessionParts {
        options: Options::parse(raw, media.request())?,
        provider: Provider::from_js(&get(options, "credentials"))?,
        media,
    })
}

/// Reads the options of a viewer alone.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn viewer(options: &JsValue) -> Result<ViewerOptions, Error> {
    let client_id = string(options, "clientId")?;
    Ok(ViewerOptions {
        client_id: client_id.as_deref().map(ClientId::parse).transpose()?,
        data_channel: data_channel(options)?,
    })
}
