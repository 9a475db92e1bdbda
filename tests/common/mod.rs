//! A rig for the session machines: virtual time, and a browser and a service that answer at once
//! unless a story holds their answers back.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(dead_code, unreachable_pub, reason = "each story uses its part of the rig")]

use std::collections::VecDeque;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use kvs_webrtc::bundle::{BackendRequest, Bundle};
use kvs_webrtc::credentials::Credentials;
use kvs_webrtc::error::{Code, Error};
use kvs_webrtc::ice::IceServer;
use kvs_webrtc::ids::Role;
use kvs_webrtc::rest::Response;
use kvs_webrtc::secret::Secret;
use kvs_webrtc::session::{
    Admission, Event, Input, Insight, Options, Output, PeerId, PeerInput, RawOptions, Session,
    SessionState, Settings, Watched,
};
use kvs_webrtc::time::{Millis, Now, UnixMillis};
use serde::Deserialize;

/// A candidate line that a browser could use.
pub const CANDIDATE: &str = "candidate:1 1 udp 2122260223 10.0.0.1 9 typ host";

pub const CHANNEL: &str = "arn:aws:kinesisvideo:us-west-2:123456789012:channel/demo/1700000000000";

/// What a back end gives.
pub fn bundle() -> Bundle {
    let login = Some(("u".to_owned(), Secret::new("p".to_owned())));
    Bundle {
        signed_url: Some(Secret::new("wss://v-1/?X-Amz-Signature=x".to_owned())),
        ice_servers: vec![IceServer { urls: vec!["turn:t".into()], login }],
        ice_ttl_seconds: Some(300),
        channel_arn: None,
    }
}

/// What the rig may be told not to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    Credentials,
    Describe,
    Endpoints,
    Turn,
    Socket,
    Media,
    Description,
    Backend,
    /// Nobody says whether a viewer may connect.
    Admission,
}

/// One session with its browser and its service.
pub struct Rig<S: Session + ?Sized = dyn Session> {
    pub session: Box<S>,
    pub now: Millis,
    pub holds: Vec<Hold>,
    /// Fails the request with this answer instead of a good one.
    pub answers: Vec<(Hold, Result<Response, Error>)>,
    pub media: Result<(), Error>,
    pub keys: Result<Credentials, Error>,
    /// What the back end answers first, and what it was asked.
    pub bundles: Vec<Result<Bundle, Error>>,
    pub asked: Vec<BackendRequest>,
    /// Outputs in their order, those that were answered too.
    pub log: Vec<Output>,
    offers: u32,
    /// How much the wall clock is ahead of the other one, as after a sleep.
    pub slept: u64,
    held: VecDeque<(Hold, Input)>,
    inputs: VecDeque<Input>,
}

/// A frame that the session sent.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    pub action: String,
    pub message_payload: String,
    pub recipient_client_id: Option<String>,
    pub correlation_id: Option<String>,
}

impl Sent {
    pub fn payload(&self) -> String {
        String::from_utf8(BASE64.decode(&self.message_payload).unwrap()).unwrap()
    }
}

pub fn options(nat_traversal: &str, video: bool) -> Options {
    let raw = RawOptions {
        channel_name: Some("demo"),
        region: Some("us-west-2"),
        endpoint: Some("http://localhost:8080"),
        nat_traversal: Some(nat_traversal),
        ..RawOptions::default()
    };
    Options::parse(raw, kvs_webrtc::session::MediaRequest { video, audio: false }).unwrap()
}

/// No logger, no measurements with the other side.
pub fn settings(role: Role) -> Settings {
    Settings { role, profile: false, quality_interval: Millis(2_000), log: None }
}

impl Rig {
    pub fn new(session: impl Session + 'static) -> Self {
        Self::of(Box::new(session))
    }
}

impl Rig<Watched> {
    /// With what is to be known about it.
    pub fn watching(session: impl Session + 'static, settings: Settings) -> Self {
        Self::of(Box::new(Watched::new(Box::new(session), settings)))
    }

    /// Tells what happened to what the session knows about itself.
    pub fn learn(&mut self, insight: Insight) {
        let now = self.clocks();
        self.session.learn(insight, now);
        self.drain();
    }
}

impl<S: Session + ?Sized> Rig<S> {
    pub fn of(session: Box<S>) -> Self {
        Self {
            session,
            now: Millis(1_000),
            holds: Vec::new(),
            answers: Vec::new(),
            media: Ok(()),
            keys: Credentials::new("AK", "SK", None),
            bundles: Vec::new(),
            asked: Vec::new(),
            log: Vec::new(),
            offers: 0,
            slept: 0,
            held: VecDeque::new(),
            inputs: VecDeque::new(),
        }
    }

    pub fn hold(mut self, holds: &[Hold]) -> Self {
        self.holds = holds.to_vec();
        self
    }

    pub fn answer(mut self, to: Hold, answer: Result<Response, Error>) -> Self {
        self.answers.push((to, answer));
        self
    }

    pub fn start(&mut self) {
        self.tell(Input::Start { random: 0x1234 });
    }

    pub fn stop(&mut self) {
        self.tell(Input::Stop(Error::new(Code::CallerStopped, "stopped")));
    }

    /// Tells the session something and lets everything happen that follows from it.
    pub fn tell(&mut self, input: Input) {
        self.inputs.push_back(input);
        while let Some(input) = self.inputs.pop_front() {
            let now = self.clocks();
            self.session.handle(input, now);
            self.drain();
        }
    }

    /// Both clocks.
    pub fn clocks(&self) -> Now {
        let wall = UnixMillis(1_700_000_000_000 + self.now.0 + self.slept);
        Now { mono: self.now, wall }
    }

    fn drain(&mut self) {
        while let Some(output) = self.session.poll() {
            self.log.push(output.clone());
            self.react(output);
        }
    }

    pub fn peer(&mut self, id: u32, input: PeerInput) {
        self.tell(Input::Peer(PeerId(id), input));
    }

    /// Lets go of what was held back.
    pub fn release(&mut self, hold: Hold) {
        self.holds.retain(|held| *held != hold);
        let (ready, held) =
            std::mem::take(&mut self.held).into_iter().partition(|(h, _)| *h == hold);
        self.held = held;
        for (_, input) in Vec::from_iter::<VecDeque<_>>(ready) {
            self.tell(input);
        }
    }

    /// Lets time pass, stopping wherever the session wants to be told.
    pub fn pass(&mut self, span: Millis) {
        let end = self.now + span;
        let mut steps = 0;
        while let Some(at) = self.session.poll_timeout().filter(|at| *at <= end) {
            steps += 1;
            assert!(steps < 1_000, "the session keeps asking for time that has passed");
            self.now = self.now.max(at);
            self.tell(Input::Timeout);
        }
        self.now = end;
    }

    /// A message of the other side.
    pub fn frame(&mut self, kind: &str, json: &str, sender: Option<&str>) {
        let payload = BASE64.encode(json);
        let sender = sender.map_or(String::new(), |id| format!(r#","senderClientId":"{id}""#));
        self.tell(Input::SocketFrame(format!(
            r#"{{"messagePayload":"{payload}","messageType":"{kind}"{sender}}}"#
        )));
    }

    /// A new offer of this viewer, with an `ice-ufrag` of its own.
    pub fn offer(&mut self, sender: &str) -> String {
        self.offers += 1;
        let ufrag = format!("u{}", self.offers);
        let json = format!(r#"{{"type":"offer","sdp":"a=ice-ufrag:{ufrag}\r\n"}}"#);
        self.frame("SDP_OFFER", &json, Some(sender));
        ufrag
    }

    /// An offer with these words in it.
    pub fn offer_of(&mut self, sender: &str, words: &str) {
        let json = format!(r#"{{"type":"offer","sdp":"s={words}"}}"#);
        self.frame("SDP_OFFER", &json, Some(sender));
    }

    /// The same offer of this viewer once more.
    pub fn repeat_offer(&mut self, sender: &str) {
        self.offers -= 1;
        self.offer(sender);
    }

    pub fn answer_call(&mut self) {
        self.frame("SDP_ANSWER", r#"{"type":"answer","sdp":"a"}"#, None);
    }

    pub fn candidate(&mut self, sender: Option<&str>) {
        self.frame(
            "ICE_CANDIDATE",
            &format!(r#"{{"candidate":"{CANDIDATE}","sdpMid":"0"}}"#),
            sender,
        );
    }

    pub fn candidate_of(&mut self, sender: &str, ufrag: &str) {
        let json = format!(r#"{{"candidate":"{CANDIDATE}","usernameFragment":"{ufrag}"}}"#);
        self.frame("ICE_CANDIDATE", &json, Some(sender));
    }

    pub fn state(&self) -> SessionState {
        self.session.state()
    }

    /// What was sent on the socket so far.
    pub fn sent(&self) -> Vec<Sent> {
        let texts = self.log.iter().filter_map(|output| match output {
            Output::SendText(text) => Some(serde_json::from_str(text).unwrap()),
            _ => None,
        });
        texts.collect()
    }

    pub fn actions(&self) -> Vec<String> {
        self.sent().into_iter().map(|sent| sent.action).collect()
    }

    pub fn events(&self) -> Vec<Event> {
        let events = self.log.iter().filter_map(|output| match output {
            Output::Emit(event) => Some(event.clone()),
            _ => None,
        });
        events.collect()
    }

    /// The codes of the errors that were told as events.
    pub fn errors(&self) -> Vec<Code> {
        let errors = self.events().into_iter().filter_map(|event| match event {
            Event::Error(error, _) => Some(error.code()),
            _ => None,
        });
        errors.collect()
    }

    /// How `start()` was settled, each time.
    pub fn settled(&self) -> Vec<Result<(), Code>> {
        let settled = self.log.iter().filter_map(|output| match output {
            Output::Settle(result) => Some(result.clone().map_err(|error| error.code())),
            _ => None,
        });
        settled.collect()
    }

    pub fn position(&self, wanted: impl Fn(&Output) -> bool) -> Option<usize> {
        self.log.iter().position(wanted)
    }

    pub fn count(&self, wanted: impl Fn(&Output) -> bool) -> usize {
        self.log.iter().filter(|output| wanted(output)).count()
    }

    /// How often something was dropped for this reason.
    pub fn dropped(&self, reason: &str) -> usize {
        self.count(|output| matches!(output, Output::Log(line) if line.dropped == Some(reason)))
    }

    fn react(&mut self, output: Output) {
        let (hold, input) = match output {
            Output::GetCredentials { call, .. } => {
                (Hold::Credentials, Input::Credentials(call, self.keys.clone()))
            }
            Output::Fetch(call, request) => {
                let (hold, good) = serve(&request.url);
                let planned = self.answers.iter().position(|(to, _)| *to == hold);
                let answer = planned.map_or(Ok(good), |index| self.answers.remove(index).1);
                (hold, Input::Fetched(call, answer))
            }
            Output::OpenSocket(_) => (Hold::Socket, Input::SocketOpened),
            Output::AskBackend(call, request) => {
                self.asked.push(request);
                let answer =
                    if self.bundles.is_empty() { Ok(bundle()) } else { self.bundles.remove(0) };
                (Hold::Backend, Input::Bundle(call, answer))
            }
            Output::Emit(Event::ViewerAsks(_, viewer)) => {
                (Hold::Admission, Input::Admit(viewer, Admission::Accept))
            }
            Output::OpenMedia => (Hold::Media, Input::Media(self.media.clone())),
            Output::Offer(id, _) => {
                let described = PeerInput::Described("v=0".into());
                (Hold::Description, Input::Peer(id, described))
            }
            Output::Answer(id, _) => {
                let described = PeerInput::Described("v=0".into());
                (Hold::Description, Input::Peer(id, described))
            }
            _ => return,
        };
        if self.holds.contains(&hold) {
            self.held.push_back((hold, input));
        } else {
            self.inputs.push_back(input);
        }
    }
}

/// What the service answers where nothing is wrong.
fn serve(url: &str) -> (Hold, Response) {
    let path = url.strip_prefix("http://localhost:8080").unwrap_or(url);
    let (hold, body) = match path {
        "/describeSignalingChannel" => (
            Hold::Describe,
            format!(
                r#"{{"ChannelInfo":{{"ChannelName":"demo","ChannelARN":"{CHANNEL}","ChannelType":"SINGLE_MASTER","ChannelStatus":"ACTIVE"}}}}"#
            ),
        ),
        "/getSignalingChannelEndpoint" => (
            Hold::Endpoints,
            r#"{"ResourceEndpointList":[{"Protocol":"HTTPS","ResourceEndpoint":"http://localhost:8080"},{"Protocol":"WSS","ResourceEndpoint":"ws://localhost:8080/v"}]}"#.into(),
        ),
        "/v1/get-ice-server-config" => (
            Hold::Turn,
            r#"{"IceServerList":[{"Uris":["turn:127.0.0.1:3478?transport=udp"],"Username":"u","Password":"p","Ttl":300}]}"#.into(),
        ),
        other => panic!("nobody serves {other}"),
    };
    (hold, good(&body))
}

pub fn good(body: &str) -> Response {
    Response { status: 200, error_type: None, body: body.into(), date: None }
}

pub fn refused(status: u16, name: &str) -> Response {
    let body = r#"{"Message":"no"}"#.into();
    Response { status, error_type: Some(name.into()), body, date: None }
}

/// The role whose endpoint was asked for.
pub fn asked_role(rig: &Rig) -> Option<Role> {
    rig.log.iter().find_map(|output| match output {
        Output::Fetch(_, request) if request.body.contains("\"VIEWER\"") => Some(Role::Viewer),
        Output::Fetch(_, request) if request.body.contains("\"MASTER\"") => Some(Role::Master),
        _ => None,
    })
}
