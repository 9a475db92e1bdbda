// A moving picture and nothing behind it: colour bars with a clock, for a call without a camera.

const [WIDTH, HEIGHT, RATE] = [1280, 720, 30];
const BARS = ["#d7dae0", "#ffc61a", "#19b8c9", "#1fae5a", "#c2409f", "#d8352e", "#2f55d4"];

/** A stream of it; `stop()` ends it. */
export function createTestPicture() {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const context = canvas.getContext("2d", { alpha: false });
  const begun = performance.now();
  const draw = () => drawPicture(context, (performance.now() - begun) / 1000);
  draw();
  const stream = canvas.captureStream(RATE);
  // Not an animation frame: these stop in a tab that is not looked at.
  const timer = setInterval(draw, 1000 / RATE);
  return {
    stream,
    stop() {
      clearInterval(timer);
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

function drawPicture(context, seconds) {
  const width = WIDTH / BARS.length;
  BARS.forEach((colour, index) => {
    context.fillStyle = colour;
    context.fillRect(Math.floor(index * width), 0, Math.ceil(width), HEIGHT);
  });
  context.fillStyle = "#14171f";
  context.fillRect(0, HEIGHT * 0.72, WIDTH, HEIGHT * 0.28);
  context.fillStyle = "#ffc61a";
  context.fillRect(((seconds % 4) / 4) * (WIDTH + 120) - 120, HEIGHT * 0.72, 120, 12);
  context.fillStyle = "#ffffff";
  context.font = "700 110px monospace";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(seconds.toFixed(1).padStart(6, "0"), WIDTH / 2, HEIGHT * 0.87);
}
