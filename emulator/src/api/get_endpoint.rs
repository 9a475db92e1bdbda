//! GetSignalingChannelEndpoint.

use axum::http::HeaderMap;
use kvs_hub::ServiceError;
use serde::{Deserialize, Serialize};

use super::{
    call::{About, Asked, Call},
    input::{Object, required_arn},
};
use crate::{app::App, error::ApiError, hosts::Plane};

const MAX_PROTOCOLS: usize = 5;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    #[serde(rename = "ChannelARN")]
    channel_arn: Option<String>,
    single_master_channel_endpoint_configuration: Option<Object<Wanted>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Wanted {
    protocols: Option<Vec<String>>,
    role: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    resource_endpoint_list: Vec<ResourceEndpoint>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceEndpoint {
    protocol: &'static str,
    resource_endpoint: String,
}

impl Call for Input {
    type Output = Output;

    fn about(&self) -> About<'_> {
        About::Channel { arn: self.channel_arn.as_deref(), name: None }
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Output, ApiError> {
        run(asked.app, asked.headers, self)
    }
}

fn run(app: &App, headers: &HeaderMap, input: Input) -> Result<Output, ApiError> {
    let arn = required_arn(input.channel_arn.as_deref())?;
    let wanted = input.single_master_channel_endpoint_configuration;
    let Object(wanted) = wanted.unwrap_or_else(|| Object(Wanted::default()));
    let socket = match wanted.role.as_deref() {
        None | Some("MASTER") => Plane::Master,
        Some("VIEWER") => Plane::Viewer,
        Some(_) => return Err(ServiceError::invalid("Role must be MASTER or VIEWER").into()),
    };
    let protocols = wanted.protocols.unwrap_or_else(|| vec!["HTTPS".to_owned(), "WSS".to_owned()]);
    if protocols.is_empty() || protocols.len() > MAX_PROTOCOLS {
        return Err(ServiceError::invalid("Protocols must be a list of 1 to 5").into());
    }
    let resource_endpoint_list = app.driver.ask(|hub| {
        let channel = hub.account().describe_channel_by_arn(&arn)?;
        let url = |plane| app.endpoints.of(channel.arn(), plane, headers);
        let resources = protocols.iter().map(|protocol| match protocol.as_str() {
            "HTTPS" => {
                Ok(ResourceEndpoint { protocol: "HTTPS", resource_endpoint: url(Plane::Data) })
            }
            "WSS" => Ok(ResourceEndpoint { protocol: "WSS", resource_endpoint: url(socket) }),
            "WEBRTC" if channel.storage().is_none() => {
                Err(ServiceError::invalid("the channel has no media storage"))
            }
            "WEBRTC" => {
                Ok(ResourceEndpoint { protocol: "WEBRTC", resource_endpoint: url(Plane::Storage) })
            }
            _ => Err(ServiceError::invalid("Protocols must be WSS, HTTPS or WEBRTC")),
        });
        resources.collect::<Result<Vec<_>, ServiceError>>()
    })?;
    Ok(Output { resource_endpoint_list })
}
