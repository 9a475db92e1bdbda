//! User names that have expired.

use super::{
    Rig,
    turn_client::{Client, Login, allocate, error_code, permission, refresh},
};
use crate::{RefreshAfterExpiry, TurnOptions};

/// Lets a user name expire.
#[derive(Clone, Copy, Debug)]
enum By {
    Time,
    Order,
}

impl By {
    fn expire(self, rig: &Rig) {
        match self {
            Self::Time => rig.clock.set_skew(301_000),
            Self::Order => rig.turn.expire_credentials().unwrap(),
        }
    }
}

async fn refreshed(client: &mut Client, login: &Login, seconds: u32) -> Option<u16> {
    error_code(&client.ask_as(login, refresh(seconds)).await)
}

#[tokio::test]
async fn nobody_gets_a_relay_for_a_user_name_that_has_expired() {
    for by in [By::Time, By::Order] {
        let rig = Rig::start().await;
        let old = rig.login("demo");
        let [mut udp, mut tcp] = Client::each(rig.turn.addr()).await;
        udp.relay(&old).await;
        by.expire(&rig);
        // Not even who has had one.
        assert_eq!(error_code(&tcp.ask_as(&old, allocate()).await), Some(401), "{by:?}");
        assert_eq!(refreshed(&mut udp, &old, 0).await, None, "{by:?}");
        assert_eq!(error_code(&udp.ask_as(&old, allocate()).await), Some(401), "{by:?}");
        let new = rig.login("demo");
        tcp.relay(&new).await;
        udp.relay(&new).await;
    }
}

#[tokio::test]
async fn a_call_goes_on_after_its_user_name_has_expired() {
    for by in [By::Time, By::Order] {
        let rig = Rig::start().await;
        let login = rig.login("demo");
        for mut client in Client::each(rig.turn.addr()).await {
            client.relay(&login).await;
            by.expire(&rig);
            assert_eq!(refreshed(&mut client, &login, 600).await, None, "{by:?}");
            let peers = permission(&["127.0.0.1:9".parse().unwrap()]);
            assert_eq!(error_code(&client.ask_as(&login, peers).await), None, "{by:?}");
            rig.clock.set_skew(0);
            if matches!(by, By::Order) {
                return;
            }
        }
    }
}

#[tokio::test]
async fn a_refresh_may_be_refused_when_the_user_name_has_expired() {
    let options =
        TurnOptions { refresh_after_expiry: RefreshAfterExpiry::Refuse, ..TurnOptions::default() };
    let rig = Rig::with(options).await;
    let login = rig.login("demo");
    let mut client = Client::udp(rig.turn.addr()).await;
    client.relay(&login).await;
    assert_eq!(refreshed(&mut client, &login, 600).await, None);
    By::Time.expire(&rig);
    assert_eq!(refreshed(&mut client, &login, 600).await, Some(401));
    // It may still be given back.
    assert_eq!(refreshed(&mut client, &login, 0).await, None);
}
