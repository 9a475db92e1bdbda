//! Why the service refused a WebSocket, as far as HTTPS can tell: browsers hide the answer.

use crate::credentials::Credentials;
use crate::error::{Code, Error};
use crate::ids::Role;
use crate::rest::{ChannelRef, Response, describe_signaling_channel};
use crate::session::io::{CallId, Output};
use crate::time::{Millis, Now};

use super::startup::{CALL_TIMEOUT, Socket, Startup, not_active};
use super::task::{Task, Trouble};

/// A socket that was opened less than this ago may be why another is refused: the service takes
/// three connections a second.
const CLOSE_BEHIND: Millis = Millis(1_500);

/// Where the question is. What the service answers to it is the reason, if it is one.
#[derive(Debug)]
pub(super) enum Diagnosis {
    /// Fresh keys are asked for.
    Keys,
    /// DescribeSignalingChannel tells of clock, keys, channel and region.
    Channel { call: CallId, until: Millis },
}

/// What is known besides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Circumstances {
    pub(super) role: Role,
    /// The socket before this one was opened under the same client id, whose place in the channel
    /// the newest connection takes.
    pub(super) has_place: bool,
    /// When the socket before this one was opened.
    pub(super) last_socket: Option<Millis>,
    /// How many were refused in a row, this one included.
    pub(super) refusals: u32,
    /// The keys may not even ask about the channel.
    pub(super) denied: bool,
}

impl Default for Circumstances {
    fn default() -> Self {
        Self { role: Role::Viewer, has_place: false, last_socket: None, refusals: 0, denied: false }
    }
}

/// What is told where HTTPS proves nothing.
pub(super) fn refused(circumstances: Circumstances, now: Millis) -> Error {
    let message = "the service refused the signaling connection, or is out of reach";
    Error::new(Code::ServiceRefused, message).with_likely(likely(circumstances, now))
}

/// What may be behind a refusal, the likeliest first. None of it is a fact.
fn likely(it: Circumstances, now: Millis) -> Vec<&'static str> {
    let is_hasty =
        it.refusals > 1 || it.last_socket.is_some_and(|at| now - at < CLOSE_BEHIND && now.0 > 0);
    let mut list = Vec::new();
    let mut add = |is_likely: bool, reason| {
        if is_likely && !list.contains(&reason) {
            list.push(reason);
        }
    };
    add(it.denied, "connectDenied");
    add(is_hasty, "connectsThrottled");
    // A channel has one master and ten viewers; of one id the newest connection wins.
    let may_be_full = it.role == Role::Viewer;
    add(may_be_full && !it.has_place, "channelFull");
    add(true, "connectDenied");
    add(true, "connectsThrottled");
    add(may_be_full, "channelFull");
    add(true, "wrongRoleEndpoint");
    list
}

impl Startup {
    /// Begins to ask, with fresh keys.
    pub(super) fn diagnose(&mut self) {
        self.credentials = Task::NEW;
        self.fresh_keys = true;
        self.diagnosis = Some(Diagnosis::Keys);
    }

    /// The next question, once there are keys.
    pub(super) fn ask_why(
        &mut self,
        channel: &ChannelRef,
        credentials: &Credentials,
        now: Now,
    ) -> Option<Output> {
        let Some(Diagnosis::Keys) = self.diagnosis else { return None };
        // By ARN where it is known: a channel may have been made anew under its name.
        let asked = match self.arn.done() {
            Some(arn) => ChannelRef::Arn(arn.clone()),
            None => channel.clone(),
        };
        let request = describe_signaling_channel::request(&asked);
        let (call, output) = self.fetch(&request, None, credentials, now);
        let until = now.mono + CALL_TIMEOUT;
        self.diagnosis = Some(Diagnosis::Channel { call, until });
        output
    }

    /// The service answered a question.
    pub(super) fn learn_why(
        &mut self,
        call: CallId,
        result: Result<Response, Error>,
        now: Now,
    ) -> Result<(), Trouble> {
        match self.diagnosis {
            Some(Diagnosis::Channel { call: asked, .. }) if asked == call => {}
            Some(Diagnosis::Keys | Diagnosis::Channel { .. }) | None => return Ok(()),
        }
        self.diagnosis = None;
        if self.corrects_clock(&result, now) {
            // The URL was signed by a wrong clock; the next one is not.
            self.socket = Socket::Wanted;
            return Ok(());
        }
        self.forget_what_was_learnt();
        let mut circumstances = self.circumstances;
        let proof = match result.and_then(|answer| describe_signaling_channel::parse(&answer)) {
            Ok(info) if info.status != "ACTIVE" => Some(not_active(&info)),
            Ok(_) => None,
            Err(error) => match error.code() {
                // Keys may connect without being allowed to ask about the channel.
                Code::KeysDenied => {
                    circumstances.denied = true;
                    None
                }
                // Says something about the network, and nothing about the socket.
                Code::NetworkUnreachable | Code::NetworkTimeout | Code::ServiceFailed => None,
                _ => Some(error),
            },
        };
        let refused = refused(circumstances, now.mono);
        Err(Trouble::Fatal(match proof {
            Some(error) => error.with_cause(refused),
            None => refused,
        }))
    }

    /// A question has been without an answer for too long.
    pub(super) fn learn_nothing(&mut self, now: Now) -> Result<(), Trouble> {
        match self.diagnosis {
            Some(Diagnosis::Channel { until, .. }) if now.mono >= until => {
                self.diagnosis = None;
                self.forget_what_was_learnt();
                Err(Trouble::Fatal(refused(self.circumstances, now.mono)))
            }
            Some(Diagnosis::Keys | Diagnosis::Channel { .. }) | None => Ok(()),
        }
    }

    pub(super) fn learning_until(&self) -> Option<Millis> {
        match self.diagnosis {
            Some(Diagnosis::Channel { until, .. }) => Some(until),
            Some(Diagnosis::Keys) | None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALM: Circumstances = Circumstances {
        role: Role::Viewer,
        has_place: false,
        last_socket: None,
        refusals: 1,
        denied: false,
    };

    #[test]
    fn what_is_known_orders_what_is_likely() {
        let now = Millis(100_000);
        let documented = include_str!("../../../docs/ERRORS.md");
        let all = ["channelFull", "connectDenied", "connectsThrottled", "wrongRoleEndpoint"];
        assert_eq!(likely(CALM, now), all);
        assert!(all.iter().all(|word| documented.contains(&["- `", word, "`:"].concat())));
        let first = |it| likely(it, now)[0];
        let just_now = Some(Millis(99_500));
        assert_eq!(first(Circumstances { last_socket: just_now, ..CALM }), "connectsThrottled");
        assert_eq!(first(Circumstances { last_socket: Some(Millis(1)), ..CALM }), "channelFull");
        assert_eq!(first(Circumstances { refusals: 2, ..CALM }), "connectsThrottled");
        assert_eq!(first(Circumstances { denied: true, refusals: 2, ..CALM }), "connectDenied");
        let back = likely(Circumstances { has_place: true, ..CALM }, now);
        assert_eq!(
            back,
            ["connectDenied", "connectsThrottled", "channelFull", "wrongRoleEndpoint"]
        );
        let master = likely(Circumstances { role: Role::Master, ..CALM }, now);
        assert_eq!(master, ["connectDenied", "connectsThrottled", "wrongRoleEndpoint"]);
    }

    #[test]
    fn it_is_no_fact() {
        let error = refused(CALM, Millis(5));
        assert_eq!((error.code(), error.likely().len()), (Code::ServiceRefused, 4));
    }
}
