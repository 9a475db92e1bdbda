// The service's dual-stack and FIPS addresses, and clients that use them.

import { message } from "./i18n.js";
import { log } from "./log.js";
import { sdk } from "./sdk.js";

const region = document.getElementById("region");
const fips = document.getElementById("enable-fips");

/** In `us-gov-…` regions FIPS is what people want. */
export function watchRegion() {
  region.addEventListener("change", () => {
    if (isGovernment(region.value.trim())) fips.checked = true;
  });
}

/** Whether FIPS endpoints are there. */
export function isGovernment(name) {
  return name.startsWith("us-gov-");
}

/** What stands in the way of FIPS: a message, or null. */
export function fipsProblem(name) {
  return fips.checked && !isGovernment(name) ? message("fips.nowhere") : null;
}

/** Endpoint and STUN server where another address than the region's ordinary one is chosen, else nothing. */
export async function regionalAddress({ region: name, endpoint, dualStack, fips: validated }) {
  if (endpoint || !(dualStack || validated)) return {};
  const { generateStunUrl } = await sdk;
  const stunUrl = generateStunUrl({ region: name, useFipsEndpoints: validated, useDualStackEndpoints: dualStack });
  const [, host] = /^stuns?:stun\.([^:]+)/.exec(stunUrl);
  return { endpoint: `https://${host}`, stunUrl };
}

/** A client of the service's REST calls. */
export async function clientOf({ region: name, credentials, endpoint, dualStack, fips: validated }) {
  const { KinesisVideoClient } = await sdk;
  const where = endpoint ? { endpoint } : { useDualstackEndpoint: dualStack, useFipsEndpoint: validated };
  return new KinesisVideoClient({ region: name, credentials, ...where, logger: requestLogger() });
}

/** Hears of every request where the person wants that. */
function requestLogger() {
  if (!document.getElementById("log-aws-sdk-calls").checked) return undefined;
  return { debug: (line) => log.info(line), warn: (line) => log.warn(line) };
}
