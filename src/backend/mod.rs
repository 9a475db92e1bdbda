//! A back end that gives pages what they connect with, so that no AWS key is in a page.
//!
//! [`BundleIssuer`] asks the service and signs; how requests are sent, who may ask for what, and
//! where the AWS keys come from is the application's. `examples/backend` is one in 60 lines.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::bundle::{BackendRequest, Bundle, Need, Reason};
use crate::credentials::Credentials;
use crate::endpoints::{Endpoint, Scheme, control_plane, stun_url, stun_url_beside};
use crate::error::{Code, Error};
use crate::ice::IceServer;
use crate::ids::{ChannelArn, ClientId, Role};
use crate::json::{self, Object, Read, quote};
use crate::rest::{
    ChannelEndpoints, Request, Response, SignedRequest, get_ice_server_config,
    get_signaling_channel_endpoint,
};
use crate::secret::Secret;
use crate::sigv4::Signer;
use crate::time::UnixMillis;

/// Makes session bundles for one channel. It keeps the channel's endpoints, which stay the same,
/// and asks for TURN servers each time, which live for five minutes.
#[derive(Debug)]
pub struct BundleIssuer {
    channel: ChannelArn,
    control: Endpoint,
    stun_url: String,
    signer: Mutex<Signer>,
    endpoints: Mutex<Vec<(Role, ChannelEndpoints)>>,
}

impl BundleIssuer {
    /// For a channel in its region.
    pub fn new(channel: ChannelArn) -> Self {
        let region = channel.region();
        Self::with(channel, control_plane(&region), stun_url(&region))
    }

    /// For a channel of a service at another address: another one of the region's, or e.g. the
    /// emulator, whose STUN server is on port 3478 of the same host.
    pub fn at(channel: ChannelArn, control: Endpoint) -> Self {
        let stun_url = stun_url_beside(&control, &channel.region());
        Self::with(channel, control, stun_url)
    }

    fn with(channel: ChannelArn, control: Endpoint, stun_url: String) -> Self {
        Self {
            signer: Mutex::new(Signer::new(channel.region())),
            channel,
            control,
            stun_url,
            endpoints: Mutex::default(),
        }
    }

    /// Answers a page's request. `send` makes one HTTPS request; `now` is this computer's clock.
    /// The presigned URL in the answer opens the channel to whoever has it, for 299 seconds.
    ///
    /// # Errors
    /// What `send` fails with, and what the service refuses: see
    /// [`Code`].
    pub async fn issue<S>(
        &self,
        request: &BackendRequest,
        credentials: &Credentials,
        now: UnixMillis,
        send: S,
    ) -> Result<Bundle, Error>
    where
        S: AsyncFn(SignedRequest) -> Result<Response, Error>,
    {
        if request.reason == Reason::Refused {
            lock(&self.endpoints).retain(|(role, _)| *role != request.role);
        }
        let sign = |request: &Request, to: &Endpoint| {
            lock(&self.signer).sign(request, to, credentials, now)
        };
        let endpoints = match self.known(request.role) {
            Some(endpoints) => endpoints,
            None => {
                let ask = get_signaling_channel_endpoint::request(&self.channel, request.role);
                let answer = send(sign(&ask, &self.control)).await?;
                let plain = self.control.scheme() == Scheme::Http;
                let endpoints = get_signaling_channel_endpoint::parse(&answer, plain)?;
                lock(&self.endpoints).push((request.role, endpoints.clone()));
                endpoints
            }
        };
        let ask = get_ice_server_config::request(&self.channel, request.client_id.as_ref());
        let lent = get_ice_server_config::parse(&send(sign(&ask, &endpoints.https)).await?)?;
        let signed_url = match request.need {
            Need::Connect => Some(self.presign(request, &endpoints.wss, credentials, now)?),
            Need::Ice => None,
        };
        let stun = IceServer { urls: vec![self.stun_url.clone()], login: None };
        let ice_ttl_seconds = lent.iter().map(|server| server.ttl_seconds).min();
        let turn = lent.into_iter().map(|server| IceServer {
            urls: server.uris,
            login: Some((server.username, server.password)),
        });
        Ok(Bundle {
            signed_url,
            ice_servers: std::iter::once(stun).chain(turn).collect(),
            ice_ttl_seconds,
            channel_arn: Some(self.channel.clone()),
        })
    }

    /// Answers a page's request, given as the JSON that the page sent: an HTTP status and a JSON
    /// body, which is a bundle or what went wrong.
    pub async fn answer<S>(
        &self,
        body: &str,
        credentials: &Credentials,
        now: UnixMillis,
        send: S,
    ) -> (u16, String)
    where
        S: AsyncFn(SignedRequest) -> Result<Response, Error>,
    {
        let bundle = match BackendRequest::from_json(body) {
            Ok(request) => self.issue(&request, credentials, now, send).await,
            Err(error) => Err(error),
        };
        match bundle {
            Ok(bundle) => (200, bundle.to_json()),
            Err(error) => (status_of(&error), error_json(&error)),
        }
    }

    fn known(&self, role: Role) -> Option<ChannelEndpoints> {
        let known = lock(&self.endpoints);
        known.iter().find(|(known, _)| *known == role).map(|(_, endpoints)| endpoints.clone())
    }

    fn presign(
        &self,
        request: &BackendRequest,
        endpoint: &Endpoint,
        credentials: &Credentials,
        now: UnixMillis,
    ) -> Result<Secret<String>, Error> {
        let mut parameters = vec![("X-Amz-ChannelARN", self.channel.as_str())];
        match (request.role, &request.client_id) {
            (Role::Master, _) => {}
            (Role::Viewer, Some(id)) => parameters.push(("X-Amz-ClientId", id.as_str())),
            (Role::Viewer, None) => {
                return Err(Error::argument("clientId", "must be given by a viewer"));
            }
        }
        Ok(lock(&self.signer).presign_websocket(endpoint, &parameters, credentials, now))
    }
}

impl BackendRequest {
    /// Reads what a page sends: `JSON.stringify` of what its session provider was called with.
    ///
    /// # Errors
    /// `caller.invalidArgument`, naming the member.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let json =
            json::parse(text).ok_or_else(|| Error::argument("request", "must be a JSON object"))?;
        let member = |name: &str| {
            json.optional_text(name).map_err(|_| Error::argument(name, "must be a string"))
        };
        let role = match member("role")? {
            Some("MASTER") => Role::Master,
            Some("VIEWER") => Role::Viewer,
            _ => return Err(Error::argument("role", "must be 'MASTER' or 'VIEWER'")),
        };
        let need = [Need::Connect, Need::Ice];
        let reasons = [Reason::Start, Reason::Reconnect, Reason::Rollover, Reason::Refused];
        let (asked, why) = (member("need")?, member("reason")?);
        Ok(Self {
            role,
            client_id: member("clientId")?.map(ClientId::parse).transpose()?,
            need: need
                .into_iter()
                .find(|need| asked == Some(need.as_str()))
                .ok_or_else(|| Error::argument("need", "must be 'connect' or 'ice'"))?,
            reason: reasons.into_iter().find(|reason| why == Some(reason.as_str())).ok_or_else(
                || {
                    let problem = "must be 'start', 'reconnect', 'rollover' or 'refused'";
                    Error::argument("reason", problem)
                },
            )?,
        })
    }
}

impl Bundle {
    /// The answer for the page, as JSON. It holds secrets: send it over HTTPS, to whom it is for,
    /// with `Cache-Control: no-store`, and log it nowhere.
    pub fn to_json(&self) -> String {
        let servers: Vec<String> = self.ice_servers.iter().map(ice_server).collect();
        let mut object = Object::new()
            .optional("signedUrl", self.signed_url.as_ref().map(|url| url.expose().as_str()))
            .raw("iceServers", &["[", &servers.join(","), "]"].concat());
        if let Some(seconds) = self.ice_ttl_seconds {
            object = object.raw("iceTtlSeconds", &seconds.to_string());
        }
        object.optional("channelArn", self.channel_arn.as_ref().map(ChannelArn::as_str)).end()
    }
}

/// What a page is told of an error: what it did wrong itself in full, else what kind it is. What
/// the service says about keys and accounts is for the back end's log.
fn error_json(error: &Error) -> String {
    let code = error.code();
    let message = match status_of(error) {
        400 => error.message(),
        _ => code.hint(),
    };
    Object::new().text("code", code.as_str()).text("message", message).end()
}

/// Who asked wrongly, or cannot be served now.
fn status_of(error: &Error) -> u16 {
    match error.code() {
        Code::CallerInvalidArgument => 400,
        _ => 502,
    }
}

fn ice_server(server: &IceServer) -> String {
    let mut urls = String::from("[");
    for url in &server.urls {
        if urls.len() > 1 {
            urls.push(',');
        }
        quote(&mut urls, url);
    }
    urls.push(']');
    let object = Object::new().raw("urls", &urls);
    match &server.login {
        Some((username, credential)) => {
            object.text("username", username).text("credential", credential.expose()).end()
        }
        None => object.end(),
    }
}

/// What is behind these locks is whole whatever happened to whoever held one.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
