//! The machine of one call: keys, signature, time-outs, attempts, and a wrong clock mended.
//!
//! As every machine it does no I/O: `handle` an input, `poll` until `None`, then `Tick` when
//! `poll_timeout` has come.

use std::collections::VecDeque;

use super::retry::Retry;
use super::{Request, Response, SignedRequest, error};
use crate::credentials::Credentials;
use crate::endpoints::Endpoint;
use crate::error::{Code, Error};
use crate::ids::Region;
use crate::sigv4::Signer;
use crate::time::{ClockOffset, Millis, Now, UnixMillis};

/// A clock that is further from the service's than this is corrected, whatever the service says.
///
/// Source: "Signature Version 4 request elements", IAM user guide.
const MAX_SKEW_MILLIS: u64 = 5 * 60 * 1000;

/// A correction by less than this mends nothing.
const LEAST_CORRECTION_MILLIS: u64 = 1000;

/// How patient a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallOptions {
    /// How often it is tried, from 1; by default 3 times.
    pub max_attempts: u32,
    /// How long an attempt may take; by default 10 s.
    pub timeout: Millis,
}

impl Default for CallOptions {
    fn default() -> Self {
        Self { max_attempts: 3, timeout: Millis::from_secs(10) }
    }
}

/// What the calls of one client share.
#[derive(Debug)]
pub struct Shared {
    signer: Signer,
    offset: ClockOffset,
}

/// One call.
#[derive(Debug)]
pub struct Call {
    operation: &'static str,
    request: Request,
    endpoint: Endpoint,
    options: CallOptions,
    random: u64,
    state: State,
    effort: Effort,
    repairs: Vec<Repair>,
    outputs: VecDeque<Output>,
}

/// What a call has cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// How often it was sent.
    pub attempts: u32,
    /// How long it waited between attempts.
    pub total_retry_delay: Millis,
}

/// What happened.
#[derive(Debug)]
pub enum Input {
    /// The keys that were asked for.
    Credentials(Result<Credentials, Error>),
    /// What came of the attempt of this number.
    Answered(u32, Result<Response, Error>),
    /// The person no longer wants it.
    Aborted,
    /// It is time.
    Tick,
}

/// What is to be done.
#[derive(Debug)]
pub enum Output {
    /// Keys are needed; `fresh` ones where the service called those given expired.
    GetCredentials {
        /// Whether keys that are at hand will not do.
        fresh: bool,
    },
    /// A request is to be sent, as the attempt of this number.
    Send(u32, SignedRequest),
    /// The request that is on its way is no longer of interest.
    Cancel,
    /// The call is over: a success, or the error that it ended with.
    Done(Result<Response, Error>),
}

#[derive(Debug)]
enum State {
    /// Waits for keys.
    Keys,
    /// Waits for an answer.
    Sent {
        at: UnixMillis,
        until: Millis,
    },
    /// Waits for the next attempt.
    Pausing {
        until: Millis,
    },
    Done,
}

/// What is mended once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repair {
    Clock,
    Keys,
}

impl Shared {
    /// For calls in a region.
    pub const fn new(region: Region) -> Self {
        Self { signer: Signer::new(region), offset: ClockOffset::from_millis(0) }
    }

    /// How far the service's clock is known to be ahead.
    pub const fn offset(&self) -> ClockOffset {
        self.offset
    }

    /// Takes over a measured offset: one that is far from the present one, or any where a request
    /// was refused because of it. Answers by how much it changed.
    fn learn(&mut self, measured: ClockOffset, is_refused: bool) -> u64 {
        let change = measured.as_millis().abs_diff(self.offset.as_millis());
        if change < MAX_SKEW_MILLIS && !is_refused {
            return 0;
        }
        self.offset = measured;
        change
    }
}

impl Call {
    /// A call that begins with asking for keys. `random` spreads its attempts.
    pub fn new(
        operation: &'static str,
        request: Request,
        endpoint: Endpoint,
        options: CallOptions,
        random: u64,
    ) -> Self {
        Self {
            operation,
            request,
            endpoint,
            options,
            random,
            state: State::Keys,
            effort: Effort::default(),
            repairs: Vec::new(),
            outputs: VecDeque::from([Output::GetCredentials { fresh: false }]),
        }
    }

    /// Takes note of what happened.
    pub fn handle(&mut self, input: Input, now: Now, shared: &mut Shared) {
        match input {
            Input::Credentials(result) => self.keys(result, now, shared),
            Input::Answered(attempt, result) => {
                let State::Sent { at, .. } = self.state else { return };
                if attempt == self.effort.attempts {
                    self.answered(result, at, now, shared);
                }
            }
            Input::Aborted => self.aborted(),
            Input::Tick => self.tick(now),
        }
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to `Tick`.
    pub const fn poll_timeout(&self) -> Option<Millis> {
        match self.state {
            State::Sent { until, .. } | State::Pausing { until } => Some(until),
            State::Keys | State::Done => None,
        }
    }

    /// What it has cost so far.
    pub const fn effort(&self) -> Effort {
        self.effort
    }

    fn keys(&mut self, result: Result<Credentials, Error>, now: Now, shared: &mut Shared) {
        match self.state {
            State::Keys => {}
            State::Sent { .. } | State::Pausing { .. } | State::Done => return,
        }
        let credentials = match result {
            Ok(credentials) => credentials,
            Err(error) => return self.done(Err(error)),
        };
        let at = shared.offset.applied_to(now.wall);
        let signed = shared.signer.sign(&self.request, &self.endpoint, &credentials, at);
        self.effort.attempts += 1;
        self.state = State::Sent { at: now.wall, until: now.mono + self.options.timeout };
        self.outputs.push_back(Output::Send(self.effort.attempts, signed));
    }

    fn answered(
        &mut self,
        result: Result<Response, Error>,
        sent: UnixMillis,
        now: Now,
        shared: &mut Shared,
    ) {
        let response = match result {
            Ok(response) => response,
            Err(error) => return self.failed(error, now),
        };
        let error = error_of(self.operation, &response);
        let code = error.as_ref().map(Error::code);
        let date = response.date.as_deref().and_then(UnixMillis::parse_http_date);
        let correction = date.map_or(0, |date| {
            let measured = ClockOffset::measured(date, sent, now.wall);
            shared.learn(measured, code == Some(Code::CallerClockSkewed))
        });
        let Some(error) = error else { return self.done(Ok(response)) };
        match code {
            Some(Code::CallerClockSkewed) if correction >= LEAST_CORRECTION_MILLIS => {
                self.repair(Repair::Clock, error);
            }
            // Not every refusal of a signature says that its date is what is wrong with it.
            Some(Code::KeysWrongSecret) if correction >= MAX_SKEW_MILLIS => {
                self.repair(Repair::Clock, error::clock_skewed(self.operation, &response));
            }
            Some(Code::KeysExpired) => self.repair(Repair::Keys, error),
            _ => self.again(Retry::of_response(&response), error, now),
        }
    }

    /// Tries again at once, with the right date or other keys; if that was tried, it is over.
    fn repair(&mut self, repair: Repair, error: Error) {
        if self.repairs.contains(&repair) || self.effort.attempts >= self.options.max_attempts {
            return self.done(Err(error));
        }
        self.repairs.push(repair);
        self.state = State::Keys;
        self.outputs.push_back(Output::GetCredentials { fresh: repair == Repair::Keys });
    }

    fn failed(&mut self, error: Error, now: Now) {
        self.again(Retry::of_error(&error), error, now);
    }

    fn again(&mut self, retry: Retry, error: Error, now: Now) {
        let attempt = self.effort.attempts;
        // Every attempt has other bits of the random number in front.
        let random = self.random.rotate_left(attempt.wrapping_mul(17));
        match retry.delay(attempt.saturating_sub(1), random) {
            Some(delay) if attempt < self.options.max_attempts => {
                self.effort.total_retry_delay = self.effort.total_retry_delay + delay;
                self.state = State::Pausing { until: now.mono + delay };
            }
            _ => self.done(Err(error)),
        }
    }

    fn tick(&mut self, now: Now) {
        match self.state {
            State::Sent { until, .. } if now.mono >= until => {
                self.outputs.push_back(Output::Cancel);
                let host = self.endpoint.host();
                let message = [self.operation, ": ", &host, " did not answer in time"].concat();
                self.failed(Error::new(Code::NetworkTimeout, message), now);
            }
            State::Pausing { until } if now.mono >= until => {
                self.state = State::Keys;
                self.outputs.push_back(Output::GetCredentials { fresh: false });
            }
            State::Keys | State::Sent { .. } | State::Pausing { .. } | State::Done => {}
        }
    }

    fn aborted(&mut self) {
        match self.state {
            State::Done => return,
            State::Sent { .. } => self.outputs.push_back(Output::Cancel),
            State::Keys | State::Pausing { .. } => {}
        }
        let message = [self.operation, ": the call was aborted"].concat();
        self.done(Err(Error::new(Code::CallerAborted, message)));
    }

    fn done(&mut self, result: Result<Response, Error>) {
        self.state = State::Done;
        self.outputs.push_back(Output::Done(result));
    }
}

fn error_of(operation: &str, response: &Response) -> Option<Error> {
    super::done(operation, response).err()
}

#[cfg(test)]
mod tests;
