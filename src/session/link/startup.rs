//! The start-up of a session as a graph: what there is to do, and what each task waits for.

use crate::bundle::Reason;
use crate::credentials::Credentials;
use crate::endpoints::{Endpoint, Scheme};
use crate::error::{Code, Error};
use crate::ice::TurnServers;
use crate::ids::ChannelArn;
use crate::rest::{
    self, ChannelEndpoints, ChannelRef, describe_signaling_channel, get_ice_server_config,
    get_signaling_channel_endpoint,
};
use crate::secret::Secret;
use crate::session::io::{CallId, Output};
use crate::session::options::{Options, Source};
use crate::session::random::Random;
use crate::sigv4::Signer;
use crate::time::{ClockOffset, Millis, Now, UnixMillis};

use super::diagnosis::{Circumstances, Diagnosis};
use super::task::{Identity, Task, Trouble};

/// A request that has not been answered by then is given up.
pub(super) const CALL_TIMEOUT: Millis = Millis::from_secs(10);

/// Keys are typed in, fetched from a back end, or asked of a person who logs in.
pub(super) const CREDENTIALS_TIMEOUT: Millis = Millis::from_secs(60);

/// The graph. It lives as long as the session object: what was learnt in one run (ARN,
/// endpoints, TURN servers that are still usable, the service's clock) is there in the next.
#[derive(Debug)]
pub(super) struct Startup {
    pub(super) options: Options,
    pub(super) signer: Option<Signer>,
    pub(super) last_call: u32,
    pub(super) random: Random,
    pub(super) reason: Reason,
    pub(super) credentials: Task<Credentials>,
    /// Keys that are kept do not do.
    pub(super) fresh_keys: bool,
    pub(super) arn: Task<ChannelArn>,
    pub(super) endpoints: Task<ChannelEndpoints>,
    /// `Done(None)`: not wanted, or not to be had.
    pub(super) turn: Task<Option<TurnServers>>,
    /// What the application's back end is asked for, where it is asked.
    pub(super) bundle: Task<()>,
    pub(super) signed_url: Option<Secret<String>>,
    pub(super) socket: Socket,
    pub(super) diagnosis: Option<Diagnosis>,
    /// What is known of the sockets so far.
    pub(super) circumstances: Circumstances,
    pub(super) offset: ClockOffset,
    /// The clock has been put right in this run; a second time would not help.
    is_corrected: bool,
}

/// The last node: the socket is opened once a run.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Socket {
    Wanted,
    AskedFor,
}

impl Startup {
    pub(super) fn new(options: Options) -> Self {
        let (arn, signer) = match &options.source {
            Source::Service { channel: ChannelRef::Arn(arn), region, .. } => {
                (Task::Done(arn.clone()), Some(Signer::new(region.clone())))
            }
            Source::Service { channel: ChannelRef::Name(_), region, .. } => {
                (Task::NEW, Some(Signer::new(region.clone())))
            }
            Source::Backend => (Task::NEW, None),
        };
        Self {
            signer,
            options,
            last_call: 0,
            random: Random::default(),
            reason: Reason::Start,
            credentials: Task::NEW,
            fresh_keys: false,
            arn,
            endpoints: Task::NEW,
            turn: Task::NEW,
            bundle: Task::NEW,
            signed_url: None,
            socket: Socket::Wanted,
            diagnosis: None,
            circumstances: Circumstances::default(),
            offset: ClockOffset::default(),
            is_corrected: false,
        }
    }

    /// Has random choices made from `seed` on.
    pub(super) fn seed(&mut self, seed: u64) {
        self.random = Random::new(seed);
    }

    /// A new run: keys are asked for again, and whatever was still running is forgotten.
    pub(super) fn begin(&mut self, reason: Reason, now: Now) {
        self.reason = reason;
        self.credentials = Task::NEW;
        self.fresh_keys = false;
        self.bundle = Task::NEW;
        self.signed_url = None;
        self.socket = Socket::Wanted;
        self.diagnosis = None;
        self.is_corrected = false;
        if self.arn.done().is_none() {
            self.arn = Task::NEW;
        }
        if self.endpoints.done().is_none() {
            self.endpoints = Task::NEW;
        }
        self.turn = match std::mem::replace(&mut self.turn, Task::NEW) {
            Task::Done(Some(turn)) if turn.are_usable(now) => Task::Done(Some(turn)),
            Task::Waiting { .. } | Task::Running { .. } | Task::Later { .. } | Task::Done(_) => {
                Task::NEW
            }
        };
        if !self.wants_turn() {
            self.turn = Task::Done(None);
        }
    }

    /// As [`begin`](Self::begin), but the socket is not opened.
    pub(super) fn prepare(&mut self, now: Now) {
        self.begin(Reason::Start, now);
        self.socket = Socket::AskedFor;
    }

    /// What was being prepared is wanted now; what is under way goes on.
    pub(super) fn go_on(&mut self) {
        self.socket = Socket::Wanted;
    }

    /// Whether all is known that a start needs of the service, but for the socket.
    pub(super) const fn is_prepared(&self) -> bool {
        let is_found = match self.options.source {
            Source::Service { .. } => self.endpoints.done().is_some(),
            Source::Backend => true,
        };
        is_found && self.turn.done().is_some()
    }

    /// Gives up what was under way; the socket is not opened before the next run.
    pub(super) fn rest(&mut self, now: Now) {
        self.begin(self.reason, now);
        self.socket = Socket::AskedFor;
        if self.turn.done().is_none() {
            self.turn = Task::Done(None);
        }
    }

    /// A back end's servers include those for STUN.
    fn wants_turn(&self) -> bool {
        match self.options.source {
            Source::Service { .. } => self.options.nat_traversal.uses_turn(),
            Source::Backend => !self.options.nat_traversal.is_disabled(),
        }
    }

    /// What the service was asked led nowhere: the next run asks again.
    pub(super) fn forget_what_was_learnt(&mut self) {
        if let Source::Service { channel: ChannelRef::Name(_), .. } = self.options.source {
            self.arn = Task::NEW;
        }
        self.endpoints = Task::NEW;
    }

    /// **The graph.** Starts each task whose needs are met.
    pub(super) fn advance(&mut self, identity: &Identity, now: Now) -> Vec<Output> {
        let Source::Service { channel, .. } = self.options.source.clone() else {
            return self.ask_backend(identity, now);
        };
        let mut outputs = Vec::new();

        // The keys wait for nothing, and are not asked for where nothing needs them.
        if self.credentials.is_waiting() && self.has_work() {
            let call = self.next_call();
            self.credentials.run(call, now.mono + CREDENTIALS_TIMEOUT);
            outputs.push(Output::GetCredentials { call, fresh: self.fresh_keys });
        }
        let Some(credentials) = self.credentials.done().cloned() else { return outputs };

        // After a refusal nothing else matters.
        if self.diagnosis.is_some() {
            outputs.extend(self.ask_why(&channel, &credentials, now));
            return outputs;
        }

        // The ARN waits for the keys, and is not asked for where it was given.
        if self.arn.is_waiting() {
            let request = describe_signaling_channel::request(&channel);
            let (call, output) = self.fetch(&request, None, &credentials, now);
            self.arn.run(call, now.mono + CALL_TIMEOUT);
            outputs.extend(output);
        }
        let Some(arn) = self.arn.done().cloned() else { return outputs };

        // The endpoints wait for the ARN.
        if self.endpoints.is_waiting() {
            let request = get_signaling_channel_endpoint::request(&arn, identity.role());
            let (call, output) = self.fetch(&request, None, &credentials, now);
            self.endpoints.run(call, now.mono + CALL_TIMEOUT);
            outputs.extend(output);
        }
        let Some(https) = self.endpoints.done().map(|endpoints| endpoints.https.clone()) else {
            return outputs;
        };

        // The TURN servers wait for the endpoints, beside the socket (see `socket_url`).
        if self.turn.is_waiting() {
            let request = get_ice_server_config::request(&arn, None);
            let (call, output) = self.fetch(&request, Some(&https), &credentials, now);
            self.turn.run(call, now.mono + CALL_TIMEOUT);
            outputs.extend(output);
        }
        outputs
    }

    /// No TURN servers are to be had now; the next who needs them asks again.
    pub(super) fn give_up_turn(&mut self) {
        self.turn = Task::Done(None);
    }

    /// The presigned URL of the socket, as soon as keys, ARN and endpoints are known, or the back
    /// end has given it. Given once a run.
    pub(super) fn socket_url(&mut self, identity: &Identity, now: Now) -> Option<Secret<String>> {
        if self.socket == Socket::AskedFor || self.diagnosis.is_some() {
            return None;
        }
        let url = match self.signed_url.take() {
            Some(url) => url,
            None => self.sign_url(identity, now)?,
        };
        self.socket = Socket::AskedFor;
        Some(url)
    }

    fn sign_url(&mut self, identity: &Identity, now: Now) -> Option<Secret<String>> {
        let credentials = self.credentials.done()?;
        let arn = self.arn.done()?;
        let endpoint = &self.endpoints.done()?.wss;
        let mut parameters = vec![("X-Amz-ChannelARN", arn.as_str())];
        if let Some(client_id) = identity.client_id() {
            parameters.push(("X-Amz-ClientId", client_id.as_str()));
        }
        let at = self.offset.applied_to(now.wall);
        Some(self.signer.as_mut()?.presign_websocket(endpoint, &parameters, credentials, at))
    }

    /// The TURN servers, once it is settled whether there are any; they may be too old by now.
    pub(super) const fn turn(&self) -> Option<&Option<TurnServers>> {
        self.turn.done()
    }

    /// Asks for TURN servers anew where those at hand are no longer usable; keys too, since
    /// temporary ones may have changed meanwhile.
    pub(super) fn renew_turn(&mut self, now: Now) {
        let usable = match &self.turn {
            Task::Done(Some(turn)) => turn.are_usable(now),
            Task::Done(None) => !self.wants_turn(),
            Task::Waiting { .. } | Task::Running { .. } | Task::Later { .. } => true,
        };
        if !usable {
            self.turn = Task::NEW;
            self.reason = Reason::Rollover;
            if self.credentials.done().is_some() {
                self.credentials = Task::NEW;
                self.fresh_keys = false;
            }
            if self.bundle.done().is_some() {
                self.bundle = Task::NEW;
            }
        }
    }

    /// The keys came, or did not.
    pub(super) fn credentials(
        &mut self,
        call: CallId,
        result: Result<Credentials, Error>,
    ) -> Result<(), Trouble> {
        if !self.credentials.is_call(call) {
            return Ok(());
        }
        self.credentials = Task::NEW;
        self.credentials = Task::Done(result.map_err(Trouble::Fatal)?);
        Ok(())
    }

    /// A request was answered, or failed.
    pub(super) fn fetched(
        &mut self,
        call: CallId,
        result: Result<rest::Response, Error>,
        now: Now,
    ) -> Result<(), Trouble> {
        let random = self.random.next();
        if self.arn.is_call(call) {
            if self.mends(&result, now) {
                self.arn = Task::NEW;
            } else if !self.arn.put_off(&result, random, now.mono) {
                let info = result
                    .and_then(|response| describe_signaling_channel::parse(&response))
                    .map_err(Trouble::Fatal)?;
                if info.status != "ACTIVE" {
                    return Err(Trouble::Fatal(not_active(&info)));
                }
                self.arn = Task::Done(info.arn);
            }
        } else if self.endpoints.is_call(call) {
            if self.mends(&result, now) {
                self.endpoints = Task::NEW;
            } else if !self.endpoints.put_off(&result, random, now.mono) {
                let plain = self.is_plain();
                let endpoints = result
                    .and_then(|response| get_signaling_channel_endpoint::parse(&response, plain))
                    .map_err(Trouble::Fatal)?;
                self.endpoints = Task::Done(endpoints);
            }
        } else if self.turn.is_call(call) {
            if self.mends(&result, now) {
                self.turn = Task::NEW;
            } else if !self.turn.put_off(&result, random, now.mono) {
                let lent = result.and_then(|response| get_ice_server_config::parse(&response));
                return self.lent(lent, now);
            }
        } else {
            return self.learn_why(call, result, now);
        }
        Ok(())
    }

    /// Gives up what has taken too long, and lets begin what was put off.
    pub(super) fn timeout(&mut self, now: Now) -> Result<(), Trouble> {
        self.arn.wake(now.mono);
        self.endpoints.wake(now.mono);
        self.turn.wake(now.mono);
        if self.credentials.is_late(now.mono) {
            self.credentials = Task::NEW;
            return Err(Trouble::Fatal(timed_out("the credentials provider")));
        }
        if self.bundle.is_late(now.mono) {
            return self.bundle_failed(timed_out("the session provider"));
        }
        if self.arn.is_late(now.mono) {
            return Err(Trouble::Fatal(timed_out("DescribeSignalingChannel")));
        }
        if self.endpoints.is_late(now.mono) {
            return Err(Trouble::Fatal(timed_out("GetSignalingChannelEndpoint")));
        }
        if self.turn.is_late(now.mono) {
            return self.lent(Err(timed_out("GetIceServerConfig")), now);
        }
        self.learn_nothing(now)
    }

    pub(super) fn poll_timeout(&self) -> Option<Millis> {
        let of_tasks = [
            self.credentials.until(),
            self.bundle.until(),
            self.arn.until(),
            self.endpoints.until(),
            self.turn.until(),
        ];
        of_tasks.into_iter().chain([self.learning_until()]).flatten().min()
    }

    /// Whether the service says that it is another time here, which is then believed.
    pub(super) fn corrects_clock(
        &mut self,
        result: &Result<rest::Response, Error>,
        now: Now,
    ) -> bool {
        let blamed = blames(result, Code::CallerClockSkewed);
        let Ok(response) = result else { return false };
        let date = response.date.as_deref().and_then(UnixMillis::parse_http_date);
        match date {
            Some(date) if blamed && !self.is_corrected => {
                self.is_corrected = true;
                self.offset = ClockOffset::measured(date, now.wall, now.wall);
                true
            }
            _ => false,
        }
    }

    /// Whether the same request may do better: it is another time here, or there may be other keys.
    fn mends(&mut self, result: &Result<rest::Response, Error>, now: Now) -> bool {
        self.corrects_clock(result, now) || self.renews_keys(result)
    }

    /// Whether the service calls keys expired that may have been kept; fresh ones are asked for.
    fn renews_keys(&mut self, result: &Result<rest::Response, Error>) -> bool {
        let renews = !self.fresh_keys && blames(result, Code::KeysExpired);
        if renews {
            self.fresh_keys = true;
            self.credentials = Task::NEW;
        }
        renews
    }

    fn is_plain(&self) -> bool {
        match &self.options.source {
            Source::Service { control, .. } => control.scheme() == Scheme::Http,
            Source::Backend => false,
        }
    }

    fn has_work(&self) -> bool {
        self.arn.is_waiting()
            || self.endpoints.is_waiting()
            || self.turn.is_waiting()
            || self.socket == Socket::Wanted
            || self.diagnosis.is_some()
    }

    fn lent(
        &mut self,
        result: Result<Vec<rest::IceServer>, Error>,
        now: Now,
    ) -> Result<(), Trouble> {
        self.turn = Task::Done(None);
        let (filter, random) = (self.options.turn, self.random.next());
        let turn = TurnServers::new(result.map_err(Trouble::NoTurn)?, filter, random, now);
        if !turn.are_usable(now) {
            let message = "GetIceServerConfig: the service lent no usable TURN server";
            return Err(Trouble::NoTurn(Error::new(Code::ServiceBadResponse, message)));
        }
        self.turn = Task::Done(Some(turn));
        Ok(())
    }

    pub(super) fn fetch(
        &mut self,
        request: &rest::Request,
        host: Option<&Endpoint>,
        credentials: &Credentials,
        now: Now,
    ) -> (CallId, Option<Output>) {
        let call = self.next_call();
        let at = self.offset.applied_to(now.wall);
        let control = match &self.options.source {
            Source::Service { control, .. } => Some(control),
            Source::Backend => None,
        };
        let signed = match (self.signer.as_mut(), host.or(control)) {
            (Some(signer), Some(to)) => Some(signer.sign(request, to, credentials, at)),
            _ => None,
        };
        (call, signed.map(|signed| Output::Fetch(call, signed)))
    }

    pub(super) fn next_call(&mut self) -> CallId {
        self.last_call = self.last_call.wrapping_add(1);
        CallId(self.last_call)
    }
}

/// Whether the service refused a request for this reason.
fn blames(result: &Result<rest::Response, Error>, code: Code) -> bool {
    let Ok(response) = result else { return false };
    response.status >= 400 && rest::error_of("a request", response).code() == code
}

pub(super) fn not_active(info: &rest::ChannelInfo) -> Error {
    let message = format!("the channel {} is {}, not ACTIVE", info.name, info.status);
    Error::new(Code::ServiceChannelNotActive, message)
}

pub(super) fn timed_out(who: &str) -> Error {
    Error::new(Code::NetworkTimeout, [who, " did not answer in time"].concat())
}
