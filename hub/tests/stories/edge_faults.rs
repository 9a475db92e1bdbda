//! Calls and upgrades that go wrong on purpose.

use kvs_hub::{CallFault, ChannelName, Hub, Millis, Refusal, Role, UpgradeFault};

use crate::rig::{Rig, viewer};

fn refusal(status: u16, error: &str) -> Option<Refusal> {
    Some(Refusal { status, error: error.to_owned() })
}

fn call(hub: &mut Hub, operation: &str, channel: &str) -> CallFault {
    hub.call_fault(operation, Some(&ChannelName::parse(channel).unwrap()))
}

#[test]
fn a_call_is_refused_by_its_operation_and_channel() {
    let mut rig = Rig::new();
    rig.fault("refuse-call,operation=GetIceServerConfig,channel=a*,status=404,times=1");
    let hub = &mut rig.hub;
    assert_eq!(call(hub, "DescribeSignalingChannel", "a1"), CallFault::default());
    assert_eq!(call(hub, "GetIceServerConfig", "b1"), CallFault::default());
    assert_eq!(hub.call_fault("GetIceServerConfig", None), CallFault::default());
    let fault = call(hub, "GetIceServerConfig", "a1");
    assert_eq!(fault.refusal, refusal(404, "ResourceNotFoundException"));
    assert_eq!(call(hub, "GetIceServerConfig", "a1"), CallFault::default(), "it was for once");
}

#[test]
fn a_call_may_be_late_and_then_refused() {
    let mut rig = Rig::new();
    rig.fault("delay-call,millis=250");
    rig.fault("refuse-call,status=503,error=ServiceUnavailableException");
    let fault = call(&mut rig.hub, "ListSignalingChannels", "a");
    assert_eq!(fault.delay, Some(Millis(250)));
    assert_eq!(fault.refusal, refusal(503, "ServiceUnavailableException"));
}

#[test]
fn an_upgrade_is_refused_or_hangs_by_who_connects() {
    let mut rig = Rig::new();
    rig.fault("refuse-upgrade,role=master,status=500");
    rig.fault("refuse-upgrade,clientId=denied-*");
    rig.fault("hang-upgrade,clientId=stuck");
    rig.fault("delay-call,operation=ConnectAsViewer,millis=40");
    let hub = &mut rig.hub;
    let delay = Some(Millis(40));
    let master = hub.upgrade_fault("demo", &Role::Master);
    let error = refusal(500, "InternalFailureException");
    assert_eq!(master, UpgradeFault { delay: None, refusal: error, hang: false });
    let denied = hub.upgrade_fault("demo", &viewer("denied-7"));
    let error = refusal(403, "AccessDeniedException");
    assert_eq!(denied, UpgradeFault { delay, refusal: error, hang: false });
    let stuck = hub.upgrade_fault("demo", &viewer("stuck"));
    assert_eq!(stuck, UpgradeFault { delay, refusal: None, hang: true });
    let fine = hub.upgrade_fault("demo", &viewer("v1"));
    assert_eq!(fine, UpgradeFault { delay, refusal: None, hang: false });
    assert_eq!(call(hub, "DescribeSignalingChannel", "demo"), CallFault::default());
}

#[test]
fn a_throttle_is_for_calls_upgrades_and_messages_alike() {
    let mut rig = Rig::new();
    let v1 = rig.viewer("v1");
    rig.fault("throttle");
    let limit = refusal(400, "ClientLimitExceededException");
    assert_eq!(call(&mut rig.hub, "GetIceServerConfig", "a").refusal, limit);
    assert_eq!(rig.hub.upgrade_fault("a", &Role::Master).refusal, limit);
    rig.viewer_asks(v1, "SDP_OFFER", "c");
    assert_eq!(rig.inbox(v1).len(), 1);
    let hits: Vec<u64> = rig.hub.faults().map(|(_, _, hits)| hits).collect();
    assert_eq!(hits, [3]);
}

#[test]
fn a_message_fault_leaves_calls_alone_and_the_other_way_round() {
    let mut rig = Rig::new();
    let (master, v1) = (rig.master(), rig.viewer("v1"));
    for spec in ["drop,message=SDP_OFFER", "throttle,message=SDP_OFFER", "throttle,operation=X"] {
        rig.fault(spec);
    }
    assert_eq!(call(&mut rig.hub, "GetIceServerConfig", "a"), CallFault::default());
    assert_eq!(rig.hub.upgrade_fault("a", &Role::Master), UpgradeFault::default());
    rig.viewer_sends(v1, "ICE_CANDIDATE", "MQ==");
    assert_eq!(rig.payloads(master), ["MQ=="]);
}
