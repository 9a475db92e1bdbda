//! Offers and answers.

use std::rc::{Rc, Weak};

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::Inner;
use super::convert::{bad_description, description, sdp_of, webrtc};
use crate::error::{Code, Error};
use crate::session::PeerInput;
use crate::session::media::{Diet, Verdict, to_send, with_start_bitrate};
use crate::web::reflect::get_some;

/// Which description is made.
#[derive(Clone, Copy)]
enum Kind {
    Offer,
    Answer,
}

/// Why none was made.
enum Trouble {
    /// The connection is gone, and nobody wants to know.
    Over,
    Thrown(JsValue),
    TooLarge,
}

impl Kind {
    const fn step(self) -> &'static str {
        match self {
            Self::Offer => "make an offer",
            Self::Answer => "make an answer",
        }
    }
}

impl Inner {
    pub(super) fn offer(inner: &Rc<Self>) {
        spawn_local(Self::describe(Rc::downgrade(inner), Kind::Offer));
    }

    pub(super) fn answer(inner: &Rc<Self>, offer: &str) {
        // Called at once, so that candidates added next queue up behind it.
        let applied = inner.apply("offer", offer);
        let weak = Rc::downgrade(inner);
        spawn_local(async move {
            let applied = JsFuture::from(applied).await;
            let Some(inner) = weak.upgrade() else { return };
            if let Err(thrown) = applied {
                return inner.tell(PeerInput::Failed(bad_description("offer", &thrown)));
            }
            inner.send_where_received();
            inner.send_tracks();
            drop(inner);
            Self::describe(weak, Kind::Answer).await;
        });
    }

    pub(super) fn apply_answer(inner: &Rc<Self>, answer: &str) {
        let applied = inner.apply("answer", answer);
        let weak = Rc::downgrade(inner);
        spawn_local(async move {
            let applied = JsFuture::from(applied).await;
            let Some(inner) = weak.upgrade() else { return };
            match applied {
                Ok(_) => {
                    inner.set_parameters();
                    inner.tell(PeerInput::Negotiated);
                }
                Err(thrown) => {
                    inner.tell(PeerInput::Failed(bad_description("answer", &thrown)));
                }
            }
        });
    }

    pub(super) fn tell_description(&self) {
        if let Some(description) = get_some(&self.connection, "localDescription") {
            self.tell(PeerInput::Described(to_send(&sdp_of(&description))));
        }
    }

    fn apply(&self, kind: &str, sdp: &str) -> Promise {
        let hinted = self.sending.start_bitrate.map(|kilobits| with_start_bitrate(sdp, kilobits));
        let sdp = hinted.as_deref().unwrap_or(sdp);
        self.connection.set_remote_description(&description(kind, sdp))
    }

    /// Makes a description, sets it and tells it. What waits here holds nothing: the browser
    /// never settles a promise of a connection that was closed.
    async fn describe(weak: Weak<Self>, kind: Kind) {
        let Err(trouble) = Self::try_to_describe(&weak, kind).await else { return };
        let Some(inner) = weak.upgrade() else { return };
        let error = match trouble {
            Trouble::Over => return,
            Trouble::Thrown(thrown) => webrtc(kind.step(), &thrown),
            Trouble::TooLarge => {
                let message = "the session description does not fit into 10 KB, with the fewest \
                               codecs neither";
                Error::new(Code::PeerMessageTooLarge, message)
            }
        };
        inner.tell(PeerInput::Failed(error));
    }

    async fn try_to_describe(weak: &Weak<Self>, kind: Kind) -> Result<(), Trouble> {
        let living = || weak.upgrade().ok_or(Trouble::Over);
        let inner = living()?;
        if !inner.sending.codecs.audio.is_empty() || !inner.sending.codecs.video.is_empty() {
            inner.prefer_codecs(Diet::Full);
        }
        drop(inner);
        let (description, to_send) = loop {
            let made = living()?.create(kind);
            let description = JsFuture::from(made).await.map_err(Trouble::Thrown)?;
            let inner = living()?;
            let verdict = inner.slimming.borrow_mut().judge(&sdp_of(&description));
            match verdict {
                Verdict::Send(sdp) => break (description, sdp),
                Verdict::Again(diet) => inner.prefer_codecs(diet),
                Verdict::TooLarge => return Err(Trouble::TooLarge),
            }
        };
        let set = living()?.connection.set_local_description(description.unchecked_ref());
        JsFuture::from(set).await.map_err(Trouble::Thrown)?;
        let inner = living()?;
        inner.set_parameters();
        Self::watch_transport(&inner);
        inner.tell(PeerInput::Described(to_send));
        Ok(())
    }

    fn create(&self, kind: Kind) -> Promise {
        match kind {
            Kind::Offer => self.connection.create_offer(),
            Kind::Answer => self.connection.create_answer(),
        }
    }
}
