use super::*;

type Machine = Client<&'static str>;

fn url() -> Secret<String> {
    Secret::new("wss://v-1/?X-Amz-Signature=x".into())
}

fn drain(client: &mut Machine) -> Vec<Output<&'static str>> {
    std::iter::from_fn(|| client.poll()).collect()
}

fn events(client: &mut Machine) -> Vec<Event<&'static str>> {
    drain(client)
        .into_iter()
        .filter_map(|output| match output {
            Output::Emit(event) => Some(event),
            Output::Sign(_)
            | Output::OpenSocket(_)
            | Output::CloseSocket
            | Output::DropSocket
            | Output::Release(_)
            | Output::Dropped(_) => None,
        })
        .collect()
}

fn begin(client: &mut Machine) -> Attempt {
    client.open().unwrap();
    match drain(client).as_slice() {
        [Output::Sign(attempt)] => *attempt,
        other => panic!("{other:?}"),
    }
}

fn opening(held_until_drained: bool) -> Machine {
    let mut client = Machine::new(held_until_drained);
    let attempt = begin(&mut client);
    client.handle(Input::Signed(attempt, url()), Millis(0));
    assert_eq!(drain(&mut client), [Output::OpenSocket(url())]);
    client
}

fn open(held_until_drained: bool) -> Machine {
    let mut client = opening(held_until_drained);
    client.handle(Input::Opened, Millis(1));
    assert_eq!(drain(&mut client), [Output::Emit(Event::Open)]);
    client
}

fn tell(client: &mut Machine, frame: Frame<&'static str>) -> Vec<Output<&'static str>> {
    client.receive(Ok(frame));
    drain(client)
}

fn offer(payload: &'static str, ufrag: &str) -> Frame<&'static str> {
    let ufrags = vec![ufrag.to_owned()];
    Frame::Description { kind: Description::Offer, sender: None, payload, ufrags }
}

fn candidate(payload: &'static str, ufrag: &str) -> Frame<&'static str> {
    Frame::Candidate { sender: None, payload, ufrag: Some(ufrag.to_owned()), length: payload.len() }
}

fn close(expected: bool) -> Event<&'static str> {
    Event::Close { frame: CloseFrame::none(), expected }
}

#[test]
fn a_signer_that_fails_leaves_the_client_closed_and_able_to_open() {
    let mut client = Machine::new(false);
    let attempt = begin(&mut client);
    client.handle(Input::NotSigned(attempt, "no keys"), Millis(0));
    assert_eq!(
        drain(&mut client),
        [Output::DropSocket, Output::Emit(Event::Refused("no keys")), Output::Emit(close(false))]
    );
    begin(&mut client);
}

#[test]
fn an_open_client_cannot_be_opened_and_says_so_in_every_state() {
    let mut closing = open(false);
    closing.handle(Input::Close, Millis(3));
    let mut signing = Machine::new(false);
    begin(&mut signing);
    for mut client in [signing, opening(false), open(false), closing] {
        let error = client.open().unwrap_err();
        assert_eq!(error.message(), "Client is already open, opening, or closing");
    }
}

#[test]
fn closing_before_the_url_is_there_opens_no_socket() {
    let mut client = Machine::new(false);
    let first = begin(&mut client);
    client.handle(Input::Close, Millis(1));
    assert_eq!(drain(&mut client), [Output::Emit(close(true))]);
    client.handle(Input::Signed(first, url()), Millis(2));
    assert_eq!(drain(&mut client), []);

    let second = begin(&mut client);
    client.handle(Input::Signed(first, url()), Millis(3));
    client.handle(Input::NotSigned(first, "late"), Millis(3));
    assert_eq!(drain(&mut client), []);
    client.handle(Input::Signed(second, url()), Millis(4));
    assert_eq!(drain(&mut client), [Output::OpenSocket(url())]);
}

#[test]
fn a_socket_that_does_not_open_in_ten_seconds_is_given_up() {
    let mut client = opening(false);
    assert_eq!(client.poll_timeout(), Some(Millis(10_000)));
    client.handle(Input::Timeout, Millis(9_999));
    assert_eq!(drain(&mut client), []);
    client.handle(Input::Timeout, Millis(10_000));
    let told = drain(&mut client);
    assert_eq!(told[..2], [Output::CloseSocket, Output::DropSocket]);
    assert!(
        matches!(&told[2], Output::Emit(Event::Error(error)) if error.code() == Code::NetworkTimeout)
    );
    assert_eq!(told.last(), Some(&Output::Emit(close(false))));
    assert_eq!(client.poll_timeout(), None);
    begin(&mut client);
}

#[test]
fn a_socket_that_does_not_close_in_two_seconds_is_let_go_of() {
    let mut client = open(false);
    client.handle(Input::Close, Millis(100));
    assert_eq!(drain(&mut client), [Output::CloseSocket]);
    assert_eq!(client.poll_timeout(), Some(Millis(2_100)));
    client.handle(Input::Close, Millis(200));
    client.handle(Input::Timeout, Millis(2_099));
    assert_eq!(drain(&mut client), []);
    client.handle(Input::Timeout, Millis(2_100));
    assert_eq!(drain(&mut client), [Output::DropSocket, Output::Emit(close(true))]);
}

#[test]
fn the_end_says_what_the_socket_said_and_whether_it_was_expected() {
    let frame = CloseFrame { code: 1001, reason: "Going away".into(), was_clean: true };
    let mut lost = open(false);
    lost.handle(Input::Closed(frame.clone()), Millis(3));
    assert_eq!(events(&mut lost), [Event::Close { frame: frame.clone(), expected: false }]);
    lost.handle(Input::Closed(frame.clone()), Millis(4));
    assert_eq!(drain(&mut lost), []);

    let mut asked = open(false);
    asked.handle(Input::Close, Millis(3));
    asked.handle(Input::Closed(frame.clone()), Millis(4));
    assert_eq!(events(&mut asked), [Event::Close { frame, expected: true }]);
}

#[test]
fn a_socket_that_opens_after_it_was_closed_is_not_open() {
    let mut client = opening(false);
    client.handle(Input::Close, Millis(1));
    client.handle(Input::Opened, Millis(2));
    assert_eq!(events(&mut client), []);
    assert_eq!(client.check_open().unwrap_err().code(), Code::CallerNotConnected);
}

#[test]
fn a_failing_socket_is_an_error_by_what_it_was_doing() {
    let mut closing = open(false);
    closing.handle(Input::Close, Millis(3));
    for (mut client, code) in [
        (opening(false), Code::ServiceRefused),
        (open(false), Code::NetworkSocketClosed),
        (closing, Code::NetworkSocketClosed),
    ] {
        client.handle(Input::Failed(Some("403".into())), Millis(4));
        let [Event::Error(error)] = &events(&mut client)[..] else { panic!("no error") };
        assert_eq!(error.code(), code);
        assert_eq!(error.cause().unwrap().message(), "403");
    }
}

#[test]
fn a_socket_that_fails_to_open_and_never_says_that_it_is_closed_is_let_go_of() {
    let mut client = opening(false);
    client.handle(Input::Failed(None), Millis(500));
    assert_eq!(events(&mut client).len(), 1);
    client.handle(Input::Opened, Millis(600));
    assert_eq!(drain(&mut client), []);
    assert_eq!(client.poll_timeout(), Some(Millis(2_500)));
    client.handle(Input::Timeout, Millis(2_500));
    assert_eq!(
        drain(&mut client),
        [Output::CloseSocket, Output::DropSocket, Output::Emit(close(false))]
    );
}

#[test]
fn candidates_are_asked_for_after_their_description_was_told() {
    let mut client = open(false);
    assert_eq!(tell(&mut client, candidate("c", "u")), []);
    assert_eq!(client.held(&None).collect::<Vec<_>>(), [&"c"]);
    assert_eq!(
        tell(&mut client, offer("o", "u")),
        [Output::Emit(Event::Description(Description::Offer, "o", None)), Output::Release(None)]
    );
    client.release(&None);
    assert_eq!(events(&mut client), [Event::Candidate("c", None)]);
    assert_eq!(tell(&mut client, candidate("d", "u")).len(), 1);
}

#[test]
fn early_buffering_holds_until_they_are_drained() {
    let mut client = open(true);
    assert_eq!(tell(&mut client, candidate("c", "u")), []);
    assert_eq!(tell(&mut client, offer("o", "u")).len(), 1);
    client.drain(&None);
    assert_eq!(events(&mut client), [Event::Candidate("c", None)]);
}

#[test]
fn candidates_of_other_generations_are_dropped_and_those_of_replaced_ones_passed_on() {
    let mut client = open(false);
    tell(&mut client, candidate("zero", "z"));
    let told = tell(&mut client, offer("o", "a"));
    assert!(told.contains(&Output::Dropped(Dropped::OutdatedCandidate)));
    tell(&mut client, offer("p", "b"));
    let told = tell(&mut client, candidate("late", "a"));
    assert_eq!(told, [Output::Emit(Event::Candidate("late", None))]);
    let counted = client.dropped().find(|(reason, _)| *reason == Dropped::OutdatedCandidate);
    assert_eq!(counted, Some((Dropped::OutdatedCandidate, 1)));
}

#[test]
fn what_was_held_is_gone_when_it_is_opened_again_or_the_sender_forgotten() {
    let mut client = open(false);
    tell(&mut client, candidate("c", "u"));
    client.forget(&None);
    assert_eq!(client.held(&None).count(), 0);
    tell(&mut client, candidate("c", "u"));
    client.handle(Input::Closed(CloseFrame::none()), Millis(4));
    drain(&mut client);
    begin(&mut client);
    assert_eq!(client.held(&None).count(), 0);
}

#[test]
fn a_candidate_longer_than_the_service_carries_is_not_held() {
    let mut client = open(false);
    let long =
        Frame::Candidate { sender: None, payload: "c", ufrag: None, length: MAX_PAYLOAD + 1 };
    assert_eq!(tell(&mut client, long), [Output::Dropped(Dropped::TooLong)]);
}

#[test]
fn notices_are_told_and_bad_frames_counted() {
    let mut client = open(false);
    for (frame, event) in [
        (Frame::GoAway, Event::GoAway),
        (Frame::ReconnectIceServer, Event::ReconnectIceServer),
        (Frame::Status("s"), Event::Status("s")),
    ] {
        assert_eq!(tell(&mut client, frame), [Output::Emit(event)]);
    }
    assert_eq!(tell(&mut client, Frame::Acknowledgement), []);
    for reason in Dropped::ALL {
        client.receive(Err(reason));
        assert_eq!(drain(&mut client), [Output::Dropped(reason)]);
    }
    assert!(client.dropped().all(|(_, count)| count == 1));
}

/// What was told at once is told at once again, and changes nothing, for as long as it is said to.
#[test]
fn candidates_pass_after_one_that_was_told_at_once_until_something_changes() {
    type Act = fn(&mut Machine);
    let acts: [(Act, bool); 7] = [
        (|_| (), true),
        (|client| client.release(&None), true),
        (|client| client.drain(&None), false),
        (|client| client.forget(&None), false),
        (|client| drop(tell(client, offer("next", "w"))), false),
        (|client| drop(tell(client, candidate("early", "w"))), false),
        (|client| client.receive(Err(Dropped::BadSender)), false),
    ];
    for (act, passes) in acts {
        let mut client = open(false);
        tell(&mut client, candidate("held", "u"));
        assert!(!client.passes());
        tell(&mut client, offer("offer", "u"));
        assert!(!client.passes());
        for payload in ["one", "two"] {
            let told = [Output::Emit(Event::Candidate(payload, None))];
            assert_eq!(tell(&mut client, candidate(payload, "u")), told);
            assert!(client.passes());
        }
        act(&mut client);
        assert_eq!(client.passes(), passes);
    }
    let mut client = open(false);
    tell(&mut client, offer("offer", "u"));
    tell(&mut client, candidate("one", "u"));
    client.handle(Input::Closed(CloseFrame::none()), Millis(2));
    client.open().unwrap();
    assert!(!client.passes());
}
