//! The table of stable error codes: what each means and what to do about it.
//!
//! A code is lower case and dotted, the culprit first: the `caller`, the `keys`, the `service`,
//! the `network`, the other `peer`, the `browser`, or ourselves (`internal`).

use std::borrow::Cow;
use std::fmt;

/// Declares [`Code`] from one table, so that a code, its text, its hint and whether a second
/// try can help cannot drift apart.
macro_rules! codes {
    ($( $(#[$doc:meta])* $name:ident = $text:literal, retryable: $retryable:literal, $hint:literal; )*) => {
        /// A stable error code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code { $( $(#[$doc])* $name, )* }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[ $( Code::$name, )* ];

            /// The code as JavaScript and reports see it, e.g. `keys.expired`.
            pub const fn as_str(self) -> &'static str {
                match self { $( Code::$name => $text, )* }
            }

            /// What a person can do about it, one sentence.
            pub const fn hint(self) -> &'static str {
                match self { $( Code::$name => $hint, )* }
            }

            /// Whether the same call may succeed when it is made again unchanged.
            pub const fn is_retryable(self) -> bool {
                match self { $( Code::$name => $retryable, )* }
            }
        }
    };
}

codes! {
    /// An argument is missing, of the wrong type, or out of its range.
    CallerInvalidArgument = "caller.invalidArgument", retryable: false,
        "Correct the named argument.";
    /// `start()` was called on a session that is already started.
    CallerAlreadyStarted = "caller.alreadyStarted", retryable: false,
        "Call stop() first, or use a second object.";
    /// `stop()` was called before the session was up.
    CallerStopped = "caller.stopped", retryable: true,
        "Call start() again.";
    /// The `AbortSignal` given to `start()` or to a call fired.
    CallerAborted = "caller.aborted", retryable: true,
        "Try again with a fresh AbortSignal.";
    /// Something of the package was used before `init()` was through.
    CallerNotReady = "caller.notReady", retryable: false,
        "Call await init() first, or import kvs-webrtc/inline.";
    /// The application's session provider failed, or gave what cannot be used.
    CallerSessionFailed = "caller.sessionFailed", retryable: true,
        "Look at the back end that answers session(); the message has its words.";
    /// Something was to be sent before there was anybody to send it to.
    CallerNotConnected = "caller.notConnected", retryable: true,
        "Wait until the session is started, and for the data channel to open.";
    /// The `requestSigner` threw, rejected, or gave no URL.
    CallerSignerFailed = "caller.signerFailed", retryable: true,
        "See the cause; a requestSigner gives the presigned URL as a text.";
    /// So much waits to be sent on the data channel that no more is taken.
    CallerBufferFull = "caller.bufferFull", retryable: true,
        "Wait for the event bufferedamountlow.";
    /// This computer's clock is too far from the service's (five minutes are allowed).
    CallerClockSkewed = "caller.clockSkewed", retryable: false,
        "Set this computer's clock to the right time.";
    /// The request was signed for another region than the endpoint's.
    CallerWrongRegion = "caller.wrongRegion", retryable: false,
        "Choose the region that the channel is in.";
    /// No keys were given, or the provider gave none.
    KeysMissing = "keys.missing", retryable: false,
        "Give an access key id and a secret access key.";
    /// The service does not know this access key id.
    KeysUnknown = "keys.unknown", retryable: false,
        "Check the access key id; temporary keys also need their session token.";
    /// The signature is wrong: nearly always a mistyped secret access key.
    KeysWrongSecret = "keys.wrongSecret", retryable: false,
        "Check the secret access key for missing characters.";
    /// The temporary keys have expired.
    KeysExpired = "keys.expired", retryable: false,
        "Get fresh temporary keys.";
    /// The keys are good, but may not do this.
    KeysDenied = "keys.denied", retryable: false,
        "Allow the named action on the channel in the IAM policy.";
    /// The channel does not exist in this region and account.
    ServiceChannelNotFound = "service.channelNotFound", retryable: false,
        "Create it first, or check its name and the region.";
    /// A channel of this name exists already.
    ServiceChannelExists = "service.channelExists", retryable: false,
        "Use the existing channel, or choose another name.";
    /// The channel exists but is not ACTIVE.
    ServiceChannelNotActive = "service.channelNotActive", retryable: true,
        "Try again in a few seconds.";
    /// The service refused the request's content.
    ServiceInvalidArgument = "service.invalidArgument", retryable: false,
        "Correct what the message names.";
    /// Too many requests, channels or connections.
    ServiceLimitExceeded = "service.limitExceeded", retryable: true,
        "Wait a moment; a channel has one master and up to ten viewers.";
    /// The service refused the WebSocket without saying why, as browsers hide it.
    ServiceRefused = "service.refused", retryable: true,
        "Check the keys' ConnectAsMaster or ConnectAsViewer permission and the number of viewers.";
    /// The service answered something that this SDK does not understand.
    ServiceBadResponse = "service.badResponse", retryable: true,
        "Check the endpoint; a proxy or a login page may have answered instead.";
    /// The service failed, or answered with an error of a kind not listed here.
    ServiceFailed = "service.failed", retryable: true,
        "Try again in a few seconds.";
    /// The request did not reach the service, or its answer did not reach us.
    NetworkUnreachable = "network.unreachable", retryable: true,
        "Check the connection, the region and the endpoint.";
    /// No answer within the time allowed.
    NetworkTimeout = "network.timeout", retryable: true,
        "Check the connection and try again.";
    /// The signaling socket closed.
    NetworkSocketClosed = "network.socketClosed", retryable: true,
        "Start again; calls that are already up go on.";
    /// The other side's session description could not be used.
    PeerBadDescription = "peer.badDescription", retryable: false,
        "Check which codecs and media the other side offers.";
    /// No path was found between the two peers, or it was lost.
    PeerUnreachable = "peer.unreachable", retryable: true,
        "Allow TURN (NAT traversal), and UDP in the firewall.";
    /// A message or session description exceeds what can be sent.
    PeerMessageTooLarge = "peer.messageTooLarge", retryable: false,
        "Send less at once.";
    /// The person or the browser's settings refused the camera.
    BrowserCameraDenied = "browser.cameraDenied", retryable: false,
        "Allow the camera for this page in the browser's address bar.";
    /// The person or the browser's settings refused the microphone.
    BrowserMicrophoneDenied = "browser.microphoneDenied", retryable: false,
        "Allow the microphone for this page in the browser's address bar.";
    /// Camera and microphone were asked for together, and refused.
    BrowserMediaDenied = "browser.mediaDenied", retryable: false,
        "Allow camera and microphone for this page in the browser's address bar.";
    /// The person chose no screen, or the browser lets this page share none.
    BrowserScreenDenied = "browser.screenDenied", retryable: true,
        "Ask for the screen in the handler of a click, and choose one.";
    /// There is no camera.
    BrowserCameraNotFound = "browser.cameraNotFound", retryable: false,
        "Connect a camera, or do not ask for one.";
    /// There is no microphone.
    BrowserMicrophoneNotFound = "browser.microphoneNotFound", retryable: false,
        "Connect a microphone, or do not ask for one.";
    /// Camera and microphone were asked for together, and one of them is not there.
    BrowserMediaNotFound = "browser.mediaNotFound", retryable: false,
        "Connect a camera and a microphone, or ask for what there is.";
    /// The camera is taken by another program, or failed.
    BrowserCameraBusy = "browser.cameraBusy", retryable: true,
        "Close other programs that use the camera.";
    /// The microphone is taken by another program, or failed.
    BrowserMicrophoneBusy = "browser.microphoneBusy", retryable: true,
        "Close other programs that use the microphone.";
    /// Camera or microphone are taken by another program, or failed.
    BrowserMediaBusy = "browser.mediaBusy", retryable: true,
        "Close other programs that use the camera or microphone.";
    /// No camera or microphone meets the constraints.
    BrowserConstraintNotMet = "browser.constraintNotMet", retryable: false,
        "Ask for less: ideal instead of exact, another deviceId.";
    /// The page has more peer connections than the browser makes; closed ones count for a while.
    BrowserTooManyConnections = "browser.tooManyConnections", retryable: true,
        "Close other calls of this page, or reload it.";
    /// The browser cannot do what is needed, or only on https:// and localhost.
    BrowserUnsupported = "browser.unsupported", retryable: false,
        "Use a current browser, and open the page over https:// or on localhost.";
    /// The page's Content-Security-Policy forbids WebAssembly.
    BrowserWasmBlocked = "browser.wasmBlocked", retryable: false,
        "Add 'wasm-unsafe-eval' to the policy's script-src.";
    /// The browser's WebRTC engine refused a step.
    BrowserWebRtc = "browser.webrtc", retryable: true,
        "Reload the page; the message has the browser's words.";
    /// A broken promise of this SDK to itself.
    InternalUnexpected = "internal.unexpected", retryable: false,
        "Report this with the message.";
    /// The object belongs to an instance that an internal error has ended.
    InternalInstanceEnded = "internal.instanceEnded", retryable: false,
        "Make a new object: it gets a fresh instance.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error with a stable [`Code`] and a sentence for people. It never holds a secret.
///
/// It is one pointer wide: a `Result` is as small as what it holds when all went well.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct Error(Box<Details>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Details {
    code: Code,
    message: Cow<'static, str>,
    likely: Vec<&'static str>,
    cause: Option<Error>,
    service: Option<ServiceAnswer>,
    mark: Option<u32>,
}

/// What the service answered that was no success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAnswer {
    /// What it calls the error, e.g. `ResourceNotFoundException`; a browser may hide it.
    pub name: Option<String>,
    /// The HTTP status.
    pub status: u16,
}

impl Error {
    /// An error of this code; `message` says what happened and where.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self::of(code, message.into())
    }

    #[inline(never)]
    fn of(code: Code, message: Cow<'static, str>) -> Self {
        Self(Box::new(Details {
            code,
            message,
            likely: Vec::new(),
            cause: None,
            service: None,
            mark: None,
        }))
    }

    /// A [`Code::CallerInvalidArgument`] about one named argument.
    pub fn argument(name: &str, problem: &str) -> Self {
        Self::new(Code::CallerInvalidArgument, [name, " ", problem].concat())
    }

    /// With what may be behind it, the likeliest first: for [`Code::ServiceRefused`], whose reason
    /// the service does not tell a browser.
    pub fn with_likely(mut self, likely: Vec<&'static str>) -> Self {
        self.0.likely = likely;
        self
    }

    /// With the service's own name for it.
    pub fn with_service(mut self, name: Option<String>, status: u16) -> Self {
        self.0.service = Some(ServiceAnswer { name, status });
        self
    }

    /// What the service answered, where it did.
    pub fn service(&self) -> Option<&ServiceAnswer> {
        self.0.service.as_ref()
    }

    /// With the error that led to this one.
    pub fn with_cause(mut self, cause: Error) -> Self {
        self.0.cause = Some(cause);
        self
    }

    /// With a number by which whoever made it finds what belongs to it.
    pub fn with_mark(mut self, mark: u32) -> Self {
        self.0.mark = Some(mark);
        self
    }

    /// The number that whoever made it has given it.
    pub fn mark(&self) -> Option<u32> {
        self.0.mark
    }

    /// What may be behind it, the likeliest first.
    pub fn likely(&self) -> &[&'static str] {
        &self.0.likely
    }

    /// The error that led to this one.
    pub fn cause(&self) -> Option<&Error> {
        self.0.cause.as_ref()
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What happened, for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_are_unique_and_name_their_culprit_first() {
        let culprits = ["caller", "keys", "service", "network", "peer", "browser", "internal"];
        let mut seen = HashSet::new();
        for code in Code::ALL {
            let (culprit, rest) = code.as_str().split_once('.').unwrap();
            assert!(culprits.contains(&culprit), "{code}");
            assert!(rest.chars().all(|c| c.is_ascii_alphanumeric()), "{code}");
            assert!(code.hint().ends_with('.'), "{code}");
            assert!(seen.insert(code.as_str()), "{code} twice");
        }
    }

    #[test]
    fn an_argument_error_names_the_argument() {
        let error = Error::argument("clientId", "is longer than 256 characters");
        assert_eq!(error.code(), Code::CallerInvalidArgument);
        assert_eq!(error.to_string(), "clientId is longer than 256 characters");
    }
}
