//! From an input to a promise of an output.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, JSON, Object, Promise};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Headers;

use super::options::{ClientOptions, OneOptions};
use crate::endpoints::{Endpoint, Scheme};
use crate::error::Error;
use crate::ids::{ChannelArn, Role};
use crate::js::errors;
use crate::rest::call::{Call, CallOptions, Shared};
use crate::rest::get_signaling_channel_endpoint as lookup;
use crate::rest::{
    KnownEndpoints, MAX_LIST_BYTES, Operation, Protocol, Request, Response, bad_response,
};
use crate::web::call::{Ended, Means, make};
use crate::web::clock;
use crate::web::pending::promise;
use crate::web::reflect::{describe, get, object, set};
use crate::web::shape::shaped;

/// A service in a region, and who asks it.
pub(super) struct Client {
    means: Rc<Means>,
    control: Endpoint,
    call: CallOptions,
    known: RefCell<KnownEndpoints>,
    logger: Option<JsValue>,
}

/// Where a call goes: to the region's host, to one that was given, or to one that was looked up.
enum Target {
    Fixed(Endpoint),
    Found { channel: ChannelArn, role: Role, protocol: Protocol, endpoint: Endpoint },
}

impl Client {
    /// # Errors
    /// `caller.invalidArgument`, `keys.missing`.
    pub(super) fn from_js(options: &JsValue) -> Result<Self, Error> {
        let ClientOptions { region, control, provider, call, fetch, logger } =
            ClientOptions::from_js(options)?;
        let shared = RefCell::new(Shared::new(region));
        Ok(Self {
            means: Rc::new(Means { shared, provider, fetch }),
            control,
            call,
            known: RefCell::default(),
            logger,
        })
    }

    /// Makes a call. The input is read before this returns.
    pub(super) fn start(
        self: &Rc<Self>,
        operation: &'static Operation,
        input: &JsValue,
        options: &JsValue,
    ) -> Promise {
        let client = Rc::clone(self);
        let request = written(operation, input);
        let options = OneOptions::from_js(options, input);
        promise(Box::pin(async move {
            let result = match (request, options) {
                (Ok(request), Ok(options)) => client.run(operation, request, options).await,
                (Err(error), _) | (_, Err(error)) => Err((error, JsValue::UNDEFINED)),
            };
            result.map_err(|(error, metadata)| rejection(&error, &metadata))
        }))
    }

    async fn run(
        &self,
        operation: &'static Operation,
        request: Request,
        options: OneOptions,
    ) -> Result<JsValue, (Error, JsValue)> {
        let call =
            CallOptions { timeout: options.timeout.unwrap_or(self.call.timeout), ..self.call };
        let signal = options.signal.clone();
        let target = match (operation.host.protocol(), options.endpoint) {
            (None, _) => Ok(Target::Fixed(self.control.clone())),
            (Some(_), Some(endpoint)) => Ok(Target::Fixed(endpoint)),
            (Some(protocol), None) => {
                let role = options.role.unwrap_or_else(|| operation.host.role());
                self.find(&request, role, protocol, call, signal).await
            }
        };
        let target = target.map_err(|error| (error, JsValue::UNDEFINED))?;
        let endpoint = match &target {
            Target::Fixed(endpoint) | Target::Found { endpoint, .. } => endpoint.clone(),
        };
        let ended = self.make(operation, request, endpoint, call, options.signal).await;
        let metadata = metadata(&ended);
        let output = ended.result.and_then(|response| read(operation, &response));
        if let (Err(_), Target::Found { channel, role, protocol, .. }) = (&output, &target) {
            self.known.borrow_mut().forget(channel, *role, *protocol);
        }
        match output {
            Ok(output) => {
                set(&output, "$metadata", &metadata);
                Ok(output)
            }
            Err(error) => Err((error, metadata)),
        }
    }

    async fn find(
        &self,
        request: &Request,
        role: Role,
        protocol: Protocol,
        call: CallOptions,
        signal: Option<JsValue>,
    ) -> Result<Target, Error> {
        let channel = request.channel()?;
        let known = self.known.borrow().find(&channel, role, protocol).cloned();
        if let Some(endpoint) = known {
            return Ok(Target::Found { channel, role, protocol, endpoint });
        }
        let request = lookup::request_for(&channel, role, &[protocol]);
        let control = self.control.clone();
        let ended = self.make(&lookup::OPERATION, request, control, call, signal).await;
        let allow_plain = self.control.scheme() == Scheme::Http;
        let endpoint = lookup::parse_for(&ended.result?, protocol, allow_plain)?;
        self.known.borrow_mut().learn(&channel, role, protocol, endpoint.clone());
        Ok(Target::Found { channel, role, protocol, endpoint })
    }

    async fn make(
        &self,
        operation: &'static Operation,
        request: Request,
        endpoint: Endpoint,
        options: CallOptions,
        signal: Option<JsValue>,
    ) -> Ended {
        // Without random numbers the pauses are the shortest.
        let random = clock::random().unwrap_or_default();
        let call = Call::new(operation.name, request, endpoint, options, random);
        let ended = make(Rc::clone(&self.means), call, signal).await;
        self.log(operation, &ended);
        ended
    }

    fn log(&self, operation: &Operation, ended: &Ended) {
        let Some(logger) = &self.logger else { return };
        let attempts = ended.effort.attempts.to_string();
        let (level, words) = match &ended.result {
            Ok(response) => {
                let status = response.status.to_string();
                ("debug", [operation.name, ": ", &status, ", attempts: ", &attempts].concat())
            }
            Err(error) => {
                let code = error.code().as_str();
                ("warn", [error.message(), " (", code, ", attempts: ", &attempts, ")"].concat())
            }
        };
        if let Ok(function) = get(logger, level).dyn_into::<Function>() {
            // A logger that throws is no reason to fail.
            let _ = function.call1(logger, &words.into());
        }
    }
}

/// The input as the request's body.
fn written(operation: &Operation, input: &JsValue) -> Result<Request, Error> {
    if input.is_undefined() {
        return operation.request("{}");
    }
    let text = JSON::stringify(input).map_err(|thrown| {
        Error::argument("input", &["cannot be written as JSON: ", &describe(&thrown)].concat())
    })?;
    // What JSON has no word for is `undefined`, e.g. a function.
    operation.request(&text.as_string().unwrap_or_default())
}

/// The output of a successful answer; a body that does not matter is not looked at.
fn read(operation: &Operation, response: &Response) -> Result<JsValue, Error> {
    let bad = |problem| bad_response(operation.name, problem);
    if operation.output.is_empty() || response.body.is_empty() {
        return Ok(Object::new().into());
    }
    if response.body.len() > MAX_LIST_BYTES {
        return Err(bad("with more than 16 MiB"));
    }
    let unexpected = || bad("with something other than the JSON expected");
    let value = JSON::parse(&response.body).map_err(|_| unexpected())?;
    if !value.is_object() {
        return Err(unexpected());
    }
    shaped(operation.output, &value).map_err(|_| bad("with a time that is no number"))
}

/// What the AWS SDK tells of an answer beside its output.
fn metadata(ended: &Ended) -> JsValue {
    let headers: &Headers = ended.headers.unchecked_ref();
    let header = |name: &str| {
        let value =
            if ended.headers.is_undefined() { None } else { headers.get(name).ok().flatten() };
        value.map_or(JsValue::UNDEFINED, Into::into)
    };
    let first =
        |names: &[&str]| names.iter().map(|name| header(name)).find(|value| !value.is_undefined());
    let status = match &ended.result {
        Ok(response) => Some(response.status),
        Err(error) => error.service().map(|answer| answer.status),
    };
    let request_id = first(&["x-amzn-requestid", "x-amzn-request-id", "x-amz-request-id"]);
    #[allow(clippy::cast_precision_loss, reason = "some minutes at most")]
    let delay = ended.effort.total_retry_delay.0 as f64;
    object(&[
        ("httpStatusCode", status.map_or(JsValue::UNDEFINED, Into::into)),
        ("requestId", request_id.unwrap_or(JsValue::UNDEFINED)),
        ("extendedRequestId", header("x-amz-id-2")),
        ("cfId", header("x-amz-cf-id")),
        ("attempts", ended.effort.attempts.into()),
        ("totalRetryDelay", delay.into()),
    ])
    .into()
}

fn rejection(error: &Error, metadata: &JsValue) -> JsValue {
    let thrown = errors::to_js(error);
    if metadata.is_undefined() {
        return thrown;
    }
    if error.service().is_some() {
        set(&get(&thrown, "service"), "requestId", &get(metadata, "requestId"));
    }
    set(&thrown, "$metadata", metadata);
    thrown
}
