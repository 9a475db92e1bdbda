// Joining a storage session: asked again until an offer comes, and begun anew where no connection comes of
// it. Nothing here touches the document.

/** Times, in milliseconds, and limits, as the JavaScript SDK's test page has them; tests take shorter ones. */
export const LIMITS = {
  everyMs: 6000,
  jitterBase: 200,
  mostJitterMs: 10_000,
  mostTries: 5,
  upWithinMs: 30_000,
  pollMs: 5000,
  mostFailures: 5,
  withinMs: 600_000,
};

/** What is added to the pause after so many tries, so that pages do not ask at once; `random` is below 1. */
export function jitterOf(tries, random, { jitterBase, mostJitterMs } = LIMITS) {
  return Math.min(random * jitterBase ** (tries - 1), mostJitterMs);
}

/**
 * Begins to join: `join()` asks the service, `isUp()` says whether the connection is. `up()` is told when it is, and
 * `over(error)` at the end, without an error where nothing came of it too often.
 */
export function startJoining({ join, isUp, up, over }, limits = {}) {
  const known = { ...LIMITS, ...limits };
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
  const end = (error) => {
    if (stopped) return;
    stop();
    over(error);
  };
  const fail = () => {
    if (stopped) return;
    const now = Date.now();
    failures = [...failures.filter((at) => now - at < known.withinMs), now];
    if (failures.length >= known.mostFailures) return end();
    tries = 0;
    attempt();
  };
  const attempt = async () => {
    if (tries === known.mostTries) return fail();
    tries += 1;
    after(known.everyMs + jitterOf(tries, Math.random(), known), attempt);
    try {
      await join();
    } catch (error) {
      if (!mayRetry(error)) end(error);
    }
  };
  const poll = (left) => {
    if (isUp()) return up();
    if (left <= 0) return fail();
    after(known.pollMs, () => poll(left - known.pollMs));
  };
  attempt();
  return {
    /** A connection that was offered is no more: another one is joined for, unless that happens too often. */
    lost: fail,
    /** An offer has come: a connection must be up in time. */
    offered: () => after(known.pollMs, () => poll(known.upWithinMs - known.pollMs)),
    stop,
  };
}

/** Throttles, but not where the channel is full; the network; failures of the service. */
function mayRetry(error) {
  if (/maximum number of viewers/i.test(error.message ?? "")) return false;
  return error.retryable === true || error.service?.status === 500;
}
