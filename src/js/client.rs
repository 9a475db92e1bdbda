//! The class `KinesisVideoClient`: the service's REST calls with the AWS SDK's member names.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Date, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::future_to_promise;

use super::errors;
use crate::credentials::Credentials;
use crate::endpoints::{Endpoint, Scheme, control_plane};
use crate::error::Error;
use crate::ids::{ChannelArn, ChannelName, ClientId, Region, Role};
use crate::rest::{
    ChannelEndpoints, ChannelInfo, ChannelRef, IceServer, Request, Response,
    create_signaling_channel, describe_signaling_channel, get_ice_server_config,
    get_signaling_channel_endpoint,
};
use crate::sigv4::Signer;
use crate::web::clock;
use crate::web::credentials::Provider;
use crate::web::fetch::fetch;
use crate::web::members::string;
use crate::web::reflect::{get, object, set};

/// The service's REST calls; `types/rest.d.ts` has its documentation.
#[wasm_bindgen(skip_typescript)]
pub struct KinesisVideoClient {
    inner: Rc<Inner>,
}

struct Inner {
    signer: RefCell<Signer>,
    control: Endpoint,
    provider: Provider,
}

#[wasm_bindgen]
impl KinesisVideoClient {
    /// # Errors
    /// Throws `caller.invalidArgument`, `keys.missing`.
    #[wasm_bindgen(constructor, skip_typescript)]
    pub fn new(options: &JsValue) -> Result<KinesisVideoClient, JsValue> {
        let inner = Inner::from_js(options).map_err(|error| errors::to_js(&error))?;
        Ok(Self { inner: Rc::new(inner) })
    }

    /// Creates a channel.
    #[wasm_bindgen(js_name = createSignalingChannel, skip_typescript)]
    pub fn create_signaling_channel(&self, input: &JsValue) -> Promise {
        let name = required(input, "ChannelName").and_then(|name| ChannelName::parse(&name));
        let inner = Rc::clone(&self.inner);
        promise(async move {
            let request = create_signaling_channel::request(&name?);
            let arn = create_signaling_channel::parse(&inner.send(&request).await?)?;
            Ok(object(&[("ChannelARN", arn.as_str().into())]).into())
        })
    }

    /// Describes a channel.
    #[wasm_bindgen(js_name = describeSignalingChannel, skip_typescript)]
    pub fn describe_signaling_channel(&self, input: &JsValue) -> Promise {
        let channel = channel_ref(input);
        let inner = Rc::clone(&self.inner);
        promise(async move {
            let request = describe_signaling_channel::request(&channel?);
            let info = describe_signaling_channel::parse(&inner.send(&request).await?)?;
            Ok(object(&[("ChannelInfo", channel_info(&info))]).into())
        })
    }

    /// Tells where a role connects to.
    #[wasm_bindgen(js_name = getSignalingChannelEndpoint, skip_typescript)]
    pub fn get_signaling_channel_endpoint(&self, input: &JsValue) -> Promise {
        let arn = channel_arn(input);
        let role = role(&get(input, "SingleMasterChannelEndpointConfiguration"));
        let inner = Rc::clone(&self.inner);
        promise(async move {
            let endpoints = inner.endpoints(&arn?, role?).await?;
            let entry = |protocol: &str, endpoint: &Endpoint| {
                let url = endpoint.url();
                object(&[("Protocol", protocol.into()), ("ResourceEndpoint", url.into())])
            };
            let list = Array::of2(&entry("HTTPS", &endpoints.https), &entry("WSS", &endpoints.wss));
            Ok(object(&[("ResourceEndpointList", list.into())]).into())
        })
    }

    /// Lends TURN servers.
    #[wasm_bindgen(js_name = getIceServerConfig, skip_typescript)]
    pub fn get_ice_server_config(&self, input: &JsValue) -> Promise {
        let arn = channel_arn(input);
        let client_id =
            string(input, "ClientId").and_then(|id| id.map(|id| ClientId::parse(&id)).transpose());
        let endpoint = string(input, "endpoint")
            .and_then(|url| url.map(|url| Endpoint::parse_override(&url)).transpose());
        let inner = Rc::clone(&self.inner);
        promise(async move {
            let arn = arn?;
            let endpoint = match endpoint? {
                Some(endpoint) => endpoint,
                None => inner.endpoints(&arn, Role::Viewer).await?.https,
            };
            let request = get_ice_server_config::request(&arn, client_id?.as_ref());
            let response = inner.send_to(&request, &endpoint).await?;
            let servers = get_ice_server_config::parse(&response)?;
            let list: Array = servers.iter().map(ice_server).collect();
            Ok(object(&[("IceServerList", list.into())]).into())
        })
    }
}

impl Inner {
    fn from_js(options: &JsValue) -> Result<Self, Error> {
        let region = Region::parse(&required(options, "region")?)?;
        let control = match string(options, "endpoint")? {
            Some(url) => Endpoint::parse_override(&url)?,
            None => control_plane(&region),
        };
        Ok(Self {
            signer: RefCell::new(Signer::new(region)),
            control,
            provider: Provider::from_js(&get(options, "credentials"))?,
        })
    }

    async fn endpoints(&self, arn: &ChannelArn, role: Role) -> Result<ChannelEndpoints, Error> {
        let request = get_signaling_channel_endpoint::request(arn, role);
        let allow_plain = self.control.scheme() == Scheme::Http;
        get_signaling_channel_endpoint::parse(&self.send(&request).await?, allow_plain)
    }

    async fn send(&self, request: &Request) -> Result<Response, Error> {
        self.send_to(request, &self.control).await
    }

    async fn send_to(&self, request: &Request, endpoint: &Endpoint) -> Result<Response, Error> {
        let credentials: Credentials = self.provider.clone().get().await?;
        let at = clock::now().wall;
        let signed = self.signer.borrow_mut().sign(request, endpoint, &credentials, at);
        fetch(signed).await
    }
}

fn promise(work: impl Future<Output = Result<JsValue, Error>> + 'static) -> Promise {
    future_to_promise(async move { work.await.map_err(|error| errors::to_js(&error)) })
}

fn required(input: &JsValue, name: &str) -> Result<String, Error> {
    string(input, name)?.ok_or_else(|| Error::argument(name, "must be given"))
}

fn channel_arn(input: &JsValue) -> Result<ChannelArn, Error> {
    ChannelArn::parse(&required(input, "ChannelARN")?)
}

fn channel_ref(input: &JsValue) -> Result<ChannelRef, Error> {
    if string(input, "ChannelARN")?.is_some() {
        return channel_arn(input).map(ChannelRef::Arn);
    }
    ChannelName::parse(&required(input, "ChannelName")?).map(ChannelRef::Name)
}

fn role(configuration: &JsValue) -> Result<Role, Error> {
    match string(configuration, "Role")?.as_deref() {
        Some("MASTER") => Ok(Role::Master),
        Some("VIEWER") => Ok(Role::Viewer),
        _ => Err(Error::argument("Role", "must be 'MASTER' or 'VIEWER'")),
    }
}

fn channel_info(info: &ChannelInfo) -> JsValue {
    let described = object(&[
        ("ChannelName", info.name.as_str().into()),
        ("ChannelARN", info.arn.as_str().into()),
        ("ChannelType", info.channel_type.as_str().into()),
        ("ChannelStatus", info.status.as_str().into()),
    ]);
    if let Some(seconds) = &info.creation_time {
        let created = Date::new(&(js_sys::parse_float(seconds.as_str()) * 1000.0).into());
        set(&described, "CreationTime", &created);
    }
    if let Some(seconds) = info.message_ttl_seconds {
        let configuration = object(&[("MessageTtlSeconds", seconds.into())]);
        set(&described, "SingleMasterConfiguration", &configuration);
    }
    if let Some(version) = &info.version {
        set(&described, "Version", &version.into());
    }
    described.into()
}

fn ice_server(server: &IceServer) -> JsValue {
    let uris: Array = server.uris.iter().map(|uri| JsValue::from_str(uri)).collect();
    object(&[
        ("Uris", uris.into()),
        ("Username", server.username.as_str().into()),
        ("Password", server.password.expose().into()),
        ("Ttl", server.ttl_seconds.into()),
    ])
    .into()
}
