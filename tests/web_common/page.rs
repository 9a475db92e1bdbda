//! What tests in a browser do as a page does it.

use js_sys::{Array, Function, Promise, Reflect};
use kvs_webrtc::js::{Master, Viewer};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// What is written as JSON.
pub(crate) fn object(json: &str) -> JsValue {
    js_sys::JSON::parse(json).unwrap()
}

/// Options of a session on the relay of the page, with more of them.
pub(crate) fn options(more: &str) -> JsValue {
    object(&format!(
        r#"{{"channelName":"demo","region":"us-west-2","endpoint":"http://localhost:9",
            "natTraversal":"disabled",
            "credentials":{{"accessKeyId":"AK","secretAccessKey":"SK"}}{more}}}"#
    ))
}

/// A member.
pub(crate) fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap()
}

/// A member that is a text.
pub(crate) fn text(value: &JsValue, name: &str) -> String {
    get(value, name).as_string().unwrap_or_default()
}

/// What a promise resolves with.
pub(crate) async fn done(promise: impl Into<JsValue>) -> JsValue {
    JsFuture::from(promise.into().unchecked_into::<Promise>()).await.unwrap()
}

/// The code of the error that a promise rejects with, and its words.
pub(crate) async fn error_of(promise: JsValue) -> (String, String) {
    let error = JsFuture::from(promise.unchecked_into::<Promise>()).await.unwrap_err();
    (text(&error, "code"), text(&error, "message"))
}

/// A session as the JavaScript object that a page holds.
pub(crate) struct Page(pub(crate) JsValue);

impl Page {
    pub(crate) fn master(options: &JsValue) -> Self {
        Self(Master::new(options).unwrap().into())
    }

    pub(crate) fn viewer(options: &JsValue) -> Self {
        Self(Viewer::new(options).unwrap().into())
    }

    /// Calls a method.
    pub(crate) fn call(&self, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
        let function: Function = get(&self.0, method).unchecked_into();
        let arguments: Array = arguments.iter().collect();
        function.apply(&self.0, &arguments)
    }

    /// Calls a method that gives a promise, and waits for it.
    pub(crate) async fn run(&self, method: &str, arguments: &[JsValue]) -> JsValue {
        done(self.call(method, arguments).unwrap()).await
    }

    /// Calls a method that gives a promise, and waits for its error.
    pub(crate) async fn fail(&self, method: &str, arguments: &[JsValue]) -> (String, String) {
        error_of(self.call(method, arguments).unwrap()).await
    }

    pub(crate) fn stop(&self) {
        self.call("stop", &[]).unwrap();
    }

    pub(crate) fn get(&self, member: &str) -> JsValue {
        get(&self.0, member)
    }
}
