//! The service as the targets ask it, and good signatures for their requests.

use std::{cell::RefCell, time::SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use http::{HeaderName, HeaderValue, Request, Response};
use kvs_emulator::{AuthLevel, fuzzing::Service};
use serde_json::Value;

/// After how many requests a new one is started, which knows none of the last one's channels.
const REQUESTS: u32 = 500;
const HOST: &str = "localhost";

thread_local! {
    static KEPT: RefCell<Option<Asked>> = const { RefCell::new(None) };
}

/// A service that looks at signatures as closely as it was told, for one input's requests.
pub(crate) struct Asked {
    service: Service,
    auth: AuthLevel,
    requests: u32,
}

impl Asked {
    /// The last input's, unless it has served for long or otherwise: to start one takes longer
    /// than most inputs.
    pub(crate) fn new(auth: AuthLevel) -> Self {
        let fit = |kept: &Self| kept.auth == auth && kept.requests < REQUESTS;
        KEPT.take().filter(fit).unwrap_or_else(|| Self {
            service: Service::start(auth).expect("the service starts"),
            auth,
            requests: 0,
        })
    }

    /// What it answers; checks what every answer has to be.
    pub(crate) fn ask(&mut self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        self.requests += 1;
        let asked = format!("{} {}", request.method(), request.uri());
        let response = self.service.answer(request);
        let response = response.unwrap_or_else(|| panic!("{asked}: a response without an end"));
        assert!(!response.status().is_server_error(), "{asked}: {}", response.status());
        response
    }

    /// For the next input.
    pub(crate) fn keep(self) {
        KEPT.set(Some(self));
    }
}

/// Adds the headers that make it a good client's request, `host` included.
pub(crate) fn signed(mut request: Request<Vec<u8>>, access_key_id: &str) -> Request<Vec<u8>> {
    request.headers_mut().insert("host", HeaderValue::from_static(HOST));
    let identity = Credentials::new(access_key_id, "local", None, None, "kvs-fuzz").into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-west-2")
        .name("kinesisvideo")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .expect("all parameters are there")
        .into();
    let url = format!("http://{HOST}{}", request.uri());
    let body = SignableBody::Bytes(request.body());
    let Ok(signable) =
        SignableRequest::new(request.method().as_str(), url, std::iter::empty(), body)
    else {
        return request;
    };
    let Ok(signed) = sign(signable, &parameters) else { return request };
    for header in signed.into_parts().0.into_parts().0 {
        let name = HeaderName::from_bytes(header.name().as_bytes()).expect("a header's name");
        let value = HeaderValue::from_str(header.value()).expect("a header's value");
        request.headers_mut().insert(name, value);
    }
    request
}

/// The error's name and body of a refusal, after checking its form.
pub(crate) fn refusal(response: &Response<Vec<u8>>) -> (String, Value) {
    let header = |name: &str| response.headers().get(name).and_then(|it| it.to_str().ok());
    let kind = header("x-amzn-errortype").expect("an error has a name").to_owned();
    let body = json(response);
    let message = body.get("Message").or(body.get("message"));
    assert!(message.is_some_and(Value::is_string), "{kind} without a message: {body}");
    (kind, body)
}

/// The JSON object that a response of the service is.
pub(crate) fn json(response: &Response<Vec<u8>>) -> Value {
    let header = |name: &str| response.headers().get(name).and_then(|it| it.to_str().ok());
    assert_eq!(header("content-type"), Some("application/json"), "{response:?}");
    assert_eq!(header("x-amzn-requestid").map(str::len), Some(36), "{response:?}");
    let body: Value = serde_json::from_slice(response.body()).expect("a body of JSON");
    assert!(body.is_object(), "{body}");
    body
}
