//! How a fault is asked for, and what is said where it makes no sense.

use kvs_hub::{FaultName, FaultSpec, MessageType, Pattern, RoleName};

#[test]
fn the_command_lines_form_and_the_admin_apis_are_the_same() {
    let text = "drop,channel=flaky-*,role=viewer,message=ICE_CANDIDATE,times=3,skip=1";
    let spec = FaultSpec::parse(text).unwrap();
    let expected = FaultSpec {
        channel: Some(Pattern::parse("flaky-*").unwrap()),
        role: Some(RoleName::Viewer),
        message: Some(MessageType::IceCandidate),
        times: Some(3),
        skip: 1,
        ..FaultSpec::new(FaultName::Drop)
    };
    assert_eq!(spec, expected);
    let json = r#"{"fault":"drop","channel":"flaky-*","role":"viewer","message":"ICE_CANDIDATE",
        "times":3,"skip":1}"#;
    assert_eq!(serde_json::from_str::<FaultSpec>(json).unwrap(), expected);
    let written = serde_json::to_string(&expected).unwrap();
    assert_eq!(serde_json::from_str::<FaultSpec>(&written).unwrap(), expected);
}

#[test]
fn every_fault_is_known_by_its_name() {
    for (text, name) in [
        ("refuse-upgrade,status=404,clientId=a", FaultName::RefuseUpgrade),
        ("hang-upgrade,role=master", FaultName::HangUpgrade),
        ("refuse-call,operation=GetIceServerConfig,status=500,error=X", FaultName::RefuseCall),
        ("delay-call, millis=1", FaultName::DelayCall),
        ("throttle,message=SDP_OFFER", FaultName::Throttle),
        ("drop", FaultName::Drop),
        ("delay,millis=600000", FaultName::Delay),
        ("reorder,hold=100", FaultName::Reorder),
        ("duplicate,clientId=*", FaultName::Duplicate),
    ] {
        let spec = FaultSpec::parse(text).unwrap();
        assert_eq!(spec.fault, name);
        assert!(text.starts_with(name.as_str()), "{name}");
    }
}

#[test]
fn a_bad_fault_is_refused_with_what_where_and_how_to_mend_it() {
    for (text, words) in [
        ("", &["fault ``", "unknown variant"][..]),
        ("explode", &["`explode`", "refuse-upgrade", "duplicate"]),
        ("drop,channel", &["`channel` is not `member=value`", "channel=demo-*"]),
        ("drop,colour=red", &["colour", "clientId"]),
        ("drop,times=3,times=4", &["`times` is there twice"]),
        ("drop,times=lots", &["`times=lots`", "whole number"]),
        ("drop,times=-1", &["`times=-1`", "whole number"]),
        ("drop,times=0", &["`times` is 0", "leave it out for no end"]),
        ("drop,channel=a*b", &["`a*b` is no pattern", "may end with *"]),
        ("drop,role=owner", &["owner", "master", "viewer"]),
        ("drop,message=BYE", &["BYE", "SDP_OFFER"]),
        ("drop,millis=5", &["`drop` does not take `millis`", "it takes channel, clientId"]),
        ("drop,role=master,clientId=v1", &["a master has no client id", "leave out `clientId`"]),
        ("throttle,message=SDP_OFFER,operation=X", &["both a `message` and an `operation`"]),
        ("refuse-upgrade,status=302", &["`status` is 302", "400, 403, 404 or 500"]),
        ("refuse-call,status=200", &["`status` is 200", "400 to 599"]),
        ("refuse-call,status=99999", &["99999"]),
        ("refuse-call,error=a b\r\n", &["`error` takes a name"]),
        ("delay", &["`delay` needs `millis`"]),
        ("delay-call,millis=0", &["`millis` is 0"]),
        ("delay,millis=600001", &["`millis` is 600001", "1 to 600000"]),
        ("reorder,hold=0", &["`hold` is 0", "1 to 100"]),
    ] {
        let error = FaultSpec::parse(text).unwrap_err();
        assert!(error.starts_with("fault `"), "{text}: {error}");
        for word in words {
            assert!(error.contains(word), "{text}: {error} does not say {word}");
        }
    }
}

#[test]
fn an_error_does_not_repeat_all_of_a_long_fault() {
    let error = FaultSpec::parse(&"x".repeat(100_000)).unwrap_err();
    assert!(error.len() < 1000, "{}", error.len());
}

#[test]
fn what_came_as_json_is_checked_when_it_is_added() {
    let spec: FaultSpec = serde_json::from_str(r#"{"fault":"drop","hold":3}"#).unwrap();
    let error = kvs_hub::Hub::new(kvs_hub::HubConfig::new("us-west-2")).add_fault(spec);
    assert!(error.unwrap_err().contains("does not take `hold`"));
    assert!(serde_json::from_str::<FaultSpec>(r#"{"fault":"drop","client_id":"a"}"#).is_err());
}
