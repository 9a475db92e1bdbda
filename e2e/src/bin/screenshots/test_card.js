// In place of the camera: a test card with a place's name and a sweeping hand, for a picture that
// is nicer to look at than the browser's fake camera. `arguments` are the name and the colours.
const [name, colours] = arguments;
const canvas = document.createElement("canvas");
[canvas.width, canvas.height] = [1280, 720];
const context = canvas.getContext("2d");
const bar = canvas.width / colours.length;

function draw() {
  colours.forEach((colour, index) => {
    context.fillStyle = colour;
    context.fillRect(index * bar, 0, bar + 1, canvas.height);
  });
  context.fillStyle = "#14171f";
  context.fillRect(0, 520, canvas.width, 130);
  context.fillStyle = "#fff";
  context.font = "600 72px sans-serif";
  context.textBaseline = "middle";
  context.fillText(name, 80, 587);

  const turn = (performance.now() / 4000) * 2 * Math.PI;
  context.lineCap = "round";
  context.lineWidth = 26;
  context.strokeStyle = "#14171f";
  context.beginPath();
  context.arc(640, 262, 170, 0, 2 * Math.PI);
  context.stroke();
  context.strokeStyle = "#fff";
  context.lineWidth = 12;
  context.beginPath();
  context.arc(640, 262, 170, turn, turn + 1.2);
  context.stroke();
}

setInterval(draw, 1000 / 30);
draw();
navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(30);
