//! The start-up of a session as a graph: what there is to do, and what each task waits for.

use crate::credentials::Credentials;
use crate::endpoints::Scheme;
use crate::error::{Code, Error};
use crate::ice::TurnServers;
use crate::ids::{ChannelArn, ClientId, Role};
use crate::rest::{
    self, ChannelEndpoints, ChannelRef, describe_signaling_channel, get_ice_server_config,
    get_signaling_channel_endpoint,
};
use crate::secret::Secret;
use crate::sigv4::Signer;
use crate::time::{Millis, Now};

use crate::session::io::{CallId, Output};
use crate::session::options::Options;

/// A request that has not been answered by then is given up.
const CALL_TIMEOUT: Millis = Millis::from_secs(10);

/// Keys are typed in, fetched from a back end, or asked of a person who logs in.
const CREDENTIALS_TIMEOUT: Millis = Millis::from_secs(60);

/// Who connects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::session) enum Identity {
    Master,
    Viewer(ClientId),
}

impl Identity {
    const fn role(&self) -> Role {
        match self {
            Self::Master => Role::Master,
            Self::Viewer(_) => Role::Viewer,
        }
    }
}

/// What went wrong with a task.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The session cannot go on.
    Fatal(Error),
    /// There are no TURN servers; whether it can do without is for the role to say.
    NoTurn(Error),
}

/// One node of the graph.
#[derive(Debug)]
enum Task<T> {
    Waiting,
    Running { call: CallId, until: Millis },
    Done(T),
}

impl<T> Task<T> {
    const fn done(&self) -> Option<&T> {
        match self {
            Self::Done(value) => Some(value),
            Self::Waiting | Self::Running { .. } => None,
        }
    }

    const fn is_waiting(&self) -> bool {
        matches!(self, Self::Waiting)
    }

    fn is_call(&self, asked: CallId) -> bool {
        matches!(self, Self::Running { call, .. } if *call == asked)
    }

    const fn until(&self) -> Option<Millis> {
        match self {
            Self::Running { until, .. } => Some(*until),
            Self::Waiting | Self::Done(_) => None,
        }
    }
}

/// The graph. It lives as long as the session object: what was learnt in one run (ARN,
/// endpoints, TURN servers that are still usable) is there in the next.
#[derive(Debug)]
pub(super) struct Startup {
    options: Options,
    signer: Signer,
    last_call: u32,
    credentials: Task<Credentials>,
    arn: Task<ChannelArn>,
    endpoints: Task<ChannelEndpoints>,
    /// `Done(None)`: not wanted, or not to be had.
    turn: Task<Option<TurnServers>>,
    socket: Socket,
}

/// The last node: the socket is opened once a run.
#[derive(Debug, PartialEq, Eq)]
enum Socket {
    Wanted,
    AskedFor,
}

impl Startup {
    pub(super) fn new(options: Options) -> Self {
        let arn = match &options.channel {
            ChannelRef::Arn(arn) => Task::Done(arn.clone()),
            ChannelRef::Name(_) => Task::Waiting,
        };
        Self {
            signer: Signer::new(options.region.clone()),
            options,
            last_call: 0,
            credentials: Task::Waiting,
            arn,
            endpoints: Task::Waiting,
            turn: Task::Waiting,
            socket: Socket::Wanted,
        }
    }

    /// A new run: keys are asked for again, and whatever was still running is forgotten.
    pub(super) fn begin(&mut self, now: Now) {
        self.credentials = Task::Waiting;
        self.socket = Socket::Wanted;
        if self.arn.done().is_none() {
            self.arn = Task::Waiting;
        }
        if self.endpoints.done().is_none() {
            self.endpoints = Task::Waiting;
        }
        self.turn = match std::mem::replace(&mut self.turn, Task::Waiting) {
            Task::Done(Some(turn)) if turn.are_usable(now) => Task::Done(Some(turn)),
            Task::Waiting | Task::Running { .. } | Task::Done(_) => Task::Waiting,
        };
        if !self.options.nat_traversal.uses_turn() {
            self.turn = Task::Done(None);
        }
    }

    /// What the service was asked led nowhere: the next run asks again.
    pub(super) fn forget_what_was_learnt(&mut self) {
        if let ChannelRef::Name(_) = self.options.channel {
            self.arn = Task::Waiting;
        }
        self.endpoints = Task::Waiting;
    }

    /// **The graph.** Starts each task whose needs are met.
    pub(super) fn advance(&mut self, identity: &Identity, now: Now) -> Vec<Output> {
        let mut outputs = Vec::new();

        // The keys wait for nothing, and are not asked for where nothing needs them.
        if self.credentials.is_waiting() && self.has_work() {
            let call = self.next_call();
            self.credentials = Task::Running { call, until: now.mono + CREDENTIALS_TIMEOUT };
            outputs.push(Output::GetCredentials(call));
        }
        let Some(credentials) = self.credentials.done().cloned() else { return outputs };

        // The ARN waits for the keys, and is not asked for where it was given.
        if self.arn.is_waiting() {
            let request = describe_signaling_channel::request(&self.options.channel);
            let (task, output) = self.fetch(request, None, &credentials, now);
            self.arn = task;
            outputs.push(output);
        }
        let Some(arn) = self.arn.done().cloned() else { return outputs };

        // The endpoints wait for the ARN.
        if self.endpoints.is_waiting() {
            let request = get_signaling_channel_endpoint::request(&arn, identity.role());
            let (task, output) = self.fetch(request, None, &credentials, now);
            self.endpoints = task;
            outputs.push(output);
        }
        let Some(https) = self.endpoints.done().map(|endpoints| endpoints.https.clone()) else {
            return outputs;
        };

        // The TURN servers wait for the endpoints, beside the socket (see `socket_url`).
        if self.turn.is_waiting() {
            let request = get_ice_server_config::request(&arn, None);
            let (task, output) = self.fetch(request, Some(https), &credentials, now);
            self.turn = task;
            outputs.push(output);
        }
        outputs
    }

    /// No TURN servers are to be had now; the next who needs them asks again.
    pub(super) fn give_up_turn(&mut self) {
        self.turn = Task::Done(None);
    }

    /// The presigned URL of the socket, as soon as keys, ARN and endpoints are known.
    /// Given once a run.
    pub(super) fn socket_url(&mut self, identity: &Identity, now: Now) -> Option<Secret<String>> {
        if self.socket == Socket::AskedFor {
            return None;
        }
        let credentials = self.credentials.done()?;
        let arn = self.arn.done()?;
        let endpoint = &self.endpoints.done()?.wss;
        let mut parameters = vec![("X-Amz-ChannelARN", arn.as_str())];
        if let Identity::Viewer(client_id) = identity {
            parameters.push(("X-Amz-ClientId", client_id.as_str()));
        }
        self.socket = Socket::AskedFor;
        Some(self.signer.presign_websocket(endpoint, &parameters, credentials, now.wall))
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
            Task::Done(None) => !self.options.nat_traversal.uses_turn(),
            Task::Waiting | Task::Running { .. } => true,
        };
        if !usable {
            self.turn = Task::Waiting;
            if self.credentials.done().is_some() {
                self.credentials = Task::Waiting;
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
        self.credentials = Task::Waiting;
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
        if self.arn.is_call(call) {
            let info = result
                .and_then(|response| describe_signaling_channel::parse(&response))
                .map_err(Trouble::Fatal)?;
            if info.status != "ACTIVE" {
                return Err(Trouble::Fatal(not_active(&info)));
            }
            self.arn = Task::Done(info.arn);
        } else if self.endpoints.is_call(call) {
            let allow_plain = self.options.control.scheme() == Scheme::Http;
            let endpoints = result
                .and_then(|response| get_signaling_channel_endpoint::parse(&response, allow_plain))
                .map_err(Trouble::Fatal)?;
            self.endpoints = Task::Done(endpoints);
        } else if self.turn.is_call(call) {
            let lent = result.and_then(|response| get_ice_server_config::parse(&response));
            return self.lent(lent, now);
        }
        Ok(())
    }

    /// Gives up what has taken too long.
    pub(super) fn timeout(&mut self, now: Now) -> Result<(), Trouble> {
        let late = |until: Option<Millis>| until.is_some_and(|until| now.mono >= until);
        if late(self.credentials.until()) {
            self.credentials = Task::Waiting;
            return Err(Trouble::Fatal(timed_out("the credentials provider")));
        }
        if late(self.arn.until()) {
            return Err(Trouble::Fatal(timed_out("DescribeSignalingChannel")));
        }
        if late(self.endpoints.until()) {
            return Err(Trouble::Fatal(timed_out("GetSignalingChannelEndpoint")));
        }
        if late(self.turn.until()) {
            return self.lent(Err(timed_out("GetIceServerConfig")), now);
        }
        Ok(())
    }

    pub(super) fn poll_timeout(&self) -> Option<Millis> {
        [self.credentials.until(), self.arn.until(), self.endpoints.until(), self.turn.until()]
            .into_iter()
            .flatten()
            .min()
    }

    fn has_work(&self) -> bool {
        self.arn.is_waiting()
            || self.endpoints.is_waiting()
            || self.turn.is_waiting()
            || self.socket == Socket::Wanted
    }

    fn lent(
        &mut self,
        result: Result<Vec<rest::IceServer>, Error>,
        now: Now,
    ) -> Result<(), Trouble> {
        self.turn = Task::Done(None);
        let turn = TurnServers::new(result.map_err(Trouble::NoTurn)?, now);
        if !turn.are_usable(now) {
            let message = "GetIceServerConfig: the service lent no usable TURN server";
            return Err(Trouble::NoTurn(Error::new(Code::ServiceBadResponse, message)));
        }
        self.turn = Task::Done(Some(turn));
        Ok(())
    }

    fn fetch<T>(
        &mut self,
        request: rest::Request,
        host: Option<crate::endpoints::Endpoint>,
        credentials: &Credentials,
        now: Now,
    ) -> (Task<T>, Output) {
        let call = self.next_call();
        let endpoint = host.as_ref().unwrap_or(&self.options.control);
        let signed = self.signer.sign(&request, endpoint, credentials, now.wall);
        let until = now.mono + CALL_TIMEOUT;
        (Task::Running { call, until }, Output::Fetch(call, signed))
    }

    fn next_call(&mut self) -> CallId {
        self.last_call = self.last_call.wrapping_add(1);
        CallId(self.last_call)
    }
}

fn not_active(info: &rest::ChannelInfo) -> Error {
    let message = format!("the channel {} is {}, not ACTIVE", info.name, info.status);
    Error::new(Code::ServiceChannelNotActive, message)
}

fn timed_out(who: &str) -> Error {
    Error::new(Code::NetworkTimeout, format!("{who} did not answer in time"))
}
