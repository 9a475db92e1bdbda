//! The data channel.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{ArrayBuffer, JsString};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{RtcDataChannel, RtcDataChannelType};

use super::Inner;
use super::convert::webrtc;
use crate::error::{Code, Error};
use crate::session::media::{Incoming, Junk, Outgoing};
use crate::session::{DATA_CHANNEL, PeerInput};
use crate::web::clock;
use crate::web::listener::Listener;
use crate::web::reflect::{get, get_string};

/// The one data channel there may be.
#[derive(Default)]
pub(super) struct Channel {
    used: RefCell<Option<Used>>,
    incoming: RefCell<Incoming>,
}

struct Used {
    channel: RtcDataChannel,
    _listeners: [Listener; 4],
}

impl Channel {
    pub(super) fn buffered_amount(&self) -> u32 {
        self.used.borrow().as_ref().map_or(0, |used| used.channel.buffered_amount())
    }

    pub(super) fn close(&self) {
        let used = self.used.borrow_mut().take();
        drop(used);
    }
}

impl Inner {
    /// Opens the channel.
    pub(super) fn open_channel(inner: &Rc<Self>) {
        let channel = inner
            .connection
            .create_data_channel_with_data_channel_dict(DATA_CHANNEL, &inner.sending.channel);
        Self::use_channel(inner, channel);
    }

    /// The other side opened a channel. One of any other name is closed, and so is a second one.
    pub(super) fn on_channel(inner: &Rc<Self>, event: &JsValue) {
        let channel: RtcDataChannel = get(event, "channel").unchecked_into();
        let label = get_string(&channel, "label");
        if label.as_deref() == Some(DATA_CHANNEL) && inner.channel.used.borrow().is_none() {
            return Self::use_channel(inner, channel);
        }
        channel.close();
        inner.dropped(Junk::Channel);
    }

    fn use_channel(inner: &Rc<Self>, channel: RtcDataChannel) {
        channel.set_binary_type(RtcDataChannelType::Arraybuffer);
        channel.set_buffered_amount_low_threshold(inner.sending.buffered_amount_low);
        let on =
            |event, callback: fn(&Rc<Self>, &JsValue)| inner.listener(&channel, event, callback);
        let listeners = [
            on("open", |inner, _| inner.tell(PeerInput::ChannelOpened)),
            on("message", |inner, event| inner.on_message(&get(event, "data"))),
            on("bufferedamountlow", |inner, _| inner.tell(PeerInput::ChannelDrained)),
            on("close", |inner, _| {
                inner.channel.close();
                inner.tell(PeerInput::ChannelClosed);
            }),
        ];
        *inner.channel.used.borrow_mut() = Some(Used { channel, _listeners: listeners });
    }

    fn on_message(&self, data: &JsValue) {
        let length = match data.dyn_ref::<JsString>() {
            Some(text) => text.length(),
            None => match get(data, "byteLength").as_f64() {
                Some(length) => whole(length),
                None => return self.dropped(Junk::Unreadable),
            },
        };
        let taken = self.channel.incoming.borrow_mut().take(length, clock::now().mono);
        if let Err(junk) = taken {
            return self.dropped(junk);
        }
        match data.as_string() {
            Some(text) => self.tell(PeerInput::Text(text)),
            None => self.tell(PeerInput::Bytes(js_sys::Uint8Array::new(data).to_vec())),
        }
    }

    fn dropped(&self, junk: Junk) {
        self.tell(PeerInput::Dropped(junk));
    }

    pub(super) fn send(&self, data: &JsValue) -> Result<(), Error> {
        let bytes = measure(data)?;
        let used = self.channel.used.borrow();
        let used = used
            .as_ref()
            .filter(|used| get_string(&used.channel, "readyState").as_deref() == Some("open"))
            .ok_or_else(|| Error::new(Code::CallerNotConnected, "the data channel is not open"))?;
        let other_side = get(&get(&self.connection, "sctp"), "maxMessageSize").as_f64();
        let buffered = used.channel.buffered_amount();
        let check = Outgoing { other_side: other_side.map(whole), buffered };
        check.check(bytes.unwrap_or_else(|| utf8_length(data, check.limit())))?;
        // Text, views and buffers are all the same to the browser's `send`.
        let sent = used.channel.send_with_array_buffer(data.unchecked_ref());
        sent.map_err(|thrown| match get_string(&thrown, "name").as_deref() {
            Some("TypeError") => not_sendable(),
            _ => webrtc("send a message", &thrown),
        })
    }
}

/// Whether this is something that a data channel sends.
///
/// # Errors
/// `caller.invalidArgument`.
pub(in crate::web) fn check_sendable(data: &JsValue) -> Result<(), Error> {
    measure(data).map(drop)
}

/// How many bytes this is; `None` is a text, whose length in UTF-8 is not known yet.
fn measure(data: &JsValue) -> Result<Option<u32>, Error> {
    if data.is_string() {
        return Ok(None);
    }
    let is_buffer = get(data, "slice").is_function() && get(data, "buffer").is_undefined();
    match get(data, "byteLength").as_f64() {
        Some(length) if ArrayBuffer::is_view(data) || is_buffer => Ok(Some(whole(length))),
        _ => Err(not_sendable()),
    }
}

/// The length of a text in UTF-8, or something within the limit where it fits in any case.
fn utf8_length(text: &JsValue, limit: u32) -> u32 {
    let units = text.unchecked_ref::<JsString>().length();
    if units.saturating_mul(3) <= limit || units > limit {
        return units;
    }
    text.as_string().map_or(units, |text| u32::try_from(text.len()).unwrap_or(u32::MAX))
}

fn not_sendable() -> Error {
    Error::argument(
        "data",
        "must be a string, an ArrayBuffer or a view of one; of a Blob, its arrayBuffer()",
    )
}

/// A length as a number that saturates.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
const fn whole(length: f64) -> u32 {
    length as u32
}
