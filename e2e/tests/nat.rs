//! Which candidates and which servers a connection has: each box by itself does what it says.

use anyhow::{Context, Result, ensure};
use kvs_e2e::{Camera, Page, SOON, Story};
use serde_json::{Value, json};

use crate::{
    options::WATCH,
    people::{master, start_master, tales},
};

tales![
    each_candidate_box_is_of_one_way_alone,
    an_offer_with_candidates_has_those_that_may_be_sent,
    each_turn_box_takes_its_servers_away,
    nat_traversal_sets_the_servers,
    a_call_with_stun_only_has_no_relay,
];

/// What is not sent and what is not accepted: each box once, and never both ways of one kind.
const OFF: [(&str, &str); 4] =
    [("host tcp", "srflx"), ("srflx", "relay udp"), ("prflx udp", "host"), ("relay", "prflx tcp")];

const TYPES: [&str; 4] = ["host", "srflx", "prflx", "relay"];

/// As soon as there is an answer, a connection finds a candidate of each type and transport, and is
/// told of one by the other side.
const FIND: &str = "
    const types = ['host', 'srflx', 'prflx', 'relay'];
    const all = types.flatMap((type) => ['udp', 'tcp'].map((transport) => ({
      candidate: `candidate:1 1 ${transport} 1 192.0.2.1 9 typ ${type}`
        + (type === 'host' ? '' : ' raddr 0.0.0.0 rport 0') + (transport === 'tcp' ? ' tcptype active' : ''),
      sdpMid: '0', sdpMLineIndex: 0,
    })));
    const find = (connection) => all.forEach((candidate) => {
      connection.dispatchEvent(
        new RTCPeerConnectionIceEvent('icecandidate', { candidate: new RTCIceCandidate(candidate) }));
      const messagePayload = btoa(JSON.stringify(candidate));
      const data = JSON.stringify({ messageType: 'ICE_CANDIDATE', senderClientId: '', messagePayload });
      probe.sockets.at(-1).dispatchEvent(new MessageEvent('message', { data }));
    });
    const { setRemoteDescription } = RTCPeerConnection.prototype;
    RTCPeerConnection.prototype.setRemoteDescription = async function (answer) {
      await setRemoteDescription.call(this, answer);
      find(this);
    };
    const named = /candidate:1 1 (\\w+) 1 192\\.0\\.2\\.1 9 typ (\\w+)/;
    globalThis.made = (texts) => texts.map((text) => named.exec(text)).filter(Boolean)
      .map(([, transport, type]) => `${type} ${transport}`).sort().join();";

async fn each_candidate_box_is_of_one_way_alone(story: &Story<'_>) -> Result<()> {
    let _master = master(story, "").await?;
    let page = story.open("viewer", Camera::Missing, "sendVideo=false").await?;
    page.run(&format!("{WATCH}{FIND}"), vec![]).await?;
    for (send, accept) in OFF {
        set_candidates(&page, send, accept).await?;
        page.run("said.length = taken.length = 0;", vec![]).await?;
        page.click("#viewer-button").await?;
        let (sent, taken) = (passing(send), passing(accept));
        let seen = format!("made(sent()) === '{sent}' && made(taken) === '{taken}'");
        let outcome = page.until(&format!("{send} | {accept}"), SOON, &seen).await;
        if outcome.is_err() {
            outcome.context(page.value("`${made(sent())} | ${made(taken)}`").await?.to_string())?;
        }
        // Without candidates there may be no call any more.
        page.run("document.getElementById('stop-viewer-button').click();", vec![]).await?;
        page.until("it is over", SOON, "kvs.viewer === null").await?;
    }
    Ok(())
}

/// Of the candidates of each type and transport those of which neither is off.
fn passing(off: &str) -> String {
    let on = |kind: &str| !off.split(' ').any(|one| one == kind);
    let of = |kind: &&str| on(kind);
    let mut passing: Vec<_> = TYPES
        .iter()
        .filter(|kind| of(kind))
        .flat_map(|kind| {
            ["udp", "tcp"].into_iter().filter(|way| on(way)).map(move |way| format!("{kind} {way}"))
        })
        .collect();
    passing.sort();
    passing.join(",")
}

async fn set_candidates(page: &Page, send: &str, accept: &str) -> Result<()> {
    let script = "for (const [way, off] of [['send', arguments[0]], ['accept', arguments[1]]])
        for (const kind of ['host', 'srflx', 'prflx', 'relay', 'tcp', 'udp'])
          document.getElementById(`${way}-${kind}`).checked = !off.split(' ').includes(kind);";
    page.run(script, vec![json!(send), json!(accept)]).await.map(drop)
}

async fn an_offer_with_candidates_has_those_that_may_be_sent(story: &Story<'_>) -> Result<()> {
    let master = master(story, "useTrickleICE=false&send-tcp=false").await?;
    master.run(WATCH, vec![]).await?;
    let query = "sendVideo=false&useTrickleICE=false&send-host=false";
    let page = story.open("viewer", Camera::Missing, query).await?;
    page.run(WATCH, vec![]).await?;
    page.click("#viewer-button").await?;
    page.until_text("#status", "Connected", SOON).await?;
    for (side, action, off) in [(&page, "SDP_OFFER", "typ host"), (&master, "SDP_ANSWER", " tcp ")]
    {
        let script = "const [, text] = said.find(([action]) => action === arguments[0]);
                      const lines = JSON.parse(text).sdp.split('\\r\\n').filter((line) => line.startsWith('a=candidate'));
                      return [sent().length, lines.length > 0, lines.filter((line) => line.includes(arguments[1]))];";
        let seen = side.run(script, vec![json!(action), json!(off)]).await?;
        ensure!(seen == json!([0, true, []]), "{action}: {seen}");
    }
    Ok(())
}

/// Two TURN servers, as the service lends them.
const TWO_SERVERS: &str = "
    const { fetch } = globalThis;
    globalThis.fetch = async (request, ...rest) => {
      const { url } = new Request(request, ...rest);
      if (!url.endsWith('/v1/get-ice-server-config')) return fetch(request, ...rest);
      const IceServerList = [1, 2].map((at) => ({
        Uris: ['turn', 'turns', 'turns-tcp'].map((kind) =>
          `${kind.split('-')[0]}:192.0.2.${at}:443?transport=${kind.split('-')[1] ?? 'udp'}`),
        Username: 'me', Password: 'hush', Ttl: 300,
      }));
      return new Response(JSON.stringify({ IceServerList }), { headers: { 'Content-Type': 'application/json' } });
    };";

/// What the last connection may use, but STUN.
const USED: &str =
    "probe.connections.at(-1).getConfiguration().iceServers.flatMap(({ urls }) => urls)
    .filter((url) => url.startsWith('turn')).sort()";

async fn each_turn_box_takes_its_servers_away(story: &Story<'_>) -> Result<()> {
    let _master = master(story, "").await?;
    let page = story.open("viewer", Camera::Missing, "sendVideo=false").await?;
    page.run(TWO_SERVERS, vec![]).await?;
    let all = ["turn:udp", "turns:udp", "turns:tcp"];
    for (off, gone) in [
        ("", ""),
        ("turn-with-udp", "turn:udp"),
        ("turns-with-udp", "turns:udp"),
        ("turns-with-tcp", "turns:tcp"),
    ] {
        for one_set in [true, false] {
            page.tick("#turn-one-set-only", one_set).await?;
            if !off.is_empty() {
                page.tick(&format!("#{off}"), false).await?;
            }
            let used = connect(&page).await?;
            let used = used.as_array().context("no list")?;
            let left: Vec<_> = all.iter().filter(|kind| **kind != gone).collect();
            let sets = if one_set { 1 } else { 2 };
            ensure!(used.len() == sets * left.len(), "without {off:?}, {sets} of 2 sets: {used:?}");
            for kind in left {
                let (scheme, way) = kind.split_once(':').context("no kind")?;
                let of = |url: &&Value| {
                    url.as_str().is_some_and(|url| {
                        url.starts_with(&format!("{scheme}:192.0.2.")) && url.ends_with(way)
                    })
                };
                ensure!(used.iter().filter(of).count() == sets, "{kind} without {off:?}: {used:?}");
            }
            if !off.is_empty() {
                page.tick(&format!("#{off}"), true).await?;
            }
        }
    }
    for id in ["turn-with-udp", "turns-with-udp", "turns-with-tcp"] {
        page.tick(&format!("#{id}"), false).await?;
    }
    let used = connect(&page).await?;
    ensure!(used == json!([]), "all are switched off: {used}");
    Ok(())
}

/// Begins a call; gives the TURN servers that it may use.
async fn connect(page: &Page) -> Result<Value> {
    let before = page.value("probe.connections.length").await?;
    page.click("#viewer-button").await?;
    let begun = format!(
        "probe.connections.length > {before} && kvs.viewer?.peerConnection?.remoteDescription"
    );
    page.until("a connection is made", SOON, &begun).await?;
    let used = page.value(USED).await?;
    page.click("#stop-viewer-button").await?;
    Ok(used)
}

async fn nat_traversal_sets_the_servers(story: &Story<'_>) -> Result<()> {
    let _master = master(story, "").await?;
    let page = story.open("viewer", Camera::Missing, "sendVideo=false").await?;
    let schemes = "[...new Set(probe.connections.at(-1).getConfiguration().iceServers
        .flatMap(({ urls }) => urls).map((url) => url.split(':')[0]))].sort().join()";
    let policy = "probe.connections.at(-1).getConfiguration().iceTransportPolicy";
    for (choice, used, transport) in [
        ("natTraversalDisabled", "", "all"),
        ("forceSTUN", "stun", "all"),
        ("forceTURN", "turn", "relay"),
        ("natTraversalEnabled", "stun,turn", "all"),
    ] {
        page.tick(&format!("#{choice}"), true).await?;
        connect(&page).await?;
        let seen = page.value(&format!("[{schemes}, {policy}]")).await?;
        ensure!(seen == json!([used, transport]), "{choice}: {seen}");
    }
    Ok(())
}

/// Once all is gathered: the schemes of the servers, and the types of the candidates, of which the last two are in use;
/// else null.
const PATH: &str = "
    const [connection] = probe.connections;
    if (connection.iceGatheringState !== 'complete') return null;
    const once = (list) => [...new Set(list)];
    const urls = connection.getConfiguration().iceServers.flatMap(({ urls }) => urls);
    const found = connection.localDescription.sdp.match(/^a=candidate:.*/gm);
    const { local, remote } = await probe.selectedPair(connection);
    return [once(urls.map((url) => url.split(':')[0])),
            [...found.map((line) => / typ (\\w+)/.exec(line)[1]), local, remote]];";

async fn a_call_with_stun_only_has_no_relay(story: &Story<'_>) -> Result<()> {
    let master = story.open("master", Camera::Granted, "").await?;
    let viewer = story.open("viewer", Camera::Missing, "sendVideo=false").await?;
    for page in [&master, &viewer] {
        page.tick("#forceSTUN", true).await?;
        // Where nothing is between the two, what STUN tells is the host's own address.
        for way in ["#send-host", "#accept-host"] {
            page.tick(way, true).await?;
        }
    }
    start_master(&master).await?;
    viewer.click("#viewer-button").await?;
    viewer.until_text("#status", "Connected", SOON).await?;
    for page in [&master, &viewer] {
        let path = page
            .until_some("all candidates are found", SOON, || async {
                let path = page.run(PATH, vec![]).await?;
                Ok((!path.is_null()).then_some(path))
            })
            .await?;
        let (servers, types) = (path.get(0), path.get(1).and_then(Value::as_array));
        let types = types.context("no candidates")?;
        ensure!(servers == Some(&json!(["stun"])), "{}: {path}", page.name());
        ensure!(types.len() > 2 && !types.contains(&json!("relay")), "{}: {path}", page.name());
    }
    Ok(())
}
