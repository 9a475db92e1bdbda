//! The class `KinesisVideoClient`: the service's REST calls with the AWS SDK's member names.

mod client;
mod options;

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::errors;
use crate::rest;
use client::Client;

/// The service's REST calls; `types/rest.d.ts` has its documentation.
#[wasm_bindgen(skip_typescript)]
pub struct KinesisVideoClient {
    client: Rc<Client>,
}

#[wasm_bindgen]
impl KinesisVideoClient {
    /// # Errors
    /// Throws `caller.invalidArgument`, `keys.missing`.
    #[wasm_bindgen(constructor, skip_typescript)]
    pub fn new(options: &JsValue) -> Result<KinesisVideoClient, JsValue> {
        let client = Client::from_js(options).map_err(|error| errors::to_js(&error))?;
        Ok(Self { client: Rc::new(client) })
    }
}

/// Declares a method for each operation.
macro_rules! methods {
    ($( $method:ident = $js:ident; )*) => {
        #[wasm_bindgen]
        impl KinesisVideoClient { $(
            /// Makes the call of this name.
            #[wasm_bindgen(js_name = $js, skip_typescript)]
            pub fn $method(&self, input: &JsValue, options: &JsValue) -> Promise {
                self.client.start(&rest::$method::OPERATION, input, options)
            }
        )* }
    };
}

methods! {
    create_signaling_channel = createSignalingChannel;
    describe_signaling_channel = describeSignalingChannel;
    update_signaling_channel = updateSignalingChannel;
    delete_signaling_channel = deleteSignalingChannel;
    list_signaling_channels = listSignalingChannels;
    get_signaling_channel_endpoint = getSignalingChannelEndpoint;
    describe_media_storage_configuration = describeMediaStorageConfiguration;
    update_media_storage_configuration = updateMediaStorageConfiguration;
    describe_mapped_resource_configuration = describeMappedResourceConfiguration;
    tag_resource = tagResource;
    untag_resource = untagResource;
    list_tags_for_resource = listTagsForResource;
    create_stream = createStream;
    describe_stream = describeStream;
    get_ice_server_config = getIceServerConfig;
    send_alexa_offer_to_master = sendAlexaOfferToMaster;
    join_storage_session = joinStorageSession;
    join_storage_session_as_viewer = joinStorageSessionAsViewer;
}
