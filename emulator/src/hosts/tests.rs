use super::*;
use axum::http::{HeaderValue, Request, header::HOST};

const REGION: &str = "us-west-2";

fn endpoints(hosts: Hosts, tls: bool) -> Endpoints {
    Endpoints::new(hosts, REGION.to_owned(), tls, 8443)
}

fn names() -> Endpoints {
    endpoints(Hosts::Names("kvs.test".to_owned()), true)
}

fn arn(name: &str) -> ChannelArn {
    let text = format!("arn:aws:kinesisvideo:{REGION}:000000000000:channel/{name}/1700000000000");
    ChannelArn::parse(&text).unwrap()
}

fn to(host: &str) -> HeaderMap {
    HeaderMap::from_iter([(HOST, HeaderValue::from_str(host).unwrap())])
}

/// The parts of a request to this URL.
fn request(url: &str) -> Parts {
    let (host, path) = url.split_once("://").unwrap().1.split_once('/').unwrap();
    Request::get(format!("/{path}")).header(HOST, host).body(()).unwrap().into_parts().0
}

#[test]
fn one_origin_is_where_the_client_found_us() {
    let demo = arn("demo");
    for (host, tls, data, master) in [
        ("localhost:8443", false, "http://localhost:8443", "ws://localhost:8443/_kvs/m/demo"),
        ("192.168.1.5:9", true, "https://192.168.1.5:9", "wss://192.168.1.5:9/_kvs/m/demo"),
        ("[::1]:8443", true, "https://[::1]:8443", "wss://[::1]:8443/_kvs/m/demo"),
        ("kvs.test", true, "https://kvs.test", "wss://kvs.test/_kvs/m/demo"),
        ("no/host", true, "https://localhost:8443", "wss://localhost:8443/_kvs/m/demo"),
    ] {
        let endpoints = endpoints(Hosts::One, tls);
        assert_eq!(endpoints.of(&demo, Plane::Data, &to(host)), data);
        assert_eq!(endpoints.of(&demo, Plane::Master, &to(host)), master);
        assert_eq!(endpoints.plane_of(&to(host)), None);
        assert!(endpoints.are_of(&demo, &to(host)));
        let door = endpoints.door(&request(master)).unwrap();
        assert!(door.endpoint == Endpoint::Master && door.is_of(&demo));
        assert!(!door.is_of(&arn("other")));
    }
}

#[test]
fn names_are_shaped_as_the_services_are_and_lead_back() {
    let (endpoints, demo, other) = (names(), arn("demo"), arn("other"));
    let here = to("kvs.test:9443");
    for (plane, scheme, prefix) in [
        (Plane::Master, "wss", "m"),
        (Plane::Viewer, "wss", "v"),
        (Plane::Data, "https", "r"),
        (Plane::Storage, "https", "s"),
    ] {
        let url = endpoints.of(&demo, plane, &here);
        let rest = url.strip_prefix(&format!("{scheme}://{prefix}-")).unwrap();
        let (mark, rest) = rest.split_at(8);
        assert!(mark.chars().all(|c| c.is_ascii_hexdigit()), "{url}");
        assert_eq!(rest, ".kinesisvideo.us-west-2.kvs.test:9443");
        let host = to(url.split_once("://").unwrap().1);
        assert_eq!(endpoints.plane_of(&host), Some(plane));
        assert!(endpoints.are_of(&demo, &host) && !endpoints.are_of(&other, &host));
    }
}

#[test]
fn a_name_made_of_another_is_nobodys() {
    let (endpoints, demo) = (names(), arn("demo"));
    let master = endpoints.of(&demo, Plane::Master, &to("kvs.test"));
    let forged = to(&master.replacen("wss://m-", "v-", 1));
    assert_eq!(endpoints.plane_of(&forged), Some(Plane::Viewer));
    assert!(!endpoints.are_of(&demo, &forged));
}

#[test]
fn sockets_are_at_the_root_of_their_names() {
    let (endpoints, demo) = (names(), arn("demo"));
    for (plane, endpoint) in [(Plane::Master, Endpoint::Master), (Plane::Viewer, Endpoint::Viewer)]
    {
        let url = endpoints.of(&demo, plane, &to("kvs.test"));
        let door = endpoints.door(&request(&format!("{url}/?X-Amz-ChannelARN=x"))).unwrap();
        assert!(door.endpoint == endpoint && door.is_of(&demo) && !door.is_of(&arn("other")));
        assert!(endpoints.door(&request(&format!("{url}/_kvs/m/demo"))).is_none());
    }
    let data = endpoints.of(&demo, Plane::Data, &to("kvs.test"));
    assert!(endpoints.door(&request(&format!("{data}/"))).is_none());
    assert!(endpoints.door(&request("http://kvs.test/_kvs/m/demo")).is_none());
}

#[test]
fn every_host_has_its_part_of_the_service() {
    for (host, plane) in [
        ("kvs.test", Plane::Page),
        ("KVS.test:8443", Plane::Page),
        ("localhost:8443", Plane::Page),
        ("kinesisvideo.us-west-2.kvs.test", Plane::Control),
        ("kinesisvideo.us-east-1.kvs.test", Plane::Page),
        ("q-01234567.kinesisvideo.us-west-2.kvs.test", Plane::Page),
        ("m-01234567kinesisvideo.us-west-2.kvs.test", Plane::Page),
        ("m-01234567.kinesisvideo.us-west-2.kvs.test", Plane::Master),
        ("no/host", Plane::Page),
    ] {
        assert_eq!(names().plane_of(&to(host)), Some(plane), "{host}");
    }
    for (host, plane) in [
        ("127.0.0.1:8443", Plane::Page),
        ("localhost:8443", Plane::Page),
        ("127.0.0.2:8443", Plane::Control),
        ("127.0.0.3:8443", Plane::Master),
        ("127.0.0.4:8443", Plane::Viewer),
        ("127.0.0.5:8443", Plane::Data),
        ("127.0.0.6:8443", Plane::Storage),
        ("127.0.0.7:8443", Plane::Page),
    ] {
        let endpoints = endpoints(Hosts::Addresses, false);
        assert_eq!(endpoints.plane_of(&to(host)), Some(plane), "{host}");
    }
}

#[test]
fn addresses_are_every_channels() {
    let (endpoints, demo) = (endpoints(Hosts::Addresses, false), arn("demo"));
    let here = to("127.0.0.2:8080");
    for (plane, url) in [
        (Plane::Master, "ws://127.0.0.3:8080"),
        (Plane::Viewer, "ws://127.0.0.4:8080"),
        (Plane::Data, "http://127.0.0.5:8080"),
        (Plane::Storage, "http://127.0.0.6:8080"),
    ] {
        assert_eq!(endpoints.of(&demo, plane, &here), url);
    }
    assert!(endpoints.are_of(&demo, &to("127.0.0.5")));
    assert!(endpoints.door(&request("ws://127.0.0.4:8080/")).unwrap().is_of(&demo));
}

#[test]
fn people_are_told_where_it_begins() {
    for (endpoints, page, control) in [
        (endpoints(Hosts::One, true), "https://here:8443", "https://here:8443"),
        (endpoints(Hosts::Addresses, false), "http://here:8443", "http://127.0.0.2:8443"),
        (names(), "https://kvs.test:8443", "https://kinesisvideo.us-west-2.kvs.test:8443"),
    ] {
        assert_eq!(endpoints.origin(Plane::Page, "here"), page);
        assert_eq!(endpoints.origin(Plane::Control, "here"), control);
    }
}
