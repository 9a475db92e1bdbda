//! Calls in virtual time.

use super::*;
use crate::rest::tests::ok;

const T0: u64 = 1_735_787_045_000;
const DATE: &str = "Thu, 02 Jan 2025 03:04:05 GMT";

/// A call, what it shares, and two clocks.
struct Rig {
    call: Call,
    shared: Shared,
    now: Now,
}

impl Rig {
    fn new(options: CallOptions) -> Self {
        let request = Request { path: "/describeStream", body: "{}".into() };
        let endpoint = Endpoint::parse_override("https://h.example.com").unwrap();
        Self {
            call: Call::new("DescribeStream", request, endpoint, options, u64::MAX),
            shared: Shared::new(Region::parse("us-west-2").unwrap()),
            now: Now { mono: Millis(50), wall: UnixMillis(T0) },
        }
    }

    fn again(self) -> Self {
        let shared = self.shared;
        Self { shared, now: self.now, ..Self::new(CallOptions::default()) }
    }

    fn handle(&mut self, input: Input) {
        self.call.handle(input, self.now, &mut self.shared);
    }

    /// Gives keys, which were asked for, and answers the date and number of what is sent.
    #[track_caller]
    fn sent(&mut self, expect_fresh: bool) -> (u32, String) {
        match self.call.poll() {
            Some(Output::GetCredentials { fresh }) => assert_eq!(fresh, expect_fresh),
            other => panic!("{other:?}"),
        }
        self.handle(Input::Credentials(Credentials::new("AK", "SK", None)));
        let Some(Output::Send(attempt, request)) = self.call.poll() else { panic!("not sent") };
        assert!(self.call.poll().is_none());
        assert_eq!(request.url, "https://h.example.com/describeStream");
        let (_, date) = request.headers.iter().find(|(name, _)| *name == "x-amz-date").unwrap();
        (attempt, date.expose().clone())
    }

    fn answer(&mut self, answer: Response) {
        let attempt = self.call.effort().attempts;
        self.handle(Input::Answered(attempt, Ok(answer)));
    }

    fn wait(&mut self) -> Millis {
        let until = self.call.poll_timeout().unwrap();
        let waited = until - self.now.mono;
        self.now.mono = until;
        self.now.wall.0 += waited.0;
        self.handle(Input::Tick);
        waited
    }

    #[track_caller]
    fn end(&mut self) -> Result<Response, Error> {
        let Some(Output::Done(result)) = self.call.poll() else { panic!("not done") };
        assert!(self.call.poll().is_none() && self.call.poll_timeout().is_none());
        result
    }

    #[track_caller]
    fn code(&mut self) -> Code {
        self.end().unwrap_err().code()
    }
}

fn rig() -> Rig {
    Rig::new(CallOptions::default())
}

fn refused(status: u16, name: &str, text: &str, date: Option<&str>) -> Response {
    Response {
        status,
        error_type: Some(name.into()),
        body: format!(r#"{{"Message":"{text}"}}"#),
        date: date.map(str::to_owned),
    }
}

#[test]
fn a_good_answer_ends_the_call() {
    let mut rig = rig();
    assert_eq!(rig.sent(false), (1, "20250102T030405Z".into()));
    rig.answer(ok("{}"));
    assert_eq!(rig.end().unwrap(), ok("{}"));
    assert_eq!(rig.call.effort(), Effort { attempts: 1, total_retry_delay: Millis(0) });
}

#[test]
fn a_failure_of_the_service_is_tried_three_times_in_all() {
    let mut rig = rig();
    rig.sent(false);
    rig.answer(refused(503, "ServiceUnavailableException", "", None));
    assert_eq!(rig.wait(), Millis(99));
    assert_eq!(rig.sent(false).0, 2);
    rig.handle(Input::Answered(2, Err(Error::new(Code::NetworkUnreachable, "x"))));
    assert_eq!(rig.wait(), Millis(199));
    assert_eq!(rig.sent(false).0, 3);
    rig.answer(refused(500, "InternalFailure", "", None));
    assert_eq!(rig.code(), Code::ServiceFailed);
    assert_eq!(rig.call.effort(), Effort { attempts: 3, total_retry_delay: Millis(298) });
}

#[test]
fn a_throttle_waits_longer_and_a_full_channel_is_told_at_once() {
    let mut rig = rig();
    rig.sent(false);
    rig.answer(refused(400, "ClientLimitExceededException", "Rate exceeded", None));
    assert_eq!(rig.wait(), Millis(499));
    rig.sent(false);
    let full = "the maximum number of viewers is reached";
    rig.answer(refused(400, "ClientLimitExceededException", full, None));
    let error = rig.end().unwrap_err();
    assert_eq!(error.code(), Code::ServiceLimitExceeded);
    let service = error.service().unwrap();
    assert_eq!(service.name.as_deref(), Some("ClientLimitExceededException"));
    assert_eq!(service.status, 400);
}

#[test]
fn what_the_caller_did_wrong_is_not_tried_again() {
    for (status, name) in [
        (400, "InvalidArgumentException"),
        (403, "AccessDeniedException"),
        (404, "ResourceNotFoundException"),
        (400, "VersionMismatchException"),
    ] {
        let mut rig = rig();
        rig.sent(false);
        rig.answer(refused(status, name, "", None));
        assert!(rig.end().is_err(), "{name}");
        assert_eq!(rig.call.effort().attempts, 1, "{name}");
    }
}

#[test]
fn an_attempt_has_its_time() {
    let mut rig = Rig::new(CallOptions { max_attempts: 2, timeout: Millis(700) });
    rig.sent(false);
    assert_eq!(rig.wait(), Millis(700));
    assert!(matches!(rig.call.poll(), Some(Output::Cancel)));
    rig.wait();
    assert_eq!(rig.sent(false).0, 2);
    // What came too late is none of the second attempt's.
    rig.handle(Input::Answered(1, Ok(ok("{}"))));
    assert!(rig.call.poll().is_none());
    rig.wait();
    assert!(matches!(rig.call.poll(), Some(Output::Cancel)));
    assert_eq!(rig.code(), Code::NetworkTimeout);
}

#[test]
fn an_early_tick_is_nothing() {
    let mut rig = rig();
    rig.sent(false);
    rig.handle(Input::Tick);
    assert!(rig.call.poll().is_none());
    assert_eq!(rig.call.poll_timeout(), Some(Millis(10_050)));
}

#[test]
fn aborting_ends_the_call_wherever_it_is() {
    let mut waiting_for_keys = rig();
    waiting_for_keys.call.poll();
    waiting_for_keys.handle(Input::Aborted);
    assert_eq!(waiting_for_keys.code(), Code::CallerAborted);
    waiting_for_keys.handle(Input::Credentials(Credentials::new("AK", "SK", None)));
    assert!(waiting_for_keys.call.poll().is_none());

    let mut sent = rig();
    sent.sent(false);
    sent.handle(Input::Aborted);
    assert!(matches!(sent.call.poll(), Some(Output::Cancel)));
    assert_eq!(sent.code(), Code::CallerAborted);
    sent.answer(ok("{}"));
    sent.handle(Input::Aborted);
    assert!(sent.call.poll().is_none());

    let mut pausing = rig();
    pausing.sent(false);
    pausing.answer(refused(500, "X", "", None));
    pausing.handle(Input::Aborted);
    assert_eq!(pausing.code(), Code::CallerAborted);
}

#[test]
fn keys_that_cannot_be_had_end_the_call() {
    let mut rig = rig();
    rig.call.poll();
    rig.handle(Input::Credentials(Err(Error::new(Code::KeysMissing, "none"))));
    assert_eq!(rig.code(), Code::KeysMissing);
}

#[test]
fn expired_keys_are_asked_for_again_once() {
    let mut rig = rig();
    rig.sent(false);
    rig.answer(refused(403, "ExpiredTokenException", "", None));
    assert_eq!(rig.sent(true).0, 2);
    rig.answer(refused(403, "ExpiredTokenException", "", None));
    assert_eq!(rig.code(), Code::KeysExpired);
}

#[test]
fn a_wrong_clock_is_mended_and_stays_mended() {
    for (hours, text) in [(1, "Signature not yet current"), (-1, "Signature expired: x is earlier")]
    {
        let mut rig = rig();
        rig.now.wall = UnixMillis(T0.saturating_add_signed(hours * 3_600_000));
        let (_, wrong) = rig.sent(false);
        assert_ne!(&wrong[..11], "20250102T03");
        rig.answer(refused(403, "InvalidSignatureException", text, Some(DATE)));
        assert_eq!(rig.sent(false), (2, "20250102T030405Z".into()));
        rig.answer(ok("{}"));
        assert!(rig.end().is_ok());
        assert_eq!(rig.shared.offset().as_millis(), -hours * 3_600_000 + 500);
        let mut next = rig.again();
        assert_eq!(next.sent(false), (1, "20250102T030405Z".into()));
    }
}

#[test]
fn a_signature_that_is_refused_without_a_word_on_its_date_is_looked_at() {
    let mut rig = rig();
    rig.now.wall.0 += 3_600_000;
    rig.sent(false);
    rig.answer(refused(403, "SignatureDoesNotMatch", "", Some(DATE)));
    assert_eq!(rig.sent(false), (2, "20250102T030405Z".into()));
    rig.answer(refused(403, "SignatureDoesNotMatch", "", Some(DATE)));
    assert_eq!(rig.code(), Code::KeysWrongSecret);
}

#[test]
fn a_clock_that_cannot_be_mended_is_named() {
    // Without a date that may be read; and refused again though it is right.
    let mut without = rig();
    without.sent(false);
    without.answer(refused(403, "InvalidSignatureException", "Signature expired", None));
    assert_eq!(without.code(), Code::CallerClockSkewed);

    let mut again = rig();
    again.now.wall.0 += 3_600_000;
    for _ in 0..2 {
        again.sent(false);
        let answer = refused(403, "InvalidSignatureException", "Signature expired", Some(DATE));
        again.answer(answer);
    }
    assert_eq!(again.code(), Code::CallerClockSkewed);

    let mut once = Rig::new(CallOptions { max_attempts: 1, ..CallOptions::default() });
    once.now.wall.0 += 3_600_000;
    once.sent(false);
    once.answer(refused(403, "SignatureDoesNotMatch", "", Some(DATE)));
    assert_eq!(once.code(), Code::CallerClockSkewed);
}

#[test]
fn a_date_that_is_nearly_ours_changes_nothing() {
    let mut rig = rig();
    rig.now.wall.0 += 299_000;
    rig.sent(false);
    rig.answer(Response { date: Some(DATE.into()), ..ok("{}") });
    assert!(rig.end().is_ok());
    assert_eq!(rig.shared.offset(), ClockOffset::default());
    let mut rig = rig.again();
    rig.now.wall.0 += 1_000_000;
    rig.sent(false);
    rig.answer(Response { date: Some("nonsense".into()), ..ok("{}") });
    assert_eq!(rig.shared.offset(), ClockOffset::default());
    let mut rig = rig.again();
    rig.sent(false);
    rig.answer(Response { date: Some(DATE.into()), ..ok("{}") });
    assert_eq!(rig.shared.offset().as_millis(), -1_298_500);
}

#[test]
fn every_pause_is_its_own() {
    let mut rig = rig();
    rig.call.random = 0x0123_4567_89ab_cdef;
    let mut pauses = Vec::new();
    for _ in 0..2 {
        rig.sent(false);
        rig.answer(refused(500, "X", "", None));
        pauses.push(rig.wait());
    }
    assert_eq!(pauses, [Millis(54), Millis(30)]);
}
