import init, { KvsError, Viewer } from "kvs-webrtc";

await init();
export const viewer: typeof Viewer = Viewer;
export const isOurs = (error: unknown): error is KvsError => error instanceof KvsError;
