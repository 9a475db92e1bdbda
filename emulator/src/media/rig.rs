//! For tests: a hub with a channel that has media storage, and who is connected to it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use kvs_hub::{
    ChannelArn, ChannelName, ClientId, CreateChannel, CreateStream, Hub, HubConfig, Quotas, Role,
    StorageOrder, StoragePeerId, StreamName, Tags, UnixMillis,
};
use tokio::time::timeout;

use super::Orders;
use crate::{
    driver::{Connection, Driver},
    outbox::Next,
};

/// Longest that anything here may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// Fails the test instead of hanging it.
pub(super) async fn soon<T>(future: impl Future<Output = T>) -> T {
    timeout(DEADLINE, future).await.expect("nothing happened in time")
}

/// A hub whose orders nobody carries out by itself.
pub(super) struct Rig {
    pub(super) driver: Arc<Driver>,
    pub(super) orders: Arc<Orders>,
    pub(super) channel: ChannelName,
    arn: ChannelArn,
    connections: HashMap<Role, Connection>,
}

impl Rig {
    pub(super) fn new() -> Self {
        let quotas = Quotas { enforced: false, ..Quotas::default() };
        let config = HubConfig { quotas, acknowledge: false, ..HubConfig::new("us-west-2") };
        let mut hub = Hub::new(config);
        let channel = ChannelName::parse("door").unwrap();
        let request = CreateChannel {
            name: channel.clone(),
            message_ttl_seconds: None,
            version: "v1".to_owned(),
            tags: Tags::default(),
        };
        let arn = hub.account_mut().create_channel(request, UnixMillis(0)).unwrap().clone();
        let request = CreateStream {
            name: StreamName::parse("door").unwrap(),
            device_name: None,
            media_type: None,
            kms_key_id: None,
            data_retention_in_hours: 1,
            version: "v1".to_owned(),
            tags: Tags::default(),
        };
        let stream = hub.account_mut().create_stream(request, UnixMillis(0)).unwrap().clone();
        hub.account_mut().enable_storage(&arn, &stream).unwrap();
        let orders = Arc::<Orders>::default();
        let driver = Arc::new(Driver::new(hub, Arc::clone(&orders)));
        Self { driver, orders, channel, arn, connections: HashMap::new() }
    }

    /// Joins, and connects first whoever is not connected.
    pub(super) fn join(&mut self, role: &Role) -> StoragePeerId {
        let (driver, arn) = (&self.driver, &self.arn);
        self.connections.entry(role.clone()).or_insert_with(|| {
            let connection = driver.admit(arn, role.clone()).unwrap();
            connection.opened();
            connection
        });
        driver.act(|hub, now| hub.join_storage(arn, role.clone(), now)).unwrap()
    }

    /// Somebody who has joined says something to the session.
    pub(super) fn say(&self, role: &Role) {
        self.connections[role].received(r#"{"action":"ICE_CANDIDATE","messagePayload":"e30="}"#);
    }

    /// Waits until somebody is sent an offer.
    pub(super) async fn offered(&self, role: &Role) {
        loop {
            let next = soon(self.connections[role].next()).await;
            let Next::Send(frames) = next else { panic!("no offer but {next:?}") };
            if frames.iter().any(|frame| frame.contains("SDP_OFFER")) {
                return;
            }
        }
    }

    /// A peer's part is over.
    pub(super) fn leave(&self, peer: StoragePeerId) {
        self.driver.act(|hub, now| hub.storage_left(peer, now));
    }

    /// Who is in the session, as the hub has it.
    pub(super) fn peers(&self) -> Vec<StoragePeerId> {
        self.driver.ask(|hub| hub.storage_peers().iter().map(|peer| peer.peer).collect())
    }

    /// What is ordered and nobody has begun.
    pub(super) fn waiting(&self) -> Vec<StorageOrder> {
        std::iter::from_fn(|| self.orders.pop()).collect()
    }
}

pub(super) fn viewer(id: &str) -> Role {
    Role::Viewer(ClientId::parse(id).unwrap())
}
