//! What every call goes through between its signature and its answer.

use std::pin::Pin;

use axum::{
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use kvs_hub::{ACCOUNT_ID, ChannelArn, ChannelName, ResourceArn, StreamArn, StreamName};
use serde::{Serialize, de::DeserializeOwned};

use super::{input::Object, operations::Operation};
use crate::{
    app::App,
    auth::Caller,
    error::{ApiError, json},
    gate,
};

/// A call whose signature is good.
pub(super) struct Asked<'a> {
    pub(super) app: &'a App,
    pub(super) operation: &'static Operation,
    pub(super) caller: &'a Caller,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
}

/// An answer under way.
pub(super) type Answering<'a> =
    Pin<Box<dyn Future<Output = Result<Response, ApiError>> + Send + 'a>>;

/// An operation's input, and what is done with it. Members that are required are optional here:
/// that one is missing is the operation's own error, not one of its form.
pub(super) trait Call: DeserializeOwned + Send + 'static {
    /// The members of the answer, in alphabetical order, as the service has them.
    type Output: Serialize;

    /// What it is about: it is what the caller has to be allowed, and whose quota is used.
    fn about(&self) -> About<'_>;

    /// Carries it out.
    fn run(self, asked: &Asked<'_>) -> impl Future<Output = Result<Self::Output, ApiError>> + Send;
}

/// The answer of an operation that has nothing to say: `{}`, or no body at all.
#[derive(Serialize)]
pub(super) struct Nothing {}

/// Answers with what the call says, as JSON.
pub(super) fn json_body<'a, C: Call>(asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move { carry_out::<C>(asked).await.map(|output| json(&output)) })
}

/// Answers without a body.
pub(super) fn no_body<'a, C: Call<Output = Nothing>>(asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move { carry_out::<C>(asked).await.map(|_| StatusCode::OK.into_response()) })
}

async fn carry_out<C: Call>(asked: &Asked<'_>) -> Result<C::Output, ApiError> {
    let Asked { app, operation, caller, body, .. } = asked;
    let Object(call): Object<C> = serde_json::from_slice(body).map_err(|error| {
        ApiError::front_end(
            StatusCode::BAD_REQUEST,
            "SerializationException",
            format!("the body is not what the operation takes: {error}"),
        )
    })?;
    let resource = Resource::of(&call.about(), app);
    caller.may(operation.name, &resource.arn)?;
    let channel = resource.channel.as_ref();
    app.driver.act(|hub, now| hub.count_call(operation.name, channel, operation.rates, now))?;
    gate::call(app, operation.name, channel).await?;
    call.run(asked).await
}

/// What a call is about, as it says itself.
#[derive(Clone, Copy)]
pub(super) enum About<'a> {
    /// A channel, by its ARN or else its name.
    Channel { arn: Option<&'a str>, name: Option<&'a str> },
    /// A stream, by its ARN or else its name.
    Stream { arn: Option<&'a str>, name: Option<&'a str> },
    /// A channel or a stream, by its ARN.
    Resource { arn: Option<&'a str> },
    /// All channels, or all streams.
    All,
}

/// What a call is about, as far as it can be found. Where that is nothing, the call will fail for
/// that reason; until then it counts as about all, which only an unlimited caller may touch.
struct Resource {
    arn: String,
    channel: Option<ChannelArn>,
}

impl Resource {
    fn of(about: &About<'_>, app: &App) -> Self {
        let found = match *about {
            About::Channel { arn: Some(arn), .. } => ChannelArn::parse(arn).ok().map(Self::from),
            About::Stream { arn: Some(arn), .. } => StreamArn::parse(arn).ok().map(Self::from),
            About::Channel { arn: None, name: Some(name) } => Self::channel_named(name, app),
            About::Stream { arn: None, name: Some(name) } => Self::stream_named(name, app),
            About::Resource { arn: Some(arn) } => match ResourceArn::parse(arn) {
                Ok(ResourceArn::Channel(arn)) => Some(arn.into()),
                Ok(ResourceArn::Stream(arn)) => Some(arn.into()),
                Err(_) => None,
            },
            About::Channel { arn: None, name: None }
            | About::Stream { arn: None, name: None }
            | About::Resource { arn: None }
            | About::All => None,
        };
        found.unwrap_or_else(|| Self { arn: "*".to_owned(), channel: None })
    }

    fn channel_named(name: &str, app: &App) -> Option<Self> {
        let name = ChannelName::parse(name).ok()?;
        let channel =
            app.driver.ask(|hub| hub.account().describe_channel(&name).map(|c| c.arn().clone()));
        let new = || Self { arn: arn_of_new(app, "channel", name.as_str()), channel: None };
        Some(channel.map_or_else(|_| new(), Self::from))
    }

    fn stream_named(name: &str, app: &App) -> Option<Self> {
        let name = StreamName::parse(name).ok()?;
        let stream =
            app.driver.ask(|hub| hub.account().describe_stream(&name).map(|s| s.arn().clone()));
        let new = || Self { arn: arn_of_new(app, "stream", name.as_str()), channel: None };
        Some(stream.map_or_else(|_| new(), Self::from))
    }
}

impl From<ChannelArn> for Resource {
    fn from(arn: ChannelArn) -> Self {
        Self { arn: arn.to_string(), channel: Some(arn) }
    }
}

impl From<StreamArn> for Resource {
    fn from(arn: StreamArn) -> Self {
        Self { arn: arn.to_string(), channel: None }
    }
}

/// What is not there yet has no creation time.
fn arn_of_new(app: &App, kind: &str, name: &str) -> String {
    format!("arn:aws:kinesisvideo:{}:{ACCOUNT_ID}:{kind}/{name}/*", app.region)
}
