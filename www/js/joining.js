// Joining a storage session: asked again until an offer comes, and begun anew where no connection comes of
// it. Nothing here touches the document.

/** Times and limits, in milliseconds; tests take shorter ones. */
const LIMITS = { everyMs: 6000, jitterMs: 1000, mostTries: 5, upWithinMs: 30_000, mostFailures: 5, withinMs: 600_000 };

/**
 * Begins to join: `join()` asks the service; `over(error)` is told once where it is given up, without an error
 * where nothing came of it too often.
 */
export function startJoining({ join, over }, limits = {}) {
  const { everyMs, jitterMs, mostTries, upWithinMs, mostFailures, withinMs } = { ...LIMITS, ...limits };
  let timer = 0;
  let tries = 0;
  let failures = [];
  let stopped = false;

  const after = (ms, act) => {
    clearTimeout(timer);
    timer = stopped ? 0 : setTimeout(act, ms);
  };
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
  };
  const giveUp = (error) => {
    if (stopped) return;
    stop();
    over(error);
  };
  const fail = () => {
    const now = Date.now();
    failures = [...failures.filter((at) => now - at < withinMs), now];
    if (failures.length >= mostFailures) giveUp();
    else begin();
  };
  const attempt = async () => {
    if (tries === mostTries) return fail();
    tries += 1;
    after(everyMs + Math.random() * jitterMs, attempt);
    try {
      await join();
    } catch (error) {
      if (!mayRetry(error)) giveUp(error);
    }
  };
  const begin = () => {
    tries = 0;
    attempt();
  };
  begin();
  return {
    /** The service has made an offer: a connection must be up in time. */
    offered: () => after(upWithinMs, fail),
    /** The connection is up. */
    connected: () => clearTimeout(timer),
    /** It is gone: joined anew. */
    gone: begin,
    stop,
  };
}

/** Throttles, but not where the channel is full; the network; failures of the service. */
function mayRetry(error) {
  if (/maximum number of viewers/i.test(error.message ?? "")) return false;
  return error.retryable === true || error.service?.status === 500;
}
