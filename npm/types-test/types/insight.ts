// What a session knows about itself.
import {
  Master, Viewer, type Logger, type LogLevel, type LogTarget, type PhaseName, type Quality, type QualityReason,
  type SessionReport, type SessionStats, type TimelineEntry,
} from "kvs-webrtc";

const given = { channelARN: "arn", credentials: { accessKeyId: "AK", secretAccessKey: "SK" } };
const line: Logger = (level: LogLevel, target: LogTarget, message: string) => [level, target, message].join(" ");
const loggers: Logger[] = [line, console, { warn: (message) => message.length, log: () => undefined }];
const viewer = new Viewer({ ...given, logger: line, logLevel: "debug", profile: true, qualityInterval: 500 });
const master = new Master({ ...given, logger: loggers[1], logLevel: "silent" });

export async function knows(): Promise<unknown[]> {
  const stats: SessionStats | null = await viewer.getStats();
  const ofOne: SessionStats | null = await master.getStats("one");
  const [track] = stats?.tracks ?? [];
  const bitrate: number | null | undefined = track?.bitrate;
  const relayed: boolean | undefined = ofOne?.connection.relayed;
  const address: string | undefined = ofOne?.connection.local?.address;
  const quality: Quality | null = viewer.quality;
  const verdict: Quality | null = master.quality("one");
  const phases: TimelineEntry[] = viewer.timeline();
  const names: PhaseName[] = phases.map(({ name }) => name);
  const report: SessionReport = await master.report({ addresses: true });
  const malformed: number | undefined = report.drops["frameMalformed"];
  return [bitrate, relayed, address, quality, verdict, names, malformed, report.errors[0]?.code, report.log[0]?.level];
}

viewer.on("quality", ({ score, reasons }) => {
  const why: QualityReason[] = reasons;
  return score - why.length;
});
master.on("quality", ({ clientId }) => clientId?.length);

// @ts-expect-error A viewer has one connection, and one quality.
viewer.quality();
// @ts-expect-error A master has many: of which one?
master.getStats();
// @ts-expect-error There is no such level.
new Viewer({ ...given, logLevel: "trace" });
// @ts-expect-error There is no such phase.
const phase: PhaseName = "lunch";
export { phase };
